import { createHash } from 'node:crypto';
import type { Pool, PoolConnection } from 'mysql2';
import type { LogBatch, LogStore, Tail, Versions } from '../audit/log-store';
import { mariadbPoolOptions, openPool } from './mariadb-connection';
import { rollupValues } from './rollup-values';
import type { MariadbStoreSettings } from './store-settings';

export interface MariadbLogOptions {
  /** Longest that one call may take before its connection is destroyed, milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * The access log in MariaDB or MySQL, over a pool of its own; the log uses one connection at a time.
 *
 * The flush is the freshness check as well: before it commits it reads the versions of directory, registry and policy from the primary.
 * Fails   at once where the server would not keep what it commits (STO-13) or is a Galera node (STO-12: certification may refuse a
 *         commit that was made on another node). Later each call by itself; a call without an answer in time destroys its connection.
 */
export async function openMariadbLogStore(settings: MariadbStoreSettings, options: MariadbLogOptions = {}): Promise<LogStore> {
  const pool = openPool(mariadbPoolOptions(settings, 2));
  pool.on('connection', (connection: PoolConnection) => {
    connection.query('SET SESSION autocommit = 0', (fault: unknown) => {
      if (fault) connection.destroy();
    });
  });
  const store = new MariadbLog(pool, options.timeoutMs ?? 2_000);
  try {
    await store.demandDurability();
    return store;
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

type Rows = readonly Readonly<Record<string, unknown>>[];
type Run = (sql: string, values?: readonly (string | number | Buffer)[]) => Promise<Rows>;

class MariadbLog implements LogStore {
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  #lockingRead = 'LOCK IN SHARE MODE';

  constructor(pool: Pool, timeoutMs: number) {
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
  }

  async demandDurability(): Promise<void> {
    const rows = await this.#with((run) =>
      run(
        `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'wsrep_on', 'version')`,
      ),
    );
    const value = new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value']).toUpperCase()]));
    // MySQL 8 wants a further privilege for the older words.
    if (!(value.get('version') ?? '').includes('MARIADB')) this.#lockingRead = 'FOR SHARE';
    const faults: string[] = [];
    if (value.get('innodb_flush_log_at_trx_commit') !== '1') faults.push('innodb_flush_log_at_trx_commit must be 1');
    if (value.get('log_bin') === 'ON' && value.get('sync_binlog') !== '1') faults.push('sync_binlog must be 1 where there is a binary log');
    if (value.get('wsrep_on') === 'ON') faults.push('wsrep_on: the access log cannot stand on a Galera node');
    if (faults.length > 0)
      throw Object.assign(new Error(`the database server does not keep commits: ${faults.join('; ')}`), { code: 'STORE_SETTINGS' });
  }

  async openChain(chain: string, atMs: number): Promise<void> {
    await this.#with(async (run) => {
      await run('INSERT INTO log_chain (chain, started_at) VALUES (?, ?)', [chain, atMs]);
      await run('COMMIT');
    });
  }

  flush(batch: LogBatch): Promise<{ readonly kind: 'durable' } | { readonly kind: 'behind'; readonly versions: Versions }> {
    return this.#with(async (run) => {
      await run('INSERT INTO log_flush (chain, first_seq, prev_hash) VALUES (?, ?, ?)', [
        batch.chain,
        batch.rows[0]?.seq ?? 0,
        batch.packed.subarray(0, 32),
      ]);
      await insertMany(run, ENTRY, entryValues(batch));
      await insertMany(run, ROLLUP, rollupRows(batch));
      const versions = batch.expect === null ? null : await readVersions(run);
      if (versions !== null && batch.expect !== null && isAhead(versions, batch.expect)) {
        await run('ROLLBACK');
        return { kind: 'behind', versions };
      }
      await run('COMMIT');
      return { kind: 'durable' };
    });
  }

  tail(chain: string): Promise<Tail | null> {
    return this.#with(async (run) => {
      // A locking read waits for an earlier flush whose end is open: what it does not see was never, and will never be, committed.
      const [row] = await run(
        `SELECT seq, prev_hash, bytes FROM access_entry WHERE chain = ? ORDER BY seq DESC LIMIT 1 ${this.#lockingRead}`,
        [chain],
      );
      await run('COMMIT');
      if (row === undefined) return null;
      const hash = createHash('sha256')
        .update(row['prev_hash'] as Buffer)
        .update(String(row['bytes']))
        .digest();
      return { seq: Number(row['seq']), hash };
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#pool.end(() => resolve()));
  }

  /** One connection for one call. Whatever fails in it, or does not end in time, ends the connection: its state is not known. */
  #with<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let held: PoolConnection | null = null;
      let isOver = false;
      const over = (): boolean => {
        if (isOver) return true;
        isOver = true;
        clearTimeout(timer);
        return false;
      };
      const timer = setTimeout(() => {
        if (over()) return;
        held?.destroy();
        reject(Object.assign(new Error('the database server gave no answer in time'), { code: 'STORE_TIMEOUT' }));
      }, this.#timeoutMs);
      this.#pool.getConnection((fault, connection) => {
        if (isOver) return connection?.destroy();
        if (fault) return over() ? undefined : reject(asFault(fault));
        held = connection;
        work(runOn(connection)).then(
          (value) => {
            if (over()) return;
            connection.release();
            resolve(value);
          },
          (error: unknown) => {
            if (over()) return;
            connection.destroy();
            reject(asFault(error));
          },
        );
      });
    });
  }
}

const runOn =
  (connection: PoolConnection): Run =>
  (sql, values) =>
    new Promise((resolve, reject) => {
      const done = (fault: unknown, rows: unknown): void => (fault ? reject(fault) : resolve(Array.isArray(rows) ? (rows as Rows) : []));
      // Prepared where there are values; SHOW and COMMIT have none.
      if (values === undefined) connection.query(sql, done);
      else connection.execute(sql, [...values], done);
    });

/** ER_DUP_ENTRY: a unique constraint refused; the transaction goes with the connection. */
const asFault = (fault: unknown): unknown => {
  const { errno } = fault as { errno?: unknown };
  return errno === 1062 && fault instanceof Error ? Object.assign(fault, { conflict: true }) : fault;
};

const ENTRY = { head: 'INSERT INTO access_entry (chain, seq, access_id, at_ms, kind, prev_hash, hash, bytes) VALUES ', width: 8 };
const ROLLUP = {
  head: 'INSERT INTO decision_rollup (chain, first_seq, key_digest, system, environment, route, action, policy_version, key_json, granted_json, count, at_ms) VALUES ',
  width: 12,
};

/** Rows go in by so many at once, so that there are few statements to prepare. */
const CHUNKS = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];

async function insertMany(
  run: Run,
  into: { head: string; width: number },
  values: readonly (readonly (string | number | Buffer)[])[],
): Promise<void> {
  let from = 0;
  while (from < values.length) {
    const left = values.length - from;
    const rows = CHUNKS.find((size) => size <= left) ?? 1;
    await run(statementFor(into, rows), values.slice(from, from + rows).flat());
    from += rows;
  }
}

const statements = new Map<string, string>();

function statementFor({ head, width }: { head: string; width: number }, rows: number): string {
  const key = `${width}:${rows}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const one = `(${Array<string>(width).fill('?').join(',')})`;
  const sql = head + Array<string>(rows).fill(one).join(',');
  statements.set(key, sql);
  return sql;
}

const entryValues = ({ chain, rows, packed }: LogBatch): (string | number | Buffer)[][] =>
  rows.map(({ seq, accessId, atMs, kind, start, length }) => {
    const end = start + length;
    const bytes = packed.toString('utf8', start, end);
    return [chain, seq, accessId, atMs, kind, packed.subarray(start - 32, start), packed.subarray(end, end + 32), bytes];
  });

function rollupRows({ chain, rows, rollups }: LogBatch): (string | number | Buffer)[][] {
  const firstSeq = rows[0]?.seq ?? 0;
  return rollups.map((delta) => [chain, firstSeq, ...rollupValues(delta)]);
}

/** A version without a row has never changed: 0. */
async function readVersions(run: Run): Promise<Versions> {
  const rows = await run(`SELECT name, version FROM store_version WHERE name IN ('directory', 'registry', 'policy')`);
  const version = (name: string): number => Number(rows.find((row) => row['name'] === name)?.['version'] ?? 0);
  return { directory: version('directory'), registry: version('registry'), policy: version('policy') };
}

const isAhead = (seen: Versions, expected: Versions): boolean =>
  seen.directory > expected.directory || seen.registry > expected.registry || seen.policy > expected.policy;
