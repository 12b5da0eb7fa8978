import { randomUUID } from 'node:crypto';
import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { openAccessLog } from '../src/audit/access-log';
import { canonicalBytes } from '../src/audit/canonical-bytes';
import { firstPrevHash, linkHash } from '../src/audit/chain-hash';
import type { LogStore } from '../src/audit/log-store';
import { uuidV7Maker } from '../src/audit/uuid-v7';
import { openMariadbLogStore } from '../src/storage/mariadb-log-store';
import { migrate } from '../src/storage/migrate';
import { openSqliteLogStore } from '../src/storage/sqlite-log-store';
import type { StoreSettings } from '../src/storage/store-settings';
import type { AccessEntry } from '../src/vocabulary/access-entry';

/**
 * Entries/s of the access log at 1, 8, 64, 128 and 256 waiting callers, and CPU (user+sys of this process, all threads) a row.
 * Subjects: casegate on SQLite, casegate on MariaDB (CASEGATE_BENCH_MARIADB or CASEGATE_TEST_MARIADB, mysql://root@127.0.0.1:port), and the
 * same entries, hashed and chained, in an append-only file with group commit. They take turns, so that a disk that grows slow is slow for all
 * of them; rows a second and CPU are medians over the turns, latencies are of all turns together. `--json` prints rows as JSON, `--seconds=N`
 * the time of one subject at one number of callers, `--preload=N` puts N entries into the logs first.
 */
interface Figure {
  readonly scenario: 'log';
  readonly subject: string;
  readonly waiting: number;
  readonly rowsPerSecond: number;
  readonly cpuMicrosPerRow: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly rowsPerFlush: number | null;
}

interface Subject {
  readonly name: string;
  append(entry: AccessEntry): Promise<unknown>;
  /** Flushes so far; null where they are not counted. */
  flushes(): number | null;
  close(): Promise<void>;
}

const newAccessId = uuidV7Maker(Date.now);
const option = (name: string, fallback: number): number => {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.slice(name.length + 3));
};

void main();

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'casegate-bench-'));
  const fsyncMicros = await measureFsync(folder);
  const figures: Figure[] = [];
  const server = process.env['CASEGATE_BENCH_MARIADB'] ?? process.env['CASEGATE_TEST_MARIADB'];
  const subjects = [await openFile(join(folder, 'append-only.log')), await openSqlite(join(folder, 'store'))];
  if (server !== undefined) subjects.push(await openMariadb(server));
  const preload = option('preload', 0);
  if (preload > 0) for (const subject of subjects.slice(1)) await drive(subject, 512, { entries: preload });
  for (const waiting of [1, 8, 64, 128, 256]) {
    for (const subject of subjects) await drive(subject, waiting, { seconds: 0.5 });
    const turns = subjects.map((): Turn[] => []);
    for (let turn = 0; turn < TURNS; turn += 1)
      for (const [place, subject] of subjects.entries())
        turns[place]?.push(await drive(subject, waiting, { seconds: option('seconds', 3) / TURNS }));
    for (const [place, subject] of subjects.entries()) figures.push(figureOf(subject.name, waiting, turns[place] ?? []));
  }
  for (const subject of subjects) await subject.close();
  await rm(folder, { recursive: true, force: true });
  if (process.argv.includes('--json')) console.log(JSON.stringify({ fsyncMicros, figures }, null, 1));
  else print(fsyncMicros, figures);
}

const TURNS = 6;

/** What one subject did in one turn. */
interface Turn {
  readonly elapsedMs: number;
  readonly cpuMicros: number;
  /** How long each entry took, milliseconds. */
  readonly times: readonly number[];
  readonly flushes: number | null;
}

async function drive(subject: Subject, waiting: number, until: { readonly seconds?: number; readonly entries?: number }): Promise<Turn> {
  const times: number[] = [];
  const flushesBefore = subject.flushes();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + (until.seconds ?? Infinity) * 1_000;
  let left = until.entries ?? Infinity;
  const caller = async (): Promise<void> => {
    while (performance.now() < end && left > 0) {
      left -= 1;
      const began = performance.now();
      await subject.append(sampleEntry());
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: waiting }, caller));
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  const flushes = subject.flushes();
  return { elapsedMs, cpuMicros: user + system, times, flushes: flushes === null ? null : flushes - (flushesBefore ?? 0) };
}

function figureOf(subject: string, waiting: number, turns: readonly Turn[]): Figure {
  const times = turns.flatMap((turn) => turn.times).sort((one, other) => one - other);
  const flushes = turns.reduce((sum, turn) => sum + (turn.flushes ?? 0), 0);
  return {
    scenario: 'log',
    subject,
    waiting,
    rowsPerSecond: Math.round(median(turns.map((turn) => (turn.times.length / turn.elapsedMs) * 1_000))),
    cpuMicrosPerRow: Math.round(median(turns.map((turn) => turn.cpuMicros / turn.times.length)) * 10) / 10,
    p50Micros: Math.round((times[Math.floor(times.length * 0.5)] ?? 0) * 1_000),
    p99Micros: Math.round((times[Math.floor(times.length * 0.99)] ?? 0) * 1_000),
    rowsPerFlush: flushes === 0 ? null : Math.round(times.length / flushes),
  };
}

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

let made = 0;

/** About 1 KB; the keys differ as those of forty different callers do. */
function sampleEntry(): AccessEntry {
  const number = (made += 1);
  return {
    format: 1,
    accessId: newAccessId(),
    kind: 'access',
    at: new Date().toISOString(),
    source: { address: '10.20.30.40' },
    who: {
      account: `user-${number % 2_000}`,
      person: `person-${number % 2_000}`,
      organization: 'county-one',
      issuer: 'https://login.example.org',
      application: 'case-viewer',
      actor: null,
      memberships: ['m-1'],
    },
    system: 'workforce-one',
    environment: 'production',
    route: 'person',
    method: 'GET',
    action: 'read',
    records: [
      {
        id: `A${number % 5_000}`,
        disclosure: 'partial',
        disclosed: { basic: 12, contact: 14, employment: 19, 'case-notes': 23 },
        withheld: { documents: 'not-granted', 'private-flag': 'private-record' },
        keys: [
          {
            environment: 'production',
            application: 'case-management',
            workgroup: ['case-manager', 'supervisor', 'data-specialist', 'monitor'][number % 4] as string,
            relations: number % 3 === 0 ? ['assigned'] : [],
            privacy: number % 5 === 0 ? 'private' : 'open',
            when: ['in-scope', 'current-participation'],
          },
        ],
        unclassifiedFields: 0,
      },
    ],
    outcome: { status: 200, code: 'ok', reasons: ['granted'] },
    upstream: { outcome: 'answered', durationMs: 4 },
    policyVersion: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    directoryVersion: 12,
    registryVersion: 3,
  };
}

async function openLog(name: string, store: LogStore, expectsVersions: boolean, dispose: () => Promise<void>): Promise<Subject> {
  let flushes = 0;
  const counted: LogStore = {
    openChain: (chain, atMs) => store.openChain(chain, atMs),
    tail: (chain) => store.tail(chain),
    close: () => store.close(),
    flush: (batch) => {
      flushes += 1;
      return store.flush(batch);
    },
  };
  const freshness = expectsVersions
    ? { versions: () => ({ directory: 0, registry: 0, policy: 0 }), catchUp: () => Promise.resolve() }
    : null;
  const log = await openAccessLog({ store: counted, freshness, clock: Date.now, newAccessId, newChain: randomUUID, deadlineMs: 30_000 });
  return {
    name,
    append: (entry) => log.append(entry, { reply: null, isStale: () => false }),
    flushes: () => flushes,
    close: async () => {
      await log.drain();
      await store.close();
      await dispose();
    },
  };
}

async function openSqlite(folder: string): Promise<Subject> {
  const settings: StoreSettings = { kind: 'sqlite', folder };
  await migrate(settings);
  return openLog('casegate sqlite', openSqliteLogStore(join(folder, 'access-log.db')), false, () => Promise.resolve());
}

async function openMariadb(server: string): Promise<Subject> {
  const database = `casegate_bench_${process.pid}`;
  const connection = await createConnection({ uri: server });
  await connection.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  const settings = { kind: 'mariadb' as const, url: url.toString(), tls: null };
  await migrate(settings);
  return openLog('casegate mariadb', await openMariadbLogStore(settings, { timeoutMs: 30_000 }), true, async () => {
    await connection.query(`DROP DATABASE ${database}`);
    await connection.end();
  });
}

/** The bar: one line an entry, chained and hashed alike, one write and one fsync for all that wait. */
async function openFile(path: string): Promise<Subject> {
  const file = await open(path, 'a');
  let waiting: { bytes: string; resolve: () => void }[] = [];
  let isRunning = false;
  let hash = firstPrevHash('bench');
  let flushes = 0;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const batch = waiting;
      waiting = [];
      flushes += 1;
      let text = '';
      for (const { bytes } of batch) {
        hash = linkHash(hash, bytes);
        text += `${hash.toString('hex')} ${bytes}\n`;
      }
      await file.write(text);
      await file.datasync();
      for (const { resolve } of batch) resolve();
    }
    isRunning = false;
  };
  return {
    name: 'append-only file',
    append: (entry) =>
      new Promise<void>((resolve) => {
        waiting.push({ bytes: canonicalBytes(entry), resolve });
        if (isRunning) return;
        isRunning = true;
        void run();
      }),
    flushes: () => flushes,
    close: () => file.close(),
  };
}

async function measureFsync(folder: string): Promise<number> {
  const file = await open(join(folder, 'fsync'), 'a');
  const times: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    await file.write('x'.repeat(4096));
    const began = performance.now();
    await file.sync();
    times.push(performance.now() - began);
  }
  await file.close();
  return Math.round((times.sort((one, other) => one - other)[100] ?? 0) * 1_000);
}

function print(fsyncMicros: number, figures: readonly Figure[]): void {
  console.log(`fsync ${fsyncMicros} µs (median)`);
  console.log('subject            waiting   rows/s  CPU µs/row   p50 µs   p99 µs  rows/flush  over file');
  for (const figure of figures) {
    const file = figures.find((other) => other.subject === 'append-only file' && other.waiting === figure.waiting);
    const over = file === undefined ? '' : (figure.rowsPerSecond / file.rowsPerSecond).toFixed(2);
    const cells = [figure.rowsPerSecond, figure.cpuMicrosPerRow, figure.p50Micros, figure.p99Micros, figure.rowsPerFlush ?? '', over];
    console.log(figure.subject.padEnd(18) + [figure.waiting, ...cells].map((cell) => String(cell).padStart(10)).join(''));
  }
}
