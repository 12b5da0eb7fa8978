import type { Decision } from '../../vocabulary/access';
import type { StreamedRecord } from './streamed-record';
import { shapeStreamed, type ToShow } from './streamed-record';
import type { DecidedPerson } from '../person-views';
import type { RecordWriter } from './record-writer';

/** A batch leaves when it has so many records or bytes (design.md, One request). One record may be larger: it is a batch of its own. */
export const MOST_BATCH_RECORDS = 1_000;
export const MOST_BATCH_BYTES = 256 * 1024;
/** What is held for it as it came, records that are left out included. */
const MOST_HELD_BYTES = 1024 * 1024;

/** What may be shown of a record; null leaves it out. */
export type Judge = (record: StreamedRecord) => ToShow | null;

/** A record that was looked at, and what was decided. */
export interface JudgedRecord {
  readonly record: StreamedRecord;
  readonly decision: Decision | null;
  readonly persons: readonly DecidedPerson[];
}

/** Records of a stream that leave together, once the part that names them is durable. */
export class RecordBatch {
  readonly #writer: RecordWriter;
  readonly #judged: JudgedRecord[] = [];
  readonly #written: Buffer[] = [];
  #bytes = 0;
  #held = 0;

  constructor(writer: RecordWriter) {
    this.#writer = writer;
  }

  /** False where the record does not fit any more: it is the first of the next batch. */
  add(record: StreamedRecord, show: ToShow | null): boolean {
    const written = this.#write(record, show);
    if (this.#judged.length > 0 && !this.#hasRoom(record, written)) return false;
    this.#keep(record, show, written);
    return true;
  }

  #write(record: StreamedRecord, show: ToShow | null): Buffer | null {
    return show === null ? null : this.#writer.write(shapeStreamed(record, show));
  }

  #hasRoom(record: StreamedRecord, written: Buffer | null): boolean {
    const bytes = written === null ? 0 : written.length + this.#writer.separator.length;
    return this.#held + record.end - record.start <= MOST_HELD_BYTES && this.#bytes + bytes <= MOST_BATCH_BYTES;
  }

  #keep(record: StreamedRecord, show: ToShow | null, written: Buffer | null): void {
    this.#judged.push({ record, decision: show?.decision ?? null, persons: show?.persons ?? NOBODY });
    this.#held += record.end - record.start;
    if (written === null) return;
    this.#written.push(written);
    this.#bytes += written.length + this.#writer.separator.length;
  }

  get isFull(): boolean {
    return this.#written.length >= MOST_BATCH_RECORDS || this.#bytes >= MOST_BATCH_BYTES || this.#held >= MOST_HELD_BYTES;
  }

  /** Records that are shown. */
  get shown(): number {
    return this.#written.length;
  }

  /** All that were looked at, in their order. */
  get judged(): readonly JudgedRecord[] {
    return this.#judged;
  }

  /** The shown records; `isFirst`: none was shown before. */
  body(isFirst: boolean): Buffer {
    const { separator } = this.#writer;
    if (separator.length === 0) return Buffer.concat(this.#written, this.#bytes);
    const pieces = this.#written.flatMap((written) => [separator, written]);
    return Buffer.concat(isFirst ? pieces.slice(1) : pieces);
  }

  /** The same records as they are decided on now: facts, caller or policy changed before the batch could leave. None falls out for its size. */
  judgedAnew(judge: Judge): RecordBatch {
    const anew = new RecordBatch(this.#writer);
    for (const { record } of this.#judged) {
      const show = judge(record);
      anew.#keep(record, show, anew.#write(record, show));
    }
    return anew;
  }
}

const NOBODY: readonly DecidedPerson[] = [];
