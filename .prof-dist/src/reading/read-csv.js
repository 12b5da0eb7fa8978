"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readCsv = readCsv;
const sync_1 = require("csv-parse/sync");
/**
 * A CSV file that people edit, with the place of every cell.
 *
 * Takes   the text; a byte order mark, CRLF and quoted cells are as welcome as their absence (casbin-facts C23).
 *         One row is one line: a cell cannot hold a line break, so a forgotten quote is found on its own line.
 * Gives   the rows in order. Lines that are blank, hold only commas, or start with `#` (C05: only there) are no rows.
 *         Columns at the right that are empty in every row, as spreadsheets add, are left out.
 * Fails   never; a line that cannot be read is a problem and no row. With problems the rows are not to be used.
 */
function readCsv(text, file) {
    const problems = [];
    const rows = [];
    for (const [index, line] of text
        .replace(/^\ufeff/, '')
        .split(/\r\n|\n|\r/)
        .entries()) {
        if (line.startsWith('#') || line.trim() === '')
            continue;
        const read = readLine(line, index + 1, file);
        if ('message' in read)
            problems.push(read);
        else if (read.some((cell) => cell.text !== ''))
            rows.push({ line: index + 1, cells: read });
    }
    return { rows: withoutEmptyColumns(rows), problems };
}
function readLine(line, number, file) {
    const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.exec(line);
    if (control)
        return { file, line: number, column: control.index + 1, word: '', message: 'a control character stands here' };
    const starts = cellStarts(line);
    const texts = line.includes('"') ? readQuoted(line) : line.split(',');
    if (texts === null || texts.length !== starts.length) {
        return {
            file,
            line: number,
            column: line.indexOf('"') + 1,
            word: line.slice(line.indexOf('"')),
            message: 'a quote is opened or closed in the wrong place',
        };
    }
    return texts.map((text, i) => {
        const start = starts[i] ?? 0;
        return { text: text.trim(), line: number, column: start + 1 + blanksAt(line, start) };
    });
}
function readQuoted(line) {
    try {
        const records = (0, sync_1.parse)(line, { trim: true, relax_column_count: true });
        return records.length === 1 ? (records[0] ?? null) : null;
    }
    catch {
        return null;
    }
}
function cellStarts(line) {
    const starts = [0];
    let isQuoted = false;
    for (let i = 0; i < line.length; i++) {
        if (line[i] === '"')
            isQuoted = !isQuoted;
        else if (line[i] === ',' && !isQuoted)
            starts.push(i + 1);
    }
    return starts;
}
function blanksAt(line, start) {
    let i = start;
    while (i < line.length && line[i] !== ',' && line[i]?.trim() === '')
        i++;
    return line[i] === '"' ? i - start + 1 : i - start;
}
function withoutEmptyColumns(rows) {
    let used = 0;
    for (const row of rows)
        row.cells.forEach((cell, i) => (used = cell.text === '' ? used : Math.max(used, i + 1)));
    // Only where every row is as wide: a spreadsheet makes a rectangle, a hand does not.
    const widths = new Set(rows.map((row) => row.cells.length));
    if (widths.size !== 1)
        return rows;
    return rows.map((row) => ({ line: row.line, cells: row.cells.slice(0, used) }));
}
