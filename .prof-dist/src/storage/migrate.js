"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.migrate = migrate;
exports.schemaState = schemaState;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const typeorm_1 = require("typeorm");
const migrations_1 = require("../../migrations");
const open_data_source_1 = require("./open-data-source");
/**
 * Brings the store's schema up to this program's. Safe to run again after any interruption (STO-06).
 *
 * On MariaDB two that migrate at once follow one another (GET_LOCK, at most 60 s). On SQLite the caller holds the store lock.
 * Gives   names of the steps that ran.
 * Fails   Error where the schema is newer or foreign: nothing is changed then.
 */
async function migrate(settings, options = {}) {
    const store = await (0, open_data_source_1.openDataSource)(settings, options);
    try {
        if (settings.kind === 'mariadb')
            return await underServerLock(store.dataSource, () => runSteps(store.dataSource));
        const log = await new typeorm_1.DataSource((0, open_data_source_1.sqliteOptions)((0, node_path_1.join)(settings.folder, open_data_source_1.LOG_FILE), migrations_1.logSteps, false)).initialize();
        try {
            return [...(await runSteps(log)), ...(await runSteps(store.dataSource))];
        }
        finally {
            await log.destroy();
        }
    }
    finally {
        await store.close();
    }
}
/**
 * Looks, and changes nothing. `serve` starts on `current` alone.
 */
async function schemaState(settings, options = {}) {
    if (settings.kind === 'sqlite') {
        const files = [(0, node_path_1.join)(settings.folder, open_data_source_1.LOG_FILE), (0, node_path_1.join)(settings.folder, 'governance.db')];
        const present = files.filter((file) => (0, node_fs_1.existsSync)(file));
        if (present.length === 0)
            return { kind: 'empty', names: [] };
        if (present.length < files.length)
            return { kind: 'half', names: files.filter((file) => !(0, node_fs_1.existsSync)(file)) };
    }
    const store = await (0, open_data_source_1.openDataSource)(settings, { ...options, readOnly: true });
    try {
        const ofStore = await stateOf(store.dataSource);
        if (settings.kind === 'mariadb')
            return ofStore;
        const log = await new typeorm_1.DataSource((0, open_data_source_1.sqliteOptions)((0, node_path_1.join)(settings.folder, open_data_source_1.LOG_FILE), migrations_1.logSteps, true)).initialize();
        try {
            return worse(await stateOf(log), ofStore);
        }
        finally {
            await log.destroy();
        }
    }
    finally {
        await store.close();
    }
}
async function runSteps(dataSource) {
    const state = await stateOf(dataSource);
    if (state.kind === 'newer')
        throw new Error(`the store was made by a newer Casegate; unknown steps: ${state.names.join(', ')}`);
    if (state.kind === 'foreign')
        throw new Error(`tables of ours are there, but no record of who made them: ${state.names.join(', ')}`);
    const ran = await dataSource.runMigrations();
    return ran.map((step) => step.name);
}
async function stateOf(dataSource) {
    const known = stepNames(dataSource.options.migrations);
    const tables = await tableNames(dataSource);
    if (!tables.includes('schema_step')) {
        const ours = ['access_entry', ...dataSource.entityMetadatas.map((entity) => entity.tableName)].filter((table) => tables.includes(table));
        return ours.length > 0
            ? { kind: 'foreign', names: ours }
            : known.length > 0
                ? { kind: 'empty', names: known }
                : { kind: 'current', names: [] };
    }
    const rows = await dataSource.query('SELECT name FROM schema_step ORDER BY id');
    const done = new Set(rows.map((row) => row.name));
    const unknown = [...done].filter((name) => !known.includes(name));
    if (unknown.length > 0)
        return { kind: 'newer', names: unknown };
    const missing = known.filter((name) => !done.has(name));
    if (missing.length === 0)
        return { kind: 'current', names: [] };
    return { kind: known.slice(0, done.size).every((name) => done.has(name)) ? 'behind' : 'half', names: missing };
}
/** The worse of two counts for the whole store. */
function worse(one, other) {
    const order = ['current', 'empty', 'behind', 'half', 'newer', 'foreign'];
    if (one.kind === other.kind)
        return { kind: one.kind, names: [...one.names, ...other.names] };
    const [lesser, greater] = order.indexOf(one.kind) < order.indexOf(other.kind) ? [one, other] : [other, one];
    // One file made and the other not: an interrupted first migration.
    if (greater.kind === 'empty' && lesser.kind === 'current')
        return { kind: 'behind', names: greater.names };
    return greater;
}
const stepNames = (steps) => steps.map((Step) => new Step().name).sort((one, other) => Number(one.slice(-13)) - Number(other.slice(-13)));
async function tableNames(dataSource) {
    const sql = dataSource.options.type === 'better-sqlite3'
        ? `SELECT name FROM sqlite_master WHERE type = 'table'`
        : `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`;
    const rows = await dataSource.query(sql);
    return rows.map((row) => row.name);
}
/** The lock belongs to one connection, which is held while another migrates. */
async function underServerLock(dataSource, work) {
    const holder = dataSource.createQueryRunner();
    try {
        const [row] = (await holder.query(`SELECT GET_LOCK(CONCAT('casegate-migrate-', LEFT(SHA2(DATABASE(), 256), 32)), 60) AS got`));
        if (Number(row?.got) !== 1)
            throw new Error('another process has been migrating this store for a minute');
        return await work();
    }
    finally {
        await holder.query('DO RELEASE_ALL_LOCKS()').catch(() => undefined);
        await holder.release();
    }
}
