"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createClientCredentials = createClientCredentials;
const errors_1 = require("../vocabulary/errors");
const checked_address_1 = require("./checked-address");
const REFUSAL_PAUSE_MS = 10_000;
const FAILURE_PAUSE_MS = 1_000;
const DEFAULT_LIFE_SECONDS = 60;
function createClientCredentials(options) {
    (0, checked_address_1.checkedAddress)('tokenEndpoint', options.tokenEndpoint, options.isPlainHttpAccepted);
    let held;
    let fetching;
    let lastRefusalMs = -Infinity;
    let notBeforeMs = -Infinity;
    const obtain = () => {
        if (fetching !== undefined)
            return fetching;
        const leftMs = notBeforeMs - options.clock();
        // More than it can be: the clock was set back.
        if (leftMs > 0 && leftMs <= FAILURE_PAUSE_MS)
            return Promise.reject(noToken('the last try failed a moment ago'));
        fetching = fetchToken(options)
            .then((fresh) => {
            held = fresh;
            return fresh.token;
        }, (error) => {
            notBeforeMs = options.clock() + FAILURE_PAUSE_MS;
            const why = error instanceof Error ? error.message : 'unknown';
            options.log.error('upstream-token-failed', { system: options.system, why });
            throw noToken(why);
        })
            .finally(() => {
            fetching = undefined;
        });
        return fetching;
    };
    return {
        obtain,
        current() {
            if (held === undefined)
                return undefined;
            const nowMs = options.clock();
            if (nowMs >= held.endsAtMs)
                return undefined;
            if (nowMs >= held.renewAtMs && fetching === undefined && nowMs >= notBeforeMs)
                void obtain().catch(() => undefined);
            return held.token;
        },
        refused(token) {
            const nowMs = options.clock();
            if (held?.token !== token || nowMs - lastRefusalMs < REFUSAL_PAUSE_MS)
                return;
            lastRefusalMs = nowMs;
            held = undefined;
            options.log.warn('upstream-token-refused', { system: options.system });
        },
    };
}
const noToken = (why) => new errors_1.GatewayError('upstream-failed', `no token for the case system: ${why}`);
async function fetchToken(options) {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (options.scope !== undefined)
        form.set('scope', options.scope);
    if (options.audience !== undefined)
        form.set('audience', options.audience);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const secret = options.clientSecret.current();
    if (options.style === 'basic') {
        headers['authorization'] = `Basic ${Buffer.from(`${formEncoded(options.clientId)}:${formEncoded(secret)}`).toString('base64')}`;
    }
    else {
        form.set('client_id', options.clientId);
        form.set('client_secret', secret);
    }
    const askedAtMs = options.clock();
    const answer = await options.jsonFetch(options.tokenEndpoint, {
        method: 'POST',
        headers,
        body: form.toString(),
        maxBytes: 65_536,
        timeoutMs: options.timeoutMs,
    });
    return readAnswer(answer, askedAtMs);
}
// RFC 6749, 2.3.1: id and secret are form-encoded before they are joined.
const formEncoded = (text) => new URLSearchParams({ t: text }).toString().slice(2);
function readAnswer(answer, askedAtMs) {
    const { access_token: token, token_type: type, expires_in: life } = (answer ?? {});
    if (typeof token !== 'string' || token.length > 8192 || !/^[A-Za-z0-9._~+/-]+=*$/.test(token))
        throw new Error('the token endpoint gave no bearer token');
    if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
        throw new Error('the token endpoint gave a token of another type');
    const seconds = life === undefined ? DEFAULT_LIFE_SECONDS : life;
    if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0)
        throw new Error('the token endpoint gave no sound lifetime');
    const lifeMs = Math.min(seconds, 86_400) * 1000;
    // Never used in its last seconds: clocks differ, and the call itself takes time.
    const marginMs = Math.min(30_000, lifeMs / 5);
    return { token, renewAtMs: askedAtMs + lifeMs - 2 * marginMs, endsAtMs: askedAtMs + lifeMs - marginMs };
}
