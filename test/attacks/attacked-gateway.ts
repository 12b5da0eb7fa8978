import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { ERROR_TABLE, type ErrorCode } from '../../src/vocabulary/errors';
import { startTestGateway, type GatewayOptions, type TestGateway } from '../support/gateway';
import { converse, type RawOutcome, type RawReply } from '../support/raw-http';

/** The canary: no answer, entry or log line may hold it, whatever was sent. */
export const CANARY = /219.?09.?9987/;

/** The private record that its assigned counselor sees whole, and everybody else but little of. */
export const RECORD = '/workforce-one/records/P1';

/** Limits stay out of the way: they have tests of their own. */
export const startAttackedGateway = (options: GatewayOptions = {}): Promise<TestGateway> =>
  startTestGateway({
    ...options,
    config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 }, ...options.config },
  });

/** A request as raw text. */
export const raw = (line: string, ...headers: readonly string[]): string => [line, 'Host: localhost', ...headers, '', ''].join('\r\n');
export const get = (target: string, ...headers: readonly string[]): string => raw(`GET ${target} HTTP/1.1`, ...headers);

/** A source address of its own, so that every refusal has an entry of its own (GW-03 counts by source). All of 127/8 is loopback. */
export function freshSource(): string {
  sources += 1;
  return `127.1.${Math.floor(sources / 200)}.${1 + (sources % 200)}`;
}
let sources = 0;

export interface Sent extends RawOutcome {
  readonly source: string;
  readonly reply: RawReply;
}

/** Sends bytes from a source of their own; `replies` as in raw-http. Fails where nothing at all is answered. */
export async function attack(gateway: TestGateway, bytes: string | Buffer, replies = 1): Promise<Sent> {
  const source = freshSource();
  const outcome = await converse(gateway.dataPort, bytes, { localAddress: source, replies, timeoutMs: 8_000 });
  const [reply] = outcome.replies;
  if (reply === undefined) throw new Error(`not answered: ${outcome.bytes.toString('latin1').slice(0, 200)}`);
  return { ...outcome, source, reply };
}

/** The problem document of a code, whole. */
export const problemOf = (code: ErrorCode, accessId: string): Record<string, unknown> => ({
  type: `urn:casegate:problem:${code}`,
  title: ERROR_TABLE[code].title,
  status: ERROR_TABLE[code].status,
  detail: ERROR_TABLE[code].says,
  code,
  accessId,
});

const ACCESS_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Where a refusal on the record route happened. */
export const ON_ROUTE = { system: 'workforce-one', route: 'read-record' } as const;

/** The entry of a refusal before a caller is known, whole. */
export const refusalEntry = (code: ErrorCode, more: Partial<AccessEntry> & { readonly reason?: string } = {}): AccessEntry => {
  const { reason = code, ...rest } = more;
  return {
    format: 1,
    accessId: expect.stringMatching(ACCESS_ID) as unknown as string,
    kind: 'refusal',
    at: expect.stringMatching(MOMENT) as unknown as string,
    source: null,
    who: null,
    system: null,
    environment: 'production',
    route: null,
    method: 'GET',
    action: null,
    records: [],
    outcome: { status: ERROR_TABLE[code].status, code, reasons: [reason] },
    upstream: null,
    policyVersion: null,
    directoryVersion: null,
    registryVersion: null,
    ...rest,
  };
};

/** The entry of a refusal of a caller who is known, whole: the record is a digest, nothing of it was disclosed. */
export const deniedEntry = (
  code: ErrorCode,
  who: AccessEntry['who'],
  more: Partial<AccessEntry> & { readonly reason?: string } = {},
): AccessEntry =>
  refusalEntry(code, {
    kind: 'access',
    who,
    ...ON_ROUTE,
    action: 'read',
    records: [undisclosed({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string })],
    policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string,
    directoryVersion: expect.any(Number) as unknown as number,
    registryVersion: expect.any(Number) as unknown as number,
    ...more,
  });

/** A record of which nothing was disclosed and nothing decided. */
export const undisclosed = (named: { readonly id: string } | { readonly digest: string }): AccessEntry['records'][number] => ({
  ...named,
  disclosure: 'none',
  disclosed: {},
  withheld: {},
  keys: [],
  unclassifiedFields: 0,
});

/** Somebody of test/support/agency.ts, as entries name them. */
export const whoOf = (gateway: TestGateway, account: string, more: object = {}): NonNullable<AccessEntry['who']> => ({
  account,
  person: `person-${account}`,
  organization: 'north',
  issuer: gateway.issuer.issuer,
  application: 'portal',
  actor: null,
  memberships: [],
  ...more,
});

/** Asserts a refusal: status line, whole document, headers, and the whole entry. */
export async function expectRefused(
  gateway: TestGateway,
  reply: RawReply,
  source: string,
  code: ErrorCode,
  entry: Partial<AccessEntry> & { readonly reason?: string } = {},
): Promise<void> {
  const isHead = entry.method === 'HEAD';
  const accessId = reply.header('casegate-access-id') ?? '';
  expect(reply.statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${ERROR_TABLE[code].status} `));
  expect(isHead ? reply.body.toString() : JSON.parse(reply.body.toString())).toEqual(isHead ? '' : problemOf(code, accessId));
  expect([reply.header('content-type'), reply.header('cache-control'), reply.header('casegate-view')]).toEqual([
    'application/problem+json',
    'no-store',
    'none',
  ]);
  if (code === 'method-not-allowed') expect(['GET, HEAD', 'GET, HEAD, PATCH']).toContain(reply.header('allow'));
  if (code === 'upgrade-refused') expect(reply.header('upgrade')).toBe('HTTP/1.1');
  if (ERROR_TABLE[code].status === 401) expect(reply.header('www-authenticate')).toBe('Bearer');
  expect(await gateway.entryOf(accessId)).toEqual(refusalEntry(code, { source: { address: source }, ...entry, accessId }));
}

/** One attack that the edge settles: what is sent, how it is refused. `calm`: the line stays open behind the answer. */
export interface Refused {
  readonly id: string;
  readonly what: string;
  readonly bytes: string | Buffer;
  readonly code: ErrorCode;
  readonly entry?: Partial<AccessEntry> & { readonly reason?: string };
  readonly closes?: boolean;
}

/** A second request behind the first: whoever reads the first in another way than we do would answer it. */
const BEHIND = get('/workforce-one/records/behind');

/** Sends it with a request behind it, and asserts the refusal, and that the case system received nothing. */
export async function expectSettledAtTheEdge(gateway: TestGateway, { bytes, code, entry, closes }: Refused): Promise<void> {
  const before = gateway.upstream.requests.length;
  const isClosing = closes ?? true;
  const sent = await attack(gateway, Buffer.concat([asBytes(bytes), Buffer.from(isClosing ? BEHIND : '')]), isClosing ? 2 : 1);
  await expectRefused(gateway, sent.reply, sent.source, code, entry);
  expect([sent.replies.length, sent.closed]).toEqual([1, isClosing]);
  expect(gateway.upstream.requests.length).toBe(before);
  expect(sent.bytes.toString('latin1')).not.toMatch(CANARY);
}

const asBytes = (bytes: string | Buffer): Buffer => (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);

/** Nothing that this process wrote down holds the canary. */
export async function expectNoCanary(gateway: TestGateway): Promise<void> {
  expect(JSON.stringify(await gateway.entries({ all: true }))).not.toMatch(CANARY);
  expect(gateway.lines().join('\n')).not.toMatch(CANARY);
}
