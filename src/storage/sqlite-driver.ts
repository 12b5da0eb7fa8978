import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SqliteError, sqliteCodeName } from './sqlite-error';

/** What may be bound: exact, and the same on both engines. An integer outside ±(2^53 - 1) is a bigint within int64. */
export type SqliteValue = string | number | bigint | null | Uint8Array;
export type SqliteRow = Readonly<Record<string, string | number | null | Buffer>>;

export interface SqliteStatement {
  /** True where the statement gives rows. */
  readonly reader: boolean;
  run(...values: readonly SqliteValue[]): { readonly changes: number; readonly lastInsertRowid: number };
  all(...values: readonly SqliteValue[]): SqliteRow[];
  get(...values: readonly SqliteValue[]): SqliteRow | undefined;
}

export interface SqliteOptions {
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  /** Longest wait for another connection's lock, milliseconds; it blocks this thread. */
  readonly timeout?: number;
}

/**
 * One SQLite connection, behind which stands `node:sqlite` (Node >= 22.16) or the npm package libsql (Node 20).
 *
 * Takes   a path; never a URI. Parameters by position alone, exactly as many as the statement has.
 * Gives   plain rows; blobs as Buffers; integers as numbers. `reader`, `run` and `all` are what TypeORM's better-sqlite3 driver calls.
 * Fails   TypeError or RangeError for a value that cannot be bound exactly (booleans, dates, undefined, NaN, text with NUL or half a
 *         surrogate pair: libsql aborts the process or changes them in silence), and for an integer read that a number cannot hold;
 *         SqliteError with `code` for whatever SQLite refuses.
 */
export class SqliteDriver {
  readonly #engine: Engine;
  #open = true;
  #begin: SqliteStatement | null = null;
  #commit: SqliteStatement | null = null;

  constructor(path: string, options: SqliteOptions = {}) {
    const readOnly = options.readonly ?? false;
    // Opened for reading alone, SQLite would still make an empty file on some engines.
    if ((readOnly || options.fileMustExist) && path !== ':memory:' && !existsSync(path)) {
      throw new SqliteError('SQLITE_CANTOPEN', `no such file: ${path}`);
    }
    this.#engine = translated(() => openEngine(path, readOnly, options.timeout ?? 5000));
  }

  /** `node:sqlite` or `libsql`: for the start message and the tests. */
  static readonly engine: 'node:sqlite' | 'libsql' = nodeSqlite() === undefined ? 'libsql' : 'node:sqlite';

  get inTransaction(): boolean {
    return this.#engine.inTransaction();
  }

  prepare(sql: string): SqliteStatement {
    this.#mustBeOpen();
    const statement = translated(() => this.#engine.prepare(sql));
    const wanted = countParameters(sql);
    const ready = (values: readonly SqliteValue[]): Bound[] => {
      this.#mustBeOpen();
      // An engine keeps the binding of the last call for a parameter that is left out.
      if (values.length !== wanted) throw new TypeError(`the statement takes ${wanted} parameters, got ${values.length}`);
      return values.map(bindable);
    };
    return {
      reader: statement.reader,
      run: (...values) => {
        const bound = ready(values);
        return translated(() => statement.run(bound));
      },
      all: (...values) => {
        const bound = ready(values);
        return translated(() => statement.all(bound)).map(plainRow);
      },
      get: (...values) => {
        const bound = ready(values);
        const first = translated(() => statement.all(bound))[0];
        return first === undefined ? undefined : plainRow(first);
      },
    };
  }

  exec(sql: string): this {
    this.#mustBeOpen();
    translated(() => this.#engine.exec(sql));
    return this;
  }

  /** Rows of `PRAGMA <source>`; with `simple` the first value of the first row. */
  pragma(source: string, options: { readonly simple?: boolean } = {}): unknown {
    this.#mustBeOpen();
    const rows = translated(() => this.#engine.prepare(`PRAGMA ${source}`).all([])).map(plainRow);
    return options.simple ? Object.values(rows[0] ?? {})[0] : rows;
  }

  /** Runs `work` between BEGIN IMMEDIATE and COMMIT; any throw rolls back. `work` must not be asynchronous. */
  transaction<T>(work: () => T): T {
    (this.#begin ??= this.prepare('BEGIN IMMEDIATE')).run();
    try {
      const result = work();
      if (result instanceof Promise) throw new TypeError('a SQLite transaction cannot wait for a promise');
      (this.#commit ??= this.prepare('COMMIT')).run();
      return result;
    } catch (fault) {
      // SQLITE_FULL and I/O errors may have rolled back already.
      if (this.inTransaction) this.exec('ROLLBACK');
      throw fault;
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    // libsql keeps a closed connection, and its locks, until its transaction ends.
    if (this.#engine.inTransaction()) translated(() => this.#engine.exec('ROLLBACK'));
    translated(() => this.#engine.close());
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new SqliteError('SQLITE_MISUSE', 'the connection is closed');
  }
}

type Bound = string | number | bigint | null | Buffer;
type RawRow = Readonly<Record<string, unknown>>;

interface EngineStatement {
  readonly reader: boolean;
  run(values: Bound[]): { changes: number; lastInsertRowid: number };
  all(values: Bound[]): RawRow[];
}

interface Engine {
  prepare(sql: string): EngineStatement;
  exec(sql: string): void;
  inTransaction(): boolean;
  close(): void;
}

/** ES2024, in every Node we run on; not in the library we compile against. */
const isWellFormed = (text: string): boolean => (text as unknown as { isWellFormed(): boolean }).isWellFormed();

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function bindable(value: unknown): Bound {
  if (typeof value === 'string') {
    if (value.includes('\0') || !isWellFormed(value)) throw new TypeError('text with NUL or half a surrogate pair cannot be bound');
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`the number ${value} cannot be bound`);
    if (!Number.isInteger(value)) return value;
    if (!Number.isSafeInteger(value)) throw new RangeError('an integer this large must be bound as bigint');
    // Both engines bind every number as REAL, which a TEXT column would keep as '5.0'.
    return BigInt(value);
  }
  if (typeof value === 'bigint') {
    if (value < INT64_MIN || value > INT64_MAX) throw new RangeError('a bigint beyond 64 bits cannot be bound');
    return value;
  }
  if (value === null || Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`a value of type ${typeof value} cannot be bound`);
}

function plainRow(row: RawRow): SqliteRow {
  const plain: Record<string, string | number | null | Buffer> = {};
  for (const [name, value] of Object.entries(row)) plain[name] = plainValue(value);
  return plain;
}

function plainValue(value: unknown): string | number | null | Buffer {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError('an integer beyond 2^53 was read');
    return number;
  }
  if (value === null) return null;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  // Another realm's ArrayBuffer (a test runner's sandbox).
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return Buffer.from(value as ArrayBuffer);
  throw new TypeError('a value of an unknown type was read');
}

/** Counts `?` outside quotes and comments. Numbered and named parameters are not for us. */
function countParameters(sql: string): number {
  const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  if (/\?\d|[:@$][A-Za-z_]/.test(bare)) throw new TypeError('only plain ? parameters are bound');
  return bare.split('?').length - 1;
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (fault) {
    throw asSqliteError(fault);
  }
}

function asSqliteError(fault: unknown): unknown {
  if (!(fault instanceof Error) && Object.prototype.toString.call(fault) !== '[object Error]') return fault;
  const { message, code, errcode, rawCode } = fault as Error & { code?: unknown; errcode?: unknown; rawCode?: unknown };
  if (typeof errcode === 'number') return new SqliteError(sqliteCodeName(errcode), message, { cause: fault });
  if (typeof rawCode === 'number') return new SqliteError(sqliteCodeName(rawCode), message, { cause: fault });
  const opened = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(message);
  if (opened) return new SqliteError(sqliteCodeName(Number(opened[1])), message, { cause: fault });
  if (code === 'ERR_OUT_OF_RANGE') return new RangeError('an integer beyond 2^53 was read', { cause: fault });
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return new SqliteError(code, message, { cause: fault });
  return fault;
}

function openEngine(path: string, readOnly: boolean, timeoutMs: number): Engine {
  const native = nodeSqlite();
  return native ? openNodeSqlite(native, path, readOnly, timeoutMs) : openLibsql(path, readOnly, timeoutMs);
}

// Both engines are reached without static imports: each exists on some machines alone. These are the parts of them we use.

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean; timeout: number }) => NodeDatabase;
  readonly StatementSync?: { readonly prototype?: { readonly columns?: unknown } };
}
interface NodeDatabase {
  prepare(sql: string): {
    columns(): readonly unknown[];
    run(...values: Bound[]): { changes: number | bigint; lastInsertRowid: number | bigint };
    all(...values: Bound[]): RawRow[];
  };
  exec(sql: string): void;
  readonly isTransaction: boolean;
  close(): void;
}

function nodeSqlite(): NodeSqlite | undefined {
  const emitWarning = process.emitWarning;
  // Node 22 announces its SQLite as experimental on every start; nothing else is kept back.
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('SQLite')) return;
    (emitWarning as (...all: unknown[]) => void).call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    const module = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
    return typeof module?.StatementSync?.prototype?.columns === 'function' ? module : undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function openNodeSqlite(native: NodeSqlite, path: string, readOnly: boolean, timeoutMs: number): Engine {
  const database = new native.DatabaseSync(path, { readOnly, timeout: timeoutMs });
  return {
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        run: (values) => {
          const { changes, lastInsertRowid } = statement.run(...values);
          return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
        },
        all: (values) => statement.all(...values),
      };
    },
    exec: (sql) => database.exec(sql),
    inTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
}

interface LibsqlDatabase {
  prepare(sql: string): {
    readonly reader: boolean;
    safeIntegers(on: boolean): unknown;
    run(values: Bound[]): { changes: number; lastInsertRowid: number };
    all(values: Bound[]): RawRow[];
  };
  exec(sql: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

function openLibsql(path: string, readOnly: boolean, timeoutMs: number): Engine {
  // Loaded only where it is needed: on newer Nodes it may not be installed.
  const Database = createRequire(__filename)('libsql') as new (path: string, options: { timeout: number }) => LibsqlDatabase;
  // libsql knows no read-only option, but takes SQLite's URIs.
  const place = path === ':memory:' ? path : readOnly ? `${pathToFileURL(path).href}?mode=ro` : resolve(path);
  const database = new Database(place, { timeout: timeoutMs });
  return {
    prepare: (sql) => {
      const statement = database.prepare(sql);
      // Without it integers beyond 2^53 are rounded in silence.
      statement.safeIntegers(true);
      // Values go in as one array: a lone object is taken for named parameters, and a lone Buffer aborts the process.
      return {
        reader: statement.reader,
        run: (values) => {
          const { changes, lastInsertRowid } = statement.run(values);
          return { changes, lastInsertRowid };
        },
        all: (values) => statement.all(values),
      };
    },
    exec: (sql) => database.exec(sql),
    inTransaction: () => database.inTransaction,
    close: () => database.close(),
  };
}
