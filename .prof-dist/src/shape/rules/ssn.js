"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.maskSsn = maskSsn;
exports.maskSsnLastFour = maskSsnLastFour;
exports.maskSsnNumber = maskSsnNumber;
exports.ssnsIn = ssnsIn;
exports.ssnsInNumber = ssnsInNumber;
exports.ssnsInText = ssnsInText;
exports.knownSsns = knownSsns;
exports.maskText = maskText;
exports.maskNumber = maskNumber;
exports.mayHoldSsn = mayHoldSsn;
const character_class_1 = require("../character-class");
const number_stream_1 = require("../number-stream");
const UNREADABLE = 'XXX-XX-XXXX';
const MASKED = /^XXX-XX-(\d{4}|XXXX)$/;
const MOST_SSN = 999_999_999;
/** With fewer digits than these a number is no SSN that lost its leading zeros. */
const LEAST_NUMBER = 1_000_000;
/**
 * Reduces a Social Security number to its last four digits.
 *
 * Takes   'XXX-XX-6789' (stays), '123-45-6789', '123456789' in the digits of any script; null.
 * Gives   'XXX-XX-6789'; 'XXX-XX-XXXX' for anything that is not nine digits.
 * Fails   never: a value we cannot read is hidden, not passed on.
 * Source  TO-01; Ramsey County, "Private Records on Workforce One", 3 July 2024.
 */
function maskSsn(value) {
    return maskDigits(value, (digits) => digits.length === 9);
}
/** As `maskSsn`, for a field that holds the last four digits alone. */
function maskSsnLastFour(value) {
    return maskDigits(value, (digits) => digits.length === 4 || digits.length === 9);
}
/** As `maskSsn`, for a JSON number as it is written: '1234567' has lost its leading zeros; '2.19099987e8' is a whole number all the same. */
function maskSsnNumber(text) {
    const value = Math.abs(Number(text));
    return Number.isInteger(value) && value <= MOST_SSN ? `XXX-XX-${String(value % 10_000).padStart(4, '0')}` : UNREADABLE;
}
function maskDigits(value, isReadable) {
    if (value === null)
        return UNREADABLE;
    if (MASKED.test(value))
        return value;
    const digits = digitsOf(value);
    return isReadable(digits) ? `XXX-XX-${digits.slice(-4)}` : UNREADABLE;
}
function digitsOf(text) {
    let digits = '';
    for (let i = 0; i < text.length; i++) {
        const code = text.codePointAt(i);
        if (code > 0xffff)
            i++;
        const found = (0, character_class_1.characterClass)(code);
        if (found < 10)
            digits += found;
    }
    return digits;
}
/** The SSNs in the value of an SSN field, as numbers: those to look for in the rest of the record. */
function ssnsIn(value) {
    const digits = digitsOf(value);
    if (digits.length >= 7 && digits.length <= 9)
        return [Number(digits)];
    if (digits.length < 7)
        return [];
    const json = Buffer.from(JSON.stringify(value), 'utf8');
    return ssnsInText(json, 1, json.length - 1, true);
}
/** As `ssnsIn`, for a JSON number as it is written. */
function ssnsInNumber(text) {
    const value = Math.abs(Number(text));
    return Number.isInteger(value) && value >= LEAST_NUMBER && value <= MOST_SSN ? [value] : [];
}
/** What looks like an SSN in a JSON string, given as for `maskText`: 3-2-4, and where `alsoRuns` nine digits in a row. */
function ssnsInText(body, start, end, alsoRuns) {
    const found = [];
    searchText(body, start, end, { known: NOTHING_KNOWN, usesPatterns: true, isIdentifier: () => false }, (_first, _last, value, shape) => {
        if (alsoRuns || shape === 'grouped')
            found.push(value);
    });
    return found;
}
const NOTHING_KNOWN = { values: new Set(), mayBeShort: false };
function knownSsns(values) {
    const set = new Set(values);
    if (set.size === 0)
        return NOTHING_KNOWN;
    return { values: set, mayBeShort: [...set].some((value) => value >= LEAST_NUMBER && value < 100_000_000) };
}
/**
 * Masks the SSNs in a JSON string.
 *
 * Takes   the bytes of the string between its quotes, from `start` to before `end`, as the scan accepted them.
 * Gives   the new bytes between the quotes, or null where there is nothing to mask: then the old ones may be copied.
 *         The last four digits stay; where two finds overlap, none.
 * Costs   time in proportion to the length, whatever stands there (RED-25).
 */
function maskText(body, start, end, rule) {
    const finds = [];
    searchText(body, start, end, rule, (first, last, value) => finds.push({ start: first, end: last, lastFour: value % 10_000 }));
    if (finds.length === 0)
        return null;
    const merged = mergeOverlaps(finds);
    let length = end - start;
    for (const find of merged)
        length += MASK_BYTES - (find.end - find.start);
    const out = Buffer.allocUnsafe(length);
    let from = start;
    let to = 0;
    for (const find of merged) {
        to += body.copy(out, to, from, find.start);
        to = writeMask(out, to, find.lastFour);
        from = find.end;
    }
    body.copy(out, to, from, end);
    return out;
}
const MASK_BYTES = UNREADABLE.length;
const NO_DIGITS = -1;
function writeMask(out, at, lastFour) {
    for (let i = 0; i < MASK_BYTES; i++)
        out[at + i] = UNREADABLE.charCodeAt(i);
    for (let i = MASK_BYTES - 1, rest = lastFour; lastFour !== NO_DIGITS && i > MASK_BYTES - 5; i--, rest = Math.trunc(rest / 10))
        out[at + i] = 0x30 + (rest % 10);
    return at + MASK_BYTES;
}
/** Gives the mask that stands for a JSON number, or null where the number may be copied. `start` and `end` are its span. */
function maskNumber(body, start, end, rule) {
    for (const value of ssnsInNumber(body.toString('latin1', start, end)))
        if (rule.known.values.has(value))
            return maskSsnNumber(String(value));
    const masked = maskText(body, start, end, rule);
    if (masked === null)
        return null;
    const text = masked.toString('latin1');
    return MASKED.test(text) ? text : UNREADABLE;
}
function mergeOverlaps(finds) {
    if (finds.length === 1)
        return finds;
    finds.sort((a, b) => a.start - b.start || a.end - b.end);
    const merged = [];
    for (const find of finds) {
        const last = merged[merged.length - 1];
        if (last === undefined || find.start >= last.end)
            merged.push(find);
        else if (find.end <= last.end)
            continue;
        else
            merged[merged.length - 1] = find.start === last.start ? find : { start: last.start, end: find.end, lastFour: NO_DIGITS };
    }
    return merged;
}
// Searches run one at a time, to their end; the arrays are kept for the next.
const written = (0, number_stream_1.newCharacters)();
const unwrapped = (0, number_stream_1.newCharacters)();
const stream = (0, number_stream_1.newNumberStream)();
function searchText(body, start, end, rule, onFind) {
    if ((0, number_stream_1.readPlainNumbers)(body, start, end, stream))
        return searchNumbers({ codes: body, starts: null }, stream, rule, onFind);
    (0, number_stream_1.readCharacters)(body, start, end, written);
    (0, number_stream_1.readNumbers)(written, stream);
    searchNumbers(written, stream, rule, onFind);
    if (!written.hasLayers)
        return;
    // Every reading counts: in "50%219-09-9987" the percent sign encodes nothing, and an attribute of a tag is text too.
    let count = written.count;
    for (const dropsTags of [false, true]) {
        (0, number_stream_1.unwrapCharacters)(written, unwrapped, dropsTags);
        // What was wrapped takes more characters than what was in it.
        if (unwrapped.count === count)
            continue;
        count = unwrapped.count;
        (0, number_stream_1.readNumbers)(unwrapped, stream);
        searchNumbers(unwrapped, stream, rule, onFind);
    }
}
/**
 * A quick look at the bytes alone, for most texts hold dates and telephone numbers: false only where `maskText`, and with `usesPatterns`
 * `ssnsInText`, would find nothing. Takes the same span.
 */
function mayHoldSsn(body, start, end, ssns, usesPatterns) {
    const known = ssns.values;
    let value = 0;
    // Digits since the last letter, and the lengths of the last two runs of them.
    let chain = 0;
    let a = 0;
    let b = 0;
    for (let i = start;;) {
        let found;
        let met = 0;
        while (i < end && (found = number_stream_1.BYTE_CLASS[body[i]]) >= number_stream_1.BYTE_SEPARATOR) {
            met |= found;
            i++;
        }
        if ((met & UNCLEAR_BIT) !== 0)
            return true;
        if (i === end)
            return false;
        if ((met & LETTER_BIT) !== 0)
            chain = a = b = 0;
        let c = 0;
        for (; i < end && (found = number_stream_1.BYTE_CLASS[body[i]]) < number_stream_1.BYTE_SEPARATOR; i++) {
            c++;
            value = (value % 100_000_000) * 10 + found;
            if (++chain >= 9 && known.size > 0 && known.has(value))
                return true;
        }
        if (usesPatterns && (c === 9 || (c === 4 && b === 2 && a === 3)))
            return true;
        if (ssns.mayBeShort && (c === 7 || c === 8))
            return true;
        a = b;
        b = c;
    }
}
// Of BYTE_SEPARATOR 10, BYTE_LETTER 11 and BYTE_UNCLEAR 12.
const LETTER_BIT = 1;
const UNCLEAR_BIT = 4;
function searchNumbers(text, numbers, rule, onFind) {
    if (numbers.count < 7)
        return;
    if (rule.known.values.size > 0)
        searchKnown(text, numbers, rule.known, onFind);
    if (rule.usesPatterns)
        searchPatterns(text, numbers, rule, onFind);
}
function report(text, numbers, first, last, value, shape, onFind) {
    const from = numbers.places[first];
    const behind = numbers.places[last] + 1;
    if (text.starts === null)
        onFind(from, behind, value, shape);
    else
        onFind(text.starts[from], text.starts[behind], value, shape);
}
/** Every window of nine digits between which no letter stands. */
function searchKnown(text, numbers, known, onFind) {
    let value = 0;
    let length = 0;
    for (let i = 0; i < numbers.count; i++) {
        if (numbers.gaps[i] === number_stream_1.BROKEN) {
            value = 0;
            length = 0;
        }
        value = (value % 100_000_000) * 10 + numbers.digits[i];
        if (++length >= 9 && known.values.has(value))
            report(text, numbers, i - 8, i, value, 'known', onFind);
    }
    if (known.mayBeShort)
        searchShort(text, numbers, known, onFind);
}
/** Seven or eight digits in a row that stand alone: a known SSN that lost its leading zeros. */
function searchShort(text, numbers, known, onFind) {
    for (let first = 0; first < numbers.count;) {
        const next = endOfRun(numbers, first);
        const length = next - first;
        if ((length === 7 || length === 8) && numbers.digits[first] !== 0) {
            const value = valueOf(numbers, first, next);
            if (known.values.has(value))
                report(text, numbers, first, next - 1, value, 'known', onFind);
        }
        first = next;
    }
}
/** Nine digits in a row, and 3-2-4 with separators: whole runs of digits, so that a longer number is not cut. */
function searchPatterns(text, numbers, rule, onFind) {
    // Starts and lengths of the last three runs.
    let b = 0;
    let c = 0;
    let lengthA = 0;
    let lengthB = 0;
    for (let next = 0; next < numbers.count;) {
        const a = b;
        b = c;
        c = next;
        next = endOfRun(numbers, c);
        const length = next - c;
        if (length === 9) {
            const value = valueOf(numbers, c, next);
            if (!rule.isIdentifier(value) && !isInUuid(text, numbers.places[c]))
                report(text, numbers, c, next - 1, value, 'run', onFind);
        }
        else if (length === 4 &&
            lengthB === 2 &&
            lengthA === 3 &&
            isGroup(numbers, b) &&
            isGroup(numbers, c) &&
            !isMoney(text, numbers, a, b, c)) {
            report(text, numbers, a, next - 1, valueOf(numbers, a, next), 'grouped', onFind);
        }
        lengthA = lengthB;
        lengthB = length;
    }
}
function endOfRun(numbers, first) {
    let next = first + 1;
    while (next < numbers.count && numbers.gaps[next] === number_stream_1.ADJACENT)
        next++;
    return next;
}
function valueOf(numbers, first, end) {
    let value = 0;
    for (let i = first; i < end; i++)
        value = value * 10 + numbers.digits[i];
    return value;
}
const WIDEST_GAP = 12;
const isGroup = (numbers, digit) => numbers.gaps[digit] === number_stream_1.SEPARATED && numbers.widths[digit] <= WIDEST_GAP;
/** `$350.00 2024`: an amount with cents, and a number that stands apart from it. */
function isMoney(text, numbers, a, b, c) {
    const { codes } = text;
    const before = numbers.places[a] - 1;
    const sign = codes[before] === 0x20 ? before - 1 : before;
    if (sign < 0 || !/\p{Sc}/u.test(String.fromCodePoint(codes[sign])))
        return false;
    const isPoint = numbers.widths[b] === 1 && codes[numbers.places[b] - 1] === 0x2e;
    const gap = codes[numbers.places[c] - 1];
    return isPoint && gap === 0x20;
}
/** Whether the character at `place` is part of a UUID: 36 hex digits and hyphens, in 8-4-4-4-12. */
function isInUuid(text, place) {
    let first = place;
    let last = place;
    while (first > 0 && place - first < 37 && isUuidCharacter(text.codes[first - 1]))
        first--;
    while (last - first < 37 && isUuidCharacter(text.codes[last + 1]))
        last++;
    if (last - first !== 35)
        return false;
    let token = '';
    for (let i = first; i <= last; i++)
        token += String.fromCharCode(text.codes[i]);
    return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(token);
}
const isUuidCharacter = (code) => code === 0x2d || (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
