"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createPolicyInForce = createPolicyInForce;
const answer_memory_1 = require("./answer-memory");
/** Decisions remembered before all are dropped; a decision is about 1 KiB. */
const MOST_DECISIONS = 100_000;
function createPolicyInForce(parts, version, onFault) {
    const { system, engine, memory, workgroups } = parts;
    let remembered = new WeakMap();
    let count = 0;
    const decideAnew = ({ route, keys, grant, actorKeys }) => {
        const own = keys.map((key) => memory.answer(key, route.action));
        const actor = actorKeys?.map((key) => memory.answer(key, route.action)) ?? null;
        return compose(system, route, keys, own, grant, actor, version);
    };
    return {
        system,
        version,
        workgroups,
        mayEver: (workgroup, action) => engine.mayEver(workgroup, action),
        decide(question) {
            try {
                const { route, keys, grant } = question;
                // A route of another version may number its sections otherwise.
                if (system.routes[route.index] !== route)
                    throw new Error('the route is not of this policy');
                if (keys.length !== 1 || question.actorKeys !== null)
                    return decideAnew(question);
                const slot = placeOf(remembered, grant, route, keys[0]);
                const known = slot.get(keys[0].conditions);
                if (known !== undefined)
                    return known;
                const decision = decideAnew(question);
                if ((count += 1) > MOST_DECISIONS)
                    [remembered, count] = [new WeakMap(), 0];
                else
                    slot.set(keys[0].conditions, decision);
                return decision;
            }
            catch (cause) {
                onFault(cause);
                return refusal(system, question, version);
            }
        },
    };
}
function placeOf(remembered, grant, route, key) {
    let byRoute = remembered.get(grant);
    if (byRoute === undefined)
        remembered.set(grant, (byRoute = new Map()));
    const byEnvironment = (0, answer_memory_1.ensure)(byRoute, route, (makeMap));
    const byApplication = (0, answer_memory_1.ensure)(byEnvironment, key.environment, (makeMap));
    const byWorkgroup = (0, answer_memory_1.ensure)(byApplication, key.application, (makeMap));
    const byPrivacy = (0, answer_memory_1.ensure)(byWorkgroup, key.workgroup, makePrivacy);
    return (0, answer_memory_1.ensure)(key.isPrivate === false ? byPrivacy.open : byPrivacy.private, key.relations, (makeMap));
}
const makeMap = () => new Map();
const makePrivacy = () => ({ open: new Map(), private: new Map() });
function compose(system, route, keys, own, grant, actor, version) {
    const granted = system.sections.map(() => false);
    const ruleLines = system.sections.map(() => 0);
    const withheld = system.sections.map(() => null);
    for (const section of route.sections) {
        const why = whyWithheld(section, system.sections[section] ?? '', route.action, own, grant, system.name, actor);
        withheld[section] = why;
        granted[section] = why === null;
        ruleLines[section] = why === null ? (own.find((answer) => answer.allowed[section])?.lines[section] ?? 0) : 0;
    }
    const reasons = [...new Set(withheld.filter((why) => why !== null))];
    const disclosure = disclosureOf(system, route, granted);
    if (disclosure === 'full')
        reasons.unshift('granted');
    if (disclosure === 'none')
        reasons.push('no-section-granted');
    return freeze(system, disclosure, granted, ruleLines, withheld, reasons, keys, version);
}
/** null: shown. Otherwise what stands in the way, the caller's own rights first. */
function whyWithheld(section, name, action, own, grant, system, actor) {
    if (!joins(own, section))
        return own.some((answer) => answer.denied[section]) ? 'denied-by-rule' : mostExact(own, section);
    if (grant.system !== system || !carries(grant.actions, action) || !carries(grant.sections, name))
        return 'application-narrows';
    if (actor !== null && !joins(actor, section))
        return 'actor-narrows';
    return null;
}
const joins = (answers, section) => answers.some((answer) => answer.allowed[section] === true) && !answers.some((answer) => answer.denied[section] !== false);
const carries = (words, word) => words.includes('*') || words.includes(word);
/** From the nearest to being shown to the farthest. */
const EXACTNESS = ['no-private-privilege', 'private-record', 'out-of-scope'];
const mostExact = (answers, section) => EXACTNESS.find((reason) => answers.some((answer) => answer.why[section] === reason)) ?? 'not-granted';
function disclosureOf(system, route, granted) {
    const shown = route.sections.filter((section) => granted[section]);
    if (shown.length === 0)
        return 'none';
    if (shown.length === route.sections.length)
        return 'full';
    return shown.length === 1 && shown[0] === system.basicSection ? 'basic' : 'partial';
}
function refusal(system, question, version) {
    const none = system.sections.map(() => false);
    const withheld = system.sections.map((_, i) => (question.route.sections.includes(i) ? 'engine-error' : null));
    return freeze(system, 'none', none, system.sections.map(() => 0), withheld, ['engine-error'], question.keys, version);
}
function freeze(system, disclosure, granted, ruleLines, withheld, reasons, keys, policyVersion) {
    if (granted.length !== system.sections.length)
        throw new Error('a decision runs over all sections');
    const [first = 'engine-error', ...rest] = reasons;
    return Object.freeze({
        disclosure,
        granted: Object.freeze(granted),
        ruleLines: Object.freeze(ruleLines),
        withheld: Object.freeze(withheld),
        reasons: Object.freeze([first, ...rest]),
        keys: Object.freeze(keys.map((key) => Object.freeze({ ...key }))),
        policyVersion,
    });
}
