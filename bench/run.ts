import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { treeRoot } from '../demo/tree-root';
import { measureFsync } from './measure-fsync';
import { LIST_SCENARIO, measureSubjects } from './measure-subjects';
import type { Effort, Row } from './measure-subjects';
import { measureStreams, type StreamRow } from './measure-streams';
import { LIST_SUBJECTS, SUBJECTS } from './subjects/subjects';
import type { Subject } from './subjects/subjects';

/**
 * `npm run bench [-- --json] [--seconds N] [--rounds N] [--scenario record|list|stream] [--only NAME,…] [--no-keep]`
 * Prints the table (or one JSON array of rows) and keeps the run in bench/results.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '7' },
      scenario: { type: 'string' },
      only: { type: 'string' },
      'no-keep': { type: 'boolean', default: false },
    },
  });
  const wanted = values.only?.split(',').map((name) => name.trim());
  const isAsked = ({ name, file }: Subject): boolean => wanted === undefined || wanted.includes(name) || wanted.includes(file);
  const isScenario = (name: string): boolean => values.scenario === undefined || values.scenario === name;
  const subjects = isScenario('record') ? SUBJECTS.filter(isAsked) : [];
  const listSubjects = isScenario('list') ? LIST_SUBJECTS.filter(isAsked) : [];
  if (subjects.length + listSubjects.length === 0 && values.scenario !== 'stream')
    throw new Error(`--only names no subject. There are: ${SUBJECTS.map(({ name }) => name).join(', ')}`);
  const effort: Effort = {
    secondsPerRound: positive(values.seconds),
    rounds: positive(values.rounds),
    warmUp: { requests: 15_000, seconds: 12 },
    connections: 32,
  };

  const tree = treeRoot();
  mkdirSync(join(tree, '.casegate'), { recursive: true });
  const folder = mkdtempSync(join(tree, '.casegate', 'bench-'));
  try {
    const fsyncBefore = measureFsync(folder);
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const records = subjects.length === 0 ? [] : await measureSubjects(subjects, effort, folder, say);
    const slower = { ...effort, warmUp: { requests: 3_000, seconds: 12 } };
    const lists = listSubjects.length === 0 ? [] : await measureSubjects(listSubjects, slower, folder, say, LIST_SCENARIO);
    const rows = [...records, ...lists];
    const isStreamWanted = wanted === undefined && (values.scenario === undefined || values.scenario === 'stream');
    const streams = isStreamWanted ? await measureStreams(STREAM_SIZES, STREAM_ROUNDS, folder, say) : [];
    const fsync = { before: fsyncBefore, after: measureFsync(folder) };
    if (values.json) process.stdout.write(`${JSON.stringify([...rows, ...streams], null, 2)}\n`);
    else
      process.stdout.write(
        `${tableOf('record, 2 KB', records)}\n${tableOf('list of 100, 200 KB', lists)}\n${streamTableOf(streams)}\n${fsyncLine(fsync)}`,
      );
    if (!values['no-keep'] && wanted === undefined && values.scenario === undefined)
      process.stderr.write(`kept in ${keep(tree, [...rows, ...streams], fsync, effort)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const STREAM_SIZES = [10_000, 100_000];
const STREAM_ROUNDS = 3;

interface Fsync {
  readonly before: ReturnType<typeof measureFsync>;
  readonly after: ReturnType<typeof measureFsync>;
}

const fsyncLine = (fsync: Fsync): string =>
  `fsync of 600 bytes in the store's folder: p50 ${fsync.before.p50Micros} µs, p99 ${fsync.before.p99Micros} µs before; p50 ${fsync.after.p50Micros} µs, p99 ${fsync.after.p99Micros} µs after\n`;

function tableOf(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
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
  const head = [title, 'CPU µs', 'req/s', 'p50 µs', 'p99 µs', 'peak MiB', '/ hpm bare', '/ undici bare', '/ mask'];
  return align(head, lines);
}

function streamTableOf(rows: readonly StreamRow[]): string {
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
  return align(['stream, records', 'MB', 'MB/s', 'CPU s', 'peak MiB', '/ @streamparser'], lines);
}

function align(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...lines.map((line) => line[at]?.length ?? 0)));
  const print = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return `${[print(head), ...lines.map(print)].join('\n')}\n`;
}

const ratio = (value: number, base: number | undefined): string => (base === undefined ? '-' : (value / base).toFixed(2));

/** No host name and no path: facts of the machine that explain figures, nothing that names it. */
function keep(tree: string, rows: readonly (Row | StreamRow)[], fsync: Fsync, effort: Effort): string {
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
