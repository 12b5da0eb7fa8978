import { compileProjection, type PlaceTree } from '../../../src/shape/compile-projection';
import type { StreamedRecord } from '../../../src/shape/stream/streamed-record';
import { openStream, type ListFormat } from '../../../src/shape/stream/open-stream';
import type { Decision } from '../../../src/vocabulary/access';
import type { Judge } from '../../../src/shape/stream/record-batch';
import type { SourceLimits } from '../../../src/shape/stream/record-source';
import { EVERYTHING, SYSTEM } from '../sample-system';

export const JSON_LIST: ListFormat = { format: 'json', listPlace: [] };
export const NDJSON: ListFormat = { format: 'ndjson' };
export const CSV: ListFormat = { format: 'csv', delimiter: ',' };
export const TREE: PlaceTree = compileProjection(SYSTEM).trees[0]!;
export const LIMITS: SourceLimits = { maxRecordBytes: 1 << 20, maxRecords: 1_000_000 };

export interface Streamed {
  readonly text: string;
  /** Of the records shown, in their order. */
  readonly ids: readonly (string | null)[];
  readonly batches: readonly { readonly records: number; readonly bytes: number }[];
  readonly read: readonly StreamedRecord[];
}

/** Sends `chunks` through and takes what comes out. */
export function streamOf(
  chunks: Iterable<Buffer | string>,
  given: {
    from?: ListFormat;
    to?: ListFormat;
    tree?: PlaceTree;
    judge?: (record: StreamedRecord) => Decision | null;
    limits?: Partial<SourceLimits>;
  } = {},
): Streamed {
  const { from = JSON_LIST, to = from, tree = TREE, judge: decide = () => EVERYTHING, limits } = given;
  const stream = openStream(tree, from, to, { ...LIMITS, ...limits });
  const judge: Judge = (record) => {
    const decision = decide(record);
    return decision === null ? null : { decision, persons: [] };
  };
  const bodies: Buffer[] = [];
  const ids: (string | null)[] = [];
  const batches: { records: number; bytes: number }[] = [];
  const read: StreamedRecord[] = [];
  let shown = 0;
  const leave = (): void => {
    const batch = stream.take();
    const body = batch.body(shown === 0);
    shown += batch.shown;
    bodies.push(body);
    batches.push({ records: batch.shown, bytes: body.length });
    for (const { record, decision } of batch.judged) {
      read.push(record);
      if (decision !== null) ids.push(record.id);
    }
  };
  for (const chunk of chunks) {
    stream.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    while (stream.advance(judge) === 'full') leave();
  }
  stream.end();
  while (stream.advance(judge) === 'full') leave();
  leave();
  return { text: Buffer.concat([stream.writer.opening, ...bodies, stream.writer.closing]).toString('utf8'), ids, batches, read };
}

export function cut(body: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, n = 0; at < body.length; n++) {
    const size = sizes.length === 0 ? body.length : Math.max(1, sizes[n % sizes.length]!);
    chunks.push(Buffer.from(body.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}
