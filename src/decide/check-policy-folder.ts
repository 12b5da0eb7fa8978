import { createBreather } from './breather';
import { type CheckedSystem, checkSystem } from './check-system';
import { checkModel } from './check-model';
import { type Finding, finding } from './finding';
import { type PolicyFolder, readPolicyFolder, versionOf } from './read-policy-folder';

export interface CheckedFolder {
  /** Errors. Empty: the folder would come into force as a whole. */
  readonly findings: readonly Finding[];
  /** What never keeps a version from coming into force, and should be put right. */
  readonly warnings: readonly Finding[];
  /** sha-256 hex over the model and all files of all systems, as they stand. */
  readonly version: string;
  readonly systems: readonly CheckedSystem[];
}

/**
 * Checks a policy folder as the gateway would at start; for `casegate policy check` and `policy test`.
 * Fails   rejects where the folder cannot be read.
 */
export async function checkPolicyFolder(folder: string): Promise<CheckedFolder> {
  const read = await readPolicyFolder(folder);
  const breathe = createBreather();
  const systems: CheckedSystem[] = [];
  for (const [name, files] of read.systems) systems.push(await checkSystem(name, files, breathe));
  const findings = [...modelFindings(read), ...systems.flatMap((system) => system.findings)];
  if (systems.length === 0) findings.push(finding('unreadable', { file: '.', line: 1, column: 1, word: '' }, 'the folder holds no system'));
  return { findings, warnings: systems.flatMap((system) => system.warnings), version: versionOf(read.systems), systems };
}

export function modelFindings(read: PolicyFolder): readonly Finding[] {
  if (read.model === null) return [finding('model', { file: 'model.conf', line: 1, column: 1, word: '' }, 'the model is missing')];
  return checkModel(read.model, 'model.conf');
}
