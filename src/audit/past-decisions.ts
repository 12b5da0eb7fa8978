import { z } from 'zod';
import type { AccessEntry, EntryRecord } from '../vocabulary/access-entry';
import type { PastDecision } from '../vocabulary/past-decision';
import { isDecided } from './is-decided';
import { isOfAWrite } from './is-of-a-write';
import type { StoredCount } from './log-reader';

/** The decision of one record of an entry; null where the policy did not decide about it, and for a write. */
export function decisionOf(entry: AccessEntry, record: EntryRecord): PastDecision | null {
  const { system, environment, route, action, policyVersion } = entry;
  if (policyVersion === null || isOfAWrite(entry) || !isDecided(record)) return null;
  return {
    system: system ?? '',
    environment: environment ?? '',
    route: route ?? '',
    action: action ?? '',
    policyVersion,
    keys: record.keys,
    narrowing: record.narrowing ?? null,
    granted: Object.keys(record.disclosed),
  };
}

/**
 * The decision that a roll-up counts.
 * Fails   Error where its words cannot be read: roll-ups stand in no chain, so a changed store may hold anything.
 */
export function decisionOfCount({ keyJson, grantedJson, count, flushes: _flushes, ...place }: StoredCount): PastDecision {
  try {
    const stood = stoodOn.parse(JSON.parse(keyJson));
    const { keys, narrowing } = Array.isArray(stood) ? { keys: stood, narrowing: null } : stood;
    if (!Number.isSafeInteger(count) || count < 1) throw new Error('no count');
    return { ...place, keys, narrowing, granted: words.parse(JSON.parse(grantedJson)) };
  } catch (cause) {
    throw new Error(`a roll-up of ${place.system || 'a system'} cannot be read; casegate audit verify says whether the log is whole`, {
      cause,
    });
  }
}

/** One text for alike decisions. */
export const textOf = ({ system, environment, route, action, policyVersion, keys, narrowing, granted }: PastDecision): string =>
  JSON.stringify([system, environment, route, action, policyVersion, keys, narrowing, granted]);

const words = z.array(z.string());
const key = z.object({
  environment: z.enum(['production', 'training']),
  application: z.string(),
  workgroup: z.string(),
  relations: words,
  privacy: z.enum(['open', 'private']),
  when: words,
});
const keys = z.array(key).min(1);
const stoodOn = z.union([keys, z.object({ keys, narrowing: z.object({ carries: words, actorKeys: z.array(key).nullable() }) })]);
