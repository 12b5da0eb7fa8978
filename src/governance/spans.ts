import type { Standing, StandingSpan } from '../vocabulary/access';
import type { Span } from '../vocabulary/directory-rows';

/** True from `fromMs` on and before `toMs`. */
export const holdsAt = (span: Span, atMs: number): boolean => span.fromMs <= atMs && (span.toMs === null || atMs < span.toMs);

/** The next moment after `atMs` at which one of them begins or ends; Infinity for none. */
export function nextEdge(spans: readonly Span[], atMs: number): number {
  let next = Infinity;
  for (const { fromMs, toMs } of spans) {
    if (fromMs > atMs && fromMs < next) next = fromMs;
    if (toMs !== null && toMs > atMs && toMs < next) next = toMs;
  }
  return next;
}

export const doOverlap = (one: Span, other: Span): boolean =>
  (one.toMs === null || other.fromMs < one.toMs) && (other.toMs === null || one.fromMs < other.toMs);

/** The last standing that has begun; 'pending' where none has. Source: design.md, past access never implies present access. */
export function standingAt(spans: readonly StandingSpan[], atMs: number): Standing {
  let last: StandingSpan | undefined;
  for (const span of spans) if (span.fromMs <= atMs && (last === undefined || span.fromMs > last.fromMs)) last = span;
  return last?.standing ?? 'pending';
}
