"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.printable = exports.jsonLine = void 0;
exports.table = table;
/** One line of JSON an answer, for --json. */
const jsonLine = (value) => `${JSON.stringify(value)}\n`;
exports.jsonLine = jsonLine;
/** Columns padded to their widest cell; control characters, which could forge lines or move the cursor, are shown as '?'. */
function table(rows) {
    const clean = rows.map((row) => row.map(exports.printable));
    const widths = clean.reduce((wide, row) => row.map((cell, i) => Math.max(wide[i] ?? 0, cell.length)), []);
    return clean.map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}\n`).join('');
}
const printable = (text) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
exports.printable = printable;
