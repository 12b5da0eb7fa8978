"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SqliteLogFile = void 0;
const node_crypto_1 = require("node:crypto");
const node_fs_1 = require("node:fs");
const demand_durability_1 = require("./demand-durability");
const sqlite_driver_1 = require("./sqlite-driver");
const sqlite_error_1 = require("./sqlite-error");
/**
 * The access log's own file, as the worker thread holds it.
 *
 * A file that was removed or replaced under us is such a fault: SQLite goes on writing into what no path leads to any more, and says nothing.
 * A fault other than "full", "busy" or a constraint closes the connection; the next call opens it anew. After an I/O error that means:
 * what the operating system still holds of the write-ahead log is copied into the file and fsynced before anything is believed.
 */
class SqliteLogFile {
    #file;
    #open = null;
    #mostPages = null;
    constructor(file) {
        this.#file = file;
    }
    openChain(chain, atMs) {
        this.#with(({ connection }) => connection.prepare('INSERT INTO log_chain (chain, started_at) VALUES (?, ?)').run(chain, atMs));
    }
    flush(batch) {
        this.#with(({ connection, insertEntry, insertRollup, places }) => {
            connection.transaction(() => {
                const { chain, firstSeq, accessIds, atMs, kinds, bytes, rollups } = batch;
                const hashes = Buffer.from(batch.hashes.buffer, batch.hashes.byteOffset, batch.hashes.byteLength);
                for (let row = 0; row < accessIds.length; row += 1) {
                    const at = row * 32;
                    insertEntry.run(chain, firstSeq + row, accessIds[row], atMs[row], kinds[row], hashes.subarray(at, at + 32), hashes.subarray(at + 32, at + 64), bytes[row]);
                }
                for (const rollup of rollups)
                    insertRollup.run(chain, firstSeq, ...rollup);
            });
            // After the commit: what was written counts only if it stands where a reader will look for it.
            if (placesOf(this.#file) !== places)
                throw new sqlite_error_1.SqliteError('SQLITE_READONLY_DBMOVED', 'the log file was removed or replaced');
        });
    }
    tail(chain) {
        return this.#with(({ connection }) => {
            const row = connection.prepare('SELECT seq, prev_hash, bytes FROM access_entry WHERE chain = ? ORDER BY seq DESC LIMIT 1').get(chain);
            if (row === undefined)
                return null;
            const hash = (0, node_crypto_1.createHash)('sha256')
                .update(row['prev_hash'])
                .update(row['bytes'])
                .digest();
            return { seq: row['seq'], hash };
        });
    }
    /** Largest size of the file in pages; SQLITE_FULL beyond. null lifts the limit. */
    limit(mostPages) {
        this.#mostPages = mostPages;
        this.#with(({ connection }) => applyLimit(connection, mostPages));
    }
    close() {
        this.#open?.connection.close();
        this.#open = null;
    }
    #with(work) {
        const open = (this.#open ??= openFile(this.#file, this.#mostPages));
        try {
            return work(open);
        }
        catch (fault) {
            const code = fault instanceof sqlite_error_1.SqliteError ? fault.code : '';
            if (!KEEPS_CONNECTION.test(code))
                this.#abandon();
            throw fault;
        }
    }
    #abandon() {
        const open = this.#open;
        this.#open = null;
        try {
            open?.connection.close();
        }
        catch {
            // It is given up in any case; what it leaves behind is looked at when the file is opened again.
        }
    }
}
exports.SqliteLogFile = SqliteLogFile;
const KEEPS_CONNECTION = /^SQLITE_(FULL|BUSY|LOCKED|CONSTRAINT.*)$/;
function openFile(file, mostPages) {
    const connection = new sqlite_driver_1.SqliteDriver(file, { timeout: 1_000, fileMustExist: true });
    try {
        (0, demand_durability_1.demandDurability)(connection);
        // 64 MiB: the index on prev_hash is hit at random places.
        connection.pragma('cache_size = -65536');
        // After a crash or an I/O error the write-ahead log may be in memory alone; a full checkpoint fsyncs it, or says that it cannot.
        connection.pragma('wal_checkpoint(TRUNCATE)');
        applyLimit(connection, mostPages);
        return {
            connection,
            places: placesOf(file),
            insertEntry: connection.prepare('INSERT INTO access_entry (chain, seq, access_id, at_ms, kind, prev_hash, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
            insertRollup: connection.prepare(`INSERT INTO decision_rollup (chain, first_seq, key_digest, system, environment, route, action, policy_version, key_json, granted_json, count, at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
        };
    }
    catch (fault) {
        connection.close();
        throw fault;
    }
}
/** Device and inode of the file and its write-ahead log; 'gone' where one is missing. */
function placesOf(file) {
    const stats = [file, `${file}-wal`].map((one) => (0, node_fs_1.statSync)(one, { throwIfNoEntry: false }));
    return stats.map((stat) => (stat === undefined ? 'gone' : `${stat.dev}:${stat.ino}`)).join(' ');
}
const applyLimit = (connection, mostPages) => connection.pragma(`max_page_count = ${mostPages ?? 4294967294}`);
