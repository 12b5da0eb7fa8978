import type { PlaceNode, PlaceTree } from './compile-projection';
import { IS_NINE_DIGITS, IS_STRING, TYPE_MASK } from './scan-record';

interface Numbered {
  readonly tree: PlaceTree;
  readonly body: Buffer;
  readonly tape: Int32Array;
  readonly candidates: readonly number[];
}

/**
 * What plain fields hold as nine digits and nothing else: numbers that the record declares to be something other than an SSN.
 * Takes   from, to: which of the candidates are looked at; counts: which nodes.
 */
export function nineDigitValues(
  { body, tape, candidates, tree }: Numbered,
  from: number,
  to: number,
  counts: (node: number) => boolean,
): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = from; at < to; at++) {
    const entry = candidates[at] as number;
    const type = tape[entry + 3] as number;
    const node = tape[entry] as number;
    if ((type & IS_NINE_DIGITS) === 0 || (tree.nodes[node] as PlaceNode).kind !== 'plain' || !counts(node)) continue;
    const start = (tape[entry + 1] as number) + ((type & TYPE_MASK) === IS_STRING ? 1 : 0);
    found.add(Number(body.toString('latin1', start, start + 9)));
  }
  return found;
}
