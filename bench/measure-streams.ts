import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../demo/start-child';
import { peakRssMiB } from './process-figures';
import { SHAPE_SAMPLE } from './shape-sample';
import type { StreamFigures, StreamInput, StreamSubject } from './stream-subject';

export interface StreamRow {
  readonly scenario: 'stream';
  readonly subject: StreamSubject;
  readonly records: number;
  readonly bodyMegabytes: number;
  /** Of the body as it came in, 10^6 bytes, over the subject's time; median of the rounds. */
  readonly megabytesPerSecond: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
}

const SUBJECTS: readonly StreamSubject[] = ['casegate', 'JSON.parse', 'stream-json', '@streamparser/json'];

const WARM_UP_RECORDS = 10_000;
const WARM_UP_TIMES = 10;

/**
 * A JSON array in a file, read in chunks of 64 KiB, every record shaped: allow-list and masks. Each subject in a process of its own for each
 * size and round, in turn; so its peak memory is that of this size alone.
 * Fails when a subject's records are not as many as went in, or its first one is not what the others made of it.
 */
export async function measureStreams(
  sizes: readonly number[],
  rounds: number,
  folder: string,
  say: (line: string) => void,
): Promise<readonly StreamRow[]> {
  const rows: StreamRow[] = [];
  const warmUp = { file: join(folder, 'list-warm-up.json'), times: WARM_UP_TIMES };
  writeList(warmUp.file, WARM_UP_RECORDS);
  for (const records of sizes) {
    const file = join(folder, `list-${records}.json`);
    const bytes = writeList(file, records);
    const runs = new Map<StreamSubject, (StreamFigures & { readonly peak: number })[]>(SUBJECTS.map((subject) => [subject, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const subject of SUBJECTS) {
        const input: StreamInput = { subject, file, warmUp };
        const child = await startChild<StreamFigures>(__dirname, 'stream-subject', input, { env: { NODE_ENV: 'production' } });
        runs.get(subject)?.push({ ...child.ready, peak: peakRssMiB(child.pid) });
        await child.stop();
        refuseOthers(subject, child.ready, records, runs.get('casegate')?.[0]?.first);
      }
      say(`${records} records: round ${round + 1} of ${rounds}`);
    }
    for (const [subject, figures] of runs) {
      rows.push({
        scenario: 'stream',
        subject,
        records,
        bodyMegabytes: Math.round(bytes / 1e5) / 10,
        megabytesPerSecond: Math.round(bytes / 1e5 / median(figures.map(({ seconds }) => seconds))) / 10,
        cpuSeconds: Math.round(median(figures.map(({ cpuSeconds }) => cpuSeconds)) * 100) / 100,
        peakRssMiB: median(figures.map(({ peak }) => peak)),
      });
    }
    rmSync(file);
  }
  rmSync(warmUp.file);
  return rows;
}

function refuseOthers(subject: StreamSubject, figures: StreamFigures, records: number, first: string | undefined): void {
  if (figures.records !== records) throw new Error(`${subject} gave ${figures.records} of ${records} records`);
  if (figures.first !== first) throw new Error(`${subject} shaped the first record otherwise:\n${figures.first}\n${first}`);
}

function writeList(file: string, records: number): number {
  const handle = openSync(file, 'w');
  let bytes = 0;
  try {
    for (let n = 0; n < records; n += 1) {
      const text = `${n === 0 ? '[' : ','}${JSON.stringify(SHAPE_SAMPLE.recordOf(`WF${1_000_000 + n}`))}${n === records - 1 ? ']' : ''}`;
      bytes += writeSync(handle, text);
    }
  } finally {
    closeSync(handle);
  }
  return bytes;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
