import { readFileSync } from 'node:fs';
import type { LogStore } from '../audit/log-store';
import type { Settings } from '../settings/settings-table';
import { openDataSource, LOG_FILE, type GovernanceStore } from '../storage/open-data-source';
import { openMariadbLogStore } from '../storage/mariadb-log-store';
import { migrate, schemaState } from '../storage/migrate';
import { openSqliteLogStore } from '../storage/sqlite-log-store';
import type { StoreSettings } from '../storage/store-settings';
import { takeStoreLock, type StoreLock } from '../storage/store-lock';
import { join } from 'node:path';

export interface Stores {
  readonly settings: StoreSettings;
  /** null on MariaDB, where any number of processes may run. */
  readonly lock: StoreLock | null;
  readonly governance: GovernanceStore;
  readonly log: LogStore;
  close(): Promise<void>;
}

/**
 * Opens the stores for a gateway, or for a command that changes something while none runs.
 *
 * SQLite: takes the lock, then brings the schema up to date by itself. MariaDB: starts on the current schema alone; `casegate migrate`
 * changes tables under another account.
 */
export async function openStores(settings: Settings): Promise<Stores> {
  const chosen = storeSettings(settings);
  const lock = chosen.kind === 'sqlite' ? takeStoreLock(chosen.folder) : null;
  try {
    if (chosen.kind === 'sqlite') await migrate(chosen);
    else await demandCurrentSchema(chosen);
    const governance = await openDataSource(chosen);
    const log = chosen.kind === 'sqlite' ? openSqliteLogStore(join(chosen.folder, LOG_FILE)) : await openMariadbLogStore(chosen);
    const close = async (): Promise<void> => {
      await log.close();
      await governance.close();
      lock?.release();
    };
    return { settings: chosen, lock, governance, log, close };
  } catch (fault) {
    lock?.release();
    throw fault;
  }
}

export function storeSettings({ store }: Settings, as: 'gateway' | 'migrator' = 'gateway'): StoreSettings {
  if (store.kind === 'sqlite') return { kind: 'sqlite', folder: store.folder };
  const url = (as === 'migrator' ? store.migratorUrl : null) ?? store.url;
  if (url === null) throw new Error('store.url is needed where the store is mariadb');
  const ca = store.caFile === null ? {} : { ca: readFileSync(store.caFile, 'utf8') };
  return { kind: 'mariadb', url: url.reveal(), tls: store.tls === 'plain' ? null : ca, connections: store.connections };
}

async function demandCurrentSchema(settings: StoreSettings): Promise<void> {
  const { kind, names } = await schemaState(settings);
  if (kind === 'current') return;
  const help =
    kind === 'empty' || kind === 'behind' || kind === 'half'
      ? 'Run: casegate migrate'
      : 'This store belongs to another version or another program.';
  throw new Error(`The store's schema is ${kind} (${names.slice(0, 5).join(', ')}). ${help}`);
}
