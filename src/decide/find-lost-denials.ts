import type { CaseSystem } from '../vocabulary/case-system';
import { createCover } from './create-cover';
import { type Finding, finding } from './finding';
import { mayTakeAway } from './may-take-away';
import { type PolicyRow, wordsOf } from './policy-row';

/**
 * Finds deny rows of a workgroup that collapses into another one which no row denies the same: whoever holds both would see what
 * is denied to those who hold the first alone.
 *
 * Source  WWP-03.
 */
export function findLostDenials(system: CaseSystem, rows: readonly PolicyRow[], file: string): readonly Finding[] {
  const denies = rows.filter((row) => row.effect === 'deny');
  const denierOf = createCover(denies);
  const findings = new Map<number, Finding>();
  for (const { these, into } of system.collapses) {
    for (const deny of denies) {
      const workgroup = deny.workgroup.slice('group:'.length);
      if (workgroup === into || !these.includes(workgroup) || denierOf({ ...deny, workgroup: `group:${into}` })) continue;
      const isMissed = rows.some((row) => row.effect === 'allow' && row.workgroup !== deny.workgroup && mayTakeAway(deny, row, false));
      const message = `whoever holds ${workgroup} together with ${these.filter((one) => one !== workgroup).join(', ')} is ${into} alone, and is not denied this: deny it to ${into} too`;
      if (isMissed)
        findings.set(deny.line, finding('collapse-opens', { file, line: deny.line, column: 1, word: wordsOf(deny).join(', ') }, message));
    }
  }
  return [...findings.values()];
}
