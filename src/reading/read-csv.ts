import { parse } from 'csv-parse/sync';
import type { Position, Problem } from './problem';

export interface CsvCell extends Position {
  /** Without the blanks, tabs and no-break spaces around it. */
  readonly text: string;
}

export interface CsvRow {
  readonly line: number;
  readonly cells: readonly [CsvCell, ...CsvCell[]];
}

export interface CsvFile {
  readonly rows: readonly CsvRow[];
  readonly problems: readonly Problem[];
}

/**
 * A CSV file that people edit, with the place of every cell.
 *
 * Takes   the text; a byte order mark, CRLF and quoted cells are as welcome as their absence (casbin-facts C23).
 *         One row is one line: a cell cannot hold a line break, so a forgotten quote is found on its own line.
 *         columns: how many cells a row of this file has, where that is known.
 * Gives   the rows in order. Lines that are blank, hold only commas, or start with `#` (C05: only there) are no rows; a spreadsheet
 *         puts a comment that holds a quote in quotes, and it stays one. Empty cells at the right, as spreadsheets add, are left out:
 *         those beyond `columns`, or else the columns that are empty in every row.
 * Fails   never; a line that cannot be read is a problem and no row. With problems the rows are not to be used.
 */
export function readCsv(text: string, file: string, columns?: number): CsvFile {
  const problems: Problem[] = [];
  const rows: CsvRow[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (/^"?#/.test(line) || line.trim() === '') continue;
    const read = readLine(line, index + 1, file);
    if ('message' in read) problems.push(read);
    else if (read.some((cell) => cell.text !== '')) rows.push({ line: index + 1, cells: read as [CsvCell, ...CsvCell[]] });
  }
  return { rows: columns === undefined ? withoutEmptyColumns(rows) : rows.map((row) => withoutPadding(row, columns)), problems };
}

function readLine(line: string, number: number, file: string): readonly CsvCell[] | Problem {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.exec(line);
  if (control) return { file, line: number, column: control.index + 1, word: '', message: 'a control character stands here' };
  const starts = cellStarts(line);
  const texts = line.includes('"') ? readQuoted(line) : line.split(',');
  if (texts === null || texts.length !== starts.length) {
    return {
      file,
      line: number,
      column: line.indexOf('"') + 1,
      word: line.slice(line.indexOf('"')),
      message: 'a quote is opened or closed in the wrong place',
    };
  }
  return texts.map((text, i) => {
    const start = starts[i] ?? 0;
    return { text: text.trim(), line: number, column: start + 1 + blanksAt(line, start) };
  });
}

function readQuoted(line: string): readonly string[] | null {
  try {
    const records: string[][] = parse(line, { trim: true, relax_column_count: true });
    return records.length === 1 ? (records[0] ?? null) : null;
  } catch {
    return null;
  }
}

function cellStarts(line: string): readonly number[] {
  const starts = [0];
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"') isQuoted = !isQuoted;
    else if (line[i] === ',' && !isQuoted) starts.push(i + 1);
  }
  return starts;
}

function blanksAt(line: string, start: number): number {
  let i = start;
  while (i < line.length && line[i] !== ',' && line[i]?.trim() === '') i++;
  return line[i] === '"' ? i - start + 1 : i - start;
}

function withoutPadding(row: CsvRow, columns: number): CsvRow {
  let width = row.cells.length;
  while (width > columns && row.cells[width - 1]?.text === '') width -= 1;
  return { line: row.line, cells: row.cells.slice(0, width) as unknown as CsvRow['cells'] };
}

function withoutEmptyColumns(rows: readonly CsvRow[]): readonly CsvRow[] {
  let used = 0;
  for (const row of rows) row.cells.forEach((cell, i) => (used = cell.text === '' ? used : Math.max(used, i + 1)));
  // Only where every row is as wide: a spreadsheet makes a rectangle, a hand does not.
  const widths = new Set(rows.map((row) => row.cells.length));
  if (widths.size !== 1) return rows;
  return rows.map((row) => ({ line: row.line, cells: row.cells.slice(0, used) as unknown as CsvRow['cells'] }));
}
