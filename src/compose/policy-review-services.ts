import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsChoice } from '../cli/services';
import type { AccessExplanation, PeopleOptions, PolicyReviewServices, SystemMatrix, TriedMutation } from '../cli/services/policy-review';
import { createBreather } from '../decide/breather';
import { type CheckedFolder, checkPolicyFolder } from '../decide/check-policy-folder';
import { coverRows } from '../decide/review/cover-rows';
import { makeMatrix } from '../decide/review/make-matrix';
import { matrixText } from '../decide/review/matrix-text';
import { lineOf } from '../decide/policy-row';
import { type MutationResult, tryMutations } from '../decide/review/try-mutations';
import { comparePolicies } from './compare-policies';
import { type AskedSystem, explainAccess, explainFacts } from './explain-policy';
import { findEntry } from './find-entry';
import { openPeople, type People } from './open-people';
import { settingsOf } from './settings-of';
import { whatCan } from './what-can';
import { whoCan } from './who-can';
import { type NamedPolicy, policyFilesOf } from './policy-files-of';
import { checkOf, policyFolder, testOf } from './policy-file-services';

/** Fulfils what the commands ask of a policy to review it. */
export const policyReviewServices: PolicyReviewServices = {
  async mutatePolicies(folder, onProgress, choice) {
    const place = policyFolder(folder, choice);
    const checked = await checkPolicyFolder(place);
    const tried = await Promise.all(goodSystems(checked).map((one) => mutateOne(one, onProgress)));
    return {
      ...testOf(place, checked),
      totals: tried.map((one) => one.totals),
      mutations: tried.flatMap((one) => one.mutations),
      rows: tried.flatMap((one) => one.rows),
    };
  },
  async policyMatrix(folder, { system, write }, choice) {
    const place = policyFolder(folder, choice);
    const checked = await checkPolicyFolder(place);
    demandSystem(checked, system);
    const chosen = goodSystems(checked).filter((one) => system === undefined || one.name === system);
    const matrices = chosen.map((one) => matrixOf(place, one));
    if (write) for (const one of matrices) if (one.gone.length + one.added.length > 0) replaceFile(one.file, one.text);
    return { ...checkOf(place, checked), matrices };
  },
  explainAccess: (accessId, folder, choice) => explainEntry(accessId, folder, choice),
  explainFacts: async (question, folder, choice) => explainFacts(await folderPolicy(folder, choice), question),
  whoCan: (question, onFound, choice) => withPeople(question, choice, (people) => whoCan(people, question, onFound)),
  whatCan: (question, choice) => withPeople(question, choice, (people) => whatCan(people, question)),
  comparePolicies: (before, after, { system }, choice) =>
    comparePolicies((name) => policyFilesOf(name, choice), [before, after ?? policyFolder(undefined, choice)], system),
};

async function withPeople<Answer>(
  options: PeopleOptions,
  choice: SettingsChoice,
  ask: (people: People) => Promise<Answer>,
): Promise<Answer> {
  const people = await openPeople(options, choice);
  try {
    return await ask(people);
  } finally {
    await people.close();
  }
}

const folderPolicy = (folder: string | undefined, choice: SettingsChoice): Promise<NamedPolicy> =>
  policyFilesOf(policyFolder(folder, choice), choice);

async function explainEntry(accessId: string, folder: string | undefined, choice: SettingsChoice): Promise<AccessExplanation | null> {
  const entry = await findEntry(settingsOf(choice), accessId);
  if (entry === null) return null;
  return explainAccess(entry, async (version) => {
    const here = await folderPolicy(folder, choice).catch(() => null);
    if (here?.version === version) return here;
    const kept = await policyFilesOf(version, choice).catch(() => null);
    if (kept?.version === version) return kept;
    throw new Error(
      `this was decided under the policy ${version}; the folder holds ${here?.version ?? 'none that can be read'}, and the store does not keep it: ` +
        'to explain it by another policy would be a guess',
    );
  });
}

/** None where the folder as a whole is not good. */
const goodSystems = ({ findings, systems }: CheckedFolder): readonly AskedSystem[] =>
  findings.length > 0 ? [] : systems.filter((one): one is AskedSystem => one.parts !== null);

function demandSystem({ systems }: CheckedFolder, name: string | undefined): void {
  if (name === undefined || systems.some((one) => one.name === name)) return;
  throw new Error(`the policy folder holds no system ${name}; it holds ${systems.map((one) => one.name).join(', ') || 'none'}`);
}

function matrixOf(folder: string, { name, parts, rows }: AskedSystem): SystemMatrix {
  const file = join(folder, name, 'matrix.csv');
  const lines = makeMatrix(parts.system, rows);
  const text = matrixText(parts.system, lines);
  const [before, now] = [existsSync(file) ? readFileSync(file, 'utf8') : '', text].map((one) =>
    one.split(/\r?\n/).filter((line) => line !== ''),
  );
  const without = (some: readonly string[] = [], others: readonly string[] = []) => some.filter((line) => !others.includes(line));
  return { system: name, file, lines, text, gone: without(before, now), added: without(now, before) };
}

/** Whole or not at all. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

async function mutateOne(checked: AskedSystem, onProgress: (system: string, done: number, all: number) => void) {
  const system = checked.name;
  const results = await tryMutations(checked, createBreather(), (done, all) => onProgress(system, done, all));
  const count = (outcome: MutationResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  const nameAt = (line: number): string => checked.cases.find((one) => one.line === line)?.name ?? '';
  return {
    totals: {
      system,
      rows: checked.rows.length,
      tried: results.length,
      caught: count('caught'),
      refused: count('refused'),
      equivalent: count('equivalent'),
      missed: count('missed'),
    },
    mutations: results.flatMap((one) => triedMutation(system, one)),
    rows: coverRows(checked.parts, checked.rows, checked.cases).map(({ line, decided, refused }) => {
      return { system, line, decided: decided.map(nameAt), refused: refused.map(nameAt) };
    }),
  };
}

function triedMutation(system: string, { line, kind, change, row, outcome, finding }: MutationResult): readonly TriedMutation[] {
  if (outcome === 'caught') return [];
  return [{ system, line, kind, change, row: lineOf(row), outcome, ...(finding === undefined ? {} : { says: finding.message }) }];
}
