"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.OTHER = exports.SEPARATOR = exports.INVISIBLE = void 0;
exports.characterClass = characterClass;
/** What a character means to somebody who reads a number: 0 to 9 are the digits of every script. */
exports.INVISIBLE = 10;
exports.SEPARATOR = 11;
/** Letters and all else that breaks a number. */
exports.OTHER = 12;
const UNKNOWN = 255;
const MOST_CODE_POINT = 0x10ffff;
let table = new Uint8Array(0x80).fill(UNKNOWN);
/** Gives 0 … 9, INVISIBLE, SEPARATOR or OTHER for a code point. Remembered, so that a long text costs a look-up a character. */
function characterClass(codePoint) {
    if (codePoint >= table.length)
        widenTable();
    const known = table[codePoint];
    if (known !== UNKNOWN)
        return known;
    return (table[codePoint] = classify(String.fromCodePoint(codePoint), codePoint));
}
function widenTable() {
    const wider = new Uint8Array(MOST_CODE_POINT + 1).fill(UNKNOWN);
    wider.set(table);
    table = wider;
}
function classify(character, codePoint) {
    if (/[\t\n\v\f\r\x85]/.test(character))
        return exports.SEPARATOR;
    // Marks too: a keycap or a combining dot does not make a digit another digit. Fillers are letters to Unicode, and nothing to the eye.
    if (/[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/u.test(character))
        return exports.INVISIBLE;
    // Full-width, mathematical, superscript, circled digits.
    const plain = character.normalize('NFKC');
    if (/^[0-9]$/.test(plain))
        return Number(plain);
    if (/\p{Nd}/u.test(character))
        return (codePoint - firstDigitBefore(codePoint)) % 10;
    return /[\p{P}\p{S}\p{Z}]/u.test(character) ? exports.SEPARATOR : exports.OTHER;
}
/** Decimal digits stand in runs of ten from zero to nine; the first of the run is a zero. */
function firstDigitBefore(codePoint) {
    let first = codePoint;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1)))
        first--;
    return first;
}
