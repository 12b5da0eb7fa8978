import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPolicyDesk, type PolicyDesk } from '../../src/decide/policy-desk';
import { relate } from '../../src/facts/relate';
import { resolveFacts } from '../../src/facts/resolve-facts';
import type { Decision, FactReading, Membership } from '../../src/vocabulary/access';
import { type CaseSystem, EACH, type Place } from '../../src/vocabulary/case-system';
import { openPolicyStore } from '../decide/support/policy-store';

const policies = join(__dirname, '../../policies');
let desk: PolicyDesk;
let kept: Awaited<ReturnType<typeof openPolicyStore>>;
beforeAll(async () => {
  kept = await openPolicyStore();
  const log = { info: () => undefined, error: () => undefined };
  desk = await createPolicyDesk({ folder: policies, store: kept.store, approvalsNeeded: 0, host: 'here', clock: () => 0, log });
});
afterAll(async () => {
  await desk.close();
  await kept.close();
});

interface About {
  readonly indicator?: boolean | string | null;
  readonly staffId?: string | null;
  readonly agency?: string | null;
  readonly county?: string | null;
  readonly referredTo?: string;
}

const membership = (change: Partial<Membership> & { readonly workgroup: string }): Membership => ({
  id: 'm1',
  account: 'a1',
  system: 'workforce-one',
  environment: 'production',
  staffId: 'S9',
  scopes: { agency: ['AG-NORTH'], counties: ['62'], offices: [], programs: [], regions: [] },
  privileges: [],
  fromMs: 0,
  toMs: null,
  ...change,
});
const scopes = (agency: readonly string[], counties: readonly string[]): Membership['scopes'] => ({
  agency,
  counties,
  offices: [],
  programs: [],
  regions: [],
});

/** The person `boss` directly supervises the staff S1, nobody else. */
const supervision = { supervises: (account: string, staffId: string): boolean => account === 'boss' && staffId === 'S1' };

function decide(about: About, ...memberships: readonly [Membership, ...Membership[]]): Decision {
  const policy = desk.current('workforce-one')!;
  const { system } = policy;
  const record = { indicator: true, staffId: 'S1', agency: 'AG-NORTH', county: '62', ...about };
  const said: Readonly<Record<string, unknown>> = {
    privacy: record.indicator,
    'assigned-to': record.staffId,
    agency: record.agency,
    county: record.county,
    'referred-to': record.referredTo,
  };
  const readings = system.facts.map((fact): FactReading => {
    const value = said[fact.name];
    return typeof value === 'string' || typeof value === 'boolean' || value === null ? [value] : [];
  });
  const facts = resolveFacts(system, readings, undefined);
  if (!facts.known) throw new Error('hidden');
  const keys = memberships.map((one) => relate({ system, membership: one, facts, applicationClass: 'case-tool', supervision, atMs: 0 }));
  return policy.decide({
    route: system.routes[0]!,
    keys: keys as [(typeof keys)[0], ...typeof keys],
    grant: { system: 'workforce-one', actions: ['read'], sections: ['*'] },
    actorKeys: null,
  });
}
/** The sections of the route by which a record is read. */
const readSections = (): readonly string[] => {
  const { sections, routes } = desk.current('workforce-one')!.system;
  return sections.filter((_, i) => routes[0]!.sections.includes(i));
};
const shown = (decision: Decision): readonly string[] =>
  desk.current('workforce-one')!.system.sections.filter((_, i) => decision.granted[i]);

const counselor = (change: Partial<Membership> = {}): Membership => membership({ workgroup: 'employment-counselor', ...change });
const supervisor = (account: string, privileges: readonly string[]): Membership =>
  membership({ workgroup: 'supervisor', account, privileges });
const specialist = (agency: readonly string[], privileges: readonly string[] = ['private-records']): Membership =>
  membership({ workgroup: 'data-specialist', privileges, scopes: scopes(agency, ['*']) });
const monitor = (change: Partial<Membership> = {}): Membership =>
  membership({ workgroup: 'monitor', scopes: scopes(['*'], ['*']), ...change });
const helper = membership({ workgroup: 'referred-service-worker', staffId: 'S3' });

const OPEN = { indicator: false };
const ALL = ['full', 'all'] as const;
const BASIC = ['basic', 'basic'] as const;
const DETAILS = ['partial', 'all but privacy'] as const;

test.each<[string, About, Membership, readonly [string, string]]>([
  ['WF1-02 the assigned counselor', {}, counselor({ staffId: 'S1' }), ALL],
  ['WF1-05 another counselor of the agency', {}, counselor(), BASIC],
  ['WF1-02 the direct supervisor', {}, supervisor('boss', ['private-records']), ALL],
  ['WF1-04 the direct supervisor without the privilege', {}, supervisor('boss', []), BASIC],
  ['WF1-03 a supervisor of somebody else', {}, supervisor('other-boss', ['private-records']), BASIC],
  ['WF1-02 the data specialist of the agency', {}, specialist(['AG-NORTH']), ALL],
  ['WF1-04 the data specialist without the privilege', {}, specialist(['AG-NORTH'], []), BASIC],
  ['WF1-03 a data specialist of another agency', {}, specialist(['AG-SOUTH']), BASIC],
  ['WF1-12 a monitor', {}, monitor(), ['partial', 'basic & privacy']],
  ['WF1-03 a former assignee', { staffId: 'S2' }, counselor({ staffId: 'S1' }), BASIC],
  ['WF1-03 the worker of a referral', { referredTo: 'S3' }, helper, BASIC],
  ['WF1-03 a counselor to whom the participant was referred', { referredTo: 'S9' }, counselor(), BASIC],
  ['WF1-01 a silent indicator is a private record', { indicator: null }, counselor(), BASIC],
  ['WF1-01 an indicator of another kind is a private record', { indicator: 'no' }, counselor(), BASIC],
  ['WF1-01 the word Y is private', { indicator: 'Y' }, counselor(), BASIC],
  ['WF1-01 the word N is open', { indicator: 'N' }, counselor(), DETAILS],
  ['WF1-13 open: a counselor in scope', OPEN, counselor(), DETAILS],
  ['WF1-13 open: a counselor of every county', OPEN, counselor({ scopes: scopes(['AG-NORTH'], ['*']) }), DETAILS],
  ['WF1-13 open: a counselor restricted to another county', OPEN, counselor({ scopes: scopes(['AG-NORTH'], ['19']) }), BASIC],
  ['WF1-13 open: a counselor of another agency', OPEN, counselor({ scopes: scopes(['AG-SOUTH'], ['62']) }), BASIC],
  ['WF1-12 open: the assigned counselor', OPEN, counselor({ staffId: 'S1' }), ALL],
  ['WF1-12 open: the direct supervisor', OPEN, supervisor('boss', []), ALL],
  ['WF1-13 open: a supervisor of somebody else in scope', OPEN, supervisor('other-boss', []), DETAILS],
  ['WF1-12 open: the data specialist of the agency', OPEN, specialist(['AG-NORTH'], []), ALL],
  ['WF1-12 open: a monitor', OPEN, monitor(), ALL],
  ['WF1-13 open: the worker of a referral, in scope', { ...OPEN, referredTo: 'S3' }, helper, DETAILS],
  ['trap, R15: no assignee and a caller without staff id', { staffId: '' }, counselor({ staffId: '' }), BASIC],
  ['trap, R15: no assignee (null) and a caller without staff id', { staffId: null }, counselor({ staffId: '' }), BASIC],
  ['trap: no assignee and a supervisor', { staffId: null }, supervisor('boss', ['private-records']), BASIC],
  ['trap: a blank agency and a data specialist of a blank agency', { agency: '' }, specialist(['']), BASIC],
  ['trap: a blank agency and a data specialist of no agency', { agency: null }, specialist([]), BASIC],
  [
    'trap: a blank agency, open, and a counselor of every agency',
    { ...OPEN, agency: ' ' },
    counselor({ scopes: scopes(['*'], ['*']) }),
    BASIC,
  ],
  [
    'trap: an assigned staff id in a supervisor membership',
    {},
    membership({ workgroup: 'supervisor', staffId: 'S1', privileges: ['private-records'] }),
    BASIC,
  ],
])('%s', (_name, about, who, [view, sections]) => {
  const all = readSections();
  const expected =
    sections === 'all' ? all : sections === 'all but privacy' ? all.filter((name) => name !== 'privacy') : sections.split(' & ');
  const decision = decide(about, who);
  expect([decision.disclosure, shown(decision)]).toEqual([view, expected]);
});

test('trap: a second membership elsewhere lends nothing to the first', () => {
  const here = counselor({ id: 'm1', privileges: [] });
  const elsewhere = membership({
    id: 'm2',
    workgroup: 'data-specialist',
    privileges: ['private-records'],
    scopes: scopes(['AG-SOUTH'], ['*']),
  });
  expect(shown(decide({}, here, elsewhere))).toEqual(['basic']);
  expect(shown(decide({}, elsewhere, here))).toEqual(['basic']);
  const there = counselor({ id: 'm3', staffId: '', scopes: scopes(['AG-SOUTH'], ['62']) });
  const county = counselor({ id: 'm4', staffId: '', scopes: scopes(['AG-EAST'], ['*']) });
  expect(shown(decide({ ...OPEN, agency: 'AG-NORTH' }, there, county))).toEqual(['basic']);
});

test('WF1-09 no word of the policy opens a private record because the counselor is away', () => {
  expect(desk.current('workforce-one')!.system.conditions.map((one) => one.word)).toEqual(['in-scope', 'private-privilege']);
  expect(shown(decide({ staffId: null }, supervisor('boss', ['private-records'])))).toEqual(['basic']);
  expect(shown(decide({ staffId: null }, specialist(['AG-NORTH'])))).toEqual(readSections());
});

test('an auditor has no workgroup here, and no other word opens anything', () => {
  const policy = desk.current('workforce-one')!;
  expect(policy.workgroups).toEqual(['employment-counselor', 'supervisor', 'data-specialist', 'monitor', 'referred-service-worker']);
  for (const word of ['auditor', 'Supervisor', 'employment-counselor ', 'group:supervisor', '*', ''])
    expect(policy.mayEver(word, 'read')).toBe(false);
  // WF1-14: of the five, data is entered by employment counselors alone.
  expect(policy.workgroups.map((word) => policy.mayEver(word, 'update'))).toEqual([true, false, false, false, false]);
});

describe('the sample records', () => {
  const places = (value: unknown, at: Place = []): readonly Place[] => {
    if (Array.isArray(value)) return value.flatMap((one) => places(one, [...at, EACH]));
    if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([name, one]) => places(one, [...at, name]));
    return [at];
  };
  const check = (system: CaseSystem): { unclassified: readonly string[]; unseen: readonly string[] } => {
    const folder = join(policies, system.name);
    const samples = readdirSync(folder).filter((name) => /^sample-.*\.json$/.test(name));
    const stand = new Set(
      samples.flatMap((name) =>
        places(JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown).map((place) => `/${place.join('/')}`),
      ),
    );
    const classified = new Set(system.fields.map((field) => `/${field.place.join('/')}`));
    return {
      unclassified: [...stand].filter((place) => !classified.has(place) && ![...classified].some((one) => one.startsWith(`${place}/`))),
      unseen: [...classified].filter((place) => !stand.has(place) && !place.startsWith('/contact/mailingAddress/')),
    };
  };

  test('WF1-05 basic is exactly what the memo lists', () => {
    const { system } = desk.current('workforce-one')!;
    const basic = system.fields
      .filter((field) => field.section === system.basicSection)
      .map((field) => [field.place.join('/'), field.kind]);
    expect(basic).toEqual([
      ['recordId', 'plain'],
      ['name/first', 'plain'],
      ['name/middle', 'plain'],
      ['name/last', 'plain'],
      ['name/suffix', 'plain'],
      ['birthDate', 'plain'],
      ['ssn', 'ssn'],
      ['maxisCaseNumber', 'plain'],
      ['pmi', 'plain'],
      ['programName', 'plain'],
      ['caseStatus', 'plain'],
    ]);
  });

  test.each([
    ['workforce-one', ['/mailbox', '/contact/_links/self', '/internalFlags/etlBatch', '/internalFlags/matchKey', '/lastSyncHash']],
    ['trackone', ['/confidential', '/fullSsn', '/exportTag']],
    ['clienttrack', ['/confidential', '/labOrder', '/exportBatch']],
    ['wisconsin-work-programs', ['/confidential', '/mainframeKey']],
    ['worksource', ['/confidential', '/nightlyFeed']],
  ])('every place of the samples of %s is classified, but for those that show what is left out', (name, leftOut) => {
    const { unclassified, unseen } = check(desk.current(name)!.system);
    expect([[...unclassified].sort(), unseen]).toEqual([[...leftOut].sort(), []]);
  });
});
