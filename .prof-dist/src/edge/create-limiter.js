"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createLimiter = createLimiter;
const express_rate_limit_1 = require("express-rate-limit");
const limit_counts_1 = require("./limit-counts");
/**
 * One stage of rate limiting: express-rate-limit with the key handed in, so that it serves before the token is known (key: the caller's
 * network) and inside the pipeline (key: the verified account) alike. Build it at start, not in a request.
 *
 * Fails   the promise rejects where the library does; the caller must take that for a fault, not for a yes.
 */
function createLimiter(options) {
    const { name, windowMs, limit, clock, log, shared = null, sharedTimeoutMs = 250, retryMs = 1_000, mostKeys = 100_000 } = options;
    const counts = new limit_counts_1.LimitCounts({ name, clock, log, shared, sharedTimeoutMs, retryMs, mostKeys });
    const middleware = (0, express_rate_limit_1.rateLimit)({
        windowMs,
        limit,
        store: counts,
        legacyHeaders: false,
        standardHeaders: false,
        passOnStoreError: false,
        keyGenerator: (question) => questionOf(question).key,
        handler: (question) => {
            const { settle, rateLimit: info } = questionOf(question);
            const leftMs = info?.resetTime === undefined ? windowMs : info.resetTime.getTime() - clock();
            settle({ limited: true, retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) });
        },
    });
    const dominance = watchDominance(options);
    return {
        check: (key) => new Promise((settle, fail) => {
            const question = { key, settle };
            void middleware(question, NO_RESPONSE, (fault) => {
                if (fault !== undefined)
                    return fail(fault instanceof Error ? fault : new Error('the limiter failed'));
                dominance(question.rateLimit?.used ?? 0);
                settle(PASSED);
            });
        }),
        state: () => ({ name, store: shared === null ? 'local' : counts.isDown ? 'down' : 'shared' }),
    };
}
const questionOf = (request) => request;
const NO_RESPONSE = {};
const PASSED = { limited: false, retryAfterSeconds: 0 };
/** Says once a window that one key makes more than half of all requests: an unlisted front proxy, most likely, and one bucket for all (LOD-09). */
function watchDominance({ name, windowMs, clock, log }) {
    let windowEndsAtMs = 0;
    let all = 0;
    let isSaid = false;
    return (hitsOfKey) => {
        const nowMs = clock();
        if (nowMs >= windowEndsAtMs || nowMs < windowEndsAtMs - windowMs) {
            windowEndsAtMs = nowMs + windowMs;
            all = 0;
            isSaid = false;
        }
        all += 1;
        if (isSaid || all < FEWEST_TO_JUDGE || hitsOfKey * 2 <= all)
            return;
        isSaid = true;
        log.warn('limiter-one-key-dominates', { limiter: name, requests: all, ofOneKey: hitsOfKey });
    };
}
const FEWEST_TO_JUDGE = 1_000;
