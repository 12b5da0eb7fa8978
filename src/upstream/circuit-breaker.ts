import type { Clock } from '../vocabulary/clock';

/**
 * Stops calling a case system that cannot be reached (LOD-07).
 * After `failuresToOpen` connection failures in a row nothing is sent for `openMs`; then one call is let through to try.
 * Every admitted call must end in exactly one of succeeded, failed or released.
 */
export interface CircuitBreaker {
  /** True when a call may go out. */
  admit(): boolean;
  succeeded(): void;
  failed(): void;
  /** The call ended without telling anything about the connection. */
  released(): void;
  state(): 'closed' | 'open' | 'probing';
  /** Whole seconds until a call is worth trying, at least 1. */
  retryAfterSeconds(): number;
}

export function createCircuitBreaker(options: {
  readonly failuresToOpen: number;
  readonly openMs: number;
  readonly clock: Clock;
}): CircuitBreaker {
  const { failuresToOpen, openMs, clock } = options;
  let state: 'closed' | 'open' | 'probing' = 'closed';
  let failures = 0;
  let openUntilMs = 0;

  const open = (untilMs: number): void => {
    state = 'open';
    openUntilMs = untilMs;
  };

  return {
    admit() {
      if (state === 'closed') return true;
      if (state === 'probing') return false;
      const leftMs = openUntilMs - clock();
      // More than it can be: the clock was set back.
      if (leftMs > 0 && leftMs <= openMs) return false;
      state = 'probing';
      return true;
    },
    succeeded() {
      state = 'closed';
      failures = 0;
    },
    failed() {
      failures += 1;
      if (state === 'probing' || failures >= failuresToOpen) open(clock() + openMs);
    },
    released() {
      if (state === 'probing') open(clock());
    },
    state: () => state,
    retryAfterSeconds: () => Math.max(1, Math.ceil(Math.min(openMs, openUntilMs - clock()) / 1000)),
  };
}
