import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntries } from '../../src/audit/read-entries';
import { openLogReader } from '../../src/storage/log-reader';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { ERROR_TABLE, type ErrorCode } from '../../src/vocabulary/errors';
import type { Reason } from '../../src/vocabulary/reasons';
import { findsCanary } from './finds-canary';
import { SHIPPED_POLICIES, startTestGateway, type GatewayOptions, type TestGateway } from './gateway';
import { sendRaw } from './raw-http';
import { rawReply, type RawAnswer, type RawRequest } from './raw-upstream';

/** An answer as it came over the wire. */
export interface Seen {
  readonly statusLine: string;
  readonly status: number;
  /** In their order and spelling. */
  readonly headers: readonly (readonly [string, string])[];
  header(name: string): string | undefined;
  readonly body: Buffer;
  readonly text: string;
  /** Parsed; null where it is no JSON. */
  readonly json: unknown;
  readonly accessId: string;
}

export interface ReadOptions {
  readonly method?: string;
  /** Path before the record's id; that of workforce-one by default. */
  readonly path?: string;
  /** Replace claims of the token, such as client_id. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly headers?: readonly string[];
  /** A body behind the head; its length is for `headers` to say. */
  readonly sends?: string;
  readonly localAddress?: string;
  readonly timeoutMs?: number;
}

/** A gateway in front of a case system that says for each record whatever a test plants. */
export interface HostileCaseSystem {
  readonly gateway: TestGateway;
  /** The case system answers so for this record; gives its id, a new one unless named. */
  plant(answer: RawAnswer | ((id: string) => RawAnswer), id?: string): string;
  read(id: string, person: string, options?: ReadOptions): Promise<Seen>;
  /** Plants and reads as the assigned counselor. */
  readPlanted(
    answer: RawAnswer | ((id: string) => RawAnswer),
    person?: string,
    options?: ReadOptions,
  ): Promise<Seen & { readonly id: string }>;
  entryOf(seen: Seen): Promise<AccessEntry>;
  /** Where the canary stands in one answer, its entry, or what the gateway said meanwhile. */
  leaks(seen: Seen): Promise<readonly string[]>;
  /** The same for everything: every answer read here, every entry, every operational line, the metrics. */
  leaksAnywhere(): Promise<readonly string[]>;
  /** The text of /metrics. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export const WF1_PATH = '/workforce-one/records/';
export const T1_PATH = '/trackone/participants/';

export async function startHostileCaseSystem(options: GatewayOptions = {}): Promise<HostileCaseSystem> {
  const gateway = await startTestGateway({
    ...options,
    config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 }, ...options.config },
  });
  const planted = new Map<string, RawAnswer>();
  const answers: Buffer[] = [];
  let count = 0;
  let linesSeen = 0;
  gateway.upstream.answers(({ target }: RawRequest) => planted.get(target.split('/').at(-1) ?? '') ?? NOT_FOUND);
  const reader = openLogReader(gateway.storeSettings);
  const bearers = new Map<string, Promise<string>>();
  const bearerOf = (person: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const key = JSON.stringify([person, claims]);
    const token = bearers.get(key) ?? gateway.token(person, claims);
    bearers.set(key, token);
    return token;
  };

  const plant: HostileCaseSystem['plant'] = (answer, id = `H-${(count += 1)}`) => {
    planted.set(id, typeof answer === 'function' && answer.length < 2 ? (answer as (id: string) => RawAnswer)(id) : (answer as RawAnswer));
    return id;
  };

  const read: HostileCaseSystem['read'] = async (id, person, more = {}) => {
    const { method = 'GET', path = WF1_PATH, claims, headers = [], sends = '', localAddress, timeoutMs = 20_000 } = more;
    const head = [
      `${method} ${path}${id} HTTP/1.1`,
      `Host: 127.0.0.1:${gateway.dataPort}`,
      `Authorization: Bearer ${await bearerOf(person, claims)}`,
      'Connection: close',
      ...headers,
      '',
      sends,
    ].join('\r\n');
    const reply = await sendRaw(gateway.dataPort, head, { timeoutMs, ...(localAddress === undefined ? {} : { localAddress }) });
    answers.push(Buffer.from(`${reply.statusLine}\n${JSON.stringify(reply.headers)}\n`), reply.body.subarray(0, MOST_KEPT_BYTES));
    const text = reply.body.toString('utf8');
    return { ...reply, text, json: parsed(text), accessId: reply.header('casegate-access-id') ?? '' };
  };

  const entryOf: HostileCaseSystem['entryOf'] = async ({ accessId }) => {
    const { entries } = await readEntries(reader, { accessId }, { limit: 10, before: null });
    const found = entries.map((one) => one.entry).filter((entry) => entry.kind !== 'delivery');
    if (found.length !== 1) throw new Error(`${found.length} entries of the access id ${accessId}`);
    return found[0] as AccessEntry;
  };

  const metrics = async (): Promise<string> => (await gateway.admin('GET', '/metrics', 'auditor')).text;

  return {
    gateway,
    plant,
    read,
    readPlanted: async (answer, person = 'counselor', more = {}) => {
      const id = plant(answer);
      return { ...(await read(id, person, more)), id };
    },
    entryOf,
    leaks: async (seen) => {
      const lines = gateway.lines();
      const fresh = lines.slice(linesSeen);
      linesSeen = lines.length;
      return findsCanary(
        [seen.statusLine, JSON.stringify(seen.headers), seen.text, JSON.stringify(await entryOf(seen)), ...fresh].join('\n\n'),
      ).concat(findsCanary(seen.body));
    },
    leaksAnywhere: async () => {
      const entries = await gateway.entries({ all: true });
      const parts = [Buffer.concat(answers), ...entries.map((entry) => JSON.stringify(entry)), ...gateway.lines(), await metrics()];
      return parts.flatMap((part) => findsCanary(part));
    },
    metrics,
    stop: async () => {
      await reader.close();
      await gateway.stop();
    },
  };
}

/** Of a longer answer only the beginning is searched at the end. */
const MOST_KEPT_BYTES = 65_536;
const NOT_FOUND = rawReply('{"error":"no such record"}', { status: '404 Not Found' });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/**
 * The bytes of a small open record that `counselor` is assigned to. `inside` is raw JSON of more members: `"ssn":"…"`; it stands last.
 * What the counselor sees of it without them: `SEEN_OF`.
 */
export const recordText = (id: string, inside = '', isPrivate = false): string =>
  `{"recordId":${JSON.stringify(id)},"privacy":{"indicator":${isPrivate}},` +
  `"assignment":{"staffId":"S1001","agency":"AG-NORTH","county":"62"}${inside === '' ? '' : `,${inside}`}}`;

export const SEEN_OF = (id: string, isPrivate = false): Readonly<Record<string, unknown>> => ({
  recordId: id,
  privacy: { indicator: isPrivate },
  assignment: { staffId: 'S1001', agency: 'AG-NORTH', county: '62' },
});

/** A planted record of `recordText`. */
export const recordWith =
  (inside: string, isPrivate = false) =>
  (id: string): RawAnswer =>
    rawReply(recordText(id, inside, isPrivate));

/** The whole problem document of a code. */
export const problem = (code: ErrorCode, { accessId }: Seen): Readonly<Record<string, unknown>> => ({
  type: `urn:casegate:problem:${code}`,
  title: ERROR_TABLE[code].title,
  status: ERROR_TABLE[code].status,
  detail: ERROR_TABLE[code].says,
  code,
  accessId,
});

/** Where a policy row stands in the shipped policy of a system, from 1. */
export function policyLine(system: string, row: string): number {
  const at = readFileSync(join(SHIPPED_POLICIES, system, 'policy.csv'), 'utf8')
    .split('\n')
    .indexOf(row);
  if (at < 0) throw new Error(`no such row: ${row}`);
  return at + 1;
}

const WF1_SECTIONS = [
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
const BASIC_ROW = policyLine('workforce-one', 'p, group:employment-counselor, *, *, always, basic, read, allow');
const ASSIGNED_ROW = policyLine('workforce-one', 'p, group:employment-counselor, assigned, *, always, *, read, allow');

const sections = <T>(valueOf: (section: string) => T): Record<string, T> =>
  Object.fromEntries(WF1_SECTIONS.map((section) => [section, valueOf(section)]));

/** What stands in the log for a record number that no facts vouch for. */
export const digestOf = (system: string, id: string): string =>
  createHmac('sha256', 'a digest key for tests alone, 32 characters or more')
    .update(JSON.stringify([system, id]))
    .digest('hex');

/** The whole entry of a workforce-one record that the assigned counselor was shown. */
export const fullEntry = (
  hostile: HostileCaseSystem,
  seen: Seen,
  id: string,
  { isPrivate = false, unclassifiedFields = 0 }: { readonly isPrivate?: boolean; readonly unclassifiedFields?: number } = {},
): object =>
  entry(hostile, seen, 'counselor', {
    records: [
      {
        id,
        disclosure: 'full',
        disclosed: sections((section) => (section === 'basic' ? BASIC_ROW : ASSIGNED_ROW)),
        withheld: {},
        keys: [key(['assigned'], isPrivate)],
        unclassifiedFields,
      },
    ],
    outcome: { status: 200, code: 'ok', reasons: ['granted'] },
    upstream: { outcome: 'answered', durationMs: expect.any(Number) },
  });

/** The whole entry of a private record of which `other-counselor` saw the basic view. */
export const basicEntry = (
  hostile: HostileCaseSystem,
  seen: Seen,
  id: string,
  { unclassifiedFields = 0 }: { readonly unclassifiedFields?: number } = {},
): object => {
  const { basic: _shown, ...withheld } = sections((section) => (section === 'privacy' ? 'not-granted' : 'private-record'));
  return entry(hostile, seen, 'other-counselor', {
    records: [{ id, disclosure: 'basic', disclosed: { basic: BASIC_ROW }, withheld, keys: [key([], true)], unclassifiedFields }],
    outcome: { status: 200, code: 'ok', reasons: ['not-granted', 'private-record'] },
    upstream: { outcome: 'answered', durationMs: expect.any(Number) },
  });
};

/** The whole entry of an answer of the case system that was refused. */
export const faultEntry = (
  hostile: HostileCaseSystem,
  seen: Seen,
  id: string,
  code: ErrorCode,
  reason: Reason = code,
  person = 'counselor',
): object => ({
  ...entry(hostile, seen, person, {
    records: [nothingOf(digestOf('workforce-one', id))],
    outcome: { status: ERROR_TABLE[code].status, code, reasons: [reason] },
    upstream: code.startsWith('upstream-') ? { outcome: code, durationMs: expect.any(Number) } : null,
  }),
  who: { ...who(hostile, person), memberships: [] },
});

/** The whole entry of a record that the case system does not know. */
export const unknownEntry = (hostile: HostileCaseSystem, seen: Seen, id: string, person = 'counselor'): object =>
  entry(hostile, seen, person, {
    records: [nothingOf(digestOf('workforce-one', id))],
    outcome: { status: 404, code: 'record-hidden', reasons: ['record-unknown'] },
    upstream: { outcome: 'not-found', durationMs: expect.any(Number) },
  });

export const nothingOf = (digest: string): object => ({
  digest,
  disclosure: 'none',
  disclosed: {},
  withheld: {},
  keys: [],
  unclassifiedFields: 0,
});

const key = (relations: readonly string[], isPrivate: boolean): object => ({
  environment: 'production',
  application: 'case-work',
  workgroup: 'employment-counselor',
  relations,
  privacy: isPrivate ? 'private' : 'open',
  when: ['in-scope'],
});

const who = ({ gateway }: HostileCaseSystem, person: string) => ({
  account: person,
  person: `person-${person}`,
  organization: 'north',
  issuer: gateway.issuer.issuer,
  application: 'portal',
  actor: null,
  memberships: [`m-${person}`],
});

const entry = (hostile: HostileCaseSystem, { accessId }: Seen, person: string, rest: object): object => ({
  format: 1,
  accessId,
  kind: 'access',
  at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  source: { address: '127.0.0.1' },
  who: who(hostile, person),
  system: 'workforce-one',
  environment: 'production',
  route: 'read-record',
  method: 'GET',
  action: 'read',
  ...rest,
  policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
  directoryVersion: 1,
  registryVersion: 1,
});

/** The headers of every answer, in their order, with what this answer adds; `[access id]`, `[tag]` and `[date]` stand for theirs. */
export const headersOf = (seen: Seen): readonly string[] =>
  seen.headers.map(([name, value]) =>
    name === 'casegate-access-id'
      ? `${name}: [access id]`
      : name === 'etag' && OUR_TAG.test(value)
        ? `${name}: [tag]`
        : name === 'Date'
          ? `${name}: [date]`
          : `${name}: ${value}`,
  );

const OUR_TAG = /^"[A-Za-z0-9_-]{32}"$/;

export const FIXED_HEADERS: readonly string[] = [
  "Content-Security-Policy: default-src 'none';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy: same-origin',
  'Cross-Origin-Resource-Policy: same-origin',
  'Origin-Agent-Cluster: ?1',
  'Referrer-Policy: no-referrer',
  'Strict-Transport-Security: max-age=31536000; includeSubDomains',
  'X-Content-Type-Options: nosniff',
  'X-DNS-Prefetch-Control: off',
  'X-Download-Options: noopen',
  'X-Frame-Options: DENY',
  'X-Permitted-Cross-Domain-Policies: none',
  'X-XSS-Protection: 0',
  'Cache-Control: no-store',
  'Vary: Origin',
];

export const headersOfAnswer = (view: string, length: number, withheld?: string): readonly string[] => [
  ...FIXED_HEADERS,
  'content-type: application/json; charset=utf-8',
  'casegate-access-id: [access id]',
  `casegate-view: ${view}`,
  ...(withheld === undefined ? [] : [`casegate-withheld: ${withheld}`]),
  'etag: [tag]',
  `Content-Length: ${length}`,
  'Date: [date]',
  'Connection: close',
];

export const headersOfProblem = (length: number): readonly string[] => [
  ...FIXED_HEADERS,
  'content-type: application/problem+json',
  'casegate-access-id: [access id]',
  'casegate-view: none',
  `Content-Length: ${length}`,
  'Date: [date]',
  'Connection: close',
];
