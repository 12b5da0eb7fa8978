import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { request } from 'undici';
import { importDirectory, startGateway, type RunningGateway } from '../../src/compose';
import { createLogger } from '../../src/monitoring/create-logger';
import { loadSettings } from '../../src/settings/load-settings';
import type { Settings } from '../../src/settings/settings-table';
import { openLogReader } from '../../src/storage/log-reader';
import { migrate } from '../../src/storage/migrate';
import { readEntries } from '../../src/audit/read-entries';
import { verifyChains } from '../../src/audit/verify-chain';
import type { StoreSettings } from '../../src/storage/store-settings';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { agencyDirectory, RECORDS } from './agency';
import { startIssuer, type TestIssuer } from './issuer';
import { freshDatabase, type TestDatabase } from './mariadb';
import { rawReply, startRawUpstream, type RawRequest, type RawUpstream } from './raw-upstream';

export type StoreKind = 'sqlite' | 'mariadb';

/** Both stores where the suite has a MariaDB (`npm test` starts one), SQLite alone otherwise. */
export const STORES: readonly StoreKind[] = process.env['CASEGATE_TEST_MARIADB'] === undefined ? ['sqlite'] : ['sqlite', 'mariadb'];

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed; null where it is no JSON. */
  readonly json: unknown;
  readonly accessId: string;
}

export interface TestGateway {
  readonly dataUrl: string;
  readonly adminUrl: string;
  readonly dataPort: number;
  readonly adminPort: number;
  readonly upstream: RawUpstream;
  readonly issuer: TestIssuer;
  readonly settings: Settings;
  readonly storeSettings: StoreSettings;
  readonly policies: string;
  /** Epoch ms; `clock.forward` moves the gateway's clock and the issuer's. */
  readonly clock: {
    now(): number;
    forward(ms: number): void;
    /** From now on it moves by `forward` alone, until `go`. */
    stand(): void;
    go(): void;
  };
  /** A bearer token of a person of test/support/agency.ts; `claims` replace. */
  token(person: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  adminToken(person: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** GET on the data plane; `as` is a person (or null for no token). */
  get(path: string, as: string | null, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  send(
    method: string,
    url: string,
    options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
  ): Promise<Reply>;
  /** POST/GET on the admin plane as a person. */
  admin(method: string, path: string, as: string | null, body?: string, type?: string): Promise<Reply>;
  /** All entries, oldest first, delivery notes and system entries left out unless `all`. */
  entries(options?: { readonly all?: boolean }): Promise<readonly AccessEntry[]>;
  /** The one entry of an answer. */
  entryOf(reply: Reply | string): Promise<AccessEntry>;
  /** Whether every chain of the log is whole. */
  isWhole(): Promise<boolean>;
  /** Operations log lines so far. */
  lines(): readonly string[];
  /** Imports more directory rows the way the command does, through the running gateway's admin plane. */
  importRows(rows: Readonly<Record<string, readonly object[]>>): Promise<Reply>;
  /** Stops the gateway alone, as `stop` would: what it wrote can still be read. */
  halt(): Promise<void>;
  /** Stops the gateway alone; store, issuer and case system stay, so that its log can still be read. */
  stopGateway(): Promise<void>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly store?: StoreKind;
  /** Merged into casegate.yaml, one level deep. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Policies folder; the shipped one by default. */
  readonly policies?: string;
  /** Systems that the gateway serves, all from the one case system; workforce-one and trackone by default. */
  readonly systems?: readonly string[];
  readonly directory?: Readonly<Record<string, readonly object[]>>;
  /** Records by id that the case system has; RECORDS by default. */
  readonly records?: Readonly<Record<string, unknown>>;
  /** How far the gateway's clock is ahead from the start. */
  readonly clockShiftMs?: number;
  /** Issuers besides the gateway's own. */
  readonly moreIssuers?: readonly Readonly<Record<string, unknown>>[];
  /** Join the store, issuer and upstream of another gateway: a second process's worth. */
  readonly beside?: TestGateway;
  /** Merged into the settings of both case systems, such as `limits`. */
  readonly caseSystem?: Readonly<Record<string, unknown>>;
  /** How full the store's disk is said to be; the real one is asked otherwise. */
  readonly readDiskUse?: (folder: string) => Promise<number>;
}

export const AUDIENCE = 'https://gateway.test/records';
export const ADMIN_AUDIENCE = 'https://gateway.test/admin';
export const SHIPPED_POLICIES = join(__dirname, '..', '..', 'policies');

/**
 * A whole gateway in this process: real sockets, a real store of its own, real tokens, a raw case system that can misbehave.
 * Only the clock is ours.
 */
export async function startTestGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const stops: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of stops.splice(0).reverse()) await close();
  };
  try {
    return await open(options, stops, stop);
  } catch (fault) {
    await stop();
    throw fault;
  }
}

async function open(options: GatewayOptions, stops: (() => unknown)[], stop: () => Promise<void>): Promise<TestGateway> {
  const { beside } = options;
  let shiftMs = options.clockShiftMs ?? 0;
  let standsAtMs: number | null = null;
  const clock = beside?.clock ?? {
    now: () => (standsAtMs ?? Date.now()) + shiftMs,
    forward: (ms: number) => {
      shiftMs += ms;
    },
    stand: () => {
      standsAtMs = Date.now();
    },
    go: () => {
      standsAtMs = null;
    },
  };
  const own = beside === undefined ? await ownSurroundings(options, clock.now, stops) : null;
  const upstream = beside?.upstream ?? (own as Surroundings).upstream;
  const issuer = beside?.issuer ?? (own as Surroundings).issuer;
  const storeSettings = beside?.storeSettings ?? (own as Surroundings).storeSettings;
  const folder = own?.folder ?? mkdtempSync(join(tmpdir(), 'casegate-beside-'));
  if (own === null) stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const settings = settingsFor(options, { upstream, issuer, storeSettings, folder });
  if (beside === undefined) {
    if (storeSettings.kind === 'mariadb') await migrate(storeSettings);
    const report = await importDirectory(settings, [{ name: 'agency.yaml', content: agencyDirectory(issuer.issuer, options.directory) }]);
    if (report.outcome !== 'applied') throw new Error(`the agency was refused: ${JSON.stringify(report.problems.slice(0, 5))}`);
  }
  const written: string[] = [];
  const operations = createLogger({ level: 'debug', clock: clock.now, out: collecting(written) });
  const gateway: RunningGateway = await startGateway(settings, {
    clock: clock.now,
    operations,
    ...(options.readDiskUse === undefined ? {} : { readDiskUse: options.readDiskUse }),
  });
  stops.push(
    () => operations.close(),
    () => gateway.stop(),
  );

  const send: TestGateway['send'] = async (method, url, { headers = {}, body } = {}) => {
    const reply = await request(url, { method: method as 'GET', headers, ...(body === undefined ? {} : { body }), headersTimeout: 20_000 });
    const text = await reply.body.text();
    return {
      status: reply.statusCode,
      headers: reply.headers,
      text,
      json: parsed(text),
      accessId: String(reply.headers['casegate-access-id'] ?? ''),
    };
  };
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const token: TestGateway['token'] = (person, claims = {}) => issuer.token({ sub: person, aud: AUDIENCE, client_id: 'portal', ...claims });
  const adminToken: TestGateway['adminToken'] = (person, claims = {}) =>
    issuer.token({ sub: person, aud: ADMIN_AUDIENCE, client_id: 'portal', ...claims });
  const entries: TestGateway['entries'] = async ({ all = false } = {}) => {
    const reader = openLogReader(storeSettings);
    try {
      const found: AccessEntry[] = [];
      for (let before: string | null = null; ;) {
        const page = await readEntries(reader, {}, { limit: 500, before });
        found.push(...page.entries.map((one) => one.entry));
        before = page.next;
        if (before === null) break;
      }
      return found.reverse().filter((entry) => all || (entry.kind !== 'delivery' && entry.kind !== 'system'));
    } finally {
      await reader.close();
    }
  };
  const admin: TestGateway['admin'] = async (method, path, as, body, type = 'application/json') =>
    send(method, `${gateway.adminUrl}${path}`, {
      headers: { ...(as === null ? {} : bearer(await adminToken(as))), ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });

  return {
    dataUrl: gateway.dataUrl,
    adminUrl: gateway.adminUrl,
    dataPort: Number(new URL(gateway.dataUrl).port),
    adminPort: Number(new URL(gateway.adminUrl).port),
    upstream,
    issuer,
    settings,
    storeSettings,
    policies: settings.policies.folder,
    clock,
    token,
    adminToken,
    get: async (path, as, headers = {}) =>
      send('GET', `${gateway.dataUrl}${path}`, { headers: { ...(as === null ? {} : bearer(await token(as))), ...headers } }),
    send,
    admin,
    entries,
    entryOf: async (reply) => {
      const accessId = typeof reply === 'string' ? reply : reply.accessId;
      const found = (await entries({ all: true })).filter((entry) => entry.accessId === accessId);
      if (found.length !== 1) throw new Error(`${found.length} entries with the access id ${accessId}`);
      return found[0] as AccessEntry;
    },
    isWhole: async () => {
      const reader = openLogReader(storeSettings);
      try {
        return (await verifyChains(reader)).every((one) => one.fault === null);
      } finally {
        await reader.close();
      }
    },
    lines: () =>
      written
        .join('')
        .split('\n')
        .filter((line) => line !== ''),
    importRows: (rows) =>
      admin(
        'POST',
        '/api/v1/directory/imports',
        'administrator',
        JSON.stringify({ files: [{ name: 'more.yaml', content: JSON.stringify(rows) }], dryRun: false }),
      ),
    halt: () => gateway.stop(),
    stopGateway: () => gateway.stop(),
    stop,
  };
}

interface Surroundings {
  readonly upstream: RawUpstream;
  readonly issuer: TestIssuer;
  readonly storeSettings: StoreSettings;
  readonly folder: string;
}

async function ownSurroundings(options: GatewayOptions, nowMs: () => number, stops: (() => unknown)[]): Promise<Surroundings> {
  const upstream = await startRawUpstream();
  stops.push(() => upstream.close());
  serveRecords(upstream, options.records ?? RECORDS);
  const issuer = await startIssuer({ nowMs, audience: AUDIENCE });
  stops.push(() => issuer.close());
  const folder = mkdtempSync(join(tmpdir(), 'casegate-test-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  if (options.store !== 'mariadb') return { upstream, issuer, folder, storeSettings: { kind: 'sqlite', folder } };
  const database: TestDatabase = await freshDatabase();
  stops.push(() => database.drop());
  return { upstream, issuer, folder, storeSettings: { kind: 'mariadb', url: database.url, tls: null } };
}

/** Answers GET …/<id> with the record of that id, as JSON; 404 for any other. */
export function serveRecords(upstream: RawUpstream, records: Readonly<Record<string, unknown>>): void {
  upstream.answers(({ target }: RawRequest) => {
    const id = target.split('/').at(-1) ?? '';
    return Object.hasOwn(records, id)
      ? rawReply(JSON.stringify(records[id]))
      : rawReply('{"error":"no such record"}', { status: '404 Not Found' });
  });
}

function settingsFor(options: GatewayOptions, around: Surroundings): Settings {
  const { issuer, upstream, storeSettings, folder } = around;
  const system = { origin: upstream.origin, credential: { kind: 'none' }, ...options.caseSystem };
  const config: Record<string, unknown> = {
    environment: 'production',
    dataPlane: { port: 0 },
    adminPlane: { port: 0 },
    store: storeSettings.kind === 'sqlite' ? { kind: 'sqlite', folder } : { kind: 'mariadb', tls: 'plain' },
    issuers: [
      { issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: AUDIENCE, adminAudience: ADMIN_AUDIENCE },
      ...(options.moreIssuers ?? []),
    ],
    systems: Object.fromEntries((options.systems ?? ['workforce-one', 'trackone']).map((name) => [name, system])),
    policies: { folder: options.policies ?? SHIPPED_POLICIES },
    // Tests look at the admin plane in loops; its limits have tests of their own.
    rateLimits: { adminAddressPerMinute: 1_000_000, adminCallerPerMinute: 1_000_000 },
    logLevel: 'debug',
  };
  for (const [key, value] of Object.entries(options.config ?? {})) {
    const before = config[key];
    config[key] = isPlain(before) && isPlain(value) ? { ...before, ...value } : value;
  }
  const env: Record<string, string> = { CASEGATE_LOG_DIGEST_KEY: 'a digest key for tests alone, 32 characters or more' };
  if (storeSettings.kind === 'mariadb') env['CASEGATE_STORE_URL'] = storeSettings.url;
  return loadSettings({ env, configText: JSON.stringify(config), folder, mode: 'demo' });
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function collecting(written: string[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done();
    },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
