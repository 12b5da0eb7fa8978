"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createChangeLog = createChangeLog;
const directory_columns_1 = require("./directory-columns");
const changeKind = (0, directory_columns_1.oneOf)('organization', 'application', 'account', 'record');
/** The version of one store and what was touched since; read from the primary, committed rows alone. */
function createChangeLog(store, name) {
    return {
        async version() {
            const rows = await store.read((manager) => manager.query('SELECT version FROM store_version WHERE name = ?', [name]));
            return (0, directory_columns_1.wholeNumber)(rows[0]?.version);
        },
        async changes(after, limit) {
            const rows = await store.read((manager) => manager.query(`SELECT version, change_kind, change_key FROM ${name}_change
           WHERE version >= ? AND (version > ? OR change_kind > ? OR (change_kind = ? AND change_key > ?))
           ORDER BY version, change_kind, change_key LIMIT ${(0, directory_columns_1.wholeNumber)(limit)}`, [after.version, after.version, after.kind, after.kind, after.key]));
            return rows.map((row) => ({ version: (0, directory_columns_1.wholeNumber)(row.version), kind: changeKind(row.change_kind), key: (0, directory_columns_1.words)(row.change_key) }));
        },
    };
}
