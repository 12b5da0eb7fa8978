import type { PlaceTree } from '../compile-projection';
import { readStreamed, type StreamedRecord } from './streamed-record';
import { ByteWindow, isSpace } from './byte-window';
import type { RecordSource, SourceLimits } from './record-source';
import { countRecord, refuseLong } from './source-limits';

/** The records of newline-delimited JSON: one object a line, CRLF allowed, blank lines skipped, the last line break optional. */
export class NdjsonSource implements RecordSource {
  readonly #window = new ByteWindow();
  /** Bytes of the line under way in which no line break stands. */
  #seen = 0;
  #records = 0;

  constructor(
    private readonly tree: PlaceTree,
    private readonly limits: SourceLimits,
  ) {}

  push(chunk: Buffer): void {
    this.#window.push(chunk);
  }

  end(): void {
    this.#window.end();
  }

  next(): StreamedRecord | null {
    const window = this.#window;
    for (;;) {
      const { bytes, at } = window;
      const found = bytes.indexOf(0x0a, at + this.#seen);
      const end = found < 0 ? bytes.length : found;
      if (found < 0 && !window.hasEnded) {
        this.#seen = end - at;
        refuseLong(this.#seen, this.limits);
        return null;
      }
      this.#seen = 0;
      const start = skipSpace(bytes, at, end);
      if (start === end) {
        window.at = Math.min(end + 1, bytes.length);
        if (found < 0) return null;
        continue;
      }
      const record = readStreamed(bytes, start, this.tree);
      if (record.end > end || skipSpace(bytes, record.end, end) !== end) window.refuse('not one object a line', start);
      this.#records = countRecord(record.end - start, this.#records, this.limits);
      window.at = Math.min(end + 1, bytes.length);
      return record;
    }
  }
}

function skipSpace(bytes: Buffer, at: number, end: number): number {
  while (at < end && isSpace(bytes[at] as number)) at++;
  return at;
}
