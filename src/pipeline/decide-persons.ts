import type { Ask } from '../vocabulary/access';
import { decideRecord } from './decide-record';
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
  return persons.flatMap((person): readonly DecidedPerson[] => {
    const decision = decideRecord(steps, ask, now, person)?.decision;
    if (decision === undefined || decision.disclosure === 'none') return NOBODY;
    const { number, opens, id } = person;
    return [{ number, opens, id, decision }];
  });
}

const NOBODY: readonly DecidedPerson[] = [];
