import type { Ask } from '../vocabulary/access';
import { decideOn } from './decide-on';
import type { DecidedPerson, Now, ReadPerson, Steps } from './steps';

/**
 * Decides each person who stands inside a record by their own facts: what the body says of them there, and the registry under the number of
 * their own record. Silence closes, as for any record. Whoever may not be known of is left out.
 */
export function decidePersons(
  steps: Pick<Steps, 'findInRegistry' | 'resolveFacts' | 'relate'>,
  ask: Pick<Ask, 'system' | 'environment'>,
  now: Now,
  persons: readonly ReadPerson[],
): readonly DecidedPerson[] {
  if (persons.length === 0) return NOBODY;
  return persons.flatMap(({ number, opens, id, facts: readings }): readonly DecidedPerson[] => {
    const row = id === null ? undefined : steps.findInRegistry(ask.system, ask.environment, id);
    const facts = steps.resolveFacts(now.policy.system, readings, row);
    if (!facts.known) return NOBODY;
    const decision = decideOn(steps, now, facts);
    return decision.disclosure === 'none' ? NOBODY : [{ number, opens, id, decision }];
  });
}

const NOBODY: readonly DecidedPerson[] = [];
