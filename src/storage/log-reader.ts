import { join } from 'node:path';
import type { PoolConnection } from 'mysql2';
import type { FlushPlace, LogReader, StoredChain, StoredCount, StoredRow } from '../audit/log-reader';
import { mariadbPoolOptions, openPool } from './mariadb-connection';
import { SqliteDriver } from './sqlite-driver';
import type { StoreSettings } from './store-settings';

/**
 * Opens the access log for reading alone; a running gateway is not disturbed.
 *
 * Fails   SqliteError SQLITE_CANTOPEN where there is no log; mysql2's error where the server cannot be reached.
 */
export function openLogReader(settings: StoreSettings): LogReader {
  if (settings.kind === 'mariadb') return readerOf(askMariadb(settings), MARIADB);
  return readerOf(askSqlite(join(settings.folder, 'access-log.db')), SQLITE);
}

type Row = Readonly<Record<string, unknown>>;

interface Source {
  ask(sql: string, values: readonly (string | number | Buffer)[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

function askSqlite(file: string): Source {
  const connection = new SqliteDriver(file, { readonly: true, timeout: 3_000 });
  return {
    ask: (sql, values) => Promise.resolve(connection.prepare(sql).all(...values)),
    close: () => Promise.resolve(connection.close()),
  };
}

function askMariadb(settings: Extract<StoreSettings, { kind: 'mariadb' }>): Source {
  const pool = openPool(mariadbPoolOptions(settings, 2));
  pool.on('connection', (connection: PoolConnection) => {
    connection.query('SET SESSION TRANSACTION READ ONLY', (fault: unknown) => {
      if (fault) connection.destroy();
    });
  });
  return {
    ask: (sql, values) =>
      new Promise((resolve, reject) => {
        pool.query(sql, [...values], (fault: unknown, rows: unknown) => (fault ? reject(fault as Error) : resolve(rows as Row[])));
      }),
    close: () => new Promise((resolve) => pool.end(() => resolve())),
  };
}

interface Dialect {
  readonly columns: string;
  readonly contains: string;
  /** A flush as one text that sorts by chain and sequence number. */
  readonly place: string;
}

// A changed file may hold bytes that are no text and numbers that are none: nothing is read as what its column says.
const SQLITE: Dialect = {
  columns: `chain, CAST(seq AS TEXT) AS seq, CAST(access_id AS BLOB) AS access_id, CAST(at_ms AS TEXT) AS at_ms, CAST(kind AS BLOB) AS kind, prev_hash, hash, CAST(bytes AS BLOB) AS bytes`,
  contains: 'instr(bytes, ?) > 0',
  place: `chain || ' ' || first_seq`,
};
const MARIADB: Dialect = {
  columns: 'chain, seq, access_id, at_ms, kind, prev_hash, hash, bytes',
  contains: 'LOCATE(?, bytes) > 0',
  place: `CONCAT(chain, ' ', first_seq)`,
};

function readerOf(source: Source, { columns, contains, place }: Dialect): LogReader {
  const page = `SELECT ${columns} FROM access_entry`;
  return {
    chains: () => readChains(source),
    rowsOf: async (chain, afterSeq, limit) => {
      const after = afterSeq === null ? '' : 'AND seq > ?';
      const values = afterSeq === null ? [chain] : [chain, afterSeq];
      const rows = await source.ask(`${page} WHERE chain = ? ${after} ORDER BY access_entry.seq LIMIT ${Math.trunc(limit)}`, values);
      return rows.map(storedRow);
    },
    newest: async (before, containing, limit) => {
      const tests = [...(before === null ? [] : ['access_id < ?']), ...containing.map(() => contains)];
      const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`;
      const values = [...(before === null ? [] : [before]), ...containing];
      const rows = await source.ask(`${page} ${where} ORDER BY access_entry.access_id DESC LIMIT ${Math.trunc(limit)}`, values);
      return rows.map(storedRow);
    },
    lastSeqOf: async (chain) => {
      const [row] = await source.ask('SELECT MAX(seq) AS seq FROM access_entry WHERE chain = ?', [chain]);
      return Number(row?.['seq'] ?? 0);
    },
    rolledUp: (sinceMs) => readRolledUp(source, place, sinceMs),
    decidingFlushesOf: async (chain) => {
      const rows = await source.ask(
        'SELECT first_seq, MIN(at_ms) AS at_ms, SUM(count) AS decisions FROM decision_rollup WHERE chain = ? GROUP BY first_seq ORDER BY first_seq',
        [chain],
      );
      return rows.map((row) => ({
        firstSeq: Number(row['first_seq']),
        atMs: Number(row['at_ms']),
        decisions: Number(row['decisions']),
      }));
    },
    close: () => source.close(),
  };
}

/**
 * The store adds up and names a first and a last flush of each digest; the words are then read from there, one look-up a digest, instead of
 * being compared in every row.
 */
async function readRolledUp(source: Source, place: string, sinceMs: number | null): Promise<readonly StoredCount[]> {
  const where = sinceMs === null ? '' : 'WHERE at_ms >= ?';
  const totals = await source.ask(
    `SELECT key_digest, SUM(count) AS count, MIN(${place}) AS first_place, MAX(${place}) AS last_place FROM decision_rollup ${where} GROUP BY key_digest`,
    sinceMs === null ? [] : [sinceMs],
  );
  const counts: StoredCount[] = [];
  for (const total of totals) {
    const flushes = [placeOf(total['first_place']), placeOf(total['last_place'])] as const;
    const [row] = await source.ask(
      `SELECT system, environment, route, action, policy_version, key_json, granted_json FROM decision_rollup
       WHERE chain = ? AND first_seq = ? AND key_digest = ?`,
      [flushes[0].chain, flushes[0].firstSeq, bytesOf(total['key_digest'])],
    );
    if (row === undefined) throw new Error('a roll-up went away while it was read');
    counts.push({
      system: String(row['system']),
      environment: String(row['environment']),
      route: String(row['route']),
      action: String(row['action']),
      policyVersion: String(row['policy_version']),
      keyJson: String(row['key_json']),
      grantedJson: String(row['granted_json']),
      count: Number(total['count']),
      flushes,
    });
  }
  return counts;
}

function placeOf(text: unknown): FlushPlace {
  const [chain = '', firstSeq = ''] = String(text).split(' ');
  return { chain, firstSeq: Number(firstSeq) };
}

/** Chains with entries are found by stepping through the index, one look-up a chain. */
async function readChains(source: Source): Promise<readonly StoredChain[]> {
  const opened = await source.ask('SELECT chain, started_at FROM log_chain', []);
  const started = new Map<string, number | null>(opened.map((row) => [String(row['chain']), Number(row['started_at'])]));
  for (let last = ''; ;) {
    const [row] = await source.ask('SELECT MIN(chain) AS chain FROM access_entry WHERE chain > ?', [last]);
    if (typeof row?.['chain'] !== 'string') break;
    last = row['chain'];
    if (!started.has(last)) started.set(last, null);
  }
  return [...started].map(([chain, startedAtMs]) => ({ chain, startedAtMs })).sort((one, other) => (one.chain < other.chain ? -1 : 1));
}

const storedRow = (row: Row): StoredRow => ({
  chain: String(row['chain']),
  seq: Number(row['seq']),
  accessId: String(row['access_id']),
  atMs: Number(row['at_ms']),
  kind: String(row['kind']),
  prevHash: bytesOf(row['prev_hash']),
  hash: bytesOf(row['hash']),
  bytes: String(row['bytes']),
});

/** Anything but bytes equals no hash. */
const bytesOf = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
