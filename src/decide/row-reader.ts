import type { Action, CaseSystem } from '../vocabulary/case-system';
import type { Reason } from '../vocabulary/reasons';
import { type PolicyRow, wordsOf } from './policy-row';
import { type Holds, makeHolds } from './row-holds';

/** The part of a decision key that rows speak of. */
export interface KeyWords {
  /** Without its namespace. */
  readonly workgroup: string;
  readonly relations: number;
  readonly isPrivate: boolean;
  readonly conditions: number;
}

/** A row with its words as `holds` takes them. */
export interface WordedRow extends PolicyRow {
  readonly words: readonly string[];
}

export const worded = (row: PolicyRow): WordedRow => Object.freeze({ ...row, words: Object.freeze(wordsOf(row).slice(0, 6)) });

/** What rows say of one section under one action. Lines are those of policy.csv; 0 for none. */
export interface RowsSay {
  readonly allowLine: number;
  readonly denyLine: number;
  /** Why it is not shown: the least change that would show it; null where it is shown. The words stand in entries, and in answers only where they may be told. */
  readonly why: Reason | null;
}

/**
 * Reads rows without casbin: our own explainer (C19), the second reader with whom casbin must agree, and what tries policies that are
 * in force nowhere.
 */
export class RowReader {
  private readonly holds: Holds;
  private readonly scopeMask: number;
  private readonly privilegeMask: number;

  constructor(system: CaseSystem) {
    this.holds = makeHolds(system);
    this.scopeMask = maskWhere(system, 'fact-in-scope');
    this.privilegeMask = maskWhere(system, 'privilege');
  }

  /** Takes the rows in the order of the file. Throws where a row speaks a word that the system does not have. */
  read(rows: readonly WordedRow[], key: KeyWords, section: string, action: Action): RowsSay {
    const allowLine = this.firstLine(rows, key, section, action, 'allow');
    const denyLine = this.firstLine(rows, key, section, action, 'deny');
    const why = denyLine !== 0 ? ('denied-by-rule' as const) : allowLine !== 0 ? null : this.explain(rows, key, section, action);
    return { allowLine, denyLine, why };
  }

  /** The first line of this effect that hits, or 0. */
  firstLine(rows: readonly WordedRow[], key: KeyWords, section: string, action: Action, effect: PolicyRow['effect']): number {
    const request = requestOf(key, section, action);
    return rows.find((row) => row.effect === effect && this.holds(...request, ...row.words))?.line ?? 0;
  }

  private explain(rows: readonly WordedRow[], key: KeyWords, section: string, action: Action): Reason {
    const would = (change: Partial<KeyWords>): boolean => {
      const other = { ...key, ...change };
      return this.firstLine(rows, other, section, action, 'deny') === 0 && this.firstLine(rows, other, section, action, 'allow') !== 0;
    };
    if (would({ conditions: key.conditions | this.privilegeMask })) return 'no-private-privilege';
    if (key.isPrivate && would({ isPrivate: false })) return 'private-record';
    if (would({ conditions: key.conditions | this.scopeMask })) return 'out-of-scope';
    return 'not-granted';
  }
}

/** A question as the matcher of model.conf takes it. */
export const requestOf = (key: KeyWords, section: string, action: Action): unknown[] => [
  `group:${key.workgroup}`,
  key.relations,
  key.isPrivate ? 'private' : 'open',
  key.conditions,
  section,
  action,
];

/** The conditions all of whose clauses are of this kind. */
function maskWhere(system: CaseSystem, test: 'fact-in-scope' | 'privilege'): number {
  let mask = 0;
  for (const [bit, condition] of system.conditions.entries())
    if (condition.clauses.every((clause) => clause.test === test)) mask |= 1 << bit;
  return mask;
}
