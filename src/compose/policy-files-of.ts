import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SettingsChoice } from '../cli/services';
import { systemFilesOf } from '../decide/kept-files';
import { readPolicyFolder, type SystemFiles, versionOf } from '../decide/read-policy-folder';
import { createPolicyStore } from '../storage/policy-store';
import { readGovernance } from './read-governance';
import { settingsOf } from './settings-of';

/** One policy, by the folder it stands in or the version under which the store keeps it. */
export interface NamedPolicy {
  readonly name: string;
  /** sha-256 hex over its files. */
  readonly version: string;
  readonly from: 'folder' | 'store';
  readonly systems: ReadonlyMap<string, SystemFiles>;
}

/**
 * Finds a policy by what people call it: a folder, or a kept version by its hash or the beginning of it (at least four letters).
 * Fails   Error naming what it is not.
 */
export async function policyFilesOf(nameOrVersion: string, choice: SettingsChoice): Promise<NamedPolicy> {
  const folder = resolve(nameOrVersion);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
    const { systems } = await readPolicyFolder(folder);
    return { name: nameOrVersion, version: versionOf(systems), from: 'folder', systems };
  }
  if (!/^[0-9a-f]{4,64}$/.test(nameOrVersion)) throw new Error(`${nameOrVersion} is no policy folder, and no version of a policy`);
  return keptPolicy(nameOrVersion, choice);
}

function keptPolicy(start: string, choice: SettingsChoice): Promise<NamedPolicy> {
  return readGovernance(settingsOf(choice), async (governance) => {
    const store = createPolicyStore(governance);
    const [version, other] = await store.versionsLike(start);
    if (version === undefined) throw new Error(`${start} is no policy folder, and the store keeps no version of that name`);
    if (other !== undefined) throw new Error(`the store keeps several versions whose name begins with ${start}`);
    const files = await store.filesOf(version);
    if (files === null) throw new Error(`the store does not keep the version ${version}`);
    return { name: version.slice(0, 12), version, from: 'store', systems: systemFilesOf(files) };
  });
}
