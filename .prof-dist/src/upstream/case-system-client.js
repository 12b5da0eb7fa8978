"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.UPSTREAM_LIMITS = void 0;
exports.createCaseSystemClient = createCaseSystemClient;
const undici_1 = require("undici");
const errors_1 = require("../vocabulary/errors");
const checked_address_1 = require("./checked-address");
const circuit_breaker_1 = require("./circuit-breaker");
const credential_1 = require("./credential");
const json_fetch_1 = require("./json-fetch");
const reply_reader_1 = require("./reply-reader");
const tls_material_1 = require("./tls-material");
const upstream_fault_1 = require("./upstream-fault");
const upstream_target_1 = require("./upstream-target");
const watched_files_1 = require("./watched-files");
exports.UPSTREAM_LIMITS = {
    deadlineMs: 5_000,
    connectMs: 2_000,
    connections: 64,
    mostCalls: 1_024,
    maxBodyBytes: 16 * 1024 * 1024,
    failuresToOpen: 5,
    openMs: 2_000,
    fileCheckMs: 5_000,
};
function createCaseSystemClient(settings) {
    const limits = { ...exports.UPSTREAM_LIMITS, ...settings.limits };
    const origin = (0, checked_address_1.checkedAddress)(`The origin of ${settings.name}`, settings.origin, settings.isPlainHttpAccepted);
    if (origin.pathname !== '/')
        throw new Error(`The origin of ${settings.name} must have no path; use basePath.`);
    const basePath = (0, upstream_target_1.checkedBasePath)(settings.basePath ?? '');
    const credential = (0, credential_1.createCredential)(settings.credential, {
        system: settings.name,
        timeoutMs: limits.deadlineMs,
        fileCheckMs: limits.fileCheckMs,
        isPlainHttpAccepted: settings.isPlainHttpAccepted ?? false,
        jsonFetch: settings.jsonFetch ?? (0, json_fetch_1.createJsonFetch)({ tls: { caFile: settings.tls?.caFile }, isPlainHttpAccepted: settings.isPlainHttpAccepted }),
        clock: settings.clock,
        log: settings.log,
    });
    const assertion = settings.assertion && { ...settings.assertion, header: (0, credential_1.checkedHeaderName)(settings.assertion.header) };
    if (assertion !== undefined && assertion.header === (0, credential_1.credentialHeader)(settings.credential)) {
        throw new Error(`Assertion and credential of ${settings.name} cannot stand in one header.`);
    }
    const breaker = (0, circuit_breaker_1.createCircuitBreaker)({ failuresToOpen: limits.failuresToOpen, openMs: limits.openMs, clock: settings.clock });
    const targets = new WeakMap();
    let pool = openPool(origin.origin, settings.tls, limits);
    let calls = 0;
    let isClosed = false;
    const watch = (0, watched_files_1.watchFiles)((0, tls_material_1.tlsFilePaths)(settings.tls), limits.fileCheckMs, () => {
        try {
            const old = pool;
            pool = openPool(origin.origin, settings.tls, limits);
            void old.close().catch(() => undefined);
            settings.log.info('upstream-certificates-reread', { system: settings.name });
        }
        catch {
            settings.log.error('upstream-certificates-unreadable', { system: settings.name });
        }
    });
    const targetOf = (route) => {
        let target = targets.get(route);
        if (target === undefined)
            targets.set(route, (target = (0, upstream_target_1.upstreamTarget)(route, basePath)));
        return target;
    };
    const done = () => {
        calls -= 1;
    };
    async function fetchRecord(call) {
        const startedMs = performance.now();
        if (isClosed)
            throw new errors_1.GatewayError('shutting-down', 'the client is closed');
        const target = targetOf(call.route);
        const path = target.pathOf(call.recordId);
        if (calls >= limits.mostCalls)
            throw busy('too many calls under way', 1);
        if (!breaker.admit())
            throw busy('it could not be reached a moment ago', breaker.retryAfterSeconds());
        calls += 1;
        let headers;
        let secret;
        try {
            const given = credential.header(call.bearer);
            secret = given instanceof Promise ? await given : given;
            headers = await headersFor(call, target, secret);
        }
        catch (error) {
            breaker.released();
            calls -= 1;
            throw error;
        }
        const reader = new reply_reader_1.ReplyReader({
            maxBytes: Math.min(call.route.maxBodyBytes, limits.maxBodyBytes),
            deadlineMs: Math.max(1, Math.ceil(limits.deadlineMs - (performance.now() - startedMs))),
            signal: call.signal,
            done,
        });
        // The method is a literal: whatever the caller's was, the case system is read.
        pool.dispatch({ path, method: 'GET', headers }, reader);
        const taken = await settled(reader, secret);
        return {
            status: taken.status,
            mediaType: taken.mediaType,
            body: taken.body,
            durationMs: Math.round((performance.now() - startedMs) * 1000) / 1000,
        };
    }
    async function settled(reader, secret) {
        try {
            const taken = await reader.reply;
            breaker.succeeded();
            return taken;
        }
        catch (error) {
            const fault = (0, upstream_fault_1.upstreamFault)(error, 'sent');
            if ((0, upstream_fault_1.isConnectionFault)(fault))
                breaker.failed();
            else if (reader.hasAnswered)
                breaker.succeeded();
            else
                breaker.released();
            if (secret !== null && reader.isUnauthorized)
                credential.refused(secret[1]);
            throw fault;
        }
    }
    // The whole list of what goes upstream; undici adds host and connection. Nothing is taken from the caller's headers (HDR-01, HDR-11..13).
    async function headersFor(call, target, secret) {
        const headers = ['accept', target.accept, 'accept-encoding', 'identity'];
        if (secret !== null)
            headers.push(secret[0], secret[1]);
        if (settings.tells?.accessId === true)
            headers.push('x-casegate-access-id', call.accessId);
        if (settings.tells?.traceparent === true && call.traceparent !== undefined && isTraceparent(call.traceparent)) {
            headers.push('traceparent', call.traceparent);
        }
        if (assertion !== undefined) {
            if (call.assertionOf === undefined)
                throw new errors_1.GatewayError('internal-fault', 'a call that needs an assertion names no caller');
            const { account, organization, application, actor } = call.assertionOf;
            headers.push(assertion.header, await assertion.signer.sign({ audience: assertion.audience, accessId: call.accessId, account, organization, application, actor }));
        }
        return headers;
    }
    return {
        fetchRecord,
        state: () => ({ breaker: breaker.state(), calls }),
        async close() {
            if (isClosed)
                return;
            isClosed = true;
            watch.close();
            credential.close();
            const late = setTimeout(() => void pool.destroy().catch(() => undefined), limits.deadlineMs);
            await pool.close().finally(() => clearTimeout(late));
        },
    };
}
const busy = (why, retryAfterSeconds) => new errors_1.GatewayError('upstream-unreachable', `the case system is not called: ${why}`, { retryAfterSeconds });
const isTraceparent = (text) => /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/.test(text);
// The settings of library-pitfalls.md. Time-outs of undici are a second net under ReplyReader's deadline. No interceptors: no cache, retry or redirect.
function openPool(origin, tls, limits) {
    return new undici_1.Pool(origin, {
        connections: limits.connections,
        pipelining: 1,
        allowH2: false,
        maxHeaderSize: 16_384,
        headersTimeout: limits.deadlineMs,
        bodyTimeout: limits.deadlineMs,
        keepAliveTimeout: 4_000,
        keepAliveMaxTimeout: 30_000,
        maxResponseSize: limits.maxBodyBytes,
        connect: { timeout: limits.connectMs, ...(0, tls_material_1.readTlsMaterial)(tls) },
    });
}
