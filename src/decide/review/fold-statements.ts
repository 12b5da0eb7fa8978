import type { Action } from '../../vocabulary/case-system';
import type { Privacy } from './make-matrix';

/** What somebody may do, or may not: every combination of the words is meant. */
export interface Statement {
  /** With its namespace. */
  readonly workgroup: string;
  readonly relations: readonly string[];
  readonly privacies: readonly Privacy[];
  /** All of which must hold; empty for always. */
  readonly when: readonly string[];
  readonly sections: readonly string[];
  readonly actions: readonly Action[];
}

/**
 * Says the same in fewer statements: those that differ in one list alone become one, list by list.
 * The order of the words and of the statements is that in which they came.
 */
export function foldStatements(statements: readonly Statement[]): readonly Statement[] {
  let folded = statements;
  for (const list of ['actions', 'sections', 'privacies', 'relations'] as const) folded = foldOne(folded, list);
  return folded;
}

function foldOne(statements: readonly Statement[], list: 'actions' | 'sections' | 'privacies' | 'relations'): readonly Statement[] {
  const groups = new Map<string, Statement>();
  for (const one of statements) {
    const key = JSON.stringify({ ...one, [list]: null });
    const known = groups.get(key);
    groups.set(key, known === undefined ? one : { ...known, [list]: [...new Set([...known[list], ...one[list]])] });
  }
  return [...groups.values()];
}
