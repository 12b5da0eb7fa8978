import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { demandDurability } from './demand-durability';
import { SqliteDriver } from './sqlite-driver';
import type { SqliteStatement, SqliteValue } from './sqlite-driver';
import { SqliteError } from './sqlite-error';

/** A flush as it crosses to the worker. `places` is a JSON list: for each entry access id, epoch ms, kind, start and length of its text in `packed`. */
export interface PackedBatch {
  readonly chain: string;
  readonly firstSeq: number;
  readonly places: string;
  /** As in `PackedRows`. */
  readonly packed: Uint8Array;
  readonly rollups: readonly (readonly SqliteValue[])[];
}

/**
 * The access log's own file, as the worker thread holds it.
 *
 * A file that was removed or replaced under us is such a fault: SQLite goes on writing into what no path leads to any more, and says nothing.
 * A fault other than "full", "busy" or a constraint closes the connection; the next call opens it anew. After an I/O error that means:
 * what the operating system still holds of the write-ahead log is copied into the file and fsynced before anything is believed.
 */
export class SqliteLogFile {
  readonly #file: string;
  #open: OpenFile | null = null;
  #mostPages: number | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  openChain(chain: string, atMs: number): void {
    this.#with(({ connection }) => connection.prepare('INSERT INTO log_chain (chain, started_at) VALUES (?, ?)').run(chain, atMs));
  }

  flush({ chain, firstSeq, places, packed, rollups }: PackedBatch): void {
    this.#with(({ connection, insertFlush, insertEntries, insertRollup, files }) => {
      connection.transaction(() => {
        insertFlush.run(chain, firstSeq, packed.subarray(0, 32));
        insertEntries.run(chain, firstSeq, packed, packed, packed, places);
        for (const rollup of rollups) insertRollup.run(chain, firstSeq, ...rollup);
      });
      // After the commit: what was written counts only if it stands where a reader will look for it.
      if (filesOf(this.#file) !== files) throw new SqliteError('SQLITE_READONLY_DBMOVED', 'the log file was removed or replaced');
    });
  }

  tail(chain: string): { seq: number; hash: Buffer } | null {
    return this.#with(({ connection }) => {
      const row = connection.prepare('SELECT seq, prev_hash, bytes FROM access_entry WHERE chain = ? ORDER BY seq DESC LIMIT 1').get(chain);
      if (row === undefined) return null;
      const hash = createHash('sha256')
        .update(row['prev_hash'] as Buffer)
        .update(row['bytes'] as string)
        .digest();
      return { seq: row['seq'] as number, hash };
    });
  }

  /** Largest size of the file in pages; SQLITE_FULL beyond. null lifts the limit. */
  limit(mostPages: number | null): void {
    this.#mostPages = mostPages;
    this.#with(({ connection }) => applyLimit(connection, mostPages));
  }

  close(): void {
    this.#open?.connection.close();
    this.#open = null;
  }

  #with<T>(work: (open: OpenFile) => T): T {
    const open = (this.#open ??= openFile(this.#file, this.#mostPages));
    try {
      return work(open);
    } catch (fault) {
      const code = fault instanceof SqliteError ? fault.code : '';
      if (!KEEPS_CONNECTION.test(code)) this.#abandon();
      throw fault;
    }
  }

  #abandon(): void {
    const open = this.#open;
    this.#open = null;
    try {
      open?.connection.close();
    } catch {
      // It is given up in any case; what it leaves behind is looked at when the file is opened again.
    }
  }
}

const KEEPS_CONNECTION = /^SQLITE_(FULL|BUSY|LOCKED|CONSTRAINT.*)$/;

interface OpenFile {
  readonly connection: SqliteDriver;
  readonly insertFlush: SqliteStatement;
  readonly insertEntries: SqliteStatement;
  readonly insertRollup: SqliteStatement;
  /** Which files these are, whatever their names lead to later. */
  readonly files: string;
}

function openFile(file: string, mostPages: number | null): OpenFile {
  const connection = new SqliteDriver(file, { timeout: 1_000, fileMustExist: true });
  try {
    demandDurability(connection);
    // Pages are written at the end of the file and of its indexes: a small cache is used again and again, a large one would only grow.
    connection.pragma('cache_size = -4096');
    // 8 MB: pages that many flushes touch, those at the ends of the indexes, are copied into the file once for all of them.
    connection.pragma('wal_autocheckpoint = 1000');
    // After a crash or an I/O error the write-ahead log may be in memory alone; a full checkpoint fsyncs it, or says that it cannot.
    connection.pragma('wal_checkpoint(TRUNCATE)');
    applyLimit(connection, mostPages);
    return {
      connection,
      files: filesOf(file),
      insertFlush: connection.prepare('INSERT INTO log_flush (chain, first_seq, prev_hash) VALUES (?, ?, ?)'),
      insertEntries: connection.prepare(INSERT_ENTRIES),
      insertRollup: connection.prepare(
        `INSERT INTO decision_rollup (chain, first_seq, key_digest, system, environment, route, action, policy_version, key_json, granted_json, count, at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
    };
  } catch (fault) {
    connection.close();
    throw fault;
  }
}

/**
 * One statement for all entries of a flush: binding each value of each row by itself costs more than writing it. `packed` is bound wherever it
 * is cut: out of a subquery the whole of it would be copied for each row.
 */
const INSERT_ENTRIES = `
  INSERT INTO access_entry (chain, seq, access_id, at_ms, kind, prev_hash, hash, bytes)
  SELECT ?, ? + key, value ->> 0, value ->> 1, value ->> 2,
         substr(?, (value ->> 3) - 31, 32), substr(?, (value ->> 3) + (value ->> 4) + 1, 32),
         CAST(substr(?, (value ->> 3) + 1, value ->> 4) AS TEXT)
  FROM json_each(?)`;

/** Device and inode of the file and its write-ahead log; 'gone' where one is missing. */
function filesOf(file: string): string {
  const stats = [file, `${file}-wal`].map((one) => statSync(one, { throwIfNoEntry: false }));
  return stats.map((stat) => (stat === undefined ? 'gone' : `${stat.dev}:${stat.ino}`)).join(' ');
}

const applyLimit = (connection: SqliteDriver, mostPages: number | null): unknown =>
  connection.pragma(`max_page_count = ${mostPages ?? 4294967294}`);
