"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.CODE = exports.NAMESPACE = exports.SYSTEM = exports.RECORD_ID = exports.ID = void 0;
exports.oddText = oddText;
exports.lookOf = lookOf;
/** An id of ours: ASCII, without a namespace. Source: design.md, The decision key. */
exports.ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;
exports.RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
exports.SYSTEM = /^[a-z0-9][a-z0-9-]{0,62}$/;
exports.NAMESPACE = /^(?:user|group|org):/i;
/** Codes of agencies, counties, workgroups and the like. A semicolon divides them in a cell, so none can hold one. */
exports.CODE = /^[A-Za-z0-9](?:[A-Za-z0-9 ._/-]{0,62}[A-Za-z0-9])?$/;
/**
 * Text of somebody else's making (subjects, client ids, staff ids), kept byte for byte.
 * Gives   what is wrong with it, in words; null for printable text of 1 to 255 characters whose NFC form is itself.
 */
function oddText(text) {
    if (text.length === 0 || text.length > 255)
        return 'must have 1 to 255 characters';
    if (/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(text))
        return 'holds a character that cannot be seen';
    if (/[^\S ]|^ | $/u.test(text))
        return 'holds a space that cannot be told from another, or begins or ends with one';
    if (text.normalize('NFC') !== text)
        return 'is not in Unicode normal form C';
    return null;
}
/**
 * Text as it looks: wide letters narrow, case, accents, spaces and what cannot be seen left out.
 * Two ids with one look are two people to a program and one to whoever reads the log (TOK-16).
 */
function lookOf(text) {
    const bare = text
        .normalize('NFKD')
        .replace(/[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, '')
        .toLowerCase();
    // One character can become eighteen; the column holds 255.
    return bare.length <= 255 ? bare : [...bare].slice(0, 255).join('');
}
