import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { readEntries } from '../../src/audit/read-entries';
import { verifyChains, type ChainReport } from '../../src/audit/verify-chain';
import { importDirectory } from '../../src/compose';
import { loadSettings } from '../../src/settings/load-settings';
import { openLogReader } from '../../src/storage/log-reader';
import { migrate } from '../../src/storage/migrate';
import type { StoreSettings } from '../../src/storage/store-settings';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { agencyDirectory, RECORDS } from './agency';
import { compileTree, type CompiledTree } from './compiled-tree';
import { ADMIN_AUDIENCE, AUDIENCE, serveRecords, SHIPPED_POLICIES, type Reply } from './gateway';
import { startIssuer, type TestIssuer } from './issuer';
import { startRawUpstream, type RawUpstream } from './raw-upstream';

export interface ServedOptions {
  /** mysql://… of an empty database; SQLite where it is missing. */
  readonly databaseUrl?: string;
  /** Merged into casegate.yaml, one level deep. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The gateway runs under this user and group, and so does its store. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

/** What stands around gateways that run as processes of their own: they may be killed, stopped, and started again. */
export interface Surroundings {
  readonly upstream: RawUpstream;
  readonly issuer: TestIssuer;
  readonly storeSettings: StoreSettings;
  /** Of the store (SQLite) and of casegate.yaml. */
  readonly folder: string;
  token(person: string): Promise<string>;
  /** `casegate serve` on this store. Fails with what it said where it does not come to listen. */
  start(): Promise<ServedGateway>;
  /** Every entry of the log, oldest first. */
  entries(): Promise<readonly AccessEntry[]>;
  verify(): Promise<readonly ChainReport[]>;
  close(): Promise<void>;
}

export interface ServedGateway {
  readonly process: ChildProcess;
  readonly dataUrl: string;
  readonly dataPort: number;
  readonly adminUrl: string;
  /** Lines of its operations log. */
  lines(): readonly string[];
  /** GET on the data plane over a connection of its own. */
  get(path: string, as: string | null): Promise<Reply>;
  /** Sends the signal and waits for the end. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export async function servedGateways(options: ServedOptions = {}): Promise<Surroundings> {
  const closing: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    return await open(options, closing, close);
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function open(options: ServedOptions, closing: (() => unknown)[], close: () => Promise<void>): Promise<Surroundings> {
  const { databaseUrl, runAs } = options;
  const upstream = await startRawUpstream();
  closing.push(() => upstream.close());
  serveRecords(upstream, RECORDS);
  const issuer = await startIssuer({ audience: AUDIENCE });
  closing.push(() => issuer.close());
  const tree = compileTree();
  closing.push(() => tree.remove());
  const folder = mkdtempSync(join(tmpdir(), 'casegate-served-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const storeSettings: StoreSettings =
    databaseUrl === undefined ? { kind: 'sqlite', folder: join(folder, 'store') } : { kind: 'mariadb', url: databaseUrl, tls: null };
  const config = configOf(options, storeSettings, { upstream, issuer });
  const env = { CASEGATE_LOG_DIGEST_KEY: DIGEST_KEY, ...(databaseUrl === undefined ? {} : { CASEGATE_STORE_URL: databaseUrl }) };
  writeFileSync(join(folder, 'casegate.yaml'), config);
  if (databaseUrl !== undefined) await migrate(storeSettings);
  const settings = loadSettings({ env, configText: config, folder, mode: 'serve' });
  const report = await importDirectory(settings, [{ name: 'agency.yaml', content: agencyDirectory(issuer.issuer) }]);
  if (report.outcome !== 'applied') throw new Error(`the agency was refused: ${JSON.stringify(report.problems.slice(0, 5))}`);
  if (runAs !== undefined) giveTo(runAs, folder, tree);
  const token = (person: string) => issuer.token({ sub: person, aud: AUDIENCE, client_id: 'portal' });
  return {
    upstream,
    issuer,
    storeSettings,
    folder,
    token,
    start: async () => {
      const gateway = await start(tree, { folder, env, runAs, token });
      closing.push(() => (gateway.process.exitCode === null && gateway.process.signalCode === null ? gateway.end('SIGKILL') : undefined));
      return gateway;
    },
    entries: () => readAll(storeSettings),
    verify: async () => {
      const reader = openLogReader(storeSettings);
      try {
        return await verifyChains(reader);
      } finally {
        await reader.close();
      }
    },
    close,
  };
}

const DIGEST_KEY = 'a digest key for tests alone, 32 characters or more';

function configOf(
  options: ServedOptions,
  storeSettings: StoreSettings,
  { upstream, issuer }: { readonly upstream: RawUpstream; readonly issuer: TestIssuer },
): string {
  const config: Record<string, unknown> = {
    environment: 'production',
    dataPlane: { port: 0 },
    adminPlane: { port: 0 },
    store: storeSettings.kind === 'sqlite' ? { kind: 'sqlite', folder: storeSettings.folder } : { kind: 'mariadb', tls: 'plain' },
    issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: AUDIENCE, adminAudience: ADMIN_AUDIENCE }],
    systems: { 'workforce-one': { origin: upstream.origin, credential: { kind: 'none' } } },
    policies: { folder: SHIPPED_POLICIES },
    rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 },
  };
  for (const [key, value] of Object.entries(options.config ?? {}))
    config[key] = { ...(config[key] as object | undefined), ...(value as object) };
  return JSON.stringify(config);
}

function giveTo({ uid, gid }: NonNullable<ServedOptions['runAs']>, folder: string, tree: CompiledTree): void {
  chmodSync(join(tree.command, '..', '..'), 0o755);
  const store = readdirSync(join(folder, 'store')).map((name) => join('store', name));
  for (const name of ['', 'casegate.yaml', 'store', ...store]) chownSync(join(folder, name), uid, gid);
}

interface Start {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runAs: ServedOptions['runAs'];
  readonly token: (person: string) => Promise<string>;
}

async function start(tree: CompiledTree, { folder, env, runAs, token }: Start): Promise<ServedGateway> {
  const child = spawn(process.execPath, [tree.command, 'serve', '--config', join(folder, 'casegate.yaml')], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...runAs,
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const said: string[] = [];
  const listening = new Promise<Record<string, string>>((resolve, reject) => {
    let rest = '';
    const take = (part: Buffer): void => {
      const lines = (rest + part.toString()).split('\n');
      rest = lines.pop() ?? '';
      said.push(...lines);
      const line = lines.find((one) => one.includes('"gateway-listening"'));
      if (line !== undefined) resolve(JSON.parse(line) as Record<string, string>);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('close', () => reject(new Error(`the gateway ended: ${[...said, rest].slice(-20).join('\n')}`)));
  });
  const { dataUrl, adminUrl } = (await listening) as { readonly dataUrl: string; readonly adminUrl: string };
  return {
    process: child,
    dataUrl,
    dataPort: Number(new URL(dataUrl).port),
    adminUrl,
    lines: () => said,
    get: async (path, as) => {
      const headers = { connection: 'close', ...(as === null ? {} : { authorization: `Bearer ${await token(as)}` }) };
      const reply = await request(`${dataUrl}${path}`, { headers, reset: true, headersTimeout: 20_000 });
      const text = await reply.body.text();
      const accessId = String(reply.headers['casegate-access-id'] ?? '');
      return { status: reply.statusCode, headers: reply.headers, text, json: JSON.parse(text) as unknown, accessId };
    },
    end: async (signal) => {
      child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by };
    },
  };
}

async function readAll(settings: StoreSettings): Promise<readonly AccessEntry[]> {
  const reader = openLogReader(settings);
  try {
    const found: AccessEntry[] = [];
    for (let before: string | null = null; ;) {
      const page = await readEntries(reader, {}, { limit: 2_000, before });
      found.push(...page.entries.map((one) => one.entry));
      before = page.next;
      if (before === null) return found.reverse();
    }
  } finally {
    await reader.close();
  }
}
