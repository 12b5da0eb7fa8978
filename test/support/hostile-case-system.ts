import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntries } from '../../src/audit/read-entries';
import { openLogReader } from '../../src/storage/log-reader';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { ERROR_TABLE, type ErrorCode } from '../../src/vocabulary/errors';
import { findsCanary } from './finds-canary';
import { SHIPPED_POLICIES, startTestGateway, type GatewayOptions, type TestGateway } from './gateway';
import { sendRaw } from './raw-http';
import { rawReply, type RawAnswer } from './raw-upstream';

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
  readPlanted(answer: RawAnswer | ((id: string) => RawAnswer), person?: string, options?: ReadOptions): Promise<Seen & { readonly id: string }>;
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
  gateway.upstream.answers(({ target }) => planted.get(target.split('/').at(-1) ?? '') ?? NOT_FOUND);
  const reader = openLogReader(gateway.storeSettings);
  const bearers = new Map<string, Promise<string>>();
  const bearerOf = (person: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const key = JSON.stringify([person, claims]);
    const token = bearers.get(key) ?? gateway.token(person, claims);
    bearers.set(key, token);
    return token;
  };

  const plant: HostileCaseSystem['plant'] = (answer, id = `H-${(count += 1)}`) => {
    planted.set(id, typeof answer === 'function' && answer.length === 1 ? (answer as (id: string) => RawAnswer)(id) : (answer as RawAnswer));
    return id;
  };

  const read: HostileCaseSystem['read'] = async (id, person, more = {}) => {
    const { method = 'GET', path = WF1_PATH, claims, headers = [], localAddress, timeoutMs = 20_000 } = more;
    const head = [
      `${method} ${path}${id} HTTP/1.1`,
      `Host: 127.0.0.1:${gateway.dataPort}`,
      `Authorization: Bearer ${await bearerOf(person, claims)}`,
      'Connection: close',
      ...headers,
      '',
      '',
    ].join('\r\n');
    const reply = await sendRaw(gateway.dataPort, head, { timeoutMs, ...(localAddress === undefined ? {} : { localAddress }) });
    answers.push(Buffer.from(`${reply.statusLine}\n${JSON.stringify(reply.headers)}\n`), reply.body);
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
  const at = readFileSync(join(SHIPPED_POLICIES, system, 'policy.csv'), 'utf8').split('\n').indexOf(row);
  if (at < 0) throw new Error(`no such row: ${row}`);
  return at + 1;
}
