import type { Settings } from '../settings/settings-table';
import { type GovernanceStore, openDataSource } from '../storage/open-data-source';
import { storeSettings } from './open-stores';

/** Opens directory, registry and policies for reading alone, beside a gateway that runs, for as long as `ask` takes. */
export async function readGovernance<Answer>(settings: Settings, ask: (governance: GovernanceStore) => Promise<Answer>): Promise<Answer> {
  const governance = await openDataSource(storeSettings(settings), { readOnly: true });
  try {
    return await ask(governance);
  } finally {
    await governance.close();
  }
}
