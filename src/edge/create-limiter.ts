import { rateLimit } from 'express-rate-limit';
import type { Request, Response } from 'express';
import type { Clock } from '../vocabulary/clock';
import type { LimitVerdict } from '../vocabulary/limit-verdict';
import type { EdgeLog } from './handlers';
import { LimitCounts } from './limit-counts';
import type { SharedCounts } from './limit-counts';

export interface Limiter {
  /** Counts one request of this key and says whether it is one too many; at once, where a lease still holds. */
  check(key: string): LimitVerdict | Promise<LimitVerdict>;
  state(): LimiterState;
}

export interface LimiterState {
  readonly name: string;
  /** down: the shared counts were asked for and do not serve; this process limits by itself at half the rate. */
  readonly store: 'local' | 'shared' | 'down';
}

export interface LimiterOptions {
  /** Names the counts in Redis and in the log. */
  readonly name: string;
  readonly windowMs: number;
  /** Requests of one key in a window. */
  readonly limit: number;
  readonly clock: Clock;
  readonly log: EdgeLog;
  /** Counts shared by all processes; null: each process for itself. */
  readonly shared?: SharedCounts | null;
  readonly sharedTimeoutMs?: number;
  readonly retryMs?: number;
  readonly mostKeys?: number;
}

/**
 * One stage of rate limiting: express-rate-limit with the key handed in, so that it serves before the token is known (key: the caller's
 * network) and inside the pipeline (key: the verified account) alike. Build it at start, not in a request.
 *
 * The library is asked for a lease of several requests at a time: it awaits several times a question, and with Redis each is a round trip.
 * The size of a lease divides the limit, so a key gets its limit to the request; what is left of a lease ends with its window.
 *
 * Fails   the promise rejects where the library does; the caller must take that for a fault, not for a yes.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { name, windowMs, limit, clock, log, shared = null, sharedTimeoutMs = 250, retryMs = 1_000, mostKeys = 100_000 } = options;
  const size = leaseSize(limit);
  const leases = new Map<string, Lease>();
  const counts = new LimitCounts({ name, clock, log, shared, sharedTimeoutMs, retryMs, mostKeys });
  const middleware = rateLimit({
    windowMs,
    limit: limit / size,
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
  const ask = (key: string): Promise<LimitVerdict> =>
    new Promise<LimitVerdict>((settle, fail) => {
      const question: Question = { key, settle };
      void middleware(question as unknown as Request, NO_RESPONSE, (fault?: unknown) => {
        if (fault !== undefined) return fail(fault instanceof Error ? fault : new Error('the limiter failed'));
        const { used = 0, resetTime } = question.rateLimit ?? {};
        const left = keepLease(key, used, resetTime?.getTime() ?? clock() + windowMs);
        dominance(used * size - left);
        settle(PASSED);
      });
    });

  /** Gives how many requests the key may still make without a question. */
  function keepLease(key: string, used: number, endsAtMs: number): number {
    if (size === 1) return 0;
    if (leases.size >= mostKeys) leases.clear();
    const known = leases.get(key);
    const left = size - 1 + (known !== undefined && isHeld(known) ? known.left : 0);
    leases.set(key, { left, used, endsAtMs });
    return left;
  }

  function isHeld({ endsAtMs }: Lease): boolean {
    const leftMs = endsAtMs - clock();
    // More than a window: the clock was set back.
    return leftMs > 0 && leftMs <= windowMs;
  }

  return {
    check: (key) => {
      const lease = leases.get(key);
      if (lease === undefined || lease.left === 0 || !isHeld(lease)) return ask(key);
      lease.left -= 1;
      dominance(lease.used * size - lease.left);
      return PASSED;
    },
    state: () => ({ name, store: shared === null ? 'local' : counts.isDown ? 'down' : 'shared' }),
  };
}

/** What a key was given and has not used up. `used`: leases it took in its window. */
interface Lease {
  left: number;
  readonly used: number;
  readonly endsAtMs: number;
}

const LARGEST_LEASE = 16;
const FEWEST_LEASES = 20;

/** The largest divisor of the limit that leaves the library enough to count; 1 for small limits. */
function leaseSize(limit: number): number {
  for (let size = LARGEST_LEASE; size > 1; size -= 1) if (limit % size === 0 && limit / size >= FEWEST_LEASES) return size;
  return 1;
}

/** What the library takes for the request: it sees no more of it than the key. */
interface Question {
  readonly key: string;
  readonly settle: (verdict: LimitVerdict) => void;
  readonly rateLimit?: { readonly used: number; readonly resetTime: Date | undefined };
}

const questionOf = (request: Request): Question => request as unknown as Question;
const NO_RESPONSE = {} as Response;
const PASSED: LimitVerdict = { limited: false, retryAfterSeconds: 0 };

/** Says once a window that one key makes more than half of all requests: an unlisted front proxy, most likely, and one bucket for all (LOD-09). */
function watchDominance({ name, windowMs, clock, log }: LimiterOptions): (hitsOfKey: number) => void {
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
    if (isSaid || all < FEWEST_TO_JUDGE || hitsOfKey * 2 <= all) return;
    isSaid = true;
    log.warn('limiter-one-key-dominates', { limiter: name, requests: all, ofOneKey: hitsOfKey });
  };
}

const FEWEST_TO_JUDGE = 1_000;
