import { AnswerMemory } from '../answer-memory';
import type { Breathe } from '../breather';
import { type CheckedSystem, checkSystem } from '../check-system';
import type { Finding } from '../finding';
import type { PolicyParts } from '../policy-in-force';
import { lineOf, type PolicyRow } from '../policy-row';
import type { PolicyCase } from '../read-cases-file';
import { createCaseJudge } from '../run-cases';
import { makeMatrix, workgroupsOf } from './make-matrix';
import { createMutatedEngines } from './mutated-engine';
import { type Mutation, mutateRow } from './mutate-row';

/** One row made wrong, and who noticed. */
export interface MutationResult extends Mutation {
  /**
   * caught: a case fails. refused: no case fails, but the compiler takes no file with this row.
   * equivalent: no question has another answer. missed: some question has another answer, and nobody notices.
   */
  readonly outcome: 'caught' | 'refused' | 'equivalent' | 'missed';
  /** caught: the first case that fails. */
  readonly case?: PolicyCase;
  /** refused: what the compiler says first. */
  readonly finding?: Finding;
}

/**
 * Makes every row wrong in every way and says which of it nobody would notice.
 *
 * Takes   a system whose own files are good; it has `parts`.
 *         onTried: called after each try, with the number tried and the number of all.
 * Gives   results in the order of the rows. The judge of the cases is that of `policy test`. That an unnoticed change changes no answer is
 *         read from the complete matrix; that the compiler refuses it is seen by giving it the whole changed file.
 */
export async function tryMutations(
  checked: CheckedSystem & { readonly parts: PolicyParts },
  breathe: Breathe,
  onTried: (tried: number, all: number) => void = () => undefined,
): Promise<readonly MutationResult[]> {
  const { parts, rows, cases } = checked;
  const workgroups = [...new Set(rows.map((row) => row.workgroup))].filter((word) => word !== '*').sort();
  const mutations = rows.flatMap((row) => mutateRow(row, workgroups));
  const engineOf = createMutatedEngines(parts.system, rows, parts.memory);
  const results: MutationResult[] = [];
  for (const mutation of mutations) {
    const engine = engineOf(mutation);
    const judge = createCaseJudge({ ...parts, engine, memory: new AnswerMemory(engine) });
    const failing = casesAbout(mutation, cases).find((one) => !judge(one).result.isPassed);
    results.push(failing ? { ...mutation, outcome: 'caught', case: failing } : await unnoticed(checked, mutation, breathe));
    onTried(results.length, mutations.length);
    await breathe();
  }
  return results;
}

/** The others have the same answer as before: neither the row nor what it becomes speaks of them. */
function casesAbout({ row, becomes }: Mutation, cases: readonly PolicyCase[]): readonly PolicyCase[] {
  const about = (one: PolicyCase, some: PolicyRow | null): boolean =>
    some !== null &&
    (some.workgroup === '*' || some.workgroup === `group:${one.workgroup}`) &&
    (some.action === '*' || some.action === one.action);
  return cases.filter((one) => about(one, row) || about(one, becomes));
}

async function unnoticed(
  checked: CheckedSystem & { readonly parts: PolicyParts },
  mutation: Mutation,
  breathe: Breathe,
): Promise<MutationResult> {
  const { parts, rows } = checked;
  const changed = rows.flatMap((row) => (row.line !== mutation.line ? [row] : mutation.becomes === null ? [] : [mutation.becomes]));
  if (isSameAccess(parts, rows, changed, mutation)) return { ...mutation, outcome: 'equivalent' };
  const { findings } = await checkSystem(checked.name, withRow(checked, mutation), breathe, parts.system);
  const [finding] = findings;
  return finding ? { ...mutation, outcome: 'refused', finding } : { ...mutation, outcome: 'missed' };
}

function isSameAccess(
  { system }: PolicyParts,
  before: readonly PolicyRow[],
  after: readonly PolicyRow[],
  { row, becomes }: Mutation,
): boolean {
  const touched = [row, ...(becomes === null ? [] : [becomes])];
  const isWide = touched.some((one) => one.workgroup === '*');
  const part = {
    workgroups: isWide
      ? [...new Set([...workgroupsOf(system, before), ...workgroupsOf(system, after), '*'])]
      : [...new Set(touched.map((one) => one.workgroup))],
    sections: system.sections.filter((section) => touched.some((one) => one.section === '*' || one.section === section)),
  };
  const [was, is] = [before, after].map((some) => JSON.stringify(makeMatrix(system, some, part)));
  return was === is;
}

/** The files as they would stand with the changed row. */
function withRow({ files }: CheckedSystem, { line, becomes }: Mutation): CheckedSystem['files'] {
  const lines = (files['policy.csv'] as Buffer).toString('utf8').split(/\r\n|\n|\r/);
  lines[line - 1] = becomes === null ? '# gone' : lineOf(becomes);
  return { ...files, 'policy.csv': Buffer.from(lines.join('\n')) };
}
