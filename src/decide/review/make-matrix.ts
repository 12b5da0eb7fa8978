import { ACTIONS, type Action, type CaseSystem, type Test } from '../../vocabulary/case-system';
import type { PolicyRow } from '../policy-row';

/**
 * What one workgroup gets by one relation, in an open or a private record, by one `when` cell, of one section.
 * Both lists are in the order of ACTIONS and not both empty.
 */
export interface MatrixLine {
  /** With its namespace; `*` is every workgroup that has no line of its own. */
  readonly workgroup: string;
  /** `none`: no relation at all. */
  readonly relation: string;
  readonly privacy: Privacy;
  /** Empty for `always`. */
  readonly when: readonly string[];
  readonly section: string;
  readonly allowed: readonly Action[];
  readonly denied: readonly Action[];
}

export type Privacy = 'open' | 'private';
export const PRIVACIES: readonly Privacy[] = ['open', 'private'];

/** Lines of these alone. Workgroups carry their namespace and need not stand in the rows; without them, all that do. */
export interface MatrixPart {
  readonly workgroups?: readonly string[];
  readonly sections?: readonly string[];
}

/**
 * The complete access matrix of one system.
 *
 * Gives   lines in a fixed order. A caller's lines are those of the workgroup (of `*` where it has none at all), of each relation that
 *         holds (of `none` where none does), of the record's privacy, and of every `when` cell whose words all hold. What any line
 *         allows and none denies is what the policy allows: a row hits by itself, so any set of words is the union of its lines.
 *         Left out: words that cannot hold for the workgroup (a clause names others); what a cell of fewer words of the same
 *         relation says already; what is denied by such a cell anyway. So two policies have the same lines if and only if they give
 *         the same answer to every question, whatever their rows.
 * Source  design.md, Deciding.
 */
export function makeMatrix(system: CaseSystem, rows: readonly PolicyRow[], part: MatrixPart = {}): readonly MatrixLine[] {
  const lines: MatrixLine[] = [];
  for (const workgroup of part.workgroups ?? workgroupsOf(system, rows)) {
    const reader = readCells(system, rows, workgroup);
    for (const relation of relationsOf(system, workgroup)) {
      for (const privacy of PRIVACIES) {
        for (const section of part.sections ?? system.sections) {
          const cells = new Map<string, MatrixLine & { readonly allowed: Action[]; readonly denied: Action[] }>();
          const lineOf = (when: readonly string[]) =>
            ensured(cells, when.join(' & '), () => ({ workgroup, relation, privacy, when, section, allowed: [], denied: [] }));
          for (const action of ACTIONS) {
            const { allowed, denied } = reader({ relation, privacy, section, action });
            for (const when of denied) lineOf(when).denied.push(action);
            for (const when of allowed) lineOf(when).allowed.push(action);
          }
          lines.push(...[...cells.values()].sort((a, b) => compareCells(system, a.when, b.when)));
        }
      }
    }
  }
  return lines;
}

/** Where a cell stands, beside its workgroup. */
export interface CellPlace {
  readonly relation: string;
  readonly privacy: Privacy;
  readonly section: string;
  readonly action: Action;
}

/** The least sets of conditions that allow and that deny, in the order of record.yaml; what is denied anyway is not among the allowed. */
export interface Cells {
  readonly allowed: readonly (readonly string[])[];
  readonly denied: readonly (readonly string[])[];
}

/** Reads the rows of one workgroup by places. A relation that the system does not have meets the rows for any relation. */
export function readCells(system: CaseSystem, rows: readonly PolicyRow[], workgroup: string): (place: CellPlace) => Cells {
  const may = wordsThatMayHold(system, workgroup);
  const order = system.conditions.map((test) => test.word);
  const own = rows
    .filter((row) => row.workgroup === workgroup || row.workgroup === '*')
    .filter((row) => ['*', 'none'].includes(row.relation) || may.relations.has(row.relation))
    .filter((row) => row.when.every((word) => may.conditions.has(word)))
    .map((row) => ({ ...row, when: order.filter((word) => row.when.includes(word)) }));
  return ({ relation, privacy, section, action }) => {
    if (!system.sections.includes(section)) return NOTHING;
    const here = own.filter(
      (row) =>
        (row.section === '*' || row.section === section) &&
        (row.action === '*' || row.action === action) &&
        (row.relation === '*' || row.relation === relation) &&
        (row.privacy === '*' || row.privacy === privacy),
    );
    if (here.length === 0) return NOTHING;
    const denied = least(here.filter((row) => row.effect === 'deny').map((row) => row.when));
    const allowed = least(here.filter((row) => row.effect === 'allow').map((row) => row.when));
    return { denied, allowed: allowed.filter((when) => !denied.some((other) => isPart(other, when))) };
  };
}

const NOTHING: Cells = { allowed: [], denied: [] };

/** With their namespace and in order; where a row speaks of every workgroup, also those that record.yaml names, and `*` last. */
export function workgroupsOf(system: CaseSystem, rows: readonly PolicyRow[]): readonly string[] {
  const words = new Set(rows.map((row) => row.workgroup));
  if (!words.delete('*')) return [...words].sort();
  for (const { clauses } of [...system.relations, ...system.conditions])
    for (const clause of clauses) if (clause.test === 'workgroup') for (const word of clause.workgroups) words.add(`group:${word}`);
  return [...[...words].sort(), '*'];
}

/** `none`, and every relation that may hold for the workgroup, in the order of record.yaml. */
export const relationsOf = (system: CaseSystem, workgroup: string): readonly string[] => [
  'none',
  ...wordsThatMayHold(system, workgroup).relations,
];

/** A relation or condition with a clause about workgroups holds for no other; `*` stands for workgroups that are named nowhere. */
export function wordsThatMayHold(
  system: CaseSystem,
  workgroup: string,
): { readonly relations: ReadonlySet<string>; readonly conditions: ReadonlySet<string> } {
  const word = workgroup.replace(/^group:/, '');
  const may = ({ clauses }: Test): boolean =>
    clauses.length > 0 && clauses.every((clause) => clause.test !== 'workgroup' || clause.workgroups.includes(word));
  const wordsOf = (tests: readonly Test[]): ReadonlySet<string> => new Set(tests.filter(may).map((test) => test.word));
  return { relations: wordsOf(system.relations), conditions: wordsOf(system.conditions) };
}

/** Those sets of words that hold none of the others. */
export const least = (sets: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  sets.filter((set, i) => !sets.some((other, j) => isPart(other, set) && (other.length < set.length || j < i)));

export const isPart = (some: readonly string[], all: readonly string[]): boolean => some.every((word) => all.includes(word));

/** Fewer words first, then the order of record.yaml. */
function compareCells(system: CaseSystem, a: readonly string[], b: readonly string[]): number {
  const rank = (when: readonly string[]) => [when.length, ...when.map((word) => system.conditions.findIndex((test) => test.word === word))];
  const [one, other] = [rank(a), rank(b)];
  for (const [i, number] of one.entries()) if (number !== (other[i] ?? -1)) return number - (other[i] ?? -1);
  return 0;
}

function ensured<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
