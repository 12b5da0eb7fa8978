import type { Decision } from '../../vocabulary/access';
import type { AccessEntry } from '../../vocabulary/access-entry';
import type { CaseSystem } from '../../vocabulary/case-system';
import { toPointer } from '../../vocabulary/to-pointer';
import type { IntentDetails } from './open-intent';
import type { PlanProof, WritePlan } from './write-steps';

/**
 * The entry that stands before anything is sent: who writes which fields of which record, by which rows. No value of them.
 * Takes   entry: as of the answer, with the decision on the write.
 */
export function intentEntry(
  entry: AccessEntry,
  about: {
    readonly intentId: string;
    readonly plan: WritePlan;
    readonly system: CaseSystem;
    readonly decision: Decision;
    readonly digestOf: (text: string) => string;
    readonly key: string | null;
  },
): AccessEntry {
  const { plan, system, decision } = about;
  const rights = Object.fromEntries(plan.sections.map((section) => [system.sections[section] ?? '', decision.ruleLines[section] ?? 0]));
  const write: IntentDetails = {
    answer: entry.accessId,
    fields: plan.fields,
    rights,
    proof: proofOf(plan.proof, about.digestOf),
    ...(about.key === null ? {} : { key: about.key }),
  };
  return {
    ...entry,
    accessId: about.intentId,
    kind: 'intent',
    records: entry.records.map((record) => ({ ...record, disclosure: 'none', disclosed: {}, unclassifiedFields: 0 })),
    outcome: { status: 0, code: 'ok', reasons: decision.reasons },
    upstream: null,
    details: { write },
  };
}

/** The entry of an answer to a write; `about` names the intent, or says that there was none. */
export const writtenEntry = (entry: AccessEntry, about: Readonly<Record<string, unknown>>): AccessEntry => ({
  ...entry,
  details: { ...entry.details, write: about },
});

function proofOf(proof: PlanProof, digestOf: (text: string) => string): IntentDetails['proof'] {
  if (proof.kind === 'gone') return { kind: 'gone' };
  const places = proof.places.map(toPointer);
  const digest = digestOf(proof.text);
  if (proof.kind === 'values') return { kind: 'values', places, digest };
  return { kind: 'element', into: toPointer(proof.into), places, before: proof.before, digest };
}
