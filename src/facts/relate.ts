import type { DecisionKey, Environment, Membership, RecordFacts } from '../vocabulary/access';
import type { CaseSystem, Clause, Test } from '../vocabulary/case-system';
import { isWithinBusinessDays } from './is-within-business-days';

/** What a relation may ask of the directory beside the membership itself. */
export interface Supervision {
  /** True if the account directly supervises, at that moment, the account that has this staff id; never oneself. */
  supervises(supervisorAccountId: string, staffId: string, system: string, environment: Environment, atMs: number): boolean;
}

export interface Relating {
  readonly system: CaseSystem;
  readonly membership: Membership;
  readonly facts: Extract<RecordFacts, { known: true }>;
  readonly applicationClass: string;
  readonly supervision: Supervision;
  readonly atMs: number;
}

/**
 * Reduces one membership and one record's facts to the closed vocabulary that policies speak.
 * A clause over a missing value is false; a relation without clauses never holds.
 * Source: design.md, The decision key; WF1-02 … WF1-04.
 */
export function relate(about: Relating): DecisionKey {
  return {
    environment: about.membership.environment,
    application: about.applicationClass,
    workgroup: about.membership.workgroup,
    relations: mask(about, about.system.relations),
    isPrivate: about.facts.isPrivate,
    conditions: mask(about, about.system.conditions),
  };
}

function mask(about: Relating, tests: readonly Test[]): number {
  let bits = 0;
  for (let bit = 0; bit < tests.length; bit += 1) if (allHold(about, (tests[bit] as Test).clauses)) bits |= 1 << bit;
  return bits;
}

function allHold(about: Relating, clauses: readonly Clause[]): boolean {
  for (const clause of clauses) if (!holds(about, clause)) return false;
  return clauses.length > 0;
}

function holds({ system, membership, facts, supervision, atMs }: Relating, clause: Clause): boolean {
  switch (clause.test) {
    case 'workgroup':
      return clause.workgroups.includes(membership.workgroup);
    case 'privilege':
      return membership.privileges.includes(clause.privilege);
    case 'fact-is-caller':
      return membership.staffId !== '' && codesOf(facts, clause.fact).includes(membership.staffId);
    case 'fact-is-supervised':
      for (const staffId of codesOf(facts, clause.fact))
        if (supervision.supervises(membership.account, staffId, membership.system, membership.environment, atMs)) return true;
      return false;
    case 'fact-in-scope': {
      const scope = membership.scopes[clause.scope];
      for (const code of codesOf(facts, clause.fact)) if (scope.includes('*') || scope.includes(code)) return true;
      return false;
    }
    case 'fact-has':
      for (const code of codesOf(facts, clause.fact)) if (clause.words.includes(code)) return true;
      return false;
    case 'fact-within-business-days':
      return isWithinBusinessDays(
        system,
        clause.days,
        codesOf(facts, clause.fact),
        atMs,
        clause.exceptionsBy === undefined ? null : codesOf(facts, clause.exceptionsBy),
      );
  }
}

function codesOf(facts: Relating['facts'], fact: number): readonly string[] {
  return facts.codes[fact] ?? NO_CODES;
}

const NO_CODES: readonly string[] = [];
