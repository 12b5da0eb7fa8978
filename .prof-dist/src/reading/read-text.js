"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readText = readText;
/**
 * Bytes of a file that people edit, as text.
 *
 * Takes   the whole file.
 * Gives   its text without a byte order mark; text '' with one problem where the bytes are no UTF-8 (a spreadsheet
 *         saved as UTF-16 or in an old code page), naming the line of the first bad byte.
 * Fails   never.
 */
function readText(bytes, file) {
    try {
        return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), problems: [] };
    }
    catch {
        const lossy = new TextDecoder('utf-8').decode(bytes);
        const before = lossy.slice(0, lossy.indexOf('\ufffd'));
        const line = before.split('\n').length;
        const column = before.length - before.lastIndexOf('\n');
        return { text: '', problems: [{ file, line, column, word: '', message: 'the file is not UTF-8 text; save it as UTF-8' }] };
    }
}
