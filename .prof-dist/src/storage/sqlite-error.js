"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.sqliteCodeName = exports.SqliteError = void 0;
/** What SQLite refused, with one set of code names whatever engine stands below: SQLITE_FULL, SQLITE_BUSY, SQLITE_CONSTRAINT_UNIQUE … */
class SqliteError extends Error {
    code;
    constructor(code, message, options = {}) {
        super(message, options);
        this.code = code;
        this.name = 'SqliteError';
    }
}
exports.SqliteError = SqliteError;
/** Source: https://sqlite.org/rescode.html. A code that is not here goes by the name of its lowest byte. */
const NAMES = new Map([
    [1, 'SQLITE_ERROR'],
    [2, 'SQLITE_INTERNAL'],
    [3, 'SQLITE_PERM'],
    [4, 'SQLITE_ABORT'],
    [5, 'SQLITE_BUSY'],
    [6, 'SQLITE_LOCKED'],
    [7, 'SQLITE_NOMEM'],
    [8, 'SQLITE_READONLY'],
    [9, 'SQLITE_INTERRUPT'],
    [10, 'SQLITE_IOERR'],
    [11, 'SQLITE_CORRUPT'],
    [13, 'SQLITE_FULL'],
    [14, 'SQLITE_CANTOPEN'],
    [15, 'SQLITE_PROTOCOL'],
    [17, 'SQLITE_SCHEMA'],
    [18, 'SQLITE_TOOBIG'],
    [19, 'SQLITE_CONSTRAINT'],
    [20, 'SQLITE_MISMATCH'],
    [21, 'SQLITE_MISUSE'],
    [23, 'SQLITE_AUTH'],
    [25, 'SQLITE_RANGE'],
    [26, 'SQLITE_NOTADB'],
    [275, 'SQLITE_CONSTRAINT_CHECK'],
    [531, 'SQLITE_CONSTRAINT_COMMITHOOK'],
    [787, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
    [1043, 'SQLITE_CONSTRAINT_FUNCTION'],
    [1299, 'SQLITE_CONSTRAINT_NOTNULL'],
    [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
    [1811, 'SQLITE_CONSTRAINT_TRIGGER'],
    [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
    [2323, 'SQLITE_CONSTRAINT_VTAB'],
    [2579, 'SQLITE_CONSTRAINT_ROWID'],
    [2835, 'SQLITE_CONSTRAINT_PINNED'],
    [3091, 'SQLITE_CONSTRAINT_DATATYPE'],
]);
/** The name of a result code, primary or extended. */
const sqliteCodeName = (code) => NAMES.get(code) ?? NAMES.get(code & 0xff) ?? 'SQLITE_ERROR';
exports.sqliteCodeName = sqliteCodeName;
