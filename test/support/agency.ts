import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The people and organizations that gateway tests stand on, in the form that `casegate directory import` takes.
 * North and South are agencies; county 62 is Ramsey, 19 is Dakota. Staff ids: see MEMBERSHIPS.
 */
const FROM = '2024-01-01';
const PRODUCTION = 'production';
const WF1 = 'workforce-one';

interface Person {
  readonly id: string;
  readonly workgroup?: string;
  readonly staffId?: string;
  readonly agency?: string;
  readonly counties?: readonly string[];
  readonly privileges?: readonly string[];
  readonly standing?: string;
  readonly kind?: 'person' | 'service';
  readonly environment?: string;
  readonly organization?: string;
}

const PRIVATE = ['private-records'];

export const PEOPLE: readonly Person[] = [
  { id: 'counselor', workgroup: 'employment-counselor', staffId: 'S1001', agency: 'AG-NORTH', counties: ['62'] },
  { id: 'other-counselor', workgroup: 'employment-counselor', staffId: 'S1002', agency: 'AG-NORTH', counties: ['62'] },
  { id: 'south-counselor', workgroup: 'employment-counselor', staffId: 'S2001', agency: 'AG-SOUTH', counties: ['19'] },
  { id: 'no-staff-id', workgroup: 'employment-counselor', staffId: '', agency: 'AG-NORTH', counties: ['62'] },
  { id: 'former-counselor', workgroup: 'employment-counselor', staffId: 'S1009', agency: 'AG-NORTH', counties: ['62'] },
  { id: 'supervisor', workgroup: 'supervisor', staffId: 'S1100', agency: 'AG-NORTH', counties: ['*'], privileges: PRIVATE },
  { id: 'supervisor-without-privilege', workgroup: 'supervisor', staffId: 'S1101', agency: 'AG-NORTH', counties: ['*'] },
  { id: 'other-supervisor', workgroup: 'supervisor', staffId: 'S1102', agency: 'AG-NORTH', counties: ['*'], privileges: PRIVATE },
  { id: 'data-specialist', workgroup: 'data-specialist', staffId: 'S1200', agency: 'AG-NORTH', counties: ['*'], privileges: PRIVATE },
  { id: 'data-specialist-without-privilege', workgroup: 'data-specialist', staffId: 'S1201', agency: 'AG-NORTH', counties: ['*'] },
  { id: 'south-data-specialist', workgroup: 'data-specialist', staffId: 'S2200', agency: 'AG-SOUTH', counties: ['*'], privileges: PRIVATE },
  { id: 'monitor', workgroup: 'monitor', staffId: 'S1300', agency: '*', counties: ['*'] },
  { id: 'referred-worker', workgroup: 'referred-service-worker', staffId: 'S1400', agency: 'AG-SOUTH', counties: ['62'] },
  {
    id: 'pending-counselor',
    workgroup: 'employment-counselor',
    staffId: 'S1003',
    agency: 'AG-NORTH',
    counties: ['62'],
    standing: 'pending',
  },
  {
    id: 'suspended-counselor',
    workgroup: 'employment-counselor',
    staffId: 'S1004',
    agency: 'AG-NORTH',
    counties: ['62'],
    standing: 'suspended',
  },
  {
    id: 'departed-counselor',
    workgroup: 'employment-counselor',
    staffId: 'S1005',
    agency: 'AG-NORTH',
    counties: ['62'],
    standing: 'terminated',
  },
  {
    id: 'of-closed-agency',
    workgroup: 'employment-counselor',
    staffId: 'S1006',
    agency: 'AG-NORTH',
    counties: ['62'],
    organization: 'closed',
  },
  { id: 'trainee', workgroup: 'employment-counselor', staffId: 'S1001', agency: 'AG-NORTH', counties: ['62'], environment: 'training' },
  { id: 'without-membership' },
  { id: 'unknown-workgroup', workgroup: 'receptionist', staffId: 'S1500', agency: 'AG-NORTH', counties: ['*'] },
  { id: 'assistant-service', kind: 'service', workgroup: 'referred-service-worker', staffId: '', agency: 'AG-NORTH', counties: ['62'] },
  { id: 'stray-service', kind: 'service', workgroup: 'employment-counselor', staffId: '', agency: 'AG-NORTH', counties: ['62'] },
  { id: 'auditor' },
  { id: 'administrator' },
  { id: 'feed' },
];

/** All rows of the directory, for one issuer. `more` rows of a kind come behind ours. */
export function agencyDirectory(issuer: string, more: Readonly<Record<string, readonly object[]>> = {}): string {
  const withMembership = PEOPLE.filter((one) => one.workgroup !== undefined);
  const standings = (of: string, id: string, standing = 'active') => ({ of, id, standing, from: FROM });
  const application = (id: string, over: object = {}) => ({
    id,
    issuer,
    client_id: id,
    environment: PRODUCTION,
    class: 'case-work',
    grants: [
      { system: WF1, actions: ['*'], sections: ['*'] },
      { system: 'trackone', actions: ['*'], sections: ['*'] },
    ],
    ...over,
  });
  const rows: Record<string, object[]> = {
    organizations: ['north', 'closed', 'state'].map((id) => ({ id, name: id })),
    applications: [
      application('portal', { origins: ['https://portal.example'] }),
      application('training-portal', { environment: 'training', client_id: 'portal' }),
      application('basic-portal', { grants: [{ system: WF1, actions: ['read'], sections: ['basic', 'contact'] }] }),
      application('elsewhere-portal', { grants: [{ system: 'trackone', actions: ['read'], sections: ['*'] }] }),
      application('closed-portal'),
      application('assistant-service'),
    ],
    accounts: PEOPLE.map(({ id, kind = 'person', environment = PRODUCTION, organization = 'north' }) => ({
      id,
      kind,
      person: `person-${id}`,
      issuer,
      subject: id === 'trainee' ? 'counselor' : id,
      environment,
      organization,
    })),
    memberships: [
      ...withMembership.map((one) => ({
        id: `m-${one.id}`,
        account: one.id,
        system: WF1,
        environment: one.environment ?? PRODUCTION,
        workgroup: one.workgroup,
        staff_id: one.staffId ?? '',
        agency: one.agency ?? '',
        counties: one.counties ?? [],
        privileges: one.privileges ?? [],
        from: FROM,
      })),
      {
        id: 'm-t1-counselor',
        account: 'counselor',
        system: 'trackone',
        environment: PRODUCTION,
        workgroup: 'team-member',
        staff_id: 'T4-17',
        regions: ['R4'],
        offices: ['R4-LAF'],
        from: FROM,
      },
    ],
    supervision: [
      { supervisor: 'supervisor', supervisee: 'counselor', from: FROM },
      { supervisor: 'supervisor-without-privilege', supervisee: 'counselor', from: FROM },
      { supervisor: 'other-supervisor', supervisee: 'other-counselor', from: FROM },
      { supervisor: 'supervisor', supervisee: 'departed-counselor', from: FROM },
    ],
    delegations: [{ actor: 'assistant-service', account: 'counselor', from: FROM }],
    rights: [
      { account: 'auditor', right: 'auditor', from: FROM },
      { account: 'administrator', right: 'directory-admin', from: FROM },
      { account: 'administrator', right: 'policy-admin', from: FROM },
      { account: 'feed', right: 'feed:workforce-one', from: FROM },
    ],
    records: [
      {
        system: 'trackone',
        environment: PRODUCTION,
        record_id: 'T1-200041',
        private: false,
        codes: { region: ['R4'], site: ['R4-LAF'] },
      },
    ],
    standings: [
      standings('organization', 'north'),
      standings('organization', 'state'),
      standings('organization', 'closed', 'terminated'),
      ...['portal', 'training-portal', 'basic-portal', 'elsewhere-portal', 'assistant-service'].map((id) => standings('application', id)),
      standings('application', 'closed-portal', 'suspended'),
      ...PEOPLE.map((one) => standings('account', one.id, one.standing)),
    ],
  };
  for (const [kind, extra] of Object.entries(more)) rows[kind] = [...(rows[kind] ?? []), ...extra];
  return JSON.stringify(rows);
}

type Json = Record<string, unknown>;

/** A workforce-one record like the shipped sample, with parts replaced: `with: {'/ssn': '…'}` by JSON Pointer; undefined removes. */
export function wf1Record(recordId: string, places: Readonly<Record<string, unknown>> = {}): Json {
  return changed(sample('workforce-one'), { '/recordId': recordId, ...places });
}

export const trackOneRecord = (participantId: string, places: Readonly<Record<string, unknown>> = {}): Json =>
  changed(sample('trackone'), { '/participantId': participantId, ...places });

const sample = (system: string): Json =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', 'policies', system, 'sample-record.json'), 'utf8')) as Json;

function changed(record: Json, places: Readonly<Record<string, unknown>>): Json {
  for (const [pointer, value] of Object.entries(places)) {
    const keys = pointer.split('/').slice(1);
    const last = keys.pop() as string;
    let at: Json = record;
    for (const key of keys) at = at[key] as Json;
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return record;
}

/** P1 private and assigned to `counselor`; P0 open; P2 private without assignee; P3 open in the South. */
export const RECORDS: Readonly<Record<string, Json>> = {
  P0: wf1Record('P0', { '/privacy/indicator': false }),
  P1: wf1Record('P1', { '/privacy/indicator': true }),
  P2: wf1Record('P2', { '/privacy/indicator': true, '/assignment/staffId': '' }),
  P3: wf1Record('P3', {
    '/privacy/indicator': false,
    '/assignment/agency': 'AG-SOUTH',
    '/assignment/county': '19',
    '/assignment/staffId': 'S2001',
  }),
  P4: wf1Record('P4', { '/privacy/indicator': false, '/assignment/agency': '', '/assignment/county': '62', '/assignment/staffId': null }),
  P5: wf1Record('P5', { '/privacy/indicator': true, '/assignment/staffId': 'S1005' }),
};
