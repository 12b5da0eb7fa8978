import type { Membership, Reach } from '../vocabulary/access';
import type { CaseSystem, Clause, Test } from '../vocabulary/case-system';

/**
 * What one membership could meet in the records of a system, known before any record is: which relations and conditions hold on every
 * record, on some, on none.
 *
 * Gives   always: words of whose clauses each asks of the membership alone, and holds. perhaps: those too that a record may fulfil.
 *         A word that a clause about the membership rules out is in neither.
 * Source  design.md, Deciding; acceptance R105.
 */
export function reachOf(system: CaseSystem, membership: Membership): Reach {
  const relations = masksOf(system.relations, membership);
  const conditions = masksOf(system.conditions, membership);
  return {
    workgroup: membership.workgroup,
    relationsAlways: relations.always,
    relationsPerhaps: relations.perhaps,
    conditionsAlways: conditions.always,
    conditionsPerhaps: conditions.perhaps,
    privacy: 'any',
  };
}

function masksOf(tests: readonly Test[], membership: Membership): { readonly always: number; readonly perhaps: number } {
  let always = 0;
  let perhaps = 0;
  for (const [bit, { clauses }] of tests.entries()) {
    const answers = clauses.map((clause) => holdsOf(clause, membership));
    if (answers.length === 0 || answers.includes('never')) continue;
    perhaps |= 1 << bit;
    if (answers.every((answer) => answer === 'always')) always |= 1 << bit;
  }
  return { always, perhaps };
}

function holdsOf(clause: Clause, membership: Membership): 'always' | 'perhaps' | 'never' {
  switch (clause.test) {
    case 'workgroup':
      return clause.workgroups.includes(membership.workgroup) ? 'always' : 'never';
    case 'privilege':
      return membership.privileges.includes(clause.privilege) ? 'always' : 'never';
    case 'fact-is-caller':
      return membership.staffId === '' ? 'never' : 'perhaps';
    case 'fact-in-scope':
      return membership.scopes[clause.scope].length === 0 ? 'never' : 'perhaps';
    case 'fact-is-supervised':
    case 'fact-has':
    case 'fact-within-business-days':
      return 'perhaps';
  }
}
