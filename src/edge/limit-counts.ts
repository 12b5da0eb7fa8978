import type { ClientRateLimitInfo, IncrementResponse, Options, Store } from 'express-rate-limit';
import { RedisStore } from 'rate-limit-redis';
import type { Clock } from '../vocabulary/clock';
import type { EdgeLog } from './handlers';

/** Commands to the Redis that all gateway processes share. Rejects at once while there is no connection. */
export interface SharedCounts {
  send(command: readonly string[]): Promise<unknown>;
}

export interface LimitCountsOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: EdgeLog;
  readonly shared: SharedCounts | null;
  /** Longest wait for the shared counts before this process counts by itself, milliseconds. */
  readonly sharedTimeoutMs: number;
  /** How long it counts by itself before it asks the shared counts again, milliseconds. */
  readonly retryMs: number;
  /** Most keys counted apart in one window; those beyond share one count. */
  readonly mostKeys: number;
}

/**
 * The counts behind one limiter, as express-rate-limit wants them: in Redis where configured, otherwise in this process.
 *
 * Redis down, slow or answering nonsense: this process counts by itself, each hit twice, which is half the rate; `isDown` shows it, the log
 * says it once, and every `retryMs` one look is taken at whether it is back. No request waits for that look (LOD-10).
 * Windows are fixed and begin together, so that memory is given back in one go and a flood of addresses cannot grow it beyond `mostKeys`.
 */
export class LimitCounts implements Store {
  readonly localKeys = false;
  readonly #redis: RedisStore | null;
  #options: Options | null = null;
  #windowMs = 0;
  #windowEndsAtMs = 0;
  #hits = new Map<string, number>();
  #isDown = false;
  #isReady = false;
  #askAgainAtMs = 0;
  #isAsking = false;

  constructor(private readonly parts: LimitCountsOptions) {
    const { shared, name } = parts;
    this.#redis =
      shared === null
        ? null
        : new RedisStore({ prefix: `casegate:limit:${name}:`, sendCommand: (...command) => shared.send(command) as Promise<string> });
  }

  /** True while the shared counts were asked for and did not serve. */
  get isDown(): boolean {
    return this.#isDown;
  }

  init(options: Options): void {
    this.#options = options;
    this.#windowMs = options.windowMs;
    if (this.#redis !== null) void this.#look(this.#redis);
  }

  increment(key: string): IncrementResponse | Promise<IncrementResponse> {
    if (this.#redis === null) return this.#countHere(key, 1);
    if (this.#isReady) return this.#countThere(this.#redis, key);
    if (!this.#isAsking && this.#isTimeToAsk()) void this.#look(this.#redis);
    return this.#countHere(key, 2);
  }

  // Called by express-rate-limit alone where an option asks for it, which none of ours does.
  get(): ClientRateLimitInfo | undefined {
    return undefined;
  }
  decrement(): void {}
  resetKey(key: string): void {
    this.#hits.delete(key);
  }

  #isTimeToAsk(): boolean {
    const leftMs = this.#askAgainAtMs - this.parts.clock();
    // More than it can be: the clock was set back.
    return leftMs <= 0 || leftMs > this.parts.retryMs;
  }

  #countHere(key: string, weight: number): IncrementResponse {
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

  async #countThere(redis: RedisStore, key: string): Promise<IncrementResponse> {
    try {
      const { totalHits, resetTime } = await within(redis.increment(key), this.parts.sharedTimeoutMs);
      if (!Number.isSafeInteger(totalHits) || totalHits < 1) throw new Error('the count is no number');
      // rate-limit-redis adds what Redis says is left to the machine's clock; only the length that is left is used.
      // eslint-disable-next-line no-restricted-properties
      const leftMs = resetTime === undefined ? this.#windowMs : Math.min(this.#windowMs, Math.max(0, resetTime.getTime() - Date.now()));
      return { totalHits, resetTime: new Date(this.parts.clock() + leftMs) };
    } catch (cause) {
      this.#goDown(cause);
      return this.#countHere(key, 2);
    }
  }

  async #look(redis: RedisStore): Promise<void> {
    this.#isAsking = true;
    try {
      // Loads the scripts anew: a store whose first loading failed would fail for ever.
      await within(redis.init(this.#options as Options), this.parts.sharedTimeoutMs);
      this.#isReady = true;
      if (this.#isDown) this.parts.log.warn('limiter-store-back', { limiter: this.parts.name });
      this.#isDown = false;
    } catch (cause) {
      this.#goDown(cause);
    } finally {
      this.#isAsking = false;
    }
  }

  #goDown(cause: unknown): void {
    this.#isReady = false;
    this.#askAgainAtMs = this.parts.clock() + this.parts.retryMs;
    if (this.#isDown) return;
    this.#isDown = true;
    this.parts.log.error('limiter-store-down', { limiter: this.parts.name, cause: cause instanceof Error ? cause.message : 'unknown' });
  }
}

const OVERFLOW = '';

/** Rejects when it takes longer; what comes later is dropped. */
function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
