import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { treeRoot } from '../demo/tree-root';
import type { PolicyImpact } from '../src/cli/services/policy-impact';
import { policyImpact } from '../src/compose/policy-impact-services';
import { checkPolicyFolder } from '../src/decide/check-policy-folder';
import { createPolicyInForce } from '../src/decide/policy-in-force';
import { loadSettings } from '../src/settings/load-settings';
import type { Settings } from '../src/settings/settings-table';
import { openMariadbLogStore } from '../src/storage/mariadb-log-store';
import { migrate } from '../src/storage/migrate';
import { openSqliteLogStore } from '../src/storage/sqlite-log-store';
import type { StoreSettings } from '../src/storage/store-settings';
import { makeHistory } from './make-history';

/** One replay of an access history against a candidate; one request is one run of the command's work. */
export interface ImpactRow {
  readonly scenario: 'policy-impact';
  readonly subject: `${'SQLite' | 'MariaDB'} from ${'roll-ups' | 'entries'}`;
  readonly entries: number;
  readonly decisions: number;
  readonly distinctDecisions: number;
  readonly flushes: number;
  readonly changed: number;
  readonly wallMs: number;
  /** Of this process alone; a database server's is not in it. */
  readonly cpuMicrosPerRequest: number;
}

const FROM_MS = Date.UTC(2026, 9, 1);
const TO_MS = Date.UTC(2026, 10, 1);
const RUNS = 3;

/**
 * Makes a history of so many entries in each store and replays it against workforce-one without the monitors' rows for open records.
 * MariaDB where CASEGATE_BENCH_MARIADB or CASEGATE_TEST_MARIADB names a server (mysql://root@127.0.0.1:port).
 * Fails where roll-ups and entries give other figures.
 */
export async function measurePolicyImpact(entries: number, folder: string, say: (line: string) => void): Promise<readonly ImpactRow[]> {
  const candidate = await makeCandidate(join(folder, 'candidate'));
  const rows: ImpactRow[] = [];
  for (const { name, store, close } of await openedStores(join(folder, 'impact'), say)) {
    const since = performance.now();
    const made = await fill(store, entries);
    say(`policy-impact: ${entries} entries in ${made.flushes} flushes on ${name}, ${seconds(since)} s to write`);
    const settings = settingsFor(store);
    const counted = await measure(candidate, settings, false, RUNS);
    say(`policy-impact: ${name} from roll-ups ${Math.round(counted.wallMs)} ms`);
    const read = await measure(candidate, settings, true, 1);
    say(`policy-impact: ${name} from entries ${Math.round(read.wallMs)} ms`);
    demandAlike(counted.found, read.found);
    for (const [how, one] of [['roll-ups', counted] as const, ['entries', read] as const]) {
      const { decisions, changed } = one.found;
      rows.push({
        scenario: 'policy-impact',
        subject: `${name} from ${how}`,
        entries,
        decisions,
        distinctDecisions: made.distinct,
        flushes: made.flushes,
        changed,
        wallMs: Math.round(one.wallMs),
        cpuMicrosPerRequest: Math.round(one.cpuMicros),
      });
    }
    await close();
  }
  return rows;
}

interface OpenedStore {
  readonly name: 'SQLite' | 'MariaDB';
  readonly store: StoreSettings;
  close(): Promise<void>;
}

async function openedStores(folder: string, say: (line: string) => void): Promise<readonly OpenedStore[]> {
  mkdirSync(folder, { recursive: true });
  const sqlite: OpenedStore = { name: 'SQLite', store: { kind: 'sqlite', folder }, close: () => Promise.resolve() };
  const server = process.env['CASEGATE_BENCH_MARIADB'] ?? process.env['CASEGATE_TEST_MARIADB'];
  if (server === undefined) {
    say('policy-impact: no CASEGATE_BENCH_MARIADB, so SQLite alone');
    return [sqlite];
  }
  const database = `casegate_bench_${randomBytes(4).toString('hex')}`;
  const connection = await createConnection({ uri: server });
  await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  const close = async (): Promise<void> => {
    await connection.query(`DROP DATABASE \`${database}\``);
    await connection.end();
  };
  return [sqlite, { name: 'MariaDB', store: { kind: 'mariadb', url: url.toString(), tls: null }, close }];
}

const POLICIES = join(treeRoot(), 'policies');

async function fill(settings: StoreSettings, entries: number) {
  await migrate(settings);
  const checked = await checkPolicyFolder(POLICIES);
  const parts = checked.systems.find(({ name }) => name === 'workforce-one')?.parts ?? null;
  if (parts === null) throw new Error('the shipped policies are not good');
  const fail = (cause: unknown): never => {
    throw cause instanceof Error ? cause : new Error('the engine failed');
  };
  const store =
    settings.kind === 'sqlite'
      ? openSqliteLogStore(join(settings.folder, 'access-log.db'))
      : await openMariadbLogStore(settings, { timeoutMs: 30_000 });
  try {
    const policy = createPolicyInForce(parts, checked.version, fail);
    return await makeHistory(store, { entries, fromMs: FROM_MS, toMs: TO_MS, policy, seed: 7 });
  } finally {
    await store.close();
  }
}

/** The shipped policies without the rows by which monitors see open records; examples that no longer hold are taken out. */
async function makeCandidate(folder: string): Promise<string> {
  cpSync(POLICIES, folder, { recursive: true });
  const file = (name: string): string => join(folder, 'workforce-one', name);
  const without = (name: string, isOut: (line: string, number: number) => boolean): void => {
    const lines = readFileSync(file(name), 'utf8').split('\n');
    writeFileSync(file(name), lines.filter((line, i) => !isOut(line, i + 1)).join('\n'));
  };
  without('policy.csv', (line) => /^p, group:monitor, [^,]+, open, /.test(line));
  const { systems } = await checkPolicyFolder(folder);
  const broken = systems.flatMap(({ results }) => results.filter((one) => !one.isPassed).map((one) => one.case.line));
  without('cases.csv', (_line, number) => broken.includes(number));
  return folder;
}

function settingsFor(store: StoreSettings): Settings {
  const config = {
    environment: 'production',
    dataPlane: { port: 0 },
    adminPlane: { port: 0 },
    store: store.kind === 'sqlite' ? { kind: 'sqlite', folder: store.folder } : { kind: 'mariadb', tls: 'plain' },
    issuers: [
      { issuer: 'https://login.bench.example', jwksUri: 'https://login.bench.example/keys', audience: 'https://gateway.bench.example' },
    ],
    systems: { 'workforce-one': { origin: 'http://127.0.0.1:1', credential: { kind: 'none' } } },
    policies: { folder: POLICIES },
  };
  const env: Record<string, string> = { CASEGATE_LOG_DIGEST_KEY: randomBytes(32).toString('hex') };
  if (store.kind === 'mariadb') env['CASEGATE_STORE_URL'] = store.url;
  return loadSettings({ env, configText: JSON.stringify(config), folder: treeRoot(), mode: 'demo' });
}

interface Measured {
  readonly found: PolicyImpact;
  readonly wallMs: number;
  readonly cpuMicros: number;
}

async function measure(candidate: string, settings: Settings, byEntries: boolean, times: number): Promise<Measured> {
  const runs: Measured[] = [];
  for (let i = 0; i < times; i += 1) {
    const since = performance.now();
    const before = process.cpuUsage();
    const found = await policyImpact({ candidate, since: undefined, system: undefined, byEntries, failIf: [] }, settings, TO_MS);
    const { user, system } = process.cpuUsage(before);
    runs.push({ found, wallMs: performance.now() - since, cpuMicros: user + system });
  }
  return runs.sort((one, other) => one.wallMs - other.wallMs)[Math.floor(times / 2)] as Measured;
}

function demandAlike(counted: PolicyImpact, read: PolicyImpact): void {
  const figures = ({ decisions, changed, unchanged, unsettled, workgroups, notReplayed }: PolicyImpact): string =>
    JSON.stringify([decisions, changed, unchanged, unsettled, notReplayed, workgroups.map(({ examples: _examples, ...line }) => line)]);
  if (figures(counted) !== figures(read) || counted.changed === 0) throw new Error('roll-ups and entries do not give the same figures');
}

const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(0);

export function impactTable(rows: readonly ImpactRow[]): readonly (readonly string[])[] {
  const head = [`policy impact, ${rows[0]?.entries ?? 0} entries`, 'wall ms', 'CPU ms', 'decisions', 'changed'];
  const cells = (row: ImpactRow) => [row.wallMs, Math.round(row.cpuMicrosPerRequest / 1_000), row.decisions, row.changed].map(String);
  return [head, ...rows.map((row) => [row.subject, ...cells(row)])];
}
