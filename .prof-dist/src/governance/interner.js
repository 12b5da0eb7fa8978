"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createInterner = createInterner;
/**
 * Keeps one copy of equal values, told apart by a text, so that a million accounts share their few scopes and words.
 * Holds at most `most` of them: what comes later is kept as it is.
 */
function createInterner(most) {
    const kept = new Map();
    return (text, value) => {
        const known = kept.get(text);
        if (known !== undefined)
            return known;
        if (kept.size < most)
            kept.set(text, value);
        return value;
    };
}
