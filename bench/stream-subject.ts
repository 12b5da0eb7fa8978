import { createReadStream, readFileSync } from 'node:fs';
import { JSONParser } from '@streamparser/json';
import StreamArray from 'stream-json/streamers/StreamArray';
import { runAsChild } from '../demo/start-child';
import { compileProjection } from '../src/shape/compile-projection';
import { openStream, type ListFormat } from '../src/shape/stream/open-stream';
import { SHAPE_SAMPLE } from './shape-sample';

export type StreamSubject = 'casegate' | 'JSON.parse' | 'stream-json' | '@streamparser/json';

export interface StreamInput {
  readonly subject: StreamSubject;
  readonly file: string;
  /** Streamed a few times before anything is measured: code gets compiled, and V8's nursery its size, whatever the size of `file`. */
  readonly warmUp: { readonly file: string; readonly times: number };
}

export interface StreamFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly records: number;
  readonly bytesOut: number;
  /** The first record as it left. */
  readonly first: string;
}

/** Takes what is written, and how many records it holds. */
type Leave = (bytes: Buffer, records: number) => void;

const CHUNK_BYTES = 1 << 16;
const { system, decision, walk } = SHAPE_SAMPLE;
const asBytes = (record: unknown): Buffer => Buffer.from(JSON.stringify(walk(record)));

/** Every subject reads the same file and gives every record, shaped, as bytes; nobody keeps them. */
const SUBJECTS: Readonly<Record<StreamSubject, (file: string, leave: Leave) => Promise<void>>> = {
  async casegate(file, leave) {
    const list: ListFormat = { format: 'json', listPlace: [] };
    const tree = compileProjection(system).trees[0]!;
    const stream = openStream(tree, list, list, { maxRecordBytes: 1 << 20, maxRecords: 10_000_000 });
    const show = { decision, persons: [] };
    let isFirst = true;
    const take = (): void => {
      const batch = stream.take();
      leave(batch.body(isFirst), batch.shown);
      isFirst = false;
    };
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      stream.push(chunk as Buffer);
      while (stream.advance(() => show) === 'full') take();
    }
    stream.end();
    while (stream.advance(() => show) === 'full') take();
    take();
  },
  async 'JSON.parse'(file, leave) {
    const records = JSON.parse(readFileSync(file, 'utf8')) as unknown[];
    leave(Buffer.from(JSON.stringify(records.map(walk)).slice(1, -1)), records.length);
    return Promise.resolve();
  },
  async 'stream-json'(file, leave) {
    const read = createReadStream(file, { highWaterMark: CHUNK_BYTES }).pipe(StreamArray.withParser());
    for await (const { value } of read as AsyncIterable<{ value: unknown }>) leave(asBytes(value), 1);
  },
  async '@streamparser/json'(file, leave) {
    const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
    parser.onValue = ({ value }) => leave(asBytes(value), 1);
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) parser.write(chunk as Buffer);
  },
};

async function measure({ subject, file, warmUp }: StreamInput): Promise<StreamFigures> {
  for (let n = 0; n < warmUp.times; n += 1) await SUBJECTS[subject](warmUp.file, () => undefined);
  let bytesOut = 0;
  let records = 0;
  let first: Buffer | null = null;
  const startedMs = performance.now();
  const before = process.cpuUsage();
  await SUBJECTS[subject](file, (bytes, count) => {
    first ??= Buffer.from(bytes.subarray(0, 8_192));
    bytesOut += bytes.length;
    records += count;
  });
  const used = process.cpuUsage(before);
  const head = (first as Buffer | null)?.toString('utf8') ?? '';
  const end = head.indexOf('},{"id"');
  return {
    seconds: (performance.now() - startedMs) / 1_000,
    cpuSeconds: (used.user + used.system) / 1e6,
    records,
    bytesOut,
    first: end < 0 ? head : head.slice(0, end + 1),
  };
}

if (require.main === module) {
  runAsChild<StreamInput, StreamFigures>(async (input) => ({ ready: await measure(input) }));
}
