import type { Decision } from '../vocabulary/access';
import type { ListedRecord, ReadList } from './read-list';
import { CANDIDATES_FROM, CANDIDATES_TO, NEEDS_SEARCH } from './scan-record';

/**
 * True where the decision shows every one of these fields of a record, and nothing in them may be masked. Whoever is answered by the value
 * of a field must be able to read that value: else its presence in the answer would tell of what is hidden.
 * Takes   fields: numbers into CaseSystem.fields.
 */
export function showsWhole(list: ReadList, { at: element }: ListedRecord, decision: Decision, fields: ReadonlySet<number>): boolean {
  if (fields.size === 0) return true;
  const { tree, tape, candidates, scan } = list;
  const nodes = new Set<number>();
  for (const field of fields) {
    const section = tree.system.fields[field]?.section;
    if (section === undefined || decision.granted[section] !== true) return false;
    nodes.add(tree.nodeOfField[field] as number);
  }
  const to = scan.elements[element + CANDIDATES_TO] as number;
  for (let at = scan.elements[element + CANDIDATES_FROM] as number; at < to; at++) {
    const entry = candidates[at] as number;
    if (((tape[entry + 3] as number) & NEEDS_SEARCH) !== 0 && nodes.has(tape[entry] as number)) return false;
  }
  return true;
}
