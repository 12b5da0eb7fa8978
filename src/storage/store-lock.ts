import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDriver } from './sqlite-driver';
import { SqliteError } from './sqlite-error';

/** Who holds the store, for people and for commands that go through the running gateway. `adminUrl` is null for a command. */
export interface StoreHolder {
  readonly pid: number;
  readonly adminUrl: string | null;
}

export interface StoreLock {
  /** Tells readers of `storeHolder` where the admin plane listens, once that is known. */
  announce(adminUrl: string): void;
  release(): void;
}

/** The store is in use by another process, which may be named. */
export class StoreInUse extends Error {
  constructor(
    folder: string,
    readonly holder: StoreHolder | undefined,
  ) {
    super(`the store in ${folder} is in use${holder ? ` by process ${holder.pid}` : ''}`);
    this.name = 'StoreInUse';
  }
}

/**
 * Takes the store folder for this process alone (SQLite: one gateway a store).
 *
 * The lock is an open exclusive transaction on lock.db, which the system drops when the process ends, however it ends: a kill -9
 * leaves no stale lock. lock.json beside it only tells who holds it.
 * Fails   StoreInUse while another process, or another holder in this one, has it.
 */
export function takeStoreLock(folder: string): StoreLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const connection = new SqliteDriver(join(folder, 'lock.db'), { timeout: 0 });
  try {
    // Not WAL: there an exclusive transaction would not keep readers and other openers out.
    connection.pragma('journal_mode = DELETE');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (fault) {
    connection.close();
    if (fault instanceof SqliteError && fault.code === 'SQLITE_BUSY') throw new StoreInUse(folder, readHolder(folder));
    throw fault;
  }
  const tell = (adminUrl: string | null): void => {
    const holder: StoreHolder = { pid: process.pid, adminUrl };
    writeFileSync(holderFile(folder), JSON.stringify(holder), { mode: 0o600 });
  };
  tell(null);
  return {
    announce: tell,
    release: () => {
      rmSync(holderFile(folder), { force: true });
      connection.close();
    },
  };
}

/**
 * Who holds the store now; undefined when nobody does, whatever lock.json still says. A holder that cannot be named has pid 0.
 */
export function storeHolder(folder: string): StoreHolder | undefined {
  try {
    const connection = new SqliteDriver(join(folder, 'lock.db'), { timeout: 0, fileMustExist: true });
    try {
      connection.exec('BEGIN EXCLUSIVE');
      connection.exec('ROLLBACK');
      return undefined;
    } finally {
      connection.close();
    }
  } catch (fault) {
    if (!(fault instanceof SqliteError)) throw fault;
    if (fault.code === 'SQLITE_CANTOPEN') return undefined;
    if (fault.code === 'SQLITE_BUSY') return readHolder(folder) ?? { pid: 0, adminUrl: null };
    throw fault;
  }
}

const holderFile = (folder: string): string => join(folder, 'lock.json');

function readHolder(folder: string): StoreHolder | undefined {
  try {
    const read = JSON.parse(readFileSync(holderFile(folder), 'utf8')) as Partial<StoreHolder>;
    return typeof read.pid === 'number' ? { pid: read.pid, adminUrl: typeof read.adminUrl === 'string' ? read.adminUrl : null } : undefined;
  } catch {
    return undefined;
  }
}
