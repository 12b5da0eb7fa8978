"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.LimitCounts = void 0;
const rate_limit_redis_1 = require("rate-limit-redis");
/**
 * The counts behind one limiter, as express-rate-limit wants them: in Redis where configured, otherwise in this process.
 *
 * Redis down, slow or answering nonsense: this process counts by itself, each hit twice, which is half the rate; `isDown` shows it, the log
 * says it once, and every `retryMs` one look is taken at whether it is back. No request waits for that look (LOD-10).
 * Windows are fixed and begin together, so that memory is given back in one go and a flood of addresses cannot grow it beyond `mostKeys`.
 */
class LimitCounts {
    parts;
    localKeys = false;
    #redis;
    #options = null;
    #windowMs = 0;
    #windowEndsAtMs = 0;
    #hits = new Map();
    #isDown = false;
    #isReady = false;
    #askAgainAtMs = 0;
    #isAsking = false;
    constructor(parts) {
        this.parts = parts;
        const { shared, name } = parts;
        this.#redis =
            shared === null
                ? null
                : new rate_limit_redis_1.RedisStore({ prefix: `casegate:limit:${name}:`, sendCommand: (...command) => shared.send(command) });
    }
    /** True while the shared counts were asked for and did not serve. */
    get isDown() {
        return this.#isDown;
    }
    init(options) {
        this.#options = options;
        this.#windowMs = options.windowMs;
        if (this.#redis !== null)
            void this.#look(this.#redis);
    }
    increment(key) {
        if (this.#redis === null)
            return this.#countHere(key, 1);
        if (this.#isReady)
            return this.#countThere(this.#redis, key);
        if (!this.#isAsking && this.#isTimeToAsk())
            void this.#look(this.#redis);
        return this.#countHere(key, 2);
    }
    // Called by express-rate-limit alone where an option asks for it, which none of ours does.
    get() {
        return undefined;
    }
    decrement() { }
    resetKey(key) {
        this.#hits.delete(key);
    }
    #isTimeToAsk() {
        const leftMs = this.#askAgainAtMs - this.parts.clock();
        // More than it can be: the clock was set back.
        return leftMs <= 0 || leftMs > this.parts.retryMs;
    }
    #countHere(key, weight) {
        const nowMs = this.parts.clock();
        if (nowMs >= this.#windowEndsAtMs || nowMs < this.#windowEndsAtMs - this.#windowMs) {
            this.#hits = new Map();
            this.#windowEndsAtMs = nowMs + this.#windowMs;
        }
        const counted = this.#hits.has(key) || this.#hits.size < this.parts.mostKeys ? key : OVERFLOW;
        const totalHits = (this.#hits.get(counted) ?? 0) + weight;
        this.#hits.set(counted, totalHits);
        return { totalHits, resetTime: new Date(this.#windowEndsAtMs) };
    }
    async #countThere(redis, key) {
        try {
            const { totalHits, resetTime } = await within(redis.increment(key), this.parts.sharedTimeoutMs);
            if (!Number.isSafeInteger(totalHits) || totalHits < 1)
                throw new Error('the count is no number');
            // rate-limit-redis adds what Redis says is left to the machine's clock; only the length that is left is used.
            // eslint-disable-next-line no-restricted-properties
            const leftMs = resetTime === undefined ? this.#windowMs : Math.min(this.#windowMs, Math.max(0, resetTime.getTime() - Date.now()));
            return { totalHits, resetTime: new Date(this.parts.clock() + leftMs) };
        }
        catch (cause) {
            this.#goDown(cause);
            return this.#countHere(key, 2);
        }
    }
    async #look(redis) {
        this.#isAsking = true;
        try {
            // Loads the scripts anew: a store whose first loading failed would fail for ever.
            await within(redis.init(this.#options), this.parts.sharedTimeoutMs);
            this.#isReady = true;
            if (this.#isDown)
                this.parts.log.warn('limiter-store-back', { limiter: this.parts.name });
            this.#isDown = false;
        }
        catch (cause) {
            this.#goDown(cause);
        }
        finally {
            this.#isAsking = false;
        }
    }
    #goDown(cause) {
        this.#isReady = false;
        this.#askAgainAtMs = this.parts.clock() + this.parts.retryMs;
        if (this.#isDown)
            return;
        this.#isDown = true;
        this.parts.log.error('limiter-store-down', { limiter: this.parts.name, cause: cause instanceof Error ? cause.message : 'unknown' });
    }
}
exports.LimitCounts = LimitCounts;
const OVERFLOW = '';
/** Rejects when it takes longer; what comes later is dropped. */
function within(work, timeoutMs) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
        work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
}
