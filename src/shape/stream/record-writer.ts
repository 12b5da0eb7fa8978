/** Puts shaped records together to one body: `opening`, records with `separator` between them, `closing`. */
export interface RecordWriter {
  readonly mediaType: string;
  readonly opening: Buffer;
  readonly separator: Buffer;
  readonly closing: Buffer;
  /** What is written for one shaped record, which is a JSON object. */
  write(shaped: Buffer): Buffer;
}
