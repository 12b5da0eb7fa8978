"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || (function () {
    var ownKeys = function(o) {
        ownKeys = Object.getOwnPropertyNames || function (o) {
            var ar = [];
            for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
            return ar;
        };
        return ownKeys(o);
    };
    return function (mod) {
        if (mod && mod.__esModule) return mod;
        var result = {};
        if (mod != null) for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
        __setModuleDefault(result, mod);
        return result;
    };
})();
Object.defineProperty(exports, "__esModule", { value: true });
exports.LOG_FILE = exports.GOVERNANCE_FILE = void 0;
exports.openDataSource = openDataSource;
exports.sqliteOptions = sqliteOptions;
require("reflect-metadata");
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const mysql2 = __importStar(require("mysql2"));
const typeorm_1 = require("typeorm");
const migrations_1 = require("../../migrations");
const demand_durability_1 = require("./demand-durability");
const entities_1 = require("./entities");
const mariadb_connection_1 = require("./mariadb-connection");
const sqlite_driver_1 = require("./sqlite-driver");
/**
 * Opens the governance store with the settings that keep what was committed, and proves that they are in force.
 *
 * Takes   `readOnly` for commands that only look: nothing is made or changed, inTransaction refuses.
 * Fails   Error naming the setting that could not be had, or the text columns that do not compare byte by byte (STO-09, STO-13, STO-14).
 *         The schema is not looked at: `schemaState` and `migrate` do that.
 */
function openDataSource(settings, options = {}) {
    return settings.kind === 'sqlite' ? openSqlite(settings, options) : openMariadb(settings, options);
}
exports.GOVERNANCE_FILE = 'governance.db';
exports.LOG_FILE = 'access-log.db';
async function openSqlite(settings, options) {
    const file = (0, node_path_1.join)(settings.folder, exports.GOVERNANCE_FILE);
    if (!options.readOnly)
        (0, node_fs_1.mkdirSync)(settings.folder, { recursive: true, mode: 0o700 });
    const steps = options.steps ?? migrations_1.governanceSteps;
    const known = options.entities ?? entities_1.entities;
    const writer = options.readOnly ? null : await new typeorm_1.DataSource(sqliteOptions(file, steps, false, known)).initialize();
    const reader = await new typeorm_1.DataSource(sqliteOptions(file, steps, true, known)).initialize();
    const oneByOne = firstInFirstOut();
    return {
        engine: 'sqlite',
        dataSource: writer ?? reader,
        inTransaction: (work) => {
            if (writer === null)
                return Promise.reject(new Error('the store was opened for reading alone'));
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
function sqliteOptions(file, steps, readOnly, known = []) {
    return {
        type: 'better-sqlite3',
        driver: sqlite_driver_1.SqliteDriver,
        database: file,
        readonly: readOnly,
        timeout: 3_000,
        prepareDatabase: (connection) => {
            if (!readOnly)
                (0, demand_durability_1.demandDurability)(connection);
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
async function openMariadb(settings, options) {
    const dataSource = await new typeorm_1.DataSource(mariadbOptions(settings, options)).initialize();
    try {
        const ask = (sql) => dataSource.query(sql);
        await (0, mariadb_connection_1.identityCollation)(ask);
        const loose = await (0, mariadb_connection_1.looseColumns)(ask);
        if (loose.length > 0)
            throw new Error(`these columns do not compare byte by byte: ${loose.join(', ')}`);
    }
    catch (fault) {
        await dataSource.destroy();
        throw fault;
    }
    return {
        engine: 'mariadb',
        dataSource,
        inTransaction: (work) => {
            if (options.readOnly)
                return Promise.reject(new Error('the store was opened for reading alone'));
            return retried(() => dataSource.transaction('READ COMMITTED', work));
        },
        read: (work) => work(dataSource.manager),
        close: () => dataSource.destroy(),
    };
}
function mariadbOptions(settings, options) {
    return {
        type: 'mariadb',
        // Stands in for mysql2's own, so that every connection is prepared before TypeORM sees it.
        driver: { ...mysql2, createPool: mariadb_connection_1.openPool },
        extra: (0, mariadb_connection_1.mariadbPoolOptions)(settings, settings.connections ?? 8),
        entities: [...(options.entities ?? entities_1.entities)],
        migrations: [...(options.steps ?? [...migrations_1.logSteps, ...migrations_1.governanceSteps])],
        migrationsTableName: 'schema_step',
        migrationsTransactionMode: 'none',
        synchronize: false,
        logging: false,
    };
}
/** ER_LOCK_DEADLOCK (Galera: at COMMIT) and ER_LOCK_WAIT_TIMEOUT: nothing was changed. */
const MAY_BE_RETRIED = new Set([1213, 1205]);
async function retried(work) {
    for (let tries = 1;; tries += 1) {
        try {
            return await work();
        }
        catch (fault) {
            const { errno } = fault;
            if (tries === 3 || errno === undefined || !MAY_BE_RETRIED.has(errno))
                throw fault;
        }
    }
}
/** TypeORM has one connection on SQLite: overlapping transactions would join, and one's rollback would take the other's writes along. */
function firstInFirstOut() {
    let last = Promise.resolve();
    return (work) => {
        const mine = last.then(work);
        last = mine.catch(() => undefined);
        return mine;
    };
}
