import type { CaseSystem } from '../../vocabulary/case-system';
import type { PolicyRow } from '../policy-row';
import { foldStatements, placesOf, stateAt, type Statement } from './fold-statements';
import { type Cells, isPart, least, readCells, relationsOf, workgroupsOf } from './make-matrix';

/** One system as one version has it. */
export interface PolicySide {
  readonly system: CaseSystem;
  readonly rows: readonly PolicyRow[];
}

/** Relations, sections and actions are ['*'] where all are meant. */
export interface AccessDiff {
  readonly gains: readonly Statement[];
  readonly loses: readonly Statement[];
  /** From now on taken away from what another relation or membership of the same person shows; where `loses` does not say so already. */
  readonly denied: readonly Statement[];
  readonly deniedNoMore: readonly Statement[];
}

/**
 * Who gains what and who loses what from one version of a system to another.
 *
 * Gives   the least conditions under which the answer differs, for every workgroup, relation, privacy, section and action; complete: where
 *         nothing is listed, every question has the same answer. A relation that only one version knows is compared with what the other
 *         gives whatever the relation.
 */
export function diffAccess(before: PolicySide, after: PolicySide): AccessDiff {
  const found = { gains: [] as Statement[], loses: [] as Statement[], denied: [] as Statement[], deniedNoMore: [] as Statement[] };
  const united = <One>(list: (side: PolicySide) => readonly One[]): readonly One[] => [...new Set([...list(after), ...list(before)])];
  const order = united(({ system }) => system.conditions.map((test) => test.word));
  const ordered = (when: When): When => order.filter((word) => when.includes(word));
  const sections = united(({ system }) => system.sections);
  const workgroups = united(({ system, rows }) => workgroupsOf(system, rows));
  for (const workgroup of [...workgroups].sort((a, b) => Number(a === '*') - Number(b === '*') || (a < b ? -1 : 1))) {
    const [was, is] = [before, after].map(({ system, rows }) => readCells(system, rows, workgroup)) as [Reader, Reader];
    const relations = united(({ system }) => relationsOf(system, workgroup));
    const here = { gains: [] as Statement[], loses: [] as Statement[], denied: [] as Statement[], deniedNoMore: [] as Statement[] };
    for (const place of placesOf({ relations, sections })) {
      const changes = changesAt(was(place), is(place), order);
      for (const kind of KINDS) here[kind].push(...changes[kind].map((when) => stateAt(workgroup, place, ordered(when))));
    }
    for (const kind of KINDS) found[kind].push(...foldStatements(here[kind], { relations, sections }));
  }
  return found;
}

const KINDS = ['gains', 'loses', 'denied', 'deniedNoMore'] as const;
type Reader = ReturnType<typeof readCells>;
type When = readonly string[];

/**
 * The answer can only change at a set of words that allows on one side, or at such a set together with one that denies: any other set
 * that is answered otherwise holds one of these that is.
 */
function changesAt(before: Cells, after: Cells, order: readonly string[]): Readonly<Record<(typeof KINDS)[number], readonly When[]>> {
  if (before === after) return NONE;
  const allowing = [...before.allowed, ...after.allowed];
  const denying = [...before.denied, ...after.denied];
  const joined = allowing.flatMap((one) => denying.map((other) => order.filter((word) => one.includes(word) || other.includes(word))));
  const tried = [...allowing, ...joined];
  const gains = least(tried.filter((when) => shows(after, when) && !shows(before, when)));
  const loses = least(tried.filter((when) => shows(before, when) && !shows(after, when)));
  const isNew = (one: When, others: readonly When[]): boolean => !others.some((other) => isPart(other, one));
  const isToldBy = (one: When, told: readonly When[]): boolean => told.some((other) => isPart(other, one));
  return {
    gains,
    loses,
    denied: after.denied.filter((one) => isNew(one, before.denied) && !isToldBy(one, loses)),
    deniedNoMore: before.denied.filter((one) => isNew(one, after.denied) && !isToldBy(one, gains)),
  };
}

const NONE = { gains: [], loses: [], denied: [], deniedNoMore: [] };

const shows = ({ allowed, denied }: Cells, when: When): boolean =>
  allowed.some((one) => isPart(one, when)) && !denied.some((one) => isPart(one, when));
