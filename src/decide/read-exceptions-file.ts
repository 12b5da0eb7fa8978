import { type CsvRow, readCsv } from '../reading/read-csv';
import { isCalendarDate } from '../reading/is-calendar-date';
import { readText } from '../reading/read-text';
import type { WindowException } from '../vocabulary/case-system';
import { checkHeader } from './check-header';
import { type Finding, finding } from './finding';
import { nearestWord } from './nearest-word';
import { at, beforeEnd } from './read-policy-file';

export interface ExceptionsRead {
  readonly exceptions: readonly WindowException[];
  readonly findings: readonly Finding[];
}

const COLUMNS = ['kind', 'where', 'from', 'restored', 'people', 'document'];
const KINDS = ['outage', 'maintenance', 'remote-location', 'mass-dislocation'];
/** TO-03: "layoffs of 50 or more". */
const FEWEST_DISLOCATED = 50;

/**
 * exceptions.csv of one system: the header `kind, where, from, restored, people, document`, a row for each documented exception to the window in
 * which dates may be entered, a closing row `end`.
 *
 * Takes   where: a code of the fact that the clause names under `exceptions`, or `*` for all. from, restored: the first day and the day of
 *         restoration, YYYY-MM-DD; `open` while it is not restored. people: how many are dislocated, `-` for other kinds. document: where
 *         the exception is documented.
 * Gives   the exceptions, or every finding.
 * Fails   never.
 * Source  TO-03.
 */
export function readExceptionsFile(bytes: Uint8Array, file: string): ExceptionsRead {
  const { text, problems } = readText(bytes, file);
  const csv = readCsv(text, file, COLUMNS.length);
  const findings: Finding[] = [...problems, ...csv.problems].map((problem) => finding('unreadable', problem, problem.message));
  if (problems.length > 0) return { exceptions: [], findings };
  const [header, ...rows] = beforeEnd(csv.rows, text, file, findings);
  findings.push(...checkHeader(header, COLUMNS, file));
  if (findings.length > 0) return { exceptions: [], findings };
  return { exceptions: rows.flatMap((row) => readException(row, file, findings) ?? []), findings };
}

function readException(row: CsvRow, file: string, findings: Finding[]): WindowException | null {
  const before = findings.length;
  const [kind, where, from, restored, people, document] = row.cells;
  if (document === undefined || row.cells.length !== COLUMNS.length || !where || !from || !restored || !people) {
    findings.push(
      finding('C03', at(file, row.cells.at(-1) ?? kind), `an exception has ${COLUMNS.length} cells; this row has ${row.cells.length}`),
    );
    return null;
  }
  for (const [i, cell] of row.cells.entries())
    if (cell.text === '') findings.push(finding('C01', at(file, cell), `${COLUMNS[i] ?? ''} is blank`));
  if (findings.length > before) return null;
  if (!KINDS.includes(kind.text))
    findings.push(finding('unknown-word', at(file, kind), `a kind is ${KINDS.join(', ')}`, nearestWord(kind.text, KINDS)));
  if (!isCalendarDate(from.text)) findings.push(finding('form', at(file, from), 'a date is a day of the calendar, written YYYY-MM-DD'));
  if (restored.text !== 'open' && !(isCalendarDate(restored.text) && restored.text >= from.text))
    findings.push(finding('form', at(file, restored), 'restored is a day not before the first, or open'));
  const isMany = /^\d{1,6}$/.test(people.text) && Number(people.text) >= FEWEST_DISLOCATED;
  if (kind.text === 'mass-dislocation' ? !isMany : people.text !== '-')
    findings.push(finding('form', at(file, people), `people is ${FEWEST_DISLOCATED} or more for a mass dislocation, - for other kinds`));
  if (findings.length > before) return null;
  return { where: where.text, from: from.text, restored: restored.text === 'open' ? null : restored.text };
}
