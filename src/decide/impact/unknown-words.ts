import type { EntryKey } from '../../vocabulary/access-entry';
import type { CaseSystem } from '../../vocabulary/case-system';
import type { DecisionKey, Environment } from '../../vocabulary/access';
import type { PolicyRow } from '../policy-row';
import type { SystemChange } from './compare-systems';

/** One thing that an old decision does not tell and a candidate's rows ask: whether this word holds of this key, or whether the record is private. */
export interface Unknown {
  readonly word: string;
  /** Sets it in the keys: true holds. */
  readonly apply: (keys: readonly MutableKey[], holds: boolean) => void;
}

export type MutableKey = { -readonly [Part in keyof DecisionKey]: DecisionKey[Part] };

/** The key as the candidate numbers its words; words that it does not have, or means otherwise, do not hold. */
export function translateKey({ after, unknownRelations, unknownConditions }: SystemChange, key: EntryKey): MutableKey {
  return {
    environment: key.environment as Environment,
    application: key.application,
    workgroup: key.workgroup,
    relations: maskOf(after.relations, key.relations) & ~unknownRelations,
    isPrivate: key.privacy !== 'open',
    conditions: maskOf(after.conditions, key.when) & ~unknownConditions,
  };
}

const maskOf = (tests: CaseSystem['relations'], words: readonly string[]): number =>
  tests.reduce((mask, { word }, bit) => (words.includes(word) ? mask | (1 << bit) : mask), 0);

/** What the candidate's rows ask of these keys and the keys do not tell. A word that no row speaks of is no matter. */
export function unknownsOf(change: SystemChange, rows: readonly PolicyRow[], keys: readonly MutableKey[]): readonly Unknown[] {
  const unknowns: Unknown[] = [];
  for (const [at, { workgroup }] of keys.entries()) {
    const own = rows.filter((row) => row.workgroup === '*' || row.workgroup === `group:${workgroup}`);
    // `none` asks for the absence of every relation, also of one that no row names.
    const isAbsenceAsked = own.some((row) => row.relation === 'none');
    for (const [bit, { word }] of change.after.relations.entries()) {
      if ((change.unknownRelations & (1 << bit)) === 0 || !(isAbsenceAsked || own.some((row) => row.relation === word))) continue;
      unknowns.push({ word, apply: (all, holds) => set(all[at], 'relations', bit, holds) });
    }
    for (const [bit, { word }] of change.after.conditions.entries()) {
      if ((change.unknownConditions & (1 << bit)) === 0 || !own.some((row) => row.when.includes(word))) continue;
      unknowns.push({ word, apply: (all, holds) => set(all[at], 'conditions', bit, holds) });
    }
  }
  if (change.isPrivacyUnknown) unknowns.push({ word: 'privacy', apply: (all, holds) => all.forEach((key) => (key.isPrivate = holds)) });
  return unknowns;
}

function set(key: MutableKey | undefined, part: 'relations' | 'conditions', bit: number, holds: boolean): void {
  if (key !== undefined) key[part] = holds ? key[part] | (1 << bit) : key[part] & ~(1 << bit);
}
