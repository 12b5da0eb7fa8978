import type { CaseSystem, Test } from '../vocabulary/case-system';
import type { Breathe } from './breather';
import { createCover } from './create-cover';
import { type Finding, type FindingRule, finding } from './finding';
import { mayTakeAway } from './may-take-away';
import { type PolicyRow, wordsOf } from './policy-row';

/**
 * Finds rows that could be struck out without anybody seeing more or less, each under the first of these that is true of it:
 *
 * never-holds      its relation or a condition is of other workgroups than the row.
 * unreachable      an allow row, and one deny row hits wherever it does.
 * shadowed         another row of the same effect hits wherever it does.
 * without-effect   a deny row, and no allow row could meet it. A denial also takes away what another membership of the same person
 *                  would show, so the allow rows of all workgroups count; those of its own alone where nobody may hold two.
 *
 * One row is compared with one other, by their words: what several rows cover only together is not found.
 */
export async function findDeadRows(
  system: CaseSystem,
  rows: readonly PolicyRow[],
  file: string,
  breathe: Breathe,
): Promise<readonly Finding[]> {
  const allows = rows.filter((row) => row.effect === 'allow');
  const denies = rows.filter((row) => row.effect === 'deny');
  const coverOf = { allow: createCover(allows), deny: createCover(denies) };
  const strangerOf = createStranger(system);
  const isAlone = system.mostMemberships === 1;
  const findings: Finding[] = [];
  for (const row of rows) {
    await breathe();
    const note = (rule: FindingRule, message: string): unknown =>
      findings.push(finding(rule, { file, line: row.line, column: 1, word: wordsOf(row).join(', ') }, message));
    const stranger = strangerOf(row);
    const denier = row.effect === 'allow' ? coverOf.deny(row) : undefined;
    const twin = coverOf[row.effect](row);
    if (stranger) note('never-holds', stranger);
    else if (denier) note('unreachable', `line ${denier.line} denies whatever this row allows`);
    else if (twin) note('shadowed', `line ${twin.line} says this already`);
    else if (row.effect === 'deny' && !allows.some((allow) => mayTakeAway(row, allow, isAlone)))
      note('without-effect', 'no row allows what this row denies');
  }
  return findings;
}

/** What keeps a row from ever holding: a word whose clauses ask for other workgroups. */
function createStranger({ relations, conditions }: CaseSystem): (row: PolicyRow) => string | undefined {
  const [byRelation, byCondition] = [holdersOf(relations), holdersOf(conditions)];
  return ({ workgroup, relation, when }) => {
    const own = workgroup.slice('group:'.length);
    const words = [[relation, byRelation.get(relation)] as const, ...when.map((word) => [word, byCondition.get(word)] as const)];
    for (const [word, holders] of workgroup === '*' ? [] : words)
      if (holders && !holders.includes(own))
        return `${word} holds for ${holders.length === 0 ? 'no workgroup' : holders.join(', ')}, never for ${own}`;
    return undefined;
  };
}

/** By word, the workgroups that all its clauses admit; words that ask for none are left out. */
function holdersOf(tests: readonly Test[]): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, readonly string[]>();
  for (const { word, clauses } of tests) {
    for (const clause of clauses)
      if (clause.test === 'workgroup')
        holders.set(
          word,
          clause.workgroups.filter((one) => holders.get(word)?.includes(one) ?? true),
        );
  }
  return holders;
}
