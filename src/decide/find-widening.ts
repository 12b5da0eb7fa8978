import { ACTIONS, type CaseSystem } from '../vocabulary/case-system';
import type { Breathe } from './breather';
import { type Finding, finding } from './finding';
import { type PolicyRow, wordsOf } from './policy-row';

/**
 * Finds rows through which a private record would show what the same caller would not see of an open one.
 *
 * Rows only ask that words hold, so whoever widens, widens already with the fewest words; `none` alone asks for
 * absence and is tried beside every single relation. That makes the search complete over the closed vocabulary
 * without walking through all sets of words. Two ways lead to a widening:
 * an allow row for private records where no row allows the open one; and a deny row for open records alone
 * (its denial also takes away what another membership would have shown).
 *
 * Sections and actions that no row names are all alike, and one of them is looked at for all. A deny row of any workgroup is tried
 * for one that has no other row: where it widens for anybody, it widens there.
 *
 * Source  WF1-13; design.md, What always holds, 5.
 */
export async function findWidening(
  system: CaseSystem,
  rows: readonly PolicyRow[],
  file: string,
  breathe: Breathe,
): Promise<readonly Finding[]> {
  const findings = new Map<number, Finding>();
  const note = (row: PolicyRow, message: string): unknown =>
    findings.set(row.line, finding('privacy-widens', { file, line: row.line, column: 1, word: wordsOf(row).join(', ') }, message));
  const bits = bitsOf(system);

  for (const section of differing(
    system.sections,
    rows.map((row) => row.section),
  )) {
    const ofSection = rows.filter((row) => row.section === '*' || row.section === section);
    for (const action of differing(
      ACTIONS,
      ofSection.map((row) => row.action),
    )) {
      const here = ofSection.filter((row) => row.action === '*' || row.action === action);
      const isShownPrivate = here.some((row) => row.effect === 'allow' && row.privacy !== 'open');
      const byWorkgroup = groupByWorkgroup(here);
      const isDeniedToAll = createHit((byWorkgroup.get('*') ?? []).filter(isDenyOfPrivate), bits);
      for (const own of byWorkgroup.values()) {
        await breathe();
        const isDenied = createHit(own.filter(isDenyOfPrivate), bits);
        const isAllowedOpen = createHit(
          own.filter((row) => row.effect === 'allow' && row.privacy !== 'private'),
          bits,
        );
        const isFree = (set: WordSet): boolean => !isDeniedToAll(set) && !isDenied(set);
        for (const row of own) {
          if (findings.has(row.line)) continue;
          if (row.effect === 'allow' && row.privacy === 'private' && leastSets(row, bits).some((set) => isFree(set) && !isAllowedOpen(set)))
            note(row, `a private record would show ${section} to somebody who does not see it in an open one`);
          if (row.effect === 'deny' && row.privacy === 'open' && isShownPrivate && leastSets(row, bits).some(isFree))
            note(row, `${section} would be denied in an open record and not in a private one: deny both, or write *`);
        }
      }
    }
  }
  return [...findings.values()].sort((a, b) => a.line - b.line);
}

/** Those that are named, and one that stands for all the others. */
function differing<Word extends string>(all: readonly Word[], named: readonly string[]): readonly Word[] {
  const words = new Set(named);
  const other = all.find((word) => !words.has(word));
  return all.filter((word) => words.has(word) || word === other);
}

function groupByWorkgroup(rows: readonly PolicyRow[]): ReadonlyMap<string, readonly PolicyRow[]> {
  const groups = new Map<string, PolicyRow[]>();
  for (const row of rows) {
    const group = groups.get(row.workgroup);
    if (group) group.push(row);
    else groups.set(row.workgroup, [row]);
  }
  return groups;
}

const isDenyOfPrivate = (row: PolicyRow): boolean => row.effect === 'deny' && row.privacy !== 'open';

/** What a caller holds: at most one relation, and conditions; as bits. */
interface WordSet {
  readonly relation: number;
  readonly conditions: number;
}

interface Bits {
  /** By word; `none` is 0. */
  readonly relations: ReadonlyMap<string, number>;
  readonly conditions: ReadonlyMap<string, number>;
}

const bitsOf = (system: CaseSystem): Bits => ({
  relations: new Map([['none', 0], ...system.relations.map((test, i) => [test.word, 1 << i] as const)]),
  conditions: new Map(system.conditions.map((test, i) => [test.word, 1 << i])),
});

const conditionsOf = (row: PolicyRow, bits: Bits): number => row.when.reduce((mask, word) => mask | (bits.conditions.get(word) ?? 0), 0);

/** The least a caller must hold for a row to hit. */
function leastSets(row: PolicyRow, bits: Bits): readonly WordSet[] {
  const conditions = conditionsOf(row, bits);
  const relations = row.relation === '*' ? [...bits.relations.values()] : [bits.relations.get(row.relation) ?? 0];
  return relations.map((relation) => ({ relation, conditions }));
}

/** True where one of these rows hits; workgroup, privacy, section and action are those of all of them. */
function createHit(rows: readonly PolicyRow[], bits: Bits): (set: WordSet) => boolean {
  const asked = new Map<number | '*', Set<number>>();
  for (const row of rows) {
    const relation = row.relation === '*' ? '*' : (bits.relations.get(row.relation) ?? 0);
    asked.set(relation, (asked.get(relation) ?? new Set()).add(conditionsOf(row, bits)));
  }
  const isMet = (masks: ReadonlySet<number> | undefined, conditions: number): boolean => {
    for (const mask of masks ?? []) if ((conditions & mask) === mask) return true;
    return false;
  };
  return ({ relation, conditions }) => isMet(asked.get('*'), conditions) || isMet(asked.get(relation), conditions);
}
