import { readEntries } from '../audit/read-entries';
import type { Settings } from '../settings/settings-table';
import type { AccessEntry } from '../vocabulary/access-entry';
import { readLog } from './read-log';

/** The entry of the request itself, not what became of it later; null where the log has none. */
export async function findEntry(settings: Settings, accessId: string): Promise<AccessEntry | null> {
  const { entries } = await readLog(settings, (reader) => readEntries(reader, { accessId }, { limit: 1 }));
  return entries[0]?.entry ?? null;
}
