import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyStore } from '../../../src/decide/policy-store';
import { migrate } from '../../../src/storage/migrate';
import { openDataSource } from '../../../src/storage/open-data-source';
import { createPolicyStore } from '../../../src/storage/policy-store';

/** A real policy store on SQLite, for one test. */
export async function openPolicyStore(): Promise<{ readonly store: PolicyStore; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-policy-store-'));
  await migrate({ kind: 'sqlite', folder });
  const governance = await openDataSource({ kind: 'sqlite', folder });
  return {
    store: createPolicyStore(governance),
    close: async () => {
      await governance.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
