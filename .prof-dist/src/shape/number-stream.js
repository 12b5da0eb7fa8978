"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.BYTE_CLASS = exports.BYTE_UNCLEAR = exports.BYTE_LETTER = exports.BYTE_SEPARATOR = exports.newNumberStream = exports.newCharacters = exports.BROKEN = exports.SEPARATED = exports.ADJACENT = void 0;
exports.readCharacters = readCharacters;
exports.unwrapCharacters = unwrapCharacters;
exports.readNumbers = readNumbers;
exports.readPlainNumbers = readPlainNumbers;
const character_class_1 = require("./character-class");
const scan_record_1 = require("./scan-record");
exports.ADJACENT = 0;
exports.SEPARATED = 1;
exports.BROKEN = 2;
const BACKSLASH = 0x5c;
const newCharacters = () => ({ codes: new Int32Array(1025), starts: new Int32Array(1025), count: 0, hasLayers: false });
exports.newCharacters = newCharacters;
const newNumberStream = () => ({
    digits: new Uint8Array(1024),
    places: new Int32Array(1024),
    gaps: new Uint8Array(1024),
    widths: new Uint8Array(1024),
    count: 0,
});
exports.newNumberStream = newNumberStream;
/** Reads the inside of a JSON string that the scan has accepted, from `start` to before `end`. */
function readCharacters(body, start, end, into) {
    if (into.codes.length <= end - start) {
        into.codes = new Int32Array((end - start) * 2);
        into.starts = new Int32Array((end - start) * 2);
    }
    const { codes, starts } = into;
    let count = 0;
    let hasLayers = false;
    let at = start;
    while (at < end) {
        const byte = body[at];
        starts[count] = at;
        let code = byte;
        if (byte >= 0x80) {
            const more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
            code = byte & (0x3f >> more);
            for (let i = 1; i <= more; i++)
                code = (code << 6) | (body[at + i] & 0x3f);
            at += more + 1;
        }
        else if (byte === BACKSLASH) {
            code = unescapeAt(body, at);
            at += body[at + 1] !== 0x75 ? 2 : code > 0xffff ? 12 : 6;
            hasLayers ||= isLayer(code);
        }
        else {
            hasLayers ||= isLayer(byte);
            at++;
        }
        codes[count++] = code;
    }
    starts[count] = end;
    codes[count] = 0;
    into.count = count;
    into.hasLayers = hasLayers;
}
const isLayer = (code) => code === 0x25 || code === 0x26 || code === 0x3c || code === BACKSLASH;
const ESCAPED = new Map([
    [0x62, 0x08],
    [0x66, 0x0c],
    [0x6e, 0x0a],
    [0x72, 0x0d],
    [0x74, 0x09],
]);
function unescapeAt(body, at) {
    const letter = body[at + 1];
    if (letter !== 0x75)
        return ESCAPED.get(letter) ?? letter;
    const unit = hex(body, at + 2, 4);
    return unit >= 0xd800 && unit < 0xdc00 ? 0x10000 + ((unit - 0xd800) << 10) + (hex(body, at + 8, 4) - 0xdc00) : unit;
}
/** Reads `length` hex digits; -1 where there are not so many. */
function hex(codes, at, length) {
    let value = 0;
    for (let i = at; i < at + length; i++) {
        const digit = (0, scan_record_1.hexDigit)(codes[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}
/**
 * Undoes what a text may have been wrapped in: JSON inside strings to any depth, percent-encoding, HTML entities, and with `dropsTags` HTML tags.
 * What cannot be undone stays as it is. One pass: a character of the result spans all that spelled it.
 */
function unwrapCharacters(from, into, dropsTags) {
    const { codes, starts, count } = from;
    if (into.codes.length <= count) {
        into.codes = new Int32Array(count * 2);
        into.starts = new Int32Array(count * 2);
    }
    let written = 0;
    let at = 0;
    while (at < count) {
        into.starts[written] = starts[at];
        wrapped.code = codes[at];
        wrapped.next = at + 1;
        if (isLayer(wrapped.code))
            unwrapAt(codes, at, count, dropsTags);
        into.codes[written++] = wrapped.code;
        at = wrapped.next;
    }
    into.starts[written] = starts[count];
    into.codes[written] = 0;
    into.count = written;
}
/** What `unwrapAt` found: a code, and where the next character stands. */
const wrapped = { code: 0, next: 0 };
const SPACE = 0x20;
function unwrapAt(codes, at, count, dropsTags) {
    // The arrays are longer than the text and hold old characters behind it.
    const first = codes[at];
    if (first === BACKSLASH)
        unwrapEscape(codes, at, count);
    else if (first === 0x25)
        unwrapPercent(codes, at, count);
    else if (first === 0x26)
        unwrapEntity(codes, at, count);
    else if (dropsTags)
        unwrapTag(codes, at, count);
}
function unwrapEscape(codes, at, count) {
    let i = at;
    while (i < count && codes[i] === BACKSLASH)
        i++;
    const letter = i < count ? codes[i] : 0;
    const size = letter === 0x75 ? 4 : letter === 0x78 ? 2 : 0;
    if (size > 0 && i + size < count) {
        const code = hex(codes, i + 1, size);
        if (code >= 0xd800 && code < 0xdc00)
            return unwrapSurrogates(codes, code, i + 5, count);
        if (code >= 0)
            return found(code, i + 1 + size);
    }
    // b f n r t
    const isWhite = letter === 0x62 || letter === 0x66 || letter === 0x6e || letter === 0x72 || letter === 0x74;
    found(SPACE, isWhite ? i + 1 : i);
}
/** The second half of a pair stands in an escape of its own. */
function unwrapSurrogates(codes, high, at, count) {
    let i = at;
    while (i < count && codes[i] === BACKSLASH)
        i++;
    const low = i > at && i + 4 < count && codes[i] === 0x75 ? hex(codes, i + 1, 4) : -1;
    if ((low & 0xfc00) !== 0xdc00)
        return found(high, at);
    found(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), i + 5);
}
function unwrapPercent(codes, at, count) {
    let i = at;
    const byteAt = (from) => (from + 2 < count && codes[from] === 0x25 ? hex(codes, from + 1, 2) : -1);
    let byte = byteAt(i);
    // %2532 is a percent sign that was encoded again.
    while (byte === 0x25 && i + 4 < count && hex(codes, i + 3, 2) >= 0) {
        i += 2;
        byte = hex(codes, i + 1, 2);
    }
    if (byte < 0)
        return;
    i += 3;
    if (byte < 0xc0)
        return found(byte, i);
    const more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    let code = byte & (0x3f >> more);
    for (let n = 0; n < more; n++) {
        const next = byteAt(i);
        if (next < 0 || (next & 0xc0) !== 0x80)
            return found(SPACE, i);
        code = (code << 6) | (next & 0x3f);
        i += 3;
    }
    found(code <= 0x10ffff ? code : SPACE, i);
}
function unwrapEntity(codes, at, count) {
    let i = at + 1;
    // &amp;#50; is an ampersand that was encoded again.
    while (i + 4 < count && codes[i] === 0x61 && codes[i + 1] === 0x6d && codes[i + 2] === 0x70 && codes[i + 3] === 0x3b)
        i += 4;
    if (codes[i] !== 0x23 || i + 1 >= count)
        return unwrapNamedEntity(codes, i, count);
    const isHex = (codes[i + 1] | 0x20) === 0x78;
    let code = 0;
    let n = isHex ? i + 2 : i + 1;
    const first = n;
    while (n < count && n < first + 12) {
        const digit = (0, scan_record_1.hexDigit)(codes[n]);
        if (digit < 0 || (!isHex && digit > 9))
            break;
        code = code * (isHex ? 16 : 10) + digit;
        n++;
    }
    if (n === first || code > 0x10ffff)
        return;
    found(code, codes[n] === 0x3b && n < count ? n + 1 : n);
}
/** &nbsp; &ndash; &shy; and all others: whatever they are, they are no digits. */
function unwrapNamedEntity(codes, from, count) {
    let i = from;
    while (i < count && i < from + 32 && isLetter(codes[i]))
        i++;
    if (i > from && i < count && codes[i] === 0x3b)
        found(SPACE, i + 1);
}
function unwrapTag(codes, at, count) {
    const next = at + 1 < count ? codes[at + 1] : 0;
    if (next !== 0x2f && !isLetter(next))
        return;
    for (let i = at + 2; i < count && i < at + 64; i++) {
        if (codes[i] === 0x3e)
            return found(SPACE, i + 1);
        if (codes[i] === 0x3c)
            return;
    }
}
const isLetter = (code) => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
function found(code, next) {
    wrapped.code = code;
    wrapped.next = next;
}
/** Picks the digits out of a text. */
function readNumbers(from, into) {
    const { codes, count } = from;
    makeRoom(into, count);
    let gap = exports.BROKEN;
    let width = 0;
    let written = 0;
    for (let at = 0; at < count; at++) {
        const found = (0, character_class_1.characterClass)(codes[at]);
        if (found < 10) {
            into.digits[written] = found;
            into.places[written] = at;
            into.gaps[written] = gap;
            into.widths[written] = width;
            written++;
            gap = exports.ADJACENT;
            width = 0;
        }
        else if (found === character_class_1.OTHER) {
            gap = exports.BROKEN;
        }
        else if (found === character_class_1.SEPARATOR) {
            if (gap === exports.ADJACENT)
                gap = exports.SEPARATED;
            if (width < 255)
                width++;
        }
    }
    into.count = written;
}
/** As `readNumbers`, straight from the bytes of a JSON string; false where one of them may be more than it seems, then nothing is read. */
function readPlainNumbers(body, start, end, into) {
    makeRoom(into, end - start);
    let gap = exports.BROKEN;
    let width = 0;
    let written = 0;
    for (let at = start; at < end; at++) {
        const found = exports.BYTE_CLASS[body[at]];
        if (found === exports.BYTE_LETTER) {
            gap = exports.BROKEN;
        }
        else if (found < 10) {
            into.digits[written] = found;
            into.places[written] = at;
            into.gaps[written] = gap;
            into.widths[written] = width;
            written++;
            gap = exports.ADJACENT;
            width = 0;
        }
        else if (found === exports.BYTE_SEPARATOR) {
            if (gap === exports.ADJACENT)
                gap = exports.SEPARATED;
            if (width < 255)
                width++;
        }
        else {
            return false;
        }
    }
    into.count = written;
    return true;
}
exports.BYTE_SEPARATOR = 10;
exports.BYTE_LETTER = 11;
exports.BYTE_UNCLEAR = 12;
/** What a byte of a JSON string is by itself: a digit 0 to 9, a separator, a letter, or unclear: it may begin something longer. */
exports.BYTE_CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (byte < 0x20 || byte > 0x7e || isLayer(byte))
        return exports.BYTE_UNCLEAR;
    if (/[0-9]/.test(character))
        return Number(character);
    return /[A-Za-z]/.test(character) ? exports.BYTE_LETTER : exports.BYTE_SEPARATOR;
});
function makeRoom(stream, count) {
    if (stream.digits.length >= count)
        return;
    stream.digits = new Uint8Array(count * 2);
    stream.places = new Int32Array(count * 2);
    stream.gaps = new Uint8Array(count * 2);
    stream.widths = new Uint8Array(count * 2);
}
