"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.KEY_RING_TIMES = void 0;
exports.createKeyRing = createKeyRing;
const errors_1 = require("../vocabulary/errors");
const signing_keys_1 = require("./signing-keys");
exports.KEY_RING_TIMES = { refreshMs: 45_000, retryMs: 5_000, cooldownMs: 30_000, staleAfterMs: 600_000 };
const FETCH_LIMITS = { maxBytes: 256 * 1024, timeoutMs: 5_000 };
/** Beyond this, expiry and validity of tokens mean something else at the issuer than here (TOK-26). */
const MOST_CLOCK_SKEW_MS = 60_000;
/** Keeps an issuer's keys: fetched at once, then in the background, never on the path of a request that knows its key. */
function createKeyRing(issuer, context) {
    const { clock, log, fetchJson, times } = context;
    let keys = new Map();
    let lastGoodAtMs = null;
    let lastTryAtMs = -Infinity;
    let lastFault = null;
    let isInStep = true;
    let fetching;
    let timer;
    let isClosed = false;
    // One fetch at a time: answers can never overtake each other.
    const refresh = () => {
        if (fetching !== undefined || isClosed)
            return fetching ?? Promise.resolve();
        clearTimeout(timer);
        lastTryAtMs = clock();
        fetching = fetchKeys()
            .then(take, fault)
            .finally(() => {
            fetching = undefined;
            if (isClosed)
                return;
            timer = setTimeout(() => void refresh(), lastFault === null ? times.refreshMs : times.retryMs);
            timer.unref();
        });
        return fetching;
    };
    const fetchKeys = async () => {
        let skewMs = 0;
        const tellTime = (epochMs) => {
            skewMs = epochMs - clock();
        };
        const document = await fetchJson(issuer.jwksUri, { ...FETCH_LIMITS, tellTime });
        const { keys: read, leftOut } = await (0, signing_keys_1.readKeySet)(document, issuer.algorithms);
        if (leftOut > 0)
            log.warn('issuer-keys-left-out', { issuer: issuer.issuer, count: leftOut });
        return { read, skewMs };
    };
    const take = ({ read, skewMs }) => {
        const next = new Map();
        for (const key of read) {
            const known = keys.get(key.kid);
            // The same key keeps its object, so that tokens remembered under it stay.
            next.set(key.kid, known !== undefined && known.mark === key.mark ? known : key);
        }
        for (const key of keys.values())
            if (next.get(key.kid) !== key)
                key.isLive = false;
        keys = next;
        lastGoodAtMs = lastTryAtMs;
        isInStep = Math.abs(skewMs) <= MOST_CLOCK_SKEW_MS;
        lastFault = isInStep ? null : `its clock differs from ours by ${Math.round(skewMs / 1000)} s`;
        if (!isInStep)
            log.error('issuer-clock-off', { issuer: issuer.issuer, skewSeconds: Math.round(skewMs / 1000) });
    };
    const fault = (error) => {
        lastFault = error instanceof Error ? error.message : 'unknown';
        log.error('issuer-keys-unreachable', { issuer: issuer.issuer, why: lastFault, keysInHand: keys.size });
    };
    const usableUntilMs = () => (lastGoodAtMs === null ? -Infinity : lastGoodAtMs + times.staleAfterMs);
    const isUsable = () => clock() < usableUntilMs();
    void refresh();
    return {
        issuer,
        usableUntilMs,
        async find(kid) {
            const nowMs = clock();
            // A process that was stopped for a while has missed its timers.
            if (nowMs - lastTryAtMs >= 60_000)
                void refresh();
            if (!isUsable() && fetching !== undefined)
                await fetching;
            if (!isUsable()) {
                throw new errors_1.GatewayError('identity-unavailable', 'no usable key set is in hand', {
                    retryAfterSeconds: Math.ceil(times.retryMs / 1000),
                });
            }
            const known = keys.get(kid);
            if (known !== undefined)
                return known;
            if (fetching !== undefined || nowMs - lastTryAtMs >= times.cooldownMs)
                await refresh();
            return keys.get(kid);
        },
        state: () => ({ issuer: issuer.issuer, ready: isUsable() && keys.size > 0 && isInStep, keys: keys.size, lastGoodAtMs, lastFault }),
        close() {
            isClosed = true;
            clearTimeout(timer);
        },
    };
}
