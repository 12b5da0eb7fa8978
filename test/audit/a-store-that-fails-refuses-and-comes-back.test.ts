import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyChains } from '../../src/audit/verify-chain';
import { openLogReader } from '../../src/storage/log-reader';
import { openMariadbLogStore } from '../../src/storage/mariadb-log-store';
import { migrate } from '../../src/storage/migrate';
import { SqliteDriver } from '../../src/storage/sqlite-driver';
import { openSqliteLogStore } from '../../src/storage/sqlite-log-store';
import type { StoreSettings } from '../../src/storage/store-settings';
import { describeWithMariadb } from '../support/mariadb';
import { otherUser, testAsOtherUser } from '../support/other-user';
import { privateMariadb, sqliteTestStore } from '../storage/test-stores';
import type { AccessLog } from '../../src/audit/access-log';
import { fresh, openLog, sampleEntry } from './sample-log';

const refused = expect.objectContaining({ code: 'audit-unavailable' });
const untilHealthy = async (log: AccessLog) => {
  while (!log.state().healthy) await new Promise((resolve) => setTimeout(resolve, 10));
};
const verify = async (settings: StoreSettings) => {
  const reader = openLogReader(settings);
  const reports = await verifyChains(reader);
  await reader.close();
  return reports;
};
const childArguments = (file: string, count: number) => [
  '--require',
  join(__dirname, '../support/typescript-on-the-fly.cjs'),
  join(__dirname, 'append-in-a-loop.ts'),
  file,
  String(count),
];

test('AUD-03 a full store refuses until there is space, then goes on by itself with the chain whole', async () => {
  const store = await sqliteTestStore();
  if (store.settings.kind !== 'sqlite') throw new Error('not SQLite');
  const logStore = openSqliteLogStore(join(store.settings.folder, 'access-log.db'));
  const log = await openLog(logStore, { deadlineMs: 200 });
  await log.append(sampleEntry(), fresh);
  await logStore.limit(1);
  const filled: unknown[] = [];
  while (filled.length < 200 && log.state().lastFault === null)
    filled.push(await log.append(sampleEntry(), fresh).catch((fault: unknown) => fault));
  expect(filled.at(-1)).toEqual(refused);
  expect(log.state()).toMatchObject({ healthy: false, lastFault: 'SQLITE_FULL' });
  await expect(log.append(sampleEntry(), fresh)).rejects.toEqual(refused);
  await logStore.limit(null);
  await untilHealthy(log);
  await log.append(sampleEntry(), fresh);
  await log.drain();
  await logStore.close();
  expect(await verify(store.settings)).toMatchObject([{ fault: null }]);
  expect(await store.sql(`SELECT bytes FROM access_entry WHERE kind = 'system'`)).toEqual([
    { bytes: expect.stringContaining('"details":{"event":"log-interrupted","fault":"SQLITE_FULL"}') },
  ]);
  await store.dispose();
});

test('AUD-05 no more wait than the bound; the others are refused at once', async () => {
  const store = await sqliteTestStore();
  const logStore = await store.openLogStore();
  const log = await openLog(logStore, { mostWaiting: 10 });
  const outcomes = await Promise.allSettled(Array.from({ length: 15 }, () => log.append(sampleEntry(), fresh)));
  expect(outcomes.map((outcome) => outcome.status)).toEqual([...Array<string>(10).fill('fulfilled'), ...Array<string>(5).fill('rejected')]);
  await log.drain();
  await expect(log.append(sampleEntry(), fresh)).rejects.toEqual(refused);
  await logStore.close();
  await store.dispose();
});

test('an entry that the store could not hold is refused by itself and holds up nobody', async () => {
  const store = await sqliteTestStore();
  const logStore = await store.openLogStore();
  const log = await openLog(logStore);
  const bad = [sampleEntry({ accessId: 'x'.repeat(37) }), sampleEntry({ at: 'yesterday' }), sampleEntry({ route: 'r'.repeat(65) })];
  const outcomes = await Promise.allSettled([...bad, sampleEntry()].map((entry) => log.append(entry, fresh)));
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(log.state()).toMatchObject({ healthy: true, waiting: 0 });
  await log.drain();
  await logStore.close();
  await store.dispose();
});

test('STO-14 a log locked by somebody else refuses, and goes on when it is free', async () => {
  const store = await sqliteTestStore();
  if (store.settings.kind !== 'sqlite') throw new Error('not SQLite');
  const logStore = await store.openLogStore();
  const log = await openLog(logStore, { deadlineMs: 300 });
  const other = new SqliteDriver(join(store.settings.folder, 'access-log.db'));
  other.exec('BEGIN IMMEDIATE');
  await expect(log.append(sampleEntry(), fresh)).rejects.toEqual(refused);
  expect(log.state().healthy).toBe(false);
  other.exec('ROLLBACK');
  other.close();
  await untilHealthy(log);
  await log.append(sampleEntry(), fresh);
  await log.drain();
  await logStore.close();
  expect(await verify(store.settings)).toMatchObject([{ fault: null }]);
  await store.dispose();
});

test('somebody else wrote to our chain: it is left as evidence and a new one begins', async () => {
  const store = await sqliteTestStore();
  const logStore = await store.openLogStore();
  const log = await openLog(logStore, { deadlineMs: 500 });
  await log.append(sampleEntry(), fresh);
  await store.sql(
    `INSERT INTO access_entry SELECT chain, 2, 'intruder', at_ms, kind, hash, x'${'11'.repeat(32)}', bytes FROM access_entry`,
  );
  await expect(log.append(sampleEntry(), fresh)).rejects.toEqual(refused);
  expect(log.state().lastFault).toBe('chain-not-as-left');
  await log.append(sampleEntry(), fresh);
  await log.drain();
  await logStore.close();
  const reports = await verify(store.settings);
  expect(reports.map((report) => report.fault?.problem ?? null).sort()).toEqual(['hash', null].sort());
  await store.dispose();
});

const strace = existsSync('/usr/bin/strace') ? test : test.skip;

strace(
  'AUD-06 every flush on SQLite is fsynced before its answer',
  async () => {
    const store = await sqliteTestStore();
    if (store.settings.kind !== 'sqlite') throw new Error('not SQLite');
    const file = join(store.settings.folder, 'access-log.db');
    const trace = join(store.settings.folder, 'trace');
    spawnSync('strace', ['-f', '-y', '-o', trace, '-e', 'trace=fsync,fdatasync', process.execPath, ...childArguments(file, 15)]);
    const synced = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => /f(data)?sync\(.*access-log\.db-wal/.test(line));
    const flushes = await store.sql('SELECT DISTINCT seq FROM access_entry');
    // One caller, so each of its fifteen entries was a flush of its own, and so was the opening of the chain.
    expect(flushes).toHaveLength(15);
    expect(synced.length).toBeGreaterThanOrEqual(16);
    await store.dispose();
  },
  60_000,
);

strace(
  'AUD-04 an fsync that fails refuses the entry; the file is opened anew and the chain goes on',
  async () => {
    const store = await sqliteTestStore();
    if (store.settings.kind !== 'sqlite') throw new Error('not SQLite');
    const file = join(store.settings.folder, 'access-log.db');
    const inject = ['-f', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO:when=20..24'];
    const child = spawnSync('strace', [...inject, process.execPath, ...childArguments(file, 400)], { encoding: 'utf8' });
    const said = child.stdout.split('\n').slice(0, -1);
    const rows = new Set((await store.sql('SELECT access_id FROM access_entry')).map((row) => row['access_id']));
    expect(said.filter((line) => !line.startsWith('refused') && !rows.has(line))).toEqual([]);
    expect(await store.sql(`SELECT bytes FROM access_entry WHERE kind = 'system'`)).toEqual([
      { bytes: expect.stringContaining('SQLITE_IOERR') },
    ]);
    expect(await verify(store.settings)).toMatchObject([{ fault: null }]);
    await store.dispose();
  },
  60_000,
);

strace(
  'AUD-03 a disk without space refuses and comes back',
  async () => {
    const store = await sqliteTestStore();
    if (store.settings.kind !== 'sqlite') throw new Error('not SQLite');
    const file = join(store.settings.folder, 'access-log.db');
    const inject = ['-f', '-o', '/dev/null', '-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=ENOSPC:when=200..202'];
    const child = spawnSync('strace', [...inject, process.execPath, ...childArguments(file, 600)], { encoding: 'utf8' });
    const said = child.stdout.split('\n').slice(0, -1);
    const rows = new Set((await store.sql('SELECT access_id FROM access_entry')).map((row) => row['access_id']));
    expect(said).toHaveLength(600);
    expect(said.filter((line) => !line.startsWith('refused') && !rows.has(line))).toEqual([]);
    expect(await store.sql(`SELECT bytes FROM access_entry WHERE kind = 'system'`)).toEqual([
      { bytes: expect.stringContaining('SQLITE_FULL') },
    ]);
    expect(await verify(store.settings)).toMatchObject([{ fault: null }]);
    await store.dispose();
  },
  60_000,
);

testAsOtherUser('STO-14 a store that may only be read starts no log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-readonly-'));
  await migrate({ kind: 'sqlite', folder });
  if (otherUser !== null) chownSync(folder, otherUser.uid, otherUser.gid);
  chmodSync(join(folder, 'access-log.db'), 0o444);
  chmodSync(folder, 0o555);
  const child = spawnSync(process.execPath, childArguments(join(folder, 'access-log.db'), 3), { encoding: 'utf8', ...otherUser });
  expect(child.stdout).toMatch(/^cannot open SQLITE_(READONLY|CANTOPEN)\n$/);
  expect(child.status).toBe(2);
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

describeWithMariadb('on MariaDB', () => {
  test('AUD-02 AUD-09 a hung server refuses by the deadline; when it wakes the log goes on in the same chain', async () => {
    const server = await privateMariadb();
    const settings = { kind: 'mariadb', url: server.url, tls: null } as const;
    await migrate(settings);
    const logStore = await openMariadbLogStore(settings, { timeoutMs: 300 });
    const freshness = { versions: () => ({ directory: 0, registry: 0, policy: 0 }), catchUp: () => Promise.resolve() };
    const log = await openLog(logStore, { deadlineMs: 300, freshness });
    await log.append(sampleEntry(), fresh);
    server.process.kill('SIGSTOP');
    const began = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => log.append(sampleEntry(), fresh)));
    expect(outcomes).toEqual(Array(20).fill({ status: 'rejected', reason: refused }));
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(log.state().healthy).toBe(false);
    while (log.state().lastFault === null) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(log.append(sampleEntry(), fresh)).rejects.toEqual(refused);
    server.process.kill('SIGCONT');
    await untilHealthy(log);
    await log.append(sampleEntry(), fresh);
    await log.drain();
    await logStore.close();
    expect(await verify(settings)).toMatchObject([{ fault: null }]);
    await server.stop();
  }, 60_000);
});
