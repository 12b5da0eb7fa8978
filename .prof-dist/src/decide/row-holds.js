"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.makeHolds = makeHolds;
/**
 * Makes the one function that does all matching (C24).
 *
 * Takes   the request's workgroup (with `group:`), relation mask, privacy, condition mask, section, action; then the row's words.
 * Gives   true only if every word of the row is met: `*` is any; relation `*` also meets the empty set, `none` only that;
 *         all `when` words must hold. false for undefined, null, '' or a value of another type (C01, C14).
 * Fails   throws where a row speaks a word that the system does not have: a deny row must not be lost in silence (C17).
 */
function makeHolds(system) {
    const relationBits = new Map(system.relations.map((test, i) => [test.word, 1 << i]));
    const conditionBits = new Map(system.conditions.map((test, i) => [test.word, 1 << i]));
    const whenMasks = new Map([['always', 0]]);
    const whenMask = (when) => {
        let mask = whenMasks.get(when);
        if (mask === undefined) {
            mask = 0;
            for (const word of when.split(' & '))
                mask |= bitOf(conditionBits, word);
            whenMasks.set(when, mask);
        }
        return mask;
    };
    return (...words) => {
        const [workgroup, relations, privacy, conditions, section, action, rowWorkgroup, rowRelation, rowPrivacy, rowWhen, rowSection, rowAction,] = words;
        if (words.length !== 12 || !isMask(relations) || !isMask(conditions))
            return false;
        if (!isWord(rowRelation) || !isWord(rowWhen))
            return false;
        if (!meets(workgroup, rowWorkgroup) || !meets(privacy, rowPrivacy) || !meets(section, rowSection) || !meets(action, rowAction))
            return false;
        const isRelated = rowRelation === '*' || (rowRelation === 'none' ? relations === 0 : (relations & bitOf(relationBits, rowRelation)) !== 0);
        const needed = whenMask(rowWhen);
        return isRelated && (conditions & needed) === needed;
    };
}
const isWord = (word) => typeof word === 'string' && word !== '';
const isMask = (mask) => typeof mask === 'number' && Number.isInteger(mask) && mask >= 0 && mask < 2 ** 30;
// The request's own `*` is no wildcard: a workgroup of that name meets no row but the one that says any.
const meets = (asked, row) => isWord(asked) && isWord(row) && asked !== '*' && (row === '*' || row === asked);
function bitOf(bits, word) {
    const bit = bits.get(word);
    if (bit === undefined)
        throw new Error(`a row speaks the unknown word ${word}`);
    return bit;
}
