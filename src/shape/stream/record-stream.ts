import { GatewayError } from '../../vocabulary/errors';
import type { StreamedRecord } from './streamed-record';
import { RecordBatch, type Judge } from './record-batch';
import type { RecordSource } from './record-source';
import type { RecordWriter } from './record-writer';

/**
 * A streamed answer on its way: bytes in, batches of shaped records out, whatever the formats of the two are.
 *
 *     stream.push(chunk);
 *     while (stream.advance(judge) === 'full') await leave(stream.take());
 *
 * Holds one chunk, one record that is not whole, and one batch; so memory is flat as long as the next chunk is asked for after that loop.
 * The SSNs of a record are looked for in that record: the SSN of another person in a note is found by its pattern alone.
 *
 * Fails   as its source does, and GatewayError 'upstream-malformed' for a record without a number of the system's form: no entry could name it.
 */
export class RecordStream {
  #batch: RecordBatch;
  /** The one that did not fit into the batch at hand. */
  #next: StreamedRecord | null = null;
  #hasEnded = false;

  constructor(
    private readonly source: RecordSource,
    readonly writer: RecordWriter,
  ) {
    this.#batch = new RecordBatch(writer);
  }

  get atHand(): number {
    return this.#batch.shown;
  }

  push(chunk: Buffer): void {
    this.source.push(chunk);
  }

  end(): void {
    this.#hasEnded = true;
    this.source.end();
  }

  /** Reads on. `full`: take the batch, then ask again. `hungry`: more bytes are needed. `over`: the batch at hand is the last. */
  advance(judge: Judge): 'full' | 'hungry' | 'over' {
    for (;;) {
      if (this.#batch.isFull) return 'full';
      const record = this.#next ?? this.source.next();
      this.#next = null;
      if (record === null) return this.#hasEnded ? 'over' : 'hungry';
      if (!hasNumber(record))
        throw new GatewayError('upstream-malformed', 'a record of a list has no number', { reason: 'record-id-mismatch' });
      if (!this.#batch.add(record, judge(record))) {
        this.#next = record;
        return 'full';
      }
    }
  }

  /** The batch at hand, which may be empty; a new one is begun. */
  take(): RecordBatch {
    const batch = this.#batch;
    this.#batch = new RecordBatch(this.writer);
    return batch;
  }
}

const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const hasNumber = ({ id, tree }: StreamedRecord): boolean => id !== null && RECORD_ID.test(id) && tree.system.identifier.test(id);
