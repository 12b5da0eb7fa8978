import type { Ask, Decision, FactReading } from '../vocabulary/access';
import { decideOn } from './decide-on';
import type { KnownFacts, Now, Steps } from './steps';

/**
 * Decides a record by its own facts: what its body says, and the registry under its number. null where it lacks facts it needs: hidden.
 * Takes   id: null for somebody inside a record who has no number of their own; then the registry says nothing.
 */
export function decideRecord(
  steps: Pick<Steps, 'findInRegistry' | 'resolveFacts' | 'relate'>,
  { system, environment }: Pick<Ask, 'system' | 'environment'>,
  now: Now,
  { id, facts: readings }: { readonly id: string | null; readonly facts: readonly FactReading[] },
): { readonly decision: Decision; readonly facts: KnownFacts } | null {
  const row = id === null ? undefined : steps.findInRegistry(system, environment, id);
  const facts = steps.resolveFacts(now.policy.system, readings, row);
  return facts.known ? { decision: decideOn(steps, now, facts), facts } : null;
}
