import type { CaseSystem, Route, Test } from '../../vocabulary/case-system';
import { toPointer } from '../../vocabulary/to-pointer';
import { routeInWords } from '../route-in-words';

/** Why the log cannot say what a candidate would have decided. */
export type UnsettledWhy =
  | 'version-not-kept'
  | 'system-gone'
  | 'identifiers-changed'
  | 'facts-changed'
  | 'memberships-changed'
  | 'route-gone'
  | 'route-changed'
  | 'word-unknown'
  | 'too-many-unknown-words'
  | 'field-kind-changed';

/** Why nothing at all can be said of some decisions, and the words it hangs on. */
export interface Obstacle {
  readonly why: UnsettledWhy;
  readonly words: readonly string[];
}

/** What the words of one case system, as decisions of the past used them, mean to a candidate. */
export interface SystemChange {
  readonly before: CaseSystem;
  readonly after: CaseSystem;
  /** In the way of every decision; null where nothing is. */
  readonly obstacle: Obstacle | null;
  /** Bits of the candidate's relations of which an old key does not tell whether they hold: new words, and words of another meaning. */
  readonly unknownRelations: number;
  /** The same for conditions. */
  readonly unknownConditions: number;
  /** True where the candidate finds out in another way whether a record is private. */
  readonly isPrivacyUnknown: boolean;
  /** Fields by place, of either side; and each section in which neither side has a field. */
  readonly fields: readonly FieldChange[];
}

/** One field of a record; its section number on each side, -1 where that side does not classify it. */
export interface FieldChange {
  /** JSON pointer; '' stands for a section without fields. */
  readonly pointer: string;
  readonly before: number;
  readonly after: number;
  readonly isSsn: boolean;
  readonly isOtherKind: boolean;
}

/**
 * Compares a case system as it was with what a candidate makes of it.
 *
 * A word keeps its meaning where its clauses, and the facts that they look at with all their sources, are the same. Anything that decides
 * whether a record is known at all (the form of its number, a fact that must be spoken) must be the same, or nothing can be said.
 */
export function compareSystems(before: CaseSystem, after: CaseSystem): SystemChange {
  return {
    before,
    after,
    obstacle: obstacleOf(before, after),
    unknownRelations: unknownBits(before, after, before.relations, after.relations),
    unknownConditions: unknownBits(before, after, before.conditions, after.conditions),
    isPrivacyUnknown: !isSame(flagOf(before), flagOf(after)),
    fields: compareFields(before, after),
  };
}

/** The candidate's route of that name, or why it is another one; the sections it can show are compared elsewhere, by name. */
export function findRoute({ before, after }: SystemChange, name: string): Route | Obstacle {
  const route = after.routes.find((one) => one.name === name);
  if (route === undefined) return { why: 'route-gone', words: [name] };
  const old = before.routes.find((one) => one.name === name);
  return old !== undefined && isSame(addressOf(before, old), addressOf(after, route)) ? route : { why: 'route-changed', words: [name] };
}

/**
 * Workgroups because of which the candidate might take these memberships for others (WWP-03): a collapse of its own that is met, or one
 * that was, which may have left out what they held besides.
 */
export function recollapsed({ before, after }: SystemChange, workgroups: readonly string[]): readonly string[] {
  const added = after.collapses.filter((one) => !before.collapses.some((other) => isSame(one, other)));
  const gone = before.collapses.filter((one) => !after.collapses.some((other) => isSame(one, other)));
  const leftOut = before.collapses.filter(({ into }) => workgroups.includes(into)).flatMap(({ these }) => these);
  const mayHold = (word: string): boolean => workgroups.includes(word) || leftOut.includes(word);
  const touching = [...added.filter(({ these }) => these.every(mayHold)), ...gone.filter(({ into }) => workgroups.includes(into))];
  return [...new Set(touching.flatMap(({ these }) => these))];
}

const addressOf = (system: CaseSystem, route: Route): unknown => {
  const { sections: _sections, ...rest } = routeInWords(system, route);
  return rest;
};

function obstacleOf(before: CaseSystem, after: CaseSystem): Obstacle | null {
  if (before.identifier.source !== after.identifier.source) return { why: 'identifiers-changed', words: [] };
  const demanded = after.facts.filter(
    (fact) =>
      fact.kind !== 'flag' &&
      (fact.body === 'must-speak' || fact.registry === 'must-speak') &&
      !before.facts.some((old) => isSame(old, fact)),
  );
  return demanded.length === 0 ? null : { why: 'facts-changed', words: demanded.map((fact) => fact.name) };
}

function unknownBits(before: CaseSystem, after: CaseSystem, old: readonly Test[], now: readonly Test[]): number {
  let bits = 0;
  for (const [bit, test] of now.entries()) {
    const known = old.find((one) => one.word === test.word);
    if (known === undefined || !isSame(meaningOf(before, known), meaningOf(after, test))) bits |= 1 << bit;
  }
  return bits;
}

/** The clauses, with the facts themselves in the place of their numbers, and the calendar and exceptions by which days are counted. */
const meaningOf = (system: CaseSystem, { clauses }: Test): unknown =>
  clauses.map((clause) => ({
    ...clause,
    ...('fact' in clause ? { fact: system.facts[clause.fact] } : {}),
    ...(clause.test === 'fact-within-business-days' ? daysOf(system, clause.exceptionsBy) : {}),
  }));

const daysOf = ({ timeZone, holidays, facts, exceptions = [] }: CaseSystem, by: number | undefined) => ({
  timeZone,
  holidays,
  exceptionsBy: by === undefined ? null : [facts[by], exceptions],
});

const flagOf = (system: CaseSystem): unknown => system.facts.filter((fact) => fact.kind === 'flag');

function compareFields(before: CaseSystem, after: CaseSystem): readonly FieldChange[] {
  const old = new Map(before.fields.map((field) => [toPointer(field.place), field]));
  const now = new Map(after.fields.map((field) => [toPointer(field.place), field]));
  const fields = [...new Set([...old.keys(), ...now.keys()])].map((pointer): FieldChange => {
    const [one, other] = [old.get(pointer), now.get(pointer)];
    return {
      pointer,
      before: one?.section ?? -1,
      after: other?.section ?? -1,
      isSsn: [one, other].some((field) => field?.kind === 'ssn' || field?.kind === 'ssn-last4'),
      isOtherKind: one !== undefined && other !== undefined && one.kind !== other.kind,
    };
  });
  const empty = [...new Set([...before.sections, ...after.sections])]
    .map((name): FieldChange => {
      return { pointer: '', before: before.sections.indexOf(name), after: after.sections.indexOf(name), isSsn: false, isOtherKind: false };
    })
    .filter((one) => !fields.some((field) => isIn(field.before, one.before) || isIn(field.after, one.after)));
  return [...fields, ...empty];
}

const isIn = (section: number, other: number): boolean => section >= 0 && section === other;

/** Compiled systems are plain data whose keys stand in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
