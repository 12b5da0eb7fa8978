"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AnswerMemory = void 0;
exports.ensure = ensure;
/** More keys than a directory can make in good faith; beyond it, questions are answered and not remembered. */
const MOST_KEYS = 100_000;
/**
 * One engine's answers, remembered under structured keys: words are never joined to strings, where `a$$b` and `c`
 * could meet `a` and `b$$c` (C20). It lives and dies with its engine, so no answer outlives its policy.
 */
class AnswerMemory {
    engine;
    answers = new Map();
    count = 0;
    constructor(engine) {
        this.engine = engine;
    }
    /** Throws where the engine does. */
    answer(key, action) {
        const known = this.answers
            .get(key.workgroup)
            ?.get(action)?.[key.isPrivate === false ? 'open' : 'private'].get(key.relations)
            ?.get(key.conditions);
        if (known !== undefined)
            return known;
        const answer = this.engine.ask(key, action);
        if (this.count < MOST_KEYS)
            this.remember(key, action, answer);
        return answer;
    }
    /** Every key remembered now, as a list of its own: safe to walk in slices. */
    keys() {
        const keys = [];
        for (const [workgroup, byAction] of this.answers) {
            for (const [action, byPrivacy] of byAction) {
                for (const isPrivate of [false, true]) {
                    for (const [relations, byConditions] of byPrivacy[isPrivate ? 'private' : 'open']) {
                        for (const conditions of byConditions.keys())
                            keys.push({ key: { workgroup, relations, isPrivate, conditions }, action });
                    }
                }
            }
        }
        return keys;
    }
    remember(key, action, answer) {
        const byAction = ensure(this.answers, key.workgroup, () => new Map());
        const byPrivacy = ensure(byAction, action, () => ({ open: new Map(), private: new Map() }));
        ensure(byPrivacy[key.isPrivate === false ? 'open' : 'private'], key.relations, () => new Map()).set(key.conditions, answer);
        this.count += 1;
    }
}
exports.AnswerMemory = AnswerMemory;
/** The value under a key, made first where there is none. */
function ensure(map, key, make) {
    let value = map.get(key);
    if (value === undefined) {
        value = make();
        map.set(key, value);
    }
    return value;
}
