import type { CsvDelimiter } from '../../vocabulary/case-system';
import type { PlaceTree } from '../compile-projection';
import { escapeFormula } from '../rules/formula';
import { decodeString, IS_FALSE, IS_NULL, IS_NUMBER, IS_STRING, IS_TRUE, scanRecord, TAPE_STEP, TYPE_MASK } from '../scan-record';
import { columnName, isColumn } from './csv-source';
import type { RecordWriter } from './record-writer';

/**
 * CSV (RFC 4180, UTF-8, CRLF), a formula in no cell. A column for every field of the route's sections that is no element of an array, in the
 * order of record.yaml, the same for every caller and record: a cell that is not shown is as empty as one that has no value. What stands in
 * arrays is not in it.
 *
 * Written here and not by csv-stringify, which our tests hold it against: that one leaves NUL at the beginning of a cell, and takes
 * JavaScript numbers, in which the digits of 9007199254740993 are lost.
 */
export function csvWriter(tree: PlaceTree, delimiter: CsvDelimiter): RecordWriter {
  const columns = new Int32Array(tree.nodes.length).fill(-1);
  const names: string[] = [];
  for (const node of tree.nodes) {
    if (node.kind === null || !isColumn(node) || !tree.route.sections.includes(node.section)) continue;
    columns[node.id] = names.length;
    names.push(columnName(node));
  }
  const needsQuotes = new RegExp(`["\\r\\n${delimiter === '|' ? '\\|' : delimiter}]`);
  const quoted = (text: string): string => (needsQuotes.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const rowOf = (cells: readonly string[]): Buffer => Buffer.from(`${cells.join(delimiter)}\r\n`, 'utf8');
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    opening: rowOf(names.map((name) => quoted(escapeFormula(name)))),
    separator: Buffer.alloc(0),
    closing: Buffer.alloc(0),
    write(shaped) {
      const cells = new Array<string>(names.length).fill('');
      const { tape } = scanRecord(shaped, 0, tree);
      for (let entry = 0; entry < tape.length; entry += TAPE_STEP) {
        const type = tape[entry + 3] as number;
        const column = isScalar(type & TYPE_MASK) ? (columns[tape[entry] as number] as number) : -1;
        if (column >= 0) cells[column] = quoted(cellOf(shaped, tape[entry + 1] as number, tape[entry + 2] as number, type));
      }
      return rowOf(cells);
    },
  };
}

const isScalar = (bare: number): boolean =>
  bare === IS_STRING || bare === IS_NUMBER || bare === IS_TRUE || bare === IS_FALSE || bare === IS_NULL;

function cellOf(shaped: Buffer, start: number, end: number, type: number): string {
  const bare = type & TYPE_MASK;
  if (bare === IS_NULL) return '';
  if (bare === IS_STRING) return escapeFormula(decodeString(shaped, start, end, type));
  // A number is no formula, whatever its sign.
  return shaped.toString('latin1', start, end);
}
