import { startChild } from '../demo/start-child';
import type { DecideFigures, DecideInput } from './decide-alone';
import { DECIDING_SUBJECTS, type DecidingSubject } from './deciders/deciders';
import { benchSystem, makeQuestions } from './deciders/make-rows';

/** What it costs to say what a caller may see of a record: one request is one question, answered for every section. */
export interface DecisionRow {
  readonly scenario: 'decision';
  readonly subject: DecidingSubject['name'];
  readonly policyRows: number;
  readonly sectionsPerRequest: number;
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly peakRssMiB: number;
}

export const POLICY_SIZES: readonly number[] = [20, 200, 2_000];
const QUESTIONS = 200;

/**
 * Asks every subject the same questions over the same rows, each in a process of its own.
 * Fails where one gives another answer than the others: it would be measured doing something else.
 */
export async function measureDecisions(
  subjects: readonly DecidingSubject[],
  sizes: readonly number[],
  say: (line: string) => void,
): Promise<readonly DecisionRow[]> {
  const system = benchSystem();
  const rows: DecisionRow[] = [];
  for (const policyRows of sizes) {
    const questions = makeQuestions(system, policyRows, QUESTIONS);
    let expected: readonly string[] | null = null;
    for (const { name } of subjects) {
      const input: DecideInput = { subject: name, policyRows, questions };
      const child = await startChild<readonly string[]>(__dirname, 'decide-alone', input);
      try {
        expected ??= child.ready;
        demandAlike(name, policyRows, expected, child.ready, questions);
        const { cpuMicros, perSecond, peakRssMiB } = await child.ask<DecideFigures>(null);
        const figures = { cpuMicrosPerRequest: rounded(cpuMicros), requestsPerSecond: Math.round(perSecond), peakRssMiB };
        rows.push({ scenario: 'decision', subject: name, policyRows, sectionsPerRequest: system.sections.length, ...figures });
        say(`decision, ${policyRows} rows, ${name}: ${rounded(cpuMicros)} µs`);
      } finally {
        await child.stop();
      }
    }
  }
  return rows;
}

function demandAlike(
  name: string,
  policyRows: number,
  expected: readonly string[],
  answers: readonly string[],
  questions: readonly unknown[],
): void {
  const shown = expected.join('');
  if (!shown.includes('1') || !shown.includes('0'))
    throw new Error(`with ${policyRows} rows all answers are the same: that measures nothing`);
  const at = expected.findIndex((answer, i) => answer !== answers[i]);
  if (at >= 0 || answers.length !== expected.length)
    throw new Error(
      `${name} decides otherwise over ${policyRows} rows: ${JSON.stringify(questions[at])} ${answers[at]} instead of ${expected[at]}`,
    );
}

const rounded = (micros: number): number => Math.round(micros * 100) / 100;

/** Lines of the table, by subject and number of rows. */
export function decisionTable(rows: readonly DecisionRow[]): readonly (readonly string[])[] {
  const sizes = [...new Set(rows.map((row) => row.policyRows))];
  const head = [`decision, ${rows[0]?.sectionsPerRequest ?? 0} sections, CPU µs`, ...sizes.map((size) => `${size} rows`)];
  const of = (subject: string, size: number) => rows.find((row) => row.subject === subject && row.policyRows === size)?.cpuMicrosPerRequest;
  const lines = DECIDING_SUBJECTS.filter(({ name }) => rows.some((row) => row.subject === name)).map(({ name }) => [
    name,
    ...sizes.map((size) => String(of(name, size) ?? '-')),
  ]);
  return [head, ...lines];
}
