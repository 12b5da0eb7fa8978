import type { FactReading } from '../vocabulary/access';
import { scalarAt } from './scalar-at';

/** What a body says, by fact number: the spans of one record's facts, between `from` and before `to` of them; `base` is taken from their numbers. */
export function readFacts(
  body: Buffer,
  spans: readonly number[],
  from: number,
  to: number,
  count: number,
  base = 0,
): readonly FactReading[] {
  const facts: (string | boolean | null)[][] = [];
  for (let fact = 0; fact < count; fact++) facts.push([]);
  const end = Math.min(to, spans.length);
  for (let i = from; i < end; i += 4) {
    // What stands between is said of somebody else.
    const own = facts[(spans[i] as number) - base];
    if (own !== undefined) own.push(scalarAt(body, spans[i + 1] as number, spans[i + 2] as number, spans[i + 3] as number));
  }
  return facts;
}
