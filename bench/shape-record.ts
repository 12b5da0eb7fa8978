import { performance } from 'node:perf_hooks';
import { compileProjection } from '../src/shape/compile-projection';
import { readReply } from '../src/shape/read-reply';
import { shapeRecord } from '../src/shape/shape-record';
import { SHAPE_SAMPLE } from './shape-sample';

/**
 * What shaping one record costs: CPU microseconds (user and system) per record of about 2 KB, a third of its fields left out,
 * an SSN in a field and typed into a note; beside it JSON.parse, a walk along the same rules, and JSON.stringify.
 *
 *   node dist/bench/shape-record.js [--json]
 */
const ROUNDS = 7;
const RECORDS_A_ROUND = 20_000;

const { system, route, decision, recordOf, walk } = SHAPE_SAMPLE;
const body = Buffer.from(JSON.stringify(recordOf('WF1000123')));
const projection = compileProjection(system);

function byBytes(): Buffer {
  return shapeRecord(readReply(projection, route, { body, mediaType: 'application/json' }, 'WF1000123'), decision, 'access').body;
}

function byObjects(): Buffer {
  return Buffer.from(JSON.stringify(walk(JSON.parse(body.toString()))));
}

function cpuMicrosPerRecord(run: () => Buffer): number {
  const before = process.cpuUsage();
  let bytes = 0;
  for (let i = 0; i < RECORDS_A_ROUND; i++) bytes += run().length;
  const used = process.cpuUsage(before);
  if (bytes === 0) throw new Error('nothing was shaped');
  return (used.user + used.system) / RECORDS_A_ROUND;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

function main(): void {
  const ways = { 'byte scan, every check': byBytes, 'parse, walk, stringify': byObjects };
  const costs = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) for (const [name, run] of Object.entries(ways)) costs[name]!.push(cpuMicrosPerRecord(run));
  const rows = Object.entries(costs).map(([subject, values]) => ({
    scenario: 'shape',
    subject,
    cpuMicrosPerRecord: Number(median(values).toFixed(2)),
    bodyBytes: body.length,
    shapedBytes: byBytes().length,
  }));
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else console.table(rows);
  if (!process.argv.includes('--json')) console.log(`${ROUNDS} interleaved rounds in ${Math.round(performance.now() - started)} ms`);
}

main();
