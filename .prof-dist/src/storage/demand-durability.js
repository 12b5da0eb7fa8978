"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.demandDurability = demandDurability;
/**
 * WAL, every commit fsynced, foreign keys checked: set, and read back.
 *
 * Fails   Error where SQLite goes on with something else, as it does in silence (STO-14).
 */
function demandDurability(connection) {
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    const inForce = ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => connection.pragma(name, { simple: true }));
    if (inForce[0] !== 'wal' || inForce[1] !== 2 || inForce[2] !== 1) {
        throw new Error(`SQLite must run with journal_mode wal, synchronous 2, foreign_keys 1; in force: ${inForce.map(String).join(', ')}`);
    }
}
