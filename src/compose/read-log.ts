import type { LogReader } from '../audit/log-reader';
import type { Settings } from '../settings/settings-table';
import { openLogReader } from '../storage/log-reader';
import { storeSettings } from './open-stores';

/** Opens the access log for reading alone, beside a gateway that runs, for as long as `ask` takes. */
export async function readLog<Answer>(settings: Settings, ask: (reader: LogReader) => Promise<Answer>): Promise<Answer> {
  const reader = openLogReader(storeSettings(settings));
  try {
    return await ask(reader);
  } finally {
    await reader.close();
  }
}
