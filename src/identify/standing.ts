import type { Standing, StandingSpan } from '../vocabulary/access';

/** The standing in force: that of the last span that has begun; pending before the first. On one moment the later line holds. */
export function standingAt(spans: readonly StandingSpan[], atMs: number): Standing {
  let standing: Standing = 'pending';
  let sinceMs = -Infinity;
  for (const span of spans) {
    if (span.fromMs <= atMs && span.fromMs >= sinceMs) {
      standing = span.standing;
      sinceMs = span.fromMs;
    }
  }
  return standing;
}

/** The next moment after `atMs` at which a standing changes; Infinity for none. */
export function nextStandingChange(spans: readonly StandingSpan[], atMs: number): number {
  let next = Infinity;
  for (const { fromMs } of spans) if (fromMs > atMs && fromMs < next) next = fromMs;
  return next;
}
