"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.holdsSsn = holdsSsn;
/**
 * Whether digits that look like an SSN stand in an address: nine, grouped 3-2-4 or not, whatever separates the groups.
 *
 * In a path they must stand alone or after 'ssn': a UUID may hold nine digits in a row between its letters. In a query, which is refused
 * anyway, letters around them do not matter. Percent-encoding is undone first, twice.
 * Source: acceptance R26, attack AUD-25. Which numbers are given out plays no part (R24).
 */
function holdsSsn(path, query) {
    return IN_PATH.test(plain(path)) || (query !== '' && IN_QUERY.test(plain(query)));
}
const IN_PATH = /(?:(?<![A-Za-z0-9])|(?<=ssn))\d{3}[^A-Za-z0-9]{0,3}\d{2}[^A-Za-z0-9]{0,3}\d{4}(?![A-Za-z0-9])/i;
const IN_QUERY = /(?<!\d)\d{3}[^A-Za-z0-9]{0,3}\d{2}[^A-Za-z0-9]{0,3}\d{4}(?!\d)/;
function plain(text) {
    if (!text.includes('%'))
        return text;
    const once = decode(text);
    return once.includes('%') ? decode(once) : once;
}
const decode = (text) => text.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));
