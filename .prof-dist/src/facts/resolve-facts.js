"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.resolveFacts = resolveFacts;
/**
 * Settles what is known of one record from all the sources that record.yaml names.
 *
 * Takes   readings by fact number, as the case system's body says them; null before the body was fetched.
 *         row: the record in the registry; undefined where it has none.
 * Gives   privacy: private if any source says so, or if one that must speak is silent, or if none says open.
 *         codes: those on which all sources that speak agree. A fact that must be spoken and is not hides the record.
 * Fails   never.
 * Source  design.md, One request; WF1-01, WF1-06, WF1-08.
 */
function resolveFacts(system, readings, row) {
    let isPrivate = false;
    const codes = [];
    for (const [number, rule] of system.facts.entries()) {
        const reading = readings === null ? null : (readings[number] ?? []);
        if (rule.kind === 'flag') {
            if (!saysOpen(rule, reading, row))
                isPrivate = true;
            codes.push([]);
            continue;
        }
        const agreed = agreedCodes(rule, reading, row);
        if (agreed === null)
            return { known: false, why: 'facts-missing' };
        codes.push(agreed);
    }
    if (!system.facts.some((rule) => rule.kind === 'flag'))
        isPrivate = true;
    return { known: true, isPrivate, codes };
}
/** Open only if at least one source says open, none says private, and none that must speak is silent. */
function saysOpen(rule, reading, row) {
    const words = [];
    if (rule.body !== 'none' && reading !== null) {
        const word = bodyWord(rule, reading);
        if (word === 'silent' && rule.body === 'must-speak')
            return false;
        words.push(word);
    }
    if (rule.registry !== 'none') {
        const word = row === undefined || row.isPrivate === null ? 'silent' : row.isPrivate ? 'private' : 'open';
        if (word === 'silent' && rule.registry === 'must-speak')
            return false;
        words.push(word);
    }
    return words.includes('open') && !words.includes('private');
}
function bodyWord(rule, reading) {
    let word = 'silent';
    for (const scalar of reading) {
        if (scalar === null)
            continue;
        // A word that record.yaml does not list as open closes the record: a new spelling must not open it.
        if (!rule.openWords.includes(String(scalar)))
            return 'private';
        word = 'open';
    }
    return word;
}
/** null: a source that must speak is silent. */
function agreedCodes(rule, reading, row) {
    const fromBody = rule.body === 'none' || reading === null ? undefined : spoken(reading);
    const fromRegistry = rule.registry === 'none' ? undefined : spoken(row?.codes[rule.name] ?? []);
    if (fromBody?.length === 0 && rule.body === 'must-speak')
        return null;
    if (fromRegistry?.length === 0 && rule.registry === 'must-speak')
        return null;
    if (fromBody === undefined || fromBody.length === 0)
        return fromRegistry ?? [];
    if (fromRegistry === undefined || fromRegistry.length === 0)
        return fromBody;
    return fromBody.filter((code) => fromRegistry.includes(code));
}
/** A blank code is no code: two blanks must never meet as equals (C01, WF1 traps). */
function spoken(reading) {
    return reading.filter((scalar) => typeof scalar === 'string' && scalar.trim() !== '');
}
