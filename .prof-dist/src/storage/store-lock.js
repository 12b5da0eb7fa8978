"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.StoreInUse = void 0;
exports.takeStoreLock = takeStoreLock;
exports.storeHolder = storeHolder;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const sqlite_driver_1 = require("./sqlite-driver");
const sqlite_error_1 = require("./sqlite-error");
/** The store is in use by another process, which may be named. */
class StoreInUse extends Error {
    holder;
    constructor(folder, holder) {
        super(`the store in ${folder} is in use${holder ? ` by process ${holder.pid}` : ''}`);
        this.holder = holder;
        this.name = 'StoreInUse';
    }
}
exports.StoreInUse = StoreInUse;
/**
 * Takes the store folder for this process alone (SQLite: one gateway a store).
 *
 * The lock is an open exclusive transaction on lock.db, which the system drops when the process ends, however it ends: a kill -9
 * leaves no stale lock. lock.json beside it only tells who holds it.
 * Fails   StoreInUse while another process, or another holder in this one, has it.
 */
function takeStoreLock(folder) {
    (0, node_fs_1.mkdirSync)(folder, { recursive: true, mode: 0o700 });
    const connection = new sqlite_driver_1.SqliteDriver((0, node_path_1.join)(folder, 'lock.db'), { timeout: 0 });
    try {
        // Not WAL: there an exclusive transaction would not keep readers and other openers out.
        connection.pragma('journal_mode = DELETE');
        connection.exec('BEGIN EXCLUSIVE');
    }
    catch (fault) {
        connection.close();
        if (fault instanceof sqlite_error_1.SqliteError && fault.code === 'SQLITE_BUSY')
            throw new StoreInUse(folder, readHolder(folder));
        throw fault;
    }
    const tell = (adminUrl) => {
        const holder = { pid: process.pid, adminUrl };
        (0, node_fs_1.writeFileSync)(holderFile(folder), JSON.stringify(holder), { mode: 0o600 });
    };
    tell(null);
    return {
        announce: tell,
        release: () => {
            (0, node_fs_1.rmSync)(holderFile(folder), { force: true });
            connection.close();
        },
    };
}
/**
 * Who holds the store now; undefined when nobody does, whatever lock.json still says. A holder that cannot be named has pid 0.
 */
function storeHolder(folder) {
    try {
        const connection = new sqlite_driver_1.SqliteDriver((0, node_path_1.join)(folder, 'lock.db'), { timeout: 0, fileMustExist: true });
        try {
            connection.exec('BEGIN EXCLUSIVE');
            connection.exec('ROLLBACK');
            return undefined;
        }
        finally {
            connection.close();
        }
    }
    catch (fault) {
        if (!(fault instanceof sqlite_error_1.SqliteError))
            throw fault;
        if (fault.code === 'SQLITE_CANTOPEN')
            return undefined;
        if (fault.code === 'SQLITE_BUSY')
            return readHolder(folder) ?? { pid: 0, adminUrl: null };
        throw fault;
    }
}
const holderFile = (folder) => (0, node_path_1.join)(folder, 'lock.json');
function readHolder(folder) {
    try {
        const read = JSON.parse((0, node_fs_1.readFileSync)(holderFile(folder), 'utf8'));
        return typeof read.pid === 'number' ? { pid: read.pid, adminUrl: typeof read.adminUrl === 'string' ? read.adminUrl : null } : undefined;
    }
    catch {
        return undefined;
    }
}
