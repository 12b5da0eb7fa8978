"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createCarry = createCarry;
const errors_1 = require("../vocabulary/errors");
const scribe_1 = require("./scribe");
/** How often a request is decided anew because what decided it changed before its entry was durable. */
const MOST_ATTEMPTS = 5;
/**
 * Carries one request: identify, permit, facts, decide, fetch, re-check, shape, record.
 *
 * Gives   a shaped reply and the receipt of its durable entry; a refusal or a fault comes the same way.
 * Fails   never: whatever is thrown below becomes a recorded problem document; where the log itself
 *         fails, 503 audit-unavailable with nothing of the record.
 * Source  design.md, One request.
 */
function createCarry(steps) {
    const scribe = (0, scribe_1.createScribe)(steps);
    return async function carry(ask) {
        let token;
        try {
            token = await identify(steps, ask);
            const limited = await steps.limitCaller(`${token.issuer}\n${token.subject}`);
            if (limited.limited) {
                return await scribe.refuseEarly((0, scribe_1.earlyAskOf)(ask), {
                    code: 'rate-limited',
                    reason: 'rate-limited',
                    retryAfterSeconds: limited.retryAfterSeconds,
                    token,
                });
            }
            return await answer(steps, scribe, ask, token);
        }
        catch (error) {
            return await scribe.giveProblem(ask, token, error);
        }
    };
}
async function identify(steps, ask) {
    if (ask.bearer === undefined)
        throw new errors_1.GatewayError('token-missing', 'no bearer token');
    return steps.rememberedToken(ask.bearer) ?? (await steps.verifyToken(ask.bearer));
}
/** Decides, fetches at most once, shapes and records; decided anew where something changed meanwhile. */
async function answer(steps, scribe, ask, token) {
    const once = { fetched: null };
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        const since = steps.versions();
        const given = await attemptOnce(steps, scribe, ask, token, once).catch((error) => {
            // Whoever was let in a moment ago is not refused by what was known before: a refusal is a decision, and holds as long as one.
            if (!isRefusal(error) || attempt === MOST_ATTEMPTS)
                throw error;
            return scribe.giveRefusal(ask, token, error, () => steps.hasMoved(since));
        });
        if (given !== 'stale')
            return given;
        await steps.settle();
    }
    throw new errors_1.GatewayError('decision-unsettled', `still changing after ${MOST_ATTEMPTS} attempts`, {
        reason: 'stale-decision',
        retryAfterSeconds: 1,
    });
}
async function attemptOnce(steps, scribe, ask, token, once) {
    let now = standNow(steps, ask, token);
    if (once.fetched === null && mayFetch(steps, ask, now)) {
        once.fetched = await fetchOnce(steps, ask, now.caller);
        // Minutes can pass in a slow case system: who asks is looked up again before anything is decided on the body.
        now = standNow(steps, ask, token);
    }
    const verdict = judge(steps, ask, now, once.fetched);
    const shaped = shape(steps, ask, verdict);
    const told = { ...now, verdict, shaped, upstream: once.fetched === null ? null : once.fetched.told };
    const receipt = await scribe.record(ask, told, () => steps.isTouched(now.versions, now.caller, ask));
    return receipt === 'stale' ? 'stale' : { reply: shaped, receipt };
}
const isRefusal = (error) => error instanceof errors_1.GatewayError && errors_1.ERROR_TABLE[error.code].status < 500 && !(0, scribe_1.isBeforeACaller)(error);
function standNow(steps, ask, token) {
    const versions = steps.versions();
    const policy = steps.policy(ask.system);
    if (policy === undefined)
        throw new errors_1.GatewayError('policy-unavailable', `no policy in force for ${ask.system}`);
    const route = policy.system === ask.caseSystem ? ask.route : policy.system.routes.find((one) => one.name === ask.route.name);
    if (route === undefined)
        throw new errors_1.GatewayError('route-unknown', 'the route left with a policy change');
    const atMs = steps.nowMs();
    const caller = steps.recognise(token, {
        system: ask.system,
        environment: ask.environment,
        atMs,
        mostMemberships: policy.system.mostMemberships,
    });
    return { caller, policy, route, grant: permit(policy, route, caller), versions, atMs };
}
/** What the account alone settles: nothing is sent to the case system then. */
function permit(policy, route, caller) {
    const grant = caller.application.grants.find((one) => one.system === policy.system.name && (one.actions.includes('*') || one.actions.includes(route.action)));
    if (grant === undefined)
        throw new errors_1.GatewayError('application-not-registered', 'no grant for this system and action', { reason: 'application-narrows' });
    const may = (memberships) => memberships.some((one) => policy.mayEver(one.workgroup, route.action));
    if (!may(caller.memberships))
        throw new errors_1.GatewayError('action-not-permitted', 'no row could ever allow it', { reason: 'not-granted' });
    if (caller.actor !== null && !may(caller.actor.memberships)) {
        throw new errors_1.GatewayError('action-not-permitted', 'no row could ever allow it to the actor', { reason: 'actor-narrows' });
    }
    return grant;
}
/** Where all facts stand in the registry the decision falls before the fetch, so hidden and unknown records cost the same. */
function mayFetch(steps, ask, now) {
    if (!now.policy.system.identifier.test(ask.recordId))
        return false;
    if (now.route.factsFrom === 'body')
        return true;
    return judgeByRegistry(steps, ask, now).decision !== null;
}
async function fetchOnce(steps, ask, caller) {
    if (steps.isLogDown())
        throw new errors_1.GatewayError('audit-unavailable', 'the log is down: the case system is not asked');
    const reply = await steps.fetchRecord(ask, caller);
    return { reply, told: { outcome: reply.status === 404 ? 'not-found' : 'answered', durationMs: reply.durationMs } };
}
/** Hidden, or what may be shown of it. */
function judge(steps, ask, now, fetched) {
    if (fetched === null) {
        if (now.route.factsFrom === 'body')
            return { hidden: true, why: 'record-unknown', known: false, decision: null };
        const byRegistry = judgeByRegistry(steps, ask, now);
        return { hidden: true, why: byRegistry.why, known: byRegistry.known, decision: byRegistry.denied };
    }
    if (fetched.reply.status === 404)
        return { hidden: true, why: 'record-unknown', known: false, decision: null };
    const read = steps.readReply(now.policy.system, now.route, fetched.reply, ask.recordId);
    const facts = steps.resolveFacts(now.policy.system, read.facts, steps.findInRegistry(ask.system, ask.environment, ask.recordId));
    if (!facts.known)
        return { hidden: true, why: facts.why, known: true, decision: null };
    const decision = decideOn(steps, now, facts);
    return decision.disclosure === 'none'
        ? { hidden: true, why: decision.reasons[0], known: true, decision }
        : { hidden: false, read, decision };
}
function judgeByRegistry(steps, ask, now) {
    const row = steps.findInRegistry(ask.system, ask.environment, ask.recordId);
    if (row === undefined)
        return { decision: null, denied: null, why: 'record-unknown', known: false };
    const facts = steps.resolveFacts(now.policy.system, null, row);
    if (!facts.known)
        return { decision: null, denied: null, why: facts.why, known: true };
    const decision = decideOn(steps, now, facts);
    const denied = decision.disclosure === 'none' ? decision : null;
    return { decision: denied === null ? decision : null, denied, why: decision.reasons[0], known: true };
}
function decideOn(steps, now, facts) {
    const keyOf = (membership) => steps.relate({
        system: now.policy.system,
        membership,
        facts,
        applicationClass: now.caller.application.applicationClass,
        atMs: now.atMs,
    });
    const [first, ...others] = now.caller.memberships;
    return now.policy.decide({
        route: now.route,
        keys: [keyOf(first), ...others.map(keyOf)],
        grant: now.grant,
        actorKeys: now.caller.actor === null ? null : now.caller.actor.memberships.map(keyOf),
    });
}
function shape(steps, ask, verdict) {
    if (verdict.hidden)
        return steps.shapeProblem('record-hidden', ask.accessId);
    return steps.shapeRecord(verdict.read, verdict.decision, ask.accessId);
}
