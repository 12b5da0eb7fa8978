import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessEntry, EntryKey } from '../../src/vocabulary/access-entry';
import { ERROR_TABLE, type ErrorCode } from '../../src/vocabulary/errors';
import { SHIPPED_POLICIES, type Reply, type TestGateway } from '../support/gateway';

/**
 * What the tests of this folder expect, written down by hand and from the memo, not by the code under test:
 * the sample record section by section as it may leave, and how an entry tells of it.
 */
export const SECTIONS = [
  'basic',
  'privacy',
  'assignment',
  'contact',
  'demographics',
  'relatives',
  'activities',
  'assessments',
  'employment-plans',
  'case-notes',
  'documents',
  'referrals',
] as const;
export type Section = (typeof SECTIONS)[number];

/** WF1-12: their names alone tell something, so only holders of the privacy section read them in Casegate-Withheld. */
const TELLING: readonly string[] = ['privacy', 'assignment', 'referrals'];

/** The shipped sample, as each section of it may leave. WF1-05 lists what `basic` is. */
const SHOWN: Readonly<Record<Section, Readonly<Record<string, unknown>>>> = {
  basic: {
    recordId: 'WF1-1000017',
    name: { first: 'Ramona', middle: 'J', last: 'Sampleton', suffix: null },
    birthDate: '1987-04-12',
    ssn: 'XXX-XX-9987',
    maxisCaseNumber: '01934567',
    pmi: 4210987,
    programName: 'MFIP-ES',
    caseStatus: 'Active',
  },
  privacy: {
    privacy: {
      indicator: true,
      setBy: 'MAXIS interface',
      setOn: '2024-03-05T08:15:00-06:00',
      reason: 'Case is privileged on MAXIS, see letter about XXX-XX-9987',
      maxisPrivileged: 'Y',
    },
  },
  assignment: {
    assignment: {
      staffId: 'S1001',
      staffName: 'Casey Counselor',
      agency: 'AG-NORTH',
      office: 'OF-11',
      county: '62',
      assignedOn: '2024-03-06',
      history: [{ staffId: 'S1009', agency: 'AG-NORTH', from: '2023-01-09', to: '2024-03-05' }],
    },
  },
  contact: {
    contact: {
      phone: '651-555-0142',
      mobile: 6515550143,
      email: 'ramona.sampleton@example.org',
      address: { line1: '100 Sample St', line2: '', city: 'Saint Paul', state: 'MN', zip: '55101-1234' },
      preferredLanguage: 'en',
      safeToCall: 'Do not leave a message. Ask for XXX-XX-9987 only in person.',
    },
  },
  demographics: {
    demographics: {
      sex: 'F',
      hispanicLatino: 0,
      race: ['white', 'black-african-american'],
      maritalStatus: 'separated',
      veteran: false,
      disability: 9,
      englishLearner: '0',
      homeless: true,
      singleParent: 1,
      lowIncome: 1,
      highestGradeCompleted: '12',
      employmentStatusAtEntry: '03',
      weeklyWageAtEntry: 412.5,
      monthsOnCash: '07',
    },
  },
  relatives: {
    relatives: [
      {
        relation: 'child',
        name: { first: 'Robin', last: 'Sampleton' },
        birthDate: '2015-09-30',
        ssn: 'XXX-XX-3456',
        livesInHousehold: true,
      },
      {
        relation: 'ex-spouse',
        name: { first: 'Avery', last: 'Placeholder' },
        birthDate: '1985-02-01',
        ssn: 'XXX-XX-3456',
        livesInHousehold: false,
        remark: 'Order for protection; writes his number as XXX-XX-3456',
      },
    ],
  },
  activities: {
    activities: [
      {
        activityId: 70001,
        code: 'JS',
        title: 'Structured job search',
        provider: 'North Works',
        startDate: '2024-04-01',
        endDate: null,
        weeklyHours: 30,
        hourlyWage: '17.10',
        status: 'open',
        comment: 'Verified',
      },
    ],
  },
  assessments: {
    assessments: [
      {
        assessmentId: 'A-330',
        kind: 'TABE',
        date: '2024-03-20',
        score: 541,
        level: '9',
        remarks: 'Reading strong. ID shown: SSN:XXX-XX-9987.',
      },
    ],
  },
  'employment-plans': {
    employmentPlans: [
      {
        planId: 'EP-12',
        version: 3,
        goal: 'Certified nursing assistant',
        steps: ['finish CNA course', 'apply at three clinics'],
        signedOn: '2024-03-22',
        barriers: 'Child care, transport',
        supportServices: [{ kind: 'bus pass', amount: 85.1, paidOn: '2024-03-25' }],
      },
    ],
  },
  'case-notes': {
    caseNotes: [
      {
        noteId: 901,
        date: '2024-03-21',
        author: 'S1001',
        subject: 'Intake',
        text: "Met in person. SSN XXX-XX-9987 checked against card. Child's number XXX-XX-3456 is on file.",
      },
      {
        noteId: 902,
        date: '2024-04-02',
        author: 'S1001',
        subject: 'Re: XXX-XX-9987',
        text: 'Called 651-555-0142, no answer. Zip 55101-1234.',
      },
    ],
  },
  documents: {
    documents: [
      {
        documentId: 'D-5501',
        title: 'Lease',
        fileName: 'lease_XXX-XX-9987.pdf',
        mediaType: 'application/pdf',
        sizeBytes: 182044,
        storedOn: '2024-03-21',
        link: 'https://documents.example.org/wf1/D-5501?person=XXX-XX-9987',
      },
    ],
  },
  referrals: {
    referrals: [
      {
        referralId: 'R-77',
        service: 'Domestic violence advocacy',
        staffId: 'S3001',
        organization: 'Harbor Partners',
        referredOn: '2024-03-23',
        reason: 'Safety planning',
      },
    ],
  },
};

/** The body of an answer: the sample's sections, with the places that a test put into its record. */
export function bodyOf(recordId: string, sections: readonly Section[], places: Readonly<Record<string, unknown>> = {}): unknown {
  const body = structuredClone(Object.assign({}, ...sections.map((name) => SHOWN[name]))) as Record<string, unknown>;
  body['recordId'] = recordId;
  for (const [pointer, value] of Object.entries(places)) {
    const keys = pointer.split('/').slice(1);
    const last = keys.pop() as string;
    let at: Record<string, unknown> | undefined = body;
    for (const key of keys) at = at?.[key] as Record<string, unknown> | undefined;
    if (at !== undefined) at[last] = value;
  }
  return body;
}

/** The line of policy.csv on which these words stand: entries name the row that allowed each section. */
export function ruleLine(row: string, folder: string = SHIPPED_POLICIES, system = 'workforce-one'): number {
  const lines = readFileSync(join(folder, system, 'policy.csv'), 'utf8').split('\n');
  const at = lines.indexOf(row);
  if (at < 0) throw new Error(`policy.csv has no row ${row}`);
  return at + 1;
}

export const allBut = (...without: readonly Section[]): readonly Section[] => SECTIONS.filter((name) => !without.includes(name));

export function withheldHeader(shown: readonly Section[]): string | undefined {
  const named = SECTIONS.filter((name) => !shown.includes(name) && (shown.includes('privacy') || !TELLING.includes(name)));
  return named.length === 0 ? undefined : named.map((name) => `${name}=not-granted`).join(', ');
}

/** The headers of ours and those that keep an answer out of caches. */
export const headersOf = (reply: Reply) => ({
  view: reply.headers['casegate-view'],
  withheld: reply.headers['casegate-withheld'],
  cache: reply.headers['cache-control'],
  type: reply.headers['content-type'],
  isNamed: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(reply.accessId),
});

export const problemHeaders = {
  view: 'none',
  withheld: undefined,
  cache: 'no-store',
  type: 'application/problem+json',
  isNamed: true,
};

/** The whole problem document. */
export function problemOf(code: ErrorCode, reply: Reply): unknown {
  const { status, title, says } = ERROR_TABLE[code];
  return { type: `urn:casegate:problem:${code}`, title, status, detail: says, code, accessId: reply.accessId };
}

export interface WhoWords {
  readonly account: string;
  readonly person?: string;
  readonly organization?: string;
  readonly application?: string | null;
  readonly actor?: string | null;
  readonly memberships?: readonly string[];
}

/** A whole entry of a read of workforce-one, but for its versions, which the test takes from the gateway. */
export function entryOf(
  gateway: TestGateway,
  reply: Reply,
  who: WhoWords,
  told: {
    readonly record: AccessEntry['records'][number];
    readonly outcome: AccessEntry['outcome'];
    readonly upstream?: 'answered' | 'not-found' | null;
    readonly system?: string;
    readonly route?: string;
    readonly versions?: Partial<Pick<AccessEntry, 'policyVersion' | 'directoryVersion' | 'registryVersion'>>;
  },
): unknown {
  const { account, application = 'portal', actor = null } = who;
  const { upstream = 'answered', system = 'workforce-one', route = 'read-record', versions = {} } = told;
  return {
    format: 1,
    accessId: reply.accessId,
    kind: 'access',
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
    source: { address: '127.0.0.1' },
    who: {
      account,
      person: who.person ?? `person-${account}`,
      organization: who.organization ?? 'north',
      issuer: gateway.issuer.issuer,
      application,
      actor,
      memberships: who.memberships ?? [`m-${account}`],
    },
    system,
    environment: 'production',
    route,
    method: 'GET',
    action: 'read',
    records: [told.record],
    outcome: told.outcome,
    upstream: upstream === null ? null : { outcome: upstream, durationMs: expect.any(Number) as unknown },
    policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    directoryVersion: expect.any(Number) as unknown,
    registryVersion: expect.any(Number) as unknown,
    ...versions,
  };
}

/** Nothing of a record, as an entry tells it before the facts know it. */
export const unknownRecord = {
  digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string,
  disclosure: 'none',
  disclosed: {},
  withheld: {},
  keys: [],
  unclassifiedFields: 0,
} as const satisfies AccessEntry['records'][number];

export const keyOf = (workgroup: string, relations: readonly string[], privacy: 'open' | 'private', when: readonly string[]): EntryKey => ({
  environment: 'production',
  application: 'case-work',
  workgroup,
  relations,
  privacy,
  when,
});

/** Asserts a refusal before any record: the document, the headers, the entry, and that nothing went upstream. */
export async function expectRefusal(
  gateway: TestGateway,
  reply: Reply,
  code: ErrorCode,
  reason: string,
  who: WhoWords,
  told: { readonly sent?: number; readonly system?: string; readonly route?: string } = {},
): Promise<void> {
  const { status } = ERROR_TABLE[code];
  expect([reply.status, reply.json, headersOf(reply)]).toEqual([status, problemOf(code, reply), problemHeaders]);
  expect(await gateway.entryOf(reply)).toEqual(
    entryOf(
      gateway,
      reply,
      { application: null, memberships: [], ...who },
      { ...told, record: unknownRecord, outcome: { status, code, reasons: [reason] }, upstream: null },
    ),
  );
  if (told.sent !== undefined) expect(gateway.upstream.requests.length).toBe(told.sent);
}
