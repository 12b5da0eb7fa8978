import type { StreamedRecord } from './streamed-record';

/**
 * Whole records out of a stream of bytes, however it is cut into chunks. Holds at most one record that is not whole, and the chunk at hand.
 * Whoever pushes waits until `next` gives null, so nothing piles up.
 *
 * Fails   GatewayError 'upstream-malformed' for what is not strictly of the format, 'upstream-too-large' over a cap; such a source is spent.
 *         No message holds anything of the data.
 */
export interface RecordSource {
  push(chunk: Buffer): void;
  /** There are no more bytes. What is not whole now never will be: `next` says so. */
  end(): void;
  /** The next record, read and found sound; null where more bytes are needed, or after the last. */
  next(): StreamedRecord | null;
}

/** `maxRecords` is of the whole stream; `maxRecordBytes` of one record as it came. */
export interface SourceLimits {
  readonly maxRecordBytes: number;
  readonly maxRecords: number;
}
