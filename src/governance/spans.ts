import type { Standing, StandingSpan } from '../vocabulary/access';
import type { Span } from '../vocabulary/directory-rows';

/** True from `fromMs` on and before `toMs`. */
export const holdsAt = (span: Span, atMs: number): boolean => span.fromMs <= atMs && (span.toMs === null || atMs < span.toMs);

export const doOverlap = (one: Span, other: Span): boolean =>
  (one.toMs === null || other.fromMs < one.toMs) && (other.toMs === null || one.fromMs < other.toMs);

/** The last standing that has begun; 'pending' where none has. Source: design.md, past access never implies present access. */
export function standingAt(spans: readonly StandingSpan[], atMs: number): Standing {
  let last: StandingSpan | undefined;
  for (const span of spans) if (span.fromMs <= atMs && (last === undefined || span.fromMs > last.fromMs)) last = span;
  return last?.standing ?? 'pending';
}
