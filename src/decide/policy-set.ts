import type { CaseSystem, Test } from '../vocabulary/case-system';
import type { Clock } from '../vocabulary/clock';
import type { Breathe } from './breather';
import { checkSystem } from './check-system';
import type { Finding } from './finding';
import { createPolicyInForce, type PolicyInForce, type PolicyParts } from './policy-in-force';
import { type SystemFiles, SYSTEM_FILES, versionOf } from './read-policy-folder';

/** One system's files and what was built of them. */
export interface Loaded {
  readonly files: SystemFiles;
  readonly parts: PolicyParts;
  readonly warnings: readonly Finding[];
}

/** One whole policy set. Replaced, never changed. */
export interface PolicySet {
  /** sha-256 hex over its files; '' where there is none. */
  readonly version: string;
  readonly policies: ReadonlyMap<string, PolicyInForce>;
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly sinceMs: number;
}

export const NO_POLICIES: PolicySet = { version: '', policies: new Map(), loaded: new Map(), sinceMs: 0 };

export interface CheckedFiles {
  /** The systems whose files are good. */
  readonly loaded: ReadonlyMap<string, Loaded>;
  /** Errors; warnings stand with what was loaded. */
  readonly findings: readonly Finding[];
}

/** Checks all systems' files; what is in force and unchanged is not built again. */
export async function checkFiles(systems: ReadonlyMap<string, SystemFiles>, before: PolicySet, breathe: Breathe): Promise<CheckedFiles> {
  const loaded = new Map<string, Loaded>();
  const findings: Finding[] = [];
  for (const [name, files] of systems) {
    const known = before.loaded.get(name);
    if (known !== undefined && isSame(known.files, files)) {
      loaded.set(name, known);
      continue;
    }
    const checked = await checkSystem(name, files, breathe, known?.parts.system);
    findings.push(...checked.findings);
    if (checked.parts !== null) loaded.set(name, { files, parts: checked.parts, warnings: checked.warnings });
  }
  return { loaded, findings };
}

export interface NextSet {
  readonly set: PolicySet;
  readonly changed: readonly string[];
  /** Keys of the old version that were decided under the new one beforehand, so that no request after the swap is cold. */
  readonly keysDecided: number;
}

/** Makes a set ready to take the place of another. */
export async function makeSet(
  given: ReadonlyMap<string, Loaded>,
  before: PolicySet,
  clock: Clock,
  onFault: (system: string, cause: unknown) => void,
  breathe: Breathe,
): Promise<NextSet> {
  const changed = changedSystems(given, before.loaded);
  // What did not change stays the same object: its answers are remembered.
  const loaded = new Map([...given].map(([name, one]) => [name, changed.includes(name) ? one : (before.loaded.get(name) ?? one)]));
  let keysDecided = 0;
  for (const name of changed) {
    const [old, next] = [before.loaded.get(name), loaded.get(name)];
    if (old && next) keysDecided += await decideAgain(old.parts, next.parts, breathe);
  }
  const version = versionOfLoaded(loaded);
  const policies = new Map<string, PolicyInForce>();
  for (const [name, { parts }] of loaded)
    policies.set(
      name,
      createPolicyInForce(parts, version, (cause) => onFault(name, cause)),
    );
  return { set: { version, policies, loaded, sinceMs: clock() }, changed, keysDecided };
}

export const versionOfLoaded = (loaded: ReadonlyMap<string, Loaded>): string =>
  versionOf(new Map([...loaded].map(([name, one]) => [name, one.files])));

export function changedSystems(loaded: ReadonlyMap<string, Loaded>, before: ReadonlyMap<string, Loaded>): readonly string[] {
  const names = [...new Set([...loaded.keys(), ...before.keys()])];
  return names.filter((name) => {
    const [one, other] = [loaded.get(name), before.get(name)];
    return one !== other && (one === undefined || other === undefined || !isSame(one.files, other.files));
  });
}

const isSame = (a: SystemFiles, b: SystemFiles): boolean =>
  SYSTEM_FILES.every((file) => {
    const [one, other] = [a[file], b[file]];
    return one === null || other === null ? one === other : one.equals(other);
  });

async function decideAgain(before: PolicyParts, after: PolicyParts, breathe: Breathe): Promise<number> {
  const relations = translation(before.system, after.system, (system) => system.relations);
  const conditions = translation(before.system, after.system, (system) => system.conditions);
  let decided = 0;
  for (const { key, action } of before.memory.keys()) {
    const now = { ...key, relations: translate(key.relations, relations), conditions: translate(key.conditions, conditions) };
    after.memory.answer(now, action);
    decided += 1;
    await breathe();
  }
  return decided;
}

/** For each bit of the old words the bit of the same word now; 0 where the word is gone. */
function translation(before: CaseSystem, after: CaseSystem, words: (system: CaseSystem) => readonly Test[]): readonly number[] {
  const now = words(after).map((test) => test.word);
  return words(before).map(({ word }) => (now.includes(word) ? 1 << now.indexOf(word) : 0));
}

const translate = (mask: number, bits: readonly number[]): number =>
  bits.reduce((all, bit, i) => ((mask & (1 << i)) === 0 ? all : all | bit), 0);
