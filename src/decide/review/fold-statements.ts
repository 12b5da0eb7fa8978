import { ACTIONS, type Action } from '../../vocabulary/case-system';
import { type CellPlace, PRIVACIES, type Privacy } from './make-matrix';

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

/** The statement about one place alone. */
export const stateAt = (workgroup: string, { relation, privacy, section, action }: CellPlace, when: readonly string[]): Statement => ({
  workgroup,
  relations: [relation],
  privacies: [privacy],
  when,
  sections: [section],
  actions: [action],
});

/** Every place that can be asked about, under these relations and sections. */
export function* placesOf({ relations, sections }: Every): Generator<CellPlace> {
  for (const relation of relations)
    for (const privacy of PRIVACIES)
      for (const section of sections) for (const action of ACTIONS) yield { relation, privacy, section, action };
}

/** All relations and sections there are. */
export interface Every {
  readonly relations: readonly string[];
  readonly sections: readonly string[];
}

/**
 * Says the same in fewer statements: those that differ in one list alone become one, list by list; ['*'] stands for all there are.
 * The order of the words and of the statements is that in which they came.
 */
export function foldStatements(statements: readonly Statement[], every: Every): readonly Statement[] {
  let folded = statements;
  for (const list of ['actions', 'sections', 'privacies', 'relations'] as const) folded = foldOne(folded, list);
  return folded.map((one) => ({
    ...one,
    relations: starred(one.relations, every.relations),
    sections: starred(one.sections, every.sections),
    actions: starred(one.actions, ACTIONS),
  }));
}

const starred = <Word extends string>(some: readonly Word[], every: readonly string[]): readonly Word[] =>
  some.length === every.length ? ['*' as Word] : some;

function foldOne(statements: readonly Statement[], list: 'actions' | 'sections' | 'privacies' | 'relations'): readonly Statement[] {
  const groups = new Map<string, Statement>();
  for (const one of statements) {
    const key = JSON.stringify({ ...one, [list]: null });
    const known = groups.get(key);
    groups.set(key, known === undefined ? one : { ...known, [list]: [...new Set([...known[list], ...one[list]])] });
  }
  return [...groups.values()];
}
