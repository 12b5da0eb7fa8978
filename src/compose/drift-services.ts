import type { DriftServices } from '../cli/services/drift';
import type { PolicyStore } from '../decide/policy-store';
import { readRecordFile } from '../decide/read-record-file';
import { readDrift } from '../monitoring/drift/read-drift';
import { createDriftStore } from '../storage/drift-store';
import { createPolicyStore } from '../storage/policy-store';
import type { CaseSystem } from '../vocabulary/case-system';
import type { DriftField } from '../vocabulary/drift';
import { readGovernance } from './read-governance';
import { settingsOf } from './settings-of';

/** Fulfils what the commands ask of the drift list. */
export const driftServices: DriftServices = {
  listDrift: async ({ system }, choice) => {
    const settings = settingsOf(choice);
    return readGovernance(settings, async (governance) => {
      const systems = await systemsInForce(createPolicyStore(governance));
      if (system !== undefined && !systems.has(system) && !Object.hasOwn(settings.systems, system))
        throw new Error(
          `${system} is no system of the settings and of no policy in force: ${[...systems.keys()].join(', ') || 'there is none'}`,
        );
      const store = createDriftStore(governance);
      const fields: DriftField[] = [];
      for (let after: string | null = null; ;) {
        const page = await readDrift(store, (name) => systems.get(name), { system: system ?? null, after, limit: 500 });
        fields.push(...(page?.fields ?? []));
        after = page?.next ?? null;
        if (after === null) break;
      }
      const notCompared = [...new Set(fields.map((field) => field.system))].filter((name) => !systems.has(name));
      return { fields, notCompared };
    });
  },
};

/** What record.yaml of the policy in force says, by system. */
async function systemsInForce(store: PolicyStore): Promise<ReadonlyMap<string, CaseSystem>> {
  const { version } = await store.inForce();
  const files = version === null ? null : await store.filesOf(version);
  const systems = new Map<string, CaseSystem>();
  for (const [name, { 'record.yaml': bytes }] of files ?? []) {
    // Its places alone are looked at; holidays tell nothing of them.
    const system = bytes === undefined ? null : readRecordFile(bytes, `${name}/record.yaml`, name, []).system;
    if (system !== null) systems.set(name, system);
  }
  return systems;
}
