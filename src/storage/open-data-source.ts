import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as mysql2 from 'mysql2';
import { DataSource } from 'typeorm';
import type { DataSourceOptions, EntityManager, EntitySchema } from 'typeorm';
import { governanceSteps, logSteps } from '../../migrations';
import type { SchemaStep } from '../../migrations';
import { demandDurability } from './demand-durability';
import { entities } from './entities';
import { identityCollation, looseColumns, mariadbPoolOptions, openPool } from './mariadb-connection';
import { SqliteDriver } from './sqlite-driver';
import type { MariadbStoreSettings, SqliteStoreSettings, StoreSettings } from './store-settings';

/** The governance store: directory, registry and what administrators keep. The access log is not reached through it. */
export interface GovernanceStore {
  readonly engine: 'sqlite' | 'mariadb';
  /** The writer; for migrations and metadata. Rooms of storage use inTransaction and read. */
  readonly dataSource: DataSource;
  /**
   * The only way to write. SQLite: one after the other, in the order asked for. MariaDB: READ COMMITTED; a deadlock, a lock wait or a
   * Galera conflict runs `work` again from the start (3 tries), so `work` must change nothing outside the database.
   */
  inTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** Reads what is committed, from the primary; on SQLite through a connection of its own that cannot write. */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens the governance store with the settings that keep what was committed, and proves that they are in force.
 *
 * Takes   `readOnly` for commands that only look: nothing is made or changed, inTransaction refuses.
 * Fails   Error naming the setting that could not be had, or the text columns that do not compare byte by byte (STO-09, STO-13, STO-14).
 *         The schema is not looked at: `schemaState` and `migrate` do that.
 */
export function openDataSource(settings: StoreSettings, options: OpenOptions = {}): Promise<GovernanceStore> {
  return settings.kind === 'sqlite' ? openSqlite(settings, options) : openMariadb(settings, options);
}

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** For tests of storage itself; the tree's own lists otherwise. */
  readonly entities?: readonly (EntitySchema | (new () => object))[];
  readonly steps?: readonly SchemaStep[];
}

export const GOVERNANCE_FILE = 'governance.db';
export const LOG_FILE = 'access-log.db';

async function openSqlite(settings: SqliteStoreSettings, options: OpenOptions): Promise<GovernanceStore> {
  const file = join(settings.folder, GOVERNANCE_FILE);
  if (!options.readOnly) mkdirSync(settings.folder, { recursive: true, mode: 0o700 });
  const steps = options.steps ?? governanceSteps;
  const known = options.entities ?? entities;
  const writer = options.readOnly ? null : await new DataSource(sqliteOptions(file, steps, false, known)).initialize();
  const reader = await new DataSource(sqliteOptions(file, steps, true, known)).initialize();
  const oneByOne = firstInFirstOut();
  return {
    engine: 'sqlite',
    dataSource: writer ?? reader,
    inTransaction: (work) => {
      if (writer === null) return Promise.reject(new Error('the store was opened for reading alone'));
      return oneByOne(() => writer.transaction(work));
    },
    read: (work) => work(reader.manager),
    close: async () => {
      await oneByOne(() => Promise.resolve());
      await reader.destroy();
      await writer?.destroy();
    },
  };
}

/** TypeORM's options for one SQLite file; also used for the schema of the log's own file. */
export function sqliteOptions(
  file: string,
  steps: readonly SchemaStep[],
  readOnly: boolean,
  known: readonly (EntitySchema | (new () => object))[] = [],
): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    driver: SqliteDriver,
    database: file,
    readonly: readOnly,
    timeout: 3_000,
    prepareDatabase: (connection: SqliteDriver) => {
      // Takes effect on a new file alone. An entry is a good kilobyte: two fit into a page of 4 KiB, five into one of 8.
      if (!readOnly) connection.pragma('page_size = 8192');
      if (!readOnly) demandDurability(connection);
      connection.pragma('foreign_keys = ON');
    },
    entities: [...known],
    migrations: [...steps],
    migrationsTableName: 'schema_step',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
  };
}

async function openMariadb(settings: MariadbStoreSettings, options: OpenOptions): Promise<GovernanceStore> {
  const dataSource = await new DataSource(mariadbOptions(settings, options)).initialize();
  try {
    const ask = (sql: string) => dataSource.query<Record<string, unknown>[]>(sql);
    await identityCollation(ask);
    const loose = await looseColumns(ask);
    if (loose.length > 0) throw new Error(`these columns do not compare byte by byte: ${loose.join(', ')}`);
  } catch (fault) {
    await dataSource.destroy();
    throw fault;
  }
  return {
    engine: 'mariadb',
    dataSource,
    inTransaction: (work) => {
      if (options.readOnly) return Promise.reject(new Error('the store was opened for reading alone'));
      return retried(() => dataSource.transaction('READ COMMITTED', work));
    },
    read: (work) => work(dataSource.manager),
    close: () => dataSource.destroy(),
  };
}

function mariadbOptions(settings: MariadbStoreSettings, options: OpenOptions): DataSourceOptions {
  return {
    type: 'mariadb',
    // Stands in for mysql2's own, so that every connection is prepared before TypeORM sees it.
    driver: { ...mysql2, createPool: openPool },
    extra: mariadbPoolOptions(settings, settings.connections ?? 8),
    entities: [...(options.entities ?? entities)],
    migrations: [...(options.steps ?? [...logSteps, ...governanceSteps])],
    migrationsTableName: 'schema_step',
    migrationsTransactionMode: 'none',
    synchronize: false,
    logging: false,
  };
}

/** ER_LOCK_DEADLOCK (Galera: at COMMIT) and ER_LOCK_WAIT_TIMEOUT: nothing was changed. */
const MAY_BE_RETRIED = new Set([1213, 1205]);

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (fault) {
      const { errno } = fault as { errno?: number };
      if (tries === 3 || errno === undefined || !MAY_BE_RETRIED.has(errno)) throw fault;
    }
  }
}

/** TypeORM has one connection on SQLite: overlapping transactions would join, and one's rollback would take the other's writes along. */
function firstInFirstOut(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
