import { runAsChild } from '../demo/start-child';
import { DECIDING_SUBJECTS, type DecidingSubject } from './deciders/deciders';
import type { BenchQuestion, Decider } from './deciders/decider';
import { benchSystem, makeRows } from './deciders/make-rows';
import { peakRssMiB } from './process-figures';

/** One subject that decides, in a process of its own. */
export interface DecideInput {
  readonly subject: DecidingSubject['name'];
  readonly policyRows: number;
  readonly questions: readonly BenchQuestion[];
}

export interface DecideFigures {
  /** Median of the rounds, microseconds of this process's CPU for one question. */
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly peakRssMiB: number;
}

const ROUNDS = 5;
/** A round goes on over whole passes until so much time is over. */
const ROUND_MS = 300;

async function start({ subject, policyRows, questions }: DecideInput) {
  const opened = DECIDING_SUBJECTS.find(({ name }) => name === subject);
  if (opened === undefined) throw new Error(`nobody decides under the name ${subject}`);
  const system = benchSystem();
  const decider = await opened.open(system, makeRows(system, policyRows));
  const answers: string[] = [];
  for (const question of questions) answers.push((await decider.decide(question)).map(Number).join(''));
  return { ready: answers, answer: () => measure(decider, questions) };
}

async function measure(decider: Decider, questions: readonly BenchQuestion[]): Promise<DecideFigures> {
  const rounds: { readonly cpu: number; readonly perSecond: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const since = performance.now();
    const before = process.cpuUsage();
    let asked = 0;
    while (performance.now() - since < ROUND_MS) {
      decider.forget?.();
      for (const question of questions) {
        const answer = decider.decide(question);
        if (answer instanceof Promise) await answer;
        asked += 1;
        // A slow one does not finish its pass: what it was asked is what it is divided by.
        if (performance.now() - since > 4 * ROUND_MS) break;
      }
    }
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) rounds.push({ cpu: (user + system) / asked, perSecond: (asked * 1_000) / (performance.now() - since) });
  }
  return {
    cpuMicros: median(rounds.map((one) => one.cpu)),
    perSecond: median(rounds.map((one) => one.perSecond)),
    peakRssMiB: peakRssMiB(process.pid),
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

runAsChild(start);
