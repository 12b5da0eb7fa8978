"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.earlyAskOf = exports.isBeforeACaller = void 0;
exports.createScribe = createScribe;
const errors_1 = require("../vocabulary/errors");
const reasons_1 = require("../vocabulary/reasons");
const PREFLIGHT = { status: 204, code: 'ok', reasons: [] };
/** Codes that are settled before a caller is known; they are tallied by source (GW-03). */
const BEFORE_A_CALLER = new Set([
    'token-missing',
    'token-invalid',
    'identity-unavailable',
    'account-unknown',
]);
/** True for what is tallied by source: such a refusal names no caller. */
const isBeforeACaller = (fault) => BEFORE_A_CALLER.has(fault.code);
exports.isBeforeACaller = isBeforeACaller;
/** Writes what happened into the log, and turns what was thrown into a recorded problem document. */
function createScribe(steps) {
    const record = async (ask, told, isStale) => {
        const receipt = await steps.append(accessEntry(steps, ask, told), { replyDigest: told.shaped.digest, isStale });
        if (receipt !== 'stale')
            observeAnswer(steps, ask, told);
        return receipt;
    };
    const refuseEarly = async (ask, why) => {
        steps.observe({ event: 'refused-early', code: why.code, reason: why.reason });
        const options = { retryAfterSeconds: why.retryAfterSeconds, headers: why.headers };
        const reply = steps.shapeProblem(why.code, ask.accessId, options);
        const sourceKey = why.token === undefined ? steps.sourceKey(ask.source.address) : `caller ${why.token.issuer} ${why.token.subject}`;
        try {
            return { reply, receipt: await steps.appendEarly(earlyEntry(steps, ask, why), { replyDigest: reply.digest, sourceKey }) };
        }
        catch (error) {
            return withoutLog(ask.accessId, error);
        }
    };
    const recordPreflight = async (ask, reply) => {
        const entry = {
            ...earlyEntry(steps, ask, { code: 'method-not-allowed', reason: 'granted' }),
            kind: 'preflight',
            outcome: PREFLIGHT,
        };
        try {
            return {
                reply,
                receipt: await steps.appendEarly(entry, { replyDigest: reply.digest, sourceKey: steps.sourceKey(ask.source.address) }),
            };
        }
        catch (error) {
            return withoutLog(ask.accessId, error);
        }
    };
    const giveProblem = async (ask, token, error) => {
        const fault = error instanceof errors_1.GatewayError ? error : new errors_1.GatewayError('internal-fault', 'unforeseen', { cause: error });
        if (fault.code === 'audit-unavailable')
            return withoutLog(ask.accessId, fault);
        if (token === undefined || (0, exports.isBeforeACaller)(fault)) {
            return refuseEarly((0, exports.earlyAskOf)(ask), { code: fault.code, reason: wordFor(fault), retryAfterSeconds: fault.options.retryAfterSeconds });
        }
        const given = await giveRefusal(ask, token, fault, () => false);
        return given === 'stale' ? withoutLog(ask.accessId, new errors_1.GatewayError('internal-fault', 'a problem cannot be stale')) : given;
    };
    const giveRefusal = async (ask, token, fault, isStale) => {
        if (errors_1.ERROR_TABLE[fault.code].status >= 500) {
            steps.observe({ event: 'fault', accessId: ask.accessId, code: fault.code, message: fault.message, cause: fault.cause });
        }
        const reply = steps.shapeProblem(fault.code, ask.accessId, {
            retryAfterSeconds: fault.options.retryAfterSeconds,
            details: fault.options.details,
        });
        try {
            const receipt = await steps.append(problemEntry(steps, ask, token, fault, wordFor(fault)), { replyDigest: reply.digest, isStale });
            return receipt === 'stale' ? 'stale' : { reply, receipt };
        }
        catch (failure) {
            return withoutLog(ask.accessId, failure);
        }
    };
    const withoutLog = (accessId, error) => {
        const message = error instanceof Error ? error.message : 'unforeseen';
        steps.observe({ event: 'fault', accessId, code: 'audit-unavailable', message, cause: error });
        const reply = steps.shapeProblem('audit-unavailable', accessId, { retryAfterSeconds: 5 });
        return { reply, receipt: steps.unlogged(accessId, reply.digest) };
    };
    return { record, refuseEarly, recordPreflight, giveProblem, giveRefusal };
}
const earlyAskOf = (ask) => ({
    accessId: ask.accessId,
    receivedAtMs: ask.receivedAtMs,
    source: ask.source,
    method: ask.method,
    system: ask.system,
    environment: ask.environment,
    route: ask.route.name,
});
exports.earlyAskOf = earlyAskOf;
function observeAnswer(steps, ask, { verdict, shaped }) {
    steps.observe({
        event: 'answered',
        system: ask.system,
        route: ask.route.name,
        code: verdict.hidden ? 'record-hidden' : 'ok',
        view: verdict.hidden ? 'none' : verdict.decision.disclosure,
        durationMs: steps.nowMs() - ask.receivedAtMs,
        unclassifiedFields: shaped.unclassifiedFields,
    });
}
function wordFor(fault) {
    const word = fault.options.reason ?? fault.code;
    return (0, reasons_1.isReason)(word) ? word : fault.code;
}
function accessEntry(steps, ask, told) {
    const { verdict, caller } = told;
    return {
        format: 1,
        accessId: ask.accessId,
        kind: 'access',
        at: new Date(told.atMs).toISOString(),
        source: ask.source,
        who: whoOf(caller),
        system: ask.system,
        environment: ask.environment,
        route: told.route.name,
        method: ask.method,
        action: told.route.action,
        records: [entryRecord(steps, ask, told)],
        outcome: verdict.hidden
            ? { status: told.shaped.status, code: 'record-hidden', reasons: [verdict.why] }
            : { status: told.shaped.status, code: 'ok', reasons: verdict.decision.reasons },
        upstream: told.upstream,
        policyVersion: told.policy.version,
        directoryVersion: caller.directoryVersion,
        registryVersion: told.versions.registry,
    };
}
function entryRecord(steps, ask, told) {
    const { verdict } = told;
    const named = verdict.hidden && !verdict.known ? { digest: steps.digestOf(ask.system, ask.recordId) } : { id: ask.recordId };
    const disclosure = verdict.hidden ? 'none' : verdict.decision.disclosure;
    const unclassifiedFields = told.shaped.unclassifiedFields;
    if (verdict.decision === null)
        return { ...named, disclosure, disclosed: {}, withheld: {}, keys: [], unclassifiedFields };
    return { ...named, disclosure, ...decisionWords(told.policy.system, verdict.decision), unclassifiedFields };
}
/** A remembered decision is one object: its words are spelled once. */
const SPELLED = new WeakMap();
function decisionWords(system, decision) {
    const known = SPELLED.get(decision);
    if (known !== undefined)
        return known;
    const disclosed = {};
    const withheld = {};
    for (const [number, name] of system.sections.entries()) {
        if (decision.granted[number] === true)
            disclosed[name] = decision.ruleLines[number] ?? 0;
        const why = decision.withheld[number];
        if (why !== null && why !== undefined)
            withheld[name] = why;
    }
    const wordsOf = (tests, mask) => tests.filter((_, bit) => (mask & (1 << bit)) !== 0).map((test) => test.word);
    const keys = decision.keys.map((key) => ({
        environment: key.environment,
        application: key.application,
        workgroup: key.workgroup,
        relations: wordsOf(system.relations, key.relations),
        privacy: key.isPrivate ? 'private' : 'open',
        when: wordsOf(system.conditions, key.conditions),
    }));
    const words = { disclosed: Object.freeze(disclosed), withheld: Object.freeze(withheld), keys: Object.freeze(keys) };
    SPELLED.set(decision, words);
    return words;
}
/** A caller is one object while nothing about them changes. What is frozen is spelled once by the log. */
const NAMED = new WeakMap();
function whoOf(caller) {
    const known = NAMED.get(caller);
    if (known !== undefined)
        return known;
    const who = Object.freeze({
        account: caller.account.id,
        person: caller.account.person,
        organization: caller.account.organization,
        issuer: caller.account.issuer,
        application: caller.application.id,
        actor: caller.actor === null ? null : caller.actor.account.id,
        memberships: caller.memberships.map((one) => one.id),
    });
    NAMED.set(caller, who);
    return who;
}
function problemEntry(steps, ask, token, fault, reason) {
    const versions = steps.versions();
    const upstream = fault.code.startsWith('upstream-')
        ? { outcome: fault.code, durationMs: Math.max(0, steps.nowMs() - ask.receivedAtMs) }
        : null;
    return {
        format: 1,
        accessId: ask.accessId,
        kind: 'access',
        at: new Date(steps.nowMs()).toISOString(),
        source: ask.source,
        who: steps.nameOf(token, ask.environment),
        system: ask.system,
        environment: ask.environment,
        route: ask.route.name,
        method: ask.method,
        action: ask.route.action,
        records: [
            {
                digest: steps.digestOf(ask.system, ask.recordId),
                disclosure: 'none',
                disclosed: {},
                withheld: {},
                keys: [],
                unclassifiedFields: 0,
            },
        ],
        outcome: outcomeOf(fault.code, reason),
        upstream,
        policyVersion: versions.policy,
        directoryVersion: versions.directory,
        registryVersion: versions.registry,
    };
}
function earlyEntry(steps, ask, why) {
    return {
        format: 1,
        accessId: ask.accessId,
        kind: 'refusal',
        at: new Date(steps.nowMs()).toISOString(),
        source: ask.source,
        who: why.token === undefined || ask.environment === null ? null : steps.nameOf(why.token, ask.environment),
        system: ask.system,
        environment: ask.environment,
        route: ask.route,
        method: ask.method,
        action: null,
        records: [],
        outcome: outcomeOf(why.code, why.reason),
        upstream: null,
        policyVersion: null,
        directoryVersion: null,
        registryVersion: null,
    };
}
const outcomeOf = (code, reason) => ({ status: errors_1.ERROR_TABLE[code].status, code, reasons: [reason] });
