import type { EntryRecord } from '../vocabulary/access-entry';

/** True where a policy decided about the record: it stands on keys, and the engine did not fail. Only these are rolled up and can be replayed. */
export const isDecided = ({ keys, withheld }: EntryRecord): boolean => {
  if (keys.length === 0) return false;
  // An engine that fails withholds every section of the route, for that reason alone.
  for (const section in withheld) return withheld[section] !== 'engine-error';
  return true;
};
