"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openLogReader = openLogReader;
const node_path_1 = require("node:path");
const mariadb_connection_1 = require("./mariadb-connection");
const sqlite_driver_1 = require("./sqlite-driver");
/**
 * Opens the access log for reading alone; a running gateway is not disturbed.
 *
 * Fails   SqliteError SQLITE_CANTOPEN where there is no log; mysql2's error where the server cannot be reached.
 */
function openLogReader(settings) {
    if (settings.kind === 'mariadb')
        return readerOf(askMariadb(settings), MARIADB);
    return readerOf(askSqlite((0, node_path_1.join)(settings.folder, 'access-log.db')), SQLITE);
}
function askSqlite(file) {
    const connection = new sqlite_driver_1.SqliteDriver(file, { readonly: true, timeout: 3_000 });
    return {
        ask: (sql, values) => Promise.resolve(connection.prepare(sql).all(...values)),
        close: () => Promise.resolve(connection.close()),
    };
}
function askMariadb(settings) {
    const pool = (0, mariadb_connection_1.openPool)((0, mariadb_connection_1.mariadbPoolOptions)(settings, 2));
    pool.on('connection', (connection) => {
        connection.query('SET SESSION TRANSACTION READ ONLY', (fault) => {
            if (fault)
                connection.destroy();
        });
    });
    return {
        ask: (sql, values) => new Promise((resolve, reject) => {
            pool.query(sql, [...values], (fault, rows) => (fault ? reject(fault) : resolve(rows)));
        }),
        close: () => new Promise((resolve) => pool.end(() => resolve())),
    };
}
// A changed file may hold bytes that are no text and numbers that are none: nothing is read as what its column says.
const SQLITE = {
    columns: `chain, CAST(seq AS TEXT) AS seq, CAST(access_id AS BLOB) AS access_id, CAST(at_ms AS TEXT) AS at_ms, CAST(kind AS BLOB) AS kind, prev_hash, hash, CAST(bytes AS BLOB) AS bytes`,
    contains: 'instr(bytes, ?) > 0',
};
const MARIADB = { columns: 'chain, seq, access_id, at_ms, kind, prev_hash, hash, bytes', contains: 'LOCATE(?, bytes) > 0' };
function readerOf(source, { columns, contains }) {
    const page = `SELECT ${columns} FROM access_entry`;
    return {
        chains: () => readChains(source),
        rowsOf: async (chain, afterSeq, limit) => {
            const after = afterSeq === null ? '' : 'AND seq > ?';
            const values = afterSeq === null ? [chain] : [chain, afterSeq];
            const rows = await source.ask(`${page} WHERE chain = ? ${after} ORDER BY access_entry.seq LIMIT ${Math.trunc(limit)}`, values);
            return rows.map(storedRow);
        },
        newest: async (before, containing, limit) => {
            const tests = [...(before === null ? [] : ['access_id < ?']), ...containing.map(() => contains)];
            const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`;
            const values = [...(before === null ? [] : [before]), ...containing];
            const rows = await source.ask(`${page} ${where} ORDER BY access_entry.access_id DESC LIMIT ${Math.trunc(limit)}`, values);
            return rows.map(storedRow);
        },
        close: () => source.close(),
    };
}
/** Chains with entries are found by stepping through the index, one look-up a chain. */
async function readChains(source) {
    const opened = await source.ask('SELECT chain, started_at FROM log_chain', []);
    const started = new Map(opened.map((row) => [String(row['chain']), Number(row['started_at'])]));
    for (let last = '';;) {
        const [row] = await source.ask('SELECT MIN(chain) AS chain FROM access_entry WHERE chain > ?', [last]);
        if (typeof row?.['chain'] !== 'string')
            break;
        last = row['chain'];
        if (!started.has(last))
            started.set(last, null);
    }
    return [...started].map(([chain, startedAtMs]) => ({ chain, startedAtMs })).sort((one, other) => (one.chain < other.chain ? -1 : 1));
}
const storedRow = (row) => ({
    chain: String(row['chain']),
    seq: Number(row['seq']),
    accessId: String(row['access_id']),
    atMs: Number(row['at_ms']),
    kind: String(row['kind']),
    prevHash: bytesOf(row['prev_hash']),
    hash: bytesOf(row['hash']),
    bytes: String(row['bytes']),
});
/** Anything but bytes equals no hash. */
const bytesOf = (value) => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
