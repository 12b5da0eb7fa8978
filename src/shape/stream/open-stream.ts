import type { CsvDelimiter, Place } from '../../vocabulary/case-system';
import type { PlaceTree } from '../compile-projection';
import { CsvSource } from './csv-source';
import { csvWriter } from './csv-writer';
import { JsonSource } from './json-source';
import { jsonWriter } from './json-writer';
import { NdjsonSource } from './ndjson-source';
import { ndjsonWriter } from './ndjson-writer';
import type { RecordSource, SourceLimits } from './record-source';
import { RecordStream } from './record-stream';
import type { RecordWriter } from './record-writer';

/** How a list is written, as its case system sends it or as a client asked for it. `listPlace`: keys on the way to the array, none where it is all. */
export type ListFormat =
  | { readonly format: 'json'; readonly listPlace: Place }
  | { readonly format: 'ndjson' }
  | { readonly format: 'csv'; readonly delimiter: CsvDelimiter };

/** A stream from one format to the same or another; `tree` is that of one record. */
export function openStream(tree: PlaceTree, from: ListFormat, to: ListFormat, limits: SourceLimits): RecordStream {
  return new RecordStream(sourceOf(tree, from, limits), writerOf(tree, to));
}

function sourceOf(tree: PlaceTree, from: ListFormat, limits: SourceLimits): RecordSource {
  switch (from.format) {
    case 'json':
      return new JsonSource(tree, from.listPlace, limits);
    case 'ndjson':
      return new NdjsonSource(tree, limits);
    case 'csv':
      return new CsvSource(tree, from.delimiter, limits);
  }
}

function writerOf(tree: PlaceTree, to: ListFormat): RecordWriter {
  switch (to.format) {
    case 'json':
      return jsonWriter(to.listPlace);
    case 'ndjson':
      return ndjsonWriter;
    case 'csv':
      return csvWriter(tree, to.delimiter);
  }
}
