"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createJsonFetch = createJsonFetch;
const undici_1 = require("undici");
const checked_address_1 = require("./checked-address");
const tls_material_1 = require("./tls-material");
/**
 * Makes the fetch that reads key sets and token answers (TOK-14): total deadline, size cap, identity encoding, no redirects, no proxy of the environment.
 * A connection is made for each call and closed behind it: these calls are rare.
 */
function createJsonFetch(options = {}) {
    return async (address, ask) => {
        const url = (0, checked_address_1.checkedAddress)('The address', address.split('?')[0] ?? '', options.isPlainHttpAccepted);
        const query = address.includes('?') ? address.slice(address.indexOf('?')) : '';
        const client = new undici_1.Client(url.origin, {
            pipelining: 1,
            maxHeaderSize: 16_384,
            headersTimeout: ask.timeoutMs,
            bodyTimeout: ask.timeoutMs,
            maxResponseSize: ask.maxBytes,
            allowH2: false,
            connect: { timeout: ask.timeoutMs, ...(0, tls_material_1.readTlsMaterial)(options.tls) },
        });
        try {
            return await readJson(client, url.pathname + query, ask);
        }
        finally {
            void client.destroy().catch(() => undefined);
        }
    };
}
async function readJson(client, path, ask) {
    const signal = AbortSignal.timeout(ask.timeoutMs);
    let bytes;
    try {
        const { statusCode, headers, body } = await client.request({
            path,
            method: ask.method ?? 'GET',
            headers: { accept: 'application/json', 'accept-encoding': 'identity', ...ask.headers },
            body: ask.body ?? null,
            signal,
        });
        body.on('error', () => undefined);
        if (statusCode !== 200)
            throw new Error(`answered with status ${statusCode}`);
        if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
            throw new Error('answered in an encoding that was not asked for');
        bytes = await readCapped(body, ask.maxBytes);
        const epochMs = timeOf(headers);
        if (epochMs !== null)
            ask.tellTime?.(epochMs);
    }
    catch (error) {
        throw signal.aborted ? new Error('no answer in time') : plainFault(error);
    }
    try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    }
    catch {
        throw new Error('the answer is not JSON');
    }
}
function timeOf({ date, age }) {
    const sentMs = typeof date === 'string' && date.length <= 40 ? Date.parse(date) : NaN;
    const ageSeconds = age === undefined ? 0 : typeof age === 'string' && /^\d{1,9}$/.test(age) ? Number(age) : NaN;
    const epochMs = sentMs + ageSeconds * 1000;
    return Number.isFinite(epochMs) ? epochMs : null;
}
async function readCapped(body, maxBytes) {
    const chunks = [];
    let size = 0;
    for await (const chunk of body) {
        size += chunk.length;
        if (size > maxBytes)
            throw new Error('the answer is over the cap');
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
// A library error may quote the answer; its code does not.
function plainFault(error) {
    if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
        return new Error(`call failed (${error.code})`);
    return error instanceof Error ? new Error(error.message) : new Error('call failed');
}
