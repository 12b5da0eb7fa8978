import { type CsvRow, readCsv } from '../reading/read-csv';
import { isCalendarDate } from '../reading/is-calendar-date';
import { readText } from '../reading/read-text';
import { checkHeader } from './check-header';
import { type Finding, finding } from './finding';
import { at, beforeEnd } from './read-policy-file';

export interface HolidaysRead {
  /** YYYY-MM-DD, ascending. */
  readonly dates: readonly string[];
  readonly findings: readonly Finding[];
}

const COLUMNS = ['date', 'name'];

/**
 * holidays.csv of one system: the header `date, name`, a row for each day besides Saturday and Sunday that is no business day, a closing row `end`.
 *
 * Takes   the bytes and the name shown in findings; dates as YYYY-MM-DD, in any order.
 * Gives   the dates, or every finding. A year that is missing closes: its holidays count as business days.
 * Fails   never.
 * Source  TO-02.
 */
export function readHolidaysFile(bytes: Uint8Array, file: string): HolidaysRead {
  const { text, problems } = readText(bytes, file);
  const csv = readCsv(text, file, COLUMNS.length);
  const findings: Finding[] = [...problems, ...csv.problems].map((problem) => finding('unreadable', problem, problem.message));
  if (problems.length > 0) return { dates: [], findings };
  const [header, ...rows] = beforeEnd(csv.rows, text, file, findings);
  findings.push(...checkHeader(header, COLUMNS, file));
  if (findings.length > 0) return { dates: [], findings };
  const lines = new Map<string, number>();
  for (const row of rows) readHoliday(row, file, lines, findings);
  return { dates: [...lines.keys()].sort(), findings };
}

function readHoliday(row: CsvRow, file: string, lines: Map<string, number>, findings: Finding[]): void {
  const [date, name] = row.cells;
  const blank = row.cells.find((cell) => cell.text === '');
  if (name === undefined || row.cells.length !== COLUMNS.length)
    findings.push(
      finding('C03', at(file, row.cells.at(-1) ?? date), `a holiday has a date and a name; this row has ${row.cells.length} cells`),
    );
  else if (blank) findings.push(finding('C01', at(file, blank), `${blank === date ? 'date' : 'name'} is blank`));
  else if (!isCalendarDate(date.text))
    findings.push(finding('form', at(file, date), 'a date is a day of the calendar, written YYYY-MM-DD'));
  else if (lines.has(date.text)) findings.push(finding('duplicate', at(file, date), `line ${lines.get(date.text)} has this date`));
  else lines.set(date.text, row.line);
}
