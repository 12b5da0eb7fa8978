"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.carryAct = carryAct;
const express_1 = require("express");
const errors_1 = require("../vocabulary/errors");
const reasons_1 = require("../vocabulary/reasons");
/** One request from first to last: who, may they, do it, write it down, answer. Never rejects. */
async function carryAct(parts, target, request, response) {
    const carried = {
        accessId: parts.newAccessId(),
        source: parts.readSource(request.socket.remoteAddress ?? '', headerOnce(request, 'x-forwarded-for')),
        method: request.method,
        route: target === null ? null : 'describes' in target ? 'openapi' : target.name,
        caller: null,
        bearer: null,
        intentId: null,
    };
    try {
        const answer = await perform(parts, target, request, response, carried);
        await parts.recordAdmin(entryOf(parts, carried, { status: answer.status, code: 'ok', reasons: ['right-held'] }, answer.details));
        send(response, carried, answer.status, answer.body);
    }
    catch (error) {
        await refuse(parts, request, response, carried, asGatewayError(error));
    }
}
async function perform(parts, target, request, response, carried) {
    checkPath(request);
    carried.bearer = readBearer(request);
    carried.caller = await parts.authenticate(carried.bearer);
    if (target === null)
        throw new errors_1.GatewayError('route-unknown', 'no such route');
    const nowMs = parts.clock();
    const holds = (right) => parts.directory.hasRight(carried.caller?.account.id ?? '', right, nowMs);
    if ('describes' in target) {
        if (request.method !== 'GET')
            throw new errors_1.GatewayError('method-not-allowed', 'only GET');
        const any = ['policy-admin', 'directory-admin', 'auditor', 'metrics', ...parts.systems().map((system) => `feed:${system}`)];
        if (!any.some(holds))
            throw new errors_1.GatewayError('right-missing', 'no right on this plane');
        return { status: 200, body: { json: target.describes }, details: {} };
    }
    if (request.method !== target.method)
        throw new errors_1.GatewayError('method-not-allowed', `only ${target.method}`);
    const rights = target.rights.flatMap((right) => (right === 'feed:*' ? parts.systems().map((system) => `feed:${system}`) : [right]));
    if (!rights.some(holds))
        throw new errors_1.GatewayError('right-missing', `none of ${rights.join(', ')}`);
    const query = readQuery(target, request);
    const body = target.body === null ? await refuseBody(request) : await readBody(target.body, request, response);
    const done = await target.handle({ accessId: carried.accessId, caller: carried.caller, environment: carried.caller.account.environment, nowMs, query, body }, parts);
    if (!('carryOut' in done))
        return done;
    // The intention first: a change that nobody could write down is not made.
    const intentId = parts.newAccessId();
    const outcome = { status: 202, code: 'ok', reasons: ['right-held'] };
    await parts.recordAdmin(entryOf(parts, { ...carried, accessId: intentId }, outcome, { phase: 'intended', ...done.intent }));
    carried.intentId = intentId;
    return done.carryOut();
}
async function refuse(parts, request, response, carried, fault) {
    const sent = { ...fault.options.details };
    let code = fault.code;
    const { status } = errors_1.ERROR_TABLE[code];
    if (status >= 500)
        parts.observe('admin-fault', { accessId: carried.accessId, message: fault.message, cause: fault.options.cause });
    if (code !== 'audit-unavailable') {
        const word = fault.options.reason ?? code;
        const problems = Array.isArray(sent['problems']) ? { problems: sent['problems'].length } : {};
        try {
            await parts.recordAdmin(entryOf(parts, carried, { status, code, reasons: [(0, reasons_1.isReason)(word) ? word : code] }, problems));
        }
        catch (error) {
            parts.observe('admin-fault', { accessId: carried.accessId, message: 'the entry could not be written', cause: error });
            code = 'audit-unavailable';
        }
    }
    // A body that was not read would be taken for the next request.
    if (!request.complete)
        response.setHeader('Connection', 'close');
    const { status: final, title, says } = errors_1.ERROR_TABLE[code];
    if (final === 401)
        response.setHeader('WWW-Authenticate', 'Bearer');
    if (fault.options.retryAfterSeconds !== undefined)
        response.setHeader('Retry-After', String(fault.options.retryAfterSeconds));
    const standard = { type: `urn:casegate:problem:${code}`, title, status: final, detail: says, code, accessId: carried.accessId };
    const document = code === fault.code ? { ...sent, ...standard } : standard;
    send(response, carried, final, { text: JSON.stringify(ordered(document, standard)), mediaType: 'application/problem+json' });
}
/** The standard members first. */
const ordered = (document, standard) => ({
    ...standard,
    ...document,
});
function send(response, carried, status, body) {
    if (response.headersSent || response.destroyed)
        return void response.destroy();
    const text = 'json' in body ? JSON.stringify(body.json) : body.text;
    response.statusCode = status;
    response.setHeader('Content-Type', 'json' in body ? 'application/json; charset=utf-8' : body.mediaType);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.setHeader('Casegate-Access-Id', carried.accessId);
    response.end(text);
}
function entryOf(parts, carried, outcome, details) {
    const versions = parts.versions();
    const refusedName = carried.bearer === null ? null : (parts.nameRefused?.(carried.bearer) ?? null);
    const all = carried.intentId === null ? details : { phase: 'done', intent: carried.intentId, ...details };
    return {
        format: 1,
        accessId: carried.accessId,
        kind: 'admin',
        at: new Date(parts.clock()).toISOString(),
        source: carried.source,
        who: carried.caller?.who ?? refusedName,
        system: null,
        environment: carried.caller?.account.environment ?? null,
        route: carried.route,
        method: /^[A-Z]{1,16}$/.test(carried.method) ? carried.method : null,
        action: carried.route,
        records: [],
        outcome,
        upstream: null,
        policyVersion: versions.policy,
        directoryVersion: versions.directory,
        registryVersion: versions.registry,
        details: all,
    };
}
/** One way to write each path: what could be read in two ways is refused before anybody looks for a route. */
function checkPath(request) {
    const path = request.url.split('?')[0] ?? '';
    if (!/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/.test(path))
        throw new errors_1.GatewayError('path-not-canonical', 'the path is not plain');
}
function headerOnce(request, name) {
    const values = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
        if (request.rawHeaders[i]?.toLowerCase() === name)
            values.push(request.rawHeaders[i + 1] ?? '');
    }
    return values.length === 1 ? values[0] : values.length === 0 ? undefined : values.join(', ');
}
function readBearer(request) {
    const sent = request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization').length;
    if (sent === 0)
        throw new errors_1.GatewayError('token-missing', 'no token');
    if (sent > 1)
        throw new errors_1.GatewayError('header-not-allowed', 'two Authorization headers');
    const token = /^Bearer ([A-Za-z0-9._~+/-]{1,8192}=*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined)
        throw new errors_1.GatewayError('token-invalid', 'no bearer token', { reason: 'token-not-bearer' });
    return token;
}
function readQuery(route, request) {
    const refused = new errors_1.GatewayError('query-not-allowed', 'query words that the route does not take');
    const text = request.url.split('?').slice(1).join('?');
    const query = {};
    for (const [name, value] of new URLSearchParams(text)) {
        if (Object.hasOwn(query, name) || name === '__proto__')
            throw refused;
        query[name] = value;
    }
    const read = route.query.safeParse(query);
    if (!read.success)
        throw refused;
    return read.data;
}
async function refuseBody(request) {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if ((length !== undefined && length !== '0') || coding !== undefined)
        throw new errors_1.GatewayError('body-not-allowed', 'a body was sent');
    return null;
}
const FORMATS = {
    'application/json': 'json',
    'application/json; charset=utf-8': 'json',
    'application/x-ndjson': 'ndjson',
    'application/x-ndjson; charset=utf-8': 'ndjson',
};
async function readBody(wanted, request, response) {
    const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s*;\s*/, '; ');
    const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
    if (format === undefined || !wanted.formats.includes(format))
        throw new errors_1.GatewayError('media-type-not-supported', 'another media type');
    if (request.headers['content-encoding'] !== undefined)
        throw new errors_1.GatewayError('media-type-not-supported', 'a compressed body');
    await new Promise((resolve, reject) => {
        const read = (0, express_1.raw)({ type: () => true, limit: wanted.mostBytes, inflate: false });
        read(request, response, (error) => (error === undefined ? resolve() : reject(bodyFault(error))));
    });
    const bytes = request.body;
    if (!Buffer.isBuffer(bytes) || bytes.length === 0)
        throw new errors_1.GatewayError('input-invalid', 'no body');
    try {
        return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), format };
    }
    catch (cause) {
        throw new errors_1.GatewayError('media-type-not-supported', 'the body is not UTF-8', { cause });
    }
}
function bodyFault(error) {
    const { status } = error;
    if (status === 413)
        return new errors_1.GatewayError('payload-too-large', 'the body is too large', { cause: error });
    return new errors_1.GatewayError('request-malformed', 'the body could not be read', { cause: error });
}
function asGatewayError(error) {
    return error instanceof errors_1.GatewayError ? error : new errors_1.GatewayError('internal-fault', 'unforeseen', { cause: error });
}
