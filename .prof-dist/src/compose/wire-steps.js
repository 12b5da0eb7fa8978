"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.wireSteps = wireSteps;
const node_crypto_1 = require("node:crypto");
const access_receipt_1 = require("../audit/access-receipt");
const network_key_1 = require("../edge/network-key");
const relate_1 = require("../facts/relate");
const resolve_facts_1 = require("../facts/resolve-facts");
const name_who_1 = require("../identify/name-who");
const recogniser_1 = require("../identify/recogniser");
const compile_projection_1 = require("../shape/compile-projection");
const read_reply_1 = require("../shape/read-reply");
const shape_problem_1 = require("../shape/shape-problem");
const shape_record_1 = require("../shape/shape-record");
const errors_1 = require("../vocabulary/errors");
/** Joins the rooms into the steps of one request. */
function wireSteps(rooms) {
    const { clock, verifier, directory, registry, desk, log } = rooms;
    const recogniser = (0, recogniser_1.createRecogniser)({ mostRemembered: rooms.rememberedTokens });
    const projectionOf = projections();
    return {
        rememberedToken: (bearer) => verifier.remembered(bearer),
        verifyToken: (bearer) => verifier.verify(bearer),
        recognise: (token, wanted) => recogniser.recognise(token, wanted, directory),
        nameOf: (token, environment) => (0, name_who_1.nameRefused)(token, environment, directory),
        limitCaller: (key) => process.env.ABL?.includes('L') ? Promise.resolve({limited:false}) : rooms.callerLimiter.check(key),
        findInRegistry: (system, environment, recordId) => registry.find(system, environment, recordId),
        resolveFacts: resolve_facts_1.resolveFacts,
        relate: (about) => (0, relate_1.relate)({ ...about, supervision: directory }),
        policy: (system) => desk.current(system),
        fetchRecord: (ask, caller) => {
            const client = rooms.clients.get(ask.system);
            if (client === undefined)
                throw new errors_1.GatewayError('route-unknown', 'no case system of that name is configured');
            const { account, application, actor } = caller;
            return client.fetchRecord({
                route: ask.route,
                recordId: ask.recordId,
                accessId: ask.accessId,
                bearer: ask.bearer,
                traceparent: ask.traceparent,
                assertionOf: {
                    account: account.id,
                    organization: account.organization,
                    application: application.id,
                    actor: actor?.account.id ?? null,
                },
            });
        },
        readReply: (system, route, reply, askedId) => (0, read_reply_1.readReply)(projectionOf(system), route, reply, askedId),
        shapeRecord: shape_record_1.shapeRecord,
        shapeProblem: shape_problem_1.shapeProblem,
        isLogDown: () => log.state().isDown,
        versions: () => ({ directory: directory.version, registry: registry.version, policy: desk.version }),
        isTouched: (since, { account, application, actor }, { system, environment, recordId }) => {
            if (desk.version !== since.policy || rooms.committed.isAhead())
                return true;
            if (directory.version === since.directory && registry.version === since.registry)
                return false;
            const keys = [`account:${account.id}`, `organization:${account.organization}`, `application:${application.id}`];
            if (actor !== null)
                keys.push(`account:${actor.account.id}`, `organization:${actor.account.organization}`);
            return (directory.changedSince(since.directory, keys) ||
                registry.changedSince(since.registry, registry.recordKey(system, environment, recordId)));
        },
        hasMoved: (since) => desk.version !== since.policy ||
            rooms.committed.isAhead() ||
            directory.version !== since.directory ||
            registry.version !== since.registry,
        settle: () => rooms.committed.settle(),
        // The key stands outside the store: a digest in the log cannot be guessed by trying record numbers (INF-16).
        digestOf: (system, recordId) => (0, node_crypto_1.createHmac)('sha256', rooms.digestKey)
            .update(JSON.stringify([system, recordId]))
            .digest('hex'),
        append: (entry, bind) => process.env.ABL?.includes('A') ? Promise.resolve(access_receipt_1.issueReceipt(entry.accessId, bind.replyDigest)) : log.append(entry, bind),
        appendEarly: (entry, bind) => log.appendEarly(entry, bind),
        unlogged: (accessId, digest) => access_receipt_1.AccessReceipt.unlogged(accessId, digest),
        sourceKey: network_key_1.networkKey,
        nowMs: clock,
        observe: (event) => process.env.ABL?.includes('M') ? undefined : observe(rooms, event),
    };
}
/** A projection is compiled once for each version of record.yaml. */
function projections() {
    const known = new WeakMap();
    return (system) => {
        let projection = known.get(system);
        if (projection === undefined)
            known.set(system, (projection = (0, compile_projection_1.compileProjection)(system)));
        return projection;
    };
}
function observe({ metrics, operations }, event) {
    switch (event.event) {
        case 'answered':
            return metrics.answered(event);
        case 'refused-early':
            return metrics.refusedEarly(event);
        case 'fault':
            metrics.fault(event.code);
            return operations.error('request-fault', {
                accessId: event.accessId,
                code: event.code,
                message: event.message,
                cause: nameOfCause(event.cause),
            });
    }
}
/** An error's class and code; its text may hold a value of somebody's record. */
function nameOfCause(cause) {
    if (!(cause instanceof Error))
        return typeof cause;
    const { code } = cause;
    return typeof code === 'string' ? `${cause.name} ${code}` : cause.name;
}
