import { rateLimit } from 'express-rate-limit';
import type { Request, Response } from 'express';
import type { Clock } from '../vocabulary/clock';
import type { EdgeLog } from './handlers';
import { LimitCounts } from './limit-counts';
import type { SharedCounts } from './limit-counts';

export interface Limiter {
  /** Counts one request of this key and says whether it is one too many. */
  check(key: string): Promise<LimitVerdict>;
  state(): LimiterState;
}

export interface LimitVerdict {
  readonly limited: boolean;
  /** Whole seconds until the window ends, at least 1; 0 where nothing is limited. */
  readonly retryAfterSeconds: number;
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
 * Fails   the promise rejects where the library does; the caller must take that for a fault, not for a yes.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { name, windowMs, limit, clock, log, shared = null, sharedTimeoutMs = 250, retryMs = 1_000, mostKeys = 100_000 } = options;
  const counts = new LimitCounts({ name, clock, log, shared, sharedTimeoutMs, retryMs, mostKeys });
  const middleware = rateLimit({
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
    check: (key) =>
      new Promise<LimitVerdict>((settle, fail) => {
        const question: Question = { key, settle };
        void middleware(question as unknown as Request, NO_RESPONSE, (fault?: unknown) => {
          if (fault !== undefined) return fail(fault instanceof Error ? fault : new Error('the limiter failed'));
          dominance(question.rateLimit?.used ?? 0);
          settle(PASSED);
        });
      }),
    state: () => ({ name, store: shared === null ? 'local' : counts.isDown ? 'down' : 'shared' }),
  };
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
