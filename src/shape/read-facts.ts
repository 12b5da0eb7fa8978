import type { FactReading } from '../vocabulary/access';
import { scalarAt } from './scalar-at';

/** What a body says, by fact number: the spans of one record's facts, between `from` and before `to` of them. */
export function readFacts(body: Buffer, spans: readonly number[], from: number, to: number, count: number): readonly FactReading[] {
  const facts: (string | boolean | null)[][] = [];
  for (let fact = 0; fact < count; fact++) facts.push([]);
  const end = Math.min(to, spans.length);
  for (let i = from; i < end; i += 4) {
    (facts[spans[i] as number] as (string | boolean | null)[]).push(
      scalarAt(body, spans[i + 1] as number, spans[i + 2] as number, spans[i + 3] as number),
    );
  }
  return facts;
}
