"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readJson = readJson;
const MOST_DEPTH = 32;
/**
 * JSON that somebody sends us to act on.
 *
 * Takes   one JSON text. Refused: keys that stand twice in one object (two readers would see two things), the key `__proto__`,
 *         and nesting deeper than 32.
 * Gives   the value, or what is wrong, in words that hold nothing of the text.
 * Fails   never.
 */
function readJson(text) {
    if (depthOf(text) > MOST_DEPTH)
        return { problem: 'is nested too deeply' };
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        return { problem: 'is no JSON' };
    }
    // JSON.parse keeps the last of two equal keys: fewer keys than were written means that some stood twice.
    const keys = { count: 0, hasProto: false };
    countKeys(value, keys);
    if (keys.hasProto)
        return { problem: 'has a key that cannot be one' };
    return keys.count === writtenKeys(text) ? { value } : { problem: 'has a key that stands twice' };
}
function countKeys(value, keys) {
    if (typeof value !== 'object' || value === null)
        return;
    if (Array.isArray(value))
        return value.forEach((one) => countKeys(one, keys));
    for (const [key, one] of Object.entries(value)) {
        keys.count++;
        keys.hasProto ||= key === '__proto__';
        countKeys(one, keys);
    }
}
/** Colons outside strings; the text is known to be JSON. */
function writtenKeys(text) {
    let count = 0;
    eachOutsideStrings(text, (code) => {
        if (code === 0x3a)
            count++;
    });
    return count;
}
function depthOf(text) {
    let depth = 0;
    let deepest = 0;
    eachOutsideStrings(text, (code) => {
        if (code === 0x7b || code === 0x5b)
            deepest = Math.max(deepest, ++depth);
        else if (code === 0x7d || code === 0x5d)
            depth--;
    });
    return deepest;
}
function eachOutsideStrings(text, see) {
    let isInside = false;
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (isInside && code === 0x5c)
            i++;
        else if (code === 0x22)
            isInside = !isInside;
        else if (!isInside)
            see(code);
    }
}
