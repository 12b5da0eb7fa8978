import type { Place } from '../../vocabulary/case-system';
import type { RecordWriter } from './record-writer';

/** A JSON array; at `listPlace`, in the objects it takes to stand there and nothing beside it. */
export function jsonWriter(listPlace: Place): RecordWriter {
  return {
    mediaType: 'application/json; charset=utf-8',
    opening: Buffer.from(`${listPlace.map((word) => `{${JSON.stringify(word)}:`).join('')}[`),
    closing: Buffer.from(`]${'}'.repeat(listPlace.length)}`),
    separator: Buffer.from(','),
    write: (shaped) => shaped,
  };
}
