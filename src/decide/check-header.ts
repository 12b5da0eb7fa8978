import type { CsvRow } from '../reading/read-csv';
import { type Finding, finding } from './finding';

/** Nothing where the first row names exactly these columns; else the first cell that differs, with the column that belongs there. */
export function checkHeader(header: CsvRow | undefined, columns: readonly string[], file: string): readonly Finding[] {
  const wrong = columns.findIndex((column, i) => header?.cells[i]?.text !== column);
  if (header && wrong < 0 && header.cells.length === columns.length) return [];
  const cell = header?.cells[wrong < 0 ? columns.length : wrong] ?? header?.cells.at(-1);
  const place = { file, line: cell?.line ?? 1, column: cell?.column ?? 1, word: cell?.text ?? '' };
  return [finding('form', place, `the first row is ${columns.join(', ')}`, columns[wrong])];
}
