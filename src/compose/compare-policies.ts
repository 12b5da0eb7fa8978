import type { PolicyDiff, SystemDiff } from '../cli/services/policy-review';
import { createBreather } from '../decide/breather';
import { checkSystem } from '../decide/check-system';
import type { SystemFiles } from '../decide/read-policy-folder';
import { diffAccess, type PolicySide } from '../decide/review/diff-access';
import { diffRecords } from '../decide/review/diff-records';
import type { NamedPolicy } from './policy-files-of';

/**
 * Compares two policies, system by system.
 *
 * Takes   filesOf: gives the files of a folder or of a kept version.
 * Fails   Error naming the first place that cannot be read: what is not understood is not compared.
 */
export async function comparePolicies(
  filesOf: (name: string) => Promise<NamedPolicy>,
  names: readonly [string, string],
  only: string | undefined,
): Promise<PolicyDiff> {
  const [before, after] = [await filesOf(names[0]), await filesOf(names[1])];
  const systems = [...new Set([...before.systems.keys(), ...after.systems.keys()])].sort();
  if (only !== undefined && !systems.includes(only)) throw new Error(`neither of the two policies holds a system ${only}`);
  const diffs: SystemDiff[] = [];
  for (const name of systems.filter((one) => only === undefined || one === only)) {
    const sides = await Promise.all([before, after].map(async (policy) => sideOf(policy, name)));
    const [was, is] = sides as [PolicySide | null, PolicySide | null];
    diffs.push(compareSystem(name, was, is));
  }
  return { before: nameOf(before), after: nameOf(after), systems: diffs.filter(isDifferent) };
}

const nameOf = ({ name, version }: NamedPolicy) => ({ name, version });

const isDifferent = ({ state, gains, loses, denied, deniedNoMore, changes }: SystemDiff): boolean =>
  state !== 'changed' || [gains, loses, denied, deniedNoMore, changes].some((list) => list.length > 0);

/** A system that one of the two does not have allows nothing there. */
function compareSystem(name: string, was: PolicySide | null, is: PolicySide | null): SystemDiff {
  if (was !== null && is !== null)
    return { system: name, state: 'changed', ...diffAccess(was, is), changes: diffRecords(was.system, is.system) };
  const there = (was ?? is) as PolicySide;
  const nothing: PolicySide = { system: there.system, rows: [] };
  return { system: name, state: was === null ? 'added' : 'gone', ...diffAccess(was ?? nothing, is ?? nothing), changes: [] };
}

async function sideOf(policy: NamedPolicy, name: string): Promise<PolicySide | null> {
  const files: SystemFiles | undefined = policy.systems.get(name);
  if (files === undefined) return null;
  const { parts, system, rows, results, findings } = await checkSystem(name, files, createBreather());
  // Rows are whole where the cases could be asked; that some case fails, or that privacy widens, hinders no comparison.
  if (system !== null && (parts !== null || results.length > 0)) return { system, rows };
  const [first] = findings;
  throw new Error(`${policy.name} cannot be compared: ${first?.file}:${first?.line}:${first?.column} ${first?.message}`);
}
