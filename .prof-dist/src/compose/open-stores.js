"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openStores = openStores;
exports.storeSettings = storeSettings;
const node_fs_1 = require("node:fs");
const open_data_source_1 = require("../storage/open-data-source");
const mariadb_log_store_1 = require("../storage/mariadb-log-store");
const migrate_1 = require("../storage/migrate");
const sqlite_log_store_1 = require("../storage/sqlite-log-store");
const store_lock_1 = require("../storage/store-lock");
const node_path_1 = require("node:path");
/**
 * Opens the stores for a gateway, or for a command that changes something while none runs.
 *
 * SQLite: takes the lock, then brings the schema up to date by itself. MariaDB: starts on the current schema alone; `casegate migrate`
 * changes tables under another account.
 */
async function openStores(settings) {
    const chosen = storeSettings(settings);
    const lock = chosen.kind === 'sqlite' ? (0, store_lock_1.takeStoreLock)(chosen.folder) : null;
    try {
        if (chosen.kind === 'sqlite')
            await (0, migrate_1.migrate)(chosen);
        else
            await demandCurrentSchema(chosen);
        const governance = await (0, open_data_source_1.openDataSource)(chosen);
        const log = chosen.kind === 'sqlite' ? (0, sqlite_log_store_1.openSqliteLogStore)((0, node_path_1.join)(chosen.folder, open_data_source_1.LOG_FILE)) : await (0, mariadb_log_store_1.openMariadbLogStore)(chosen);
        const close = async () => {
            await log.close();
            await governance.close();
            lock?.release();
        };
        return { settings: chosen, lock, governance, log, close };
    }
    catch (fault) {
        lock?.release();
        throw fault;
    }
}
function storeSettings({ store }, as = 'gateway') {
    if (store.kind === 'sqlite')
        return { kind: 'sqlite', folder: store.folder };
    const url = (as === 'migrator' ? store.migratorUrl : null) ?? store.url;
    if (url === null)
        throw new Error('store.url is needed where the store is mariadb');
    const ca = store.caFile === null ? {} : { ca: (0, node_fs_1.readFileSync)(store.caFile, 'utf8') };
    return { kind: 'mariadb', url: url.reveal(), tls: store.tls === 'plain' ? null : ca, connections: store.connections };
}
async function demandCurrentSchema(settings) {
    const { kind, names } = await (0, migrate_1.schemaState)(settings);
    if (kind === 'current')
        return;
    const help = kind === 'empty' || kind === 'behind' || kind === 'half'
        ? 'Run: casegate migrate'
        : 'This store belongs to another version or another program.';
    throw new Error(`The store's schema is ${kind} (${names.slice(0, 5).join(', ')}). ${help}`);
}
