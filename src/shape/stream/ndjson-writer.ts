import type { RecordWriter } from './record-writer';

const NOTHING = Buffer.alloc(0);
const LINE_END = Buffer.from('\n');

/** One object a line. White space inside a record may hold line breaks; they are written as blanks. */
export const ndjsonWriter: RecordWriter = {
  mediaType: 'application/x-ndjson; charset=utf-8',
  opening: NOTHING,
  separator: NOTHING,
  closing: NOTHING,
  write: (shaped) => Buffer.concat([onOneLine(shaped), LINE_END]),
};

/** A raw line break stands between tokens alone: in a string it would have been refused. */
function onOneLine(shaped: Buffer): Buffer {
  if (!shaped.includes(0x0a) && !shaped.includes(0x0d)) return shaped;
  return Buffer.from(shaped.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}
