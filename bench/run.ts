import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { treeRoot } from '../demo/tree-root';
import { DECIDING_SUBJECTS } from './deciders/deciders';
import { type DecisionRow, decisionTable, measureDecisions, POLICY_SIZES } from './measure-decisions';
import { measureFsync } from './measure-fsync';
import { type ImpactRow, impactTable, measurePolicyImpact } from './measure-policy-impact';
import { measurePolicyTools, type ToolRow, toolTable } from './measure-policy-tools';
import { LIST_SCENARIO, measureSubjects } from './measure-subjects';
import type { Effort, Row } from './measure-subjects';
import { measureStreams, type StreamRow } from './measure-streams';
import { LIST_SUBJECTS, SUBJECTS } from './subjects/subjects';

/** What can be measured, in this order; the last only where it is named, as it writes gigabytes. */
const SCENARIOS = ['record', 'list', 'stream', 'decision', 'policy-tools', 'policy-impact'] as const;
type Scenario = (typeof SCENARIOS)[number];
const BY_ITSELF: readonly Scenario[] = ['policy-impact'];

/** Rows of one scenario and how they are printed. */
interface Measured {
  readonly rows: readonly BenchRow[];
  readonly table: readonly (readonly string[])[];
}

type BenchRow = Row | StreamRow | DecisionRow | ToolRow | ImpactRow;

/**
 * `npm run bench [-- --json] [--seconds N] [--rounds N] [--only NAME,…] [--entries N] [--no-keep]`
 * Prints the tables (or one JSON array of rows) and keeps the run in bench/results. NAME is a scenario, or a subject of one.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '7' },
      entries: { type: 'string', default: '1000000' },
      only: { type: 'string' },
      'no-keep': { type: 'boolean', default: false },
    },
  });
  const wanted = values.only?.split(',').map((name) => name.trim());
  const isWanted = (scenario: Scenario, ...names: readonly string[]): boolean =>
    wanted === undefined ? !BY_ITSELF.includes(scenario) : [scenario, ...names].some((name) => wanted.includes(name));
  const subjects = SUBJECTS.filter(({ name, file }) => isWanted('record', name, file));
  const listSubjects = LIST_SUBJECTS.filter(({ name, file }) => isWanted('list', `list ${name}`, `list ${file}`));
  const deciders = DECIDING_SUBJECTS.filter(({ name }) => isWanted('decision', name));
  const effort: Effort = {
    secondsPerRound: positive(values.seconds),
    rounds: positive(values.rounds),
    warmUp: { requests: 15_000, seconds: 12 },
    connections: 32,
  };

  const tree = treeRoot();
  mkdirSync(join(tree, '.casegate'), { recursive: true });
  const folder = mkdtempSync(join(tree, '.casegate', 'bench-'));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const fsyncBefore = measureFsync(folder);
    const measured: Measured[] = [];
    if (subjects.length > 0) measured.push(withTable(await measureSubjects(subjects, effort, folder, say), recordTable));
    const slower = { ...effort, warmUp: { requests: 3_000, seconds: 12 } };
    if (listSubjects.length > 0)
      measured.push(withTable(await measureSubjects(listSubjects, slower, folder, say, LIST_SCENARIO), listTable));
    if (deciders.length > 0) measured.push(withTable(await measureDecisions(deciders, POLICY_SIZES, say), decisionTable));
    if (isWanted('policy-tools')) measured.push(withTable(await measurePolicyTools(say), toolTable));
    if (isWanted('policy-impact')) measured.push(withTable(await measurePolicyImpact(positive(values.entries), folder, say), impactTable));
    if (isWanted('stream')) measured.push(withTable(await measureStreams(STREAM_SIZES, STREAM_ROUNDS, folder, say), streamTable));
    if (measured.length === 0) throw new Error(`--only names nothing. There are: ${namesOf().join(', ')}`);
    const fsync = { before: fsyncBefore, after: measureFsync(folder) };
    const rows = measured.flatMap((one) => one.rows);
    if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    else process.stdout.write(textOf(measured, fsync));
    if (!values['no-keep'] && wanted === undefined) process.stderr.write(`kept in ${keep(tree, rows, fsync, effort)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const withTable = <R extends BenchRow>(rows: readonly R[], table: (rows: readonly R[]) => Measured['table']): Measured => ({
  rows,
  table: table(rows),
});

const namesOf = (): readonly string[] => [...SCENARIOS, ...SUBJECTS.map(({ name }) => name), ...DECIDING_SUBJECTS.map(({ name }) => name)];
const STREAM_SIZES = [10_000, 100_000];
const STREAM_ROUNDS = 3;

interface Fsync {
  readonly before: ReturnType<typeof measureFsync>;
  readonly after: ReturnType<typeof measureFsync>;
}

function textOf(measured: readonly Measured[], fsync: Fsync): string {
  const tables = measured.map(({ table }) => aligned(table));
  const { before, after } = fsync;
  return `${tables.join('\n')}\nfsync of 600 bytes in the store's folder: p50 ${before.p50Micros} µs, p99 ${before.p99Micros} µs before; p50 ${after.p50Micros} µs, p99 ${after.p99Micros} µs after\n`;
}

/** The first column on the left, figures on the right. */
function aligned(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((line) => line[at]?.length ?? 0)));
  const print = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return `${table.map(print).join('\n')}\n`;
}

function carriedTable(title: string, rows: readonly Row[]): readonly (readonly string[])[] {
  const cpuOf = (subject: Row['subject']) => rows.find((row) => row.subject === subject)?.cpuMicrosPerRequest;
  const proxy = cpuOf('http-proxy-middleware bare');
  const undici = cpuOf('undici bare');
  const masking = cpuOf('responseInterceptor mask');
  const lines = rows.map((row) => [
    row.subject,
    row.cpuMicrosPerRequest.toFixed(1),
    String(row.requestsPerSecond),
    String(row.p50Micros),
    String(row.p99Micros),
    row.peakRssMiB.toFixed(1),
    ratio(row.cpuMicrosPerRequest, proxy),
    ratio(row.cpuMicrosPerRequest, undici),
    ratio(row.cpuMicrosPerRequest, masking),
  ]);
  return [[title, 'CPU µs', 'req/s', 'p50 µs', 'p99 µs', 'peak MiB', '/ hpm bare', '/ undici bare', '/ mask'], ...lines];
}

function streamTable(rows: readonly StreamRow[]): Measured['table'] {
  const lines = rows.map((row) => [
    `${row.subject}, ${row.records}`,
    row.bodyMegabytes.toFixed(1),
    row.megabytesPerSecond.toFixed(1),
    row.cpuSeconds.toFixed(2),
    row.peakRssMiB.toFixed(1),
    ratio(
      row.megabytesPerSecond,
      rows.find((one) => one.subject === '@streamparser/json' && one.records === row.records)?.megabytesPerSecond,
    ),
  ]);
  return [['stream, records', 'MB', 'MB/s', 'CPU s', 'peak MiB', '/ @streamparser'], ...lines];
}

const recordTable = (rows: readonly Row[]) => carriedTable('record, 2 KB', rows);
const listTable = (rows: readonly Row[]) => carriedTable('list of 100, 200 KB', rows);

const ratio = (value: number, base: number | undefined): string => (base === undefined ? '-' : (value / base).toFixed(2));

/** No host name and no path: facts of the machine that explain figures, nothing that names it. */
function keep(tree: string, rows: readonly BenchRow[], fsync: Fsync, effort: Effort): string {
  const now = new Date();
  const name = `${now.toISOString().slice(0, 10)}-node${process.versions.node}.json`;
  const results = join(tree, 'bench', 'results');
  mkdirSync(results, { recursive: true });
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
  };
  writeFileSync(join(results, name), `${JSON.stringify({ at: now.toISOString(), machine, effort, fsync, rows }, null, 2)}\n`);
  return `bench/results/${name}`;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`expected a number above 0, got ${JSON.stringify(text)}`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
});
