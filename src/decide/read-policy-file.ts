import { type CsvCell, type CsvRow, readCsv } from '../reading/read-csv';
import { readText } from '../reading/read-text';
import { ACTIONS, type CaseSystem } from '../vocabulary/case-system';
import { type Finding, finding } from './finding';
import { nearestWord } from './nearest-word';
import { type PolicyRow, wordsOf } from './policy-row';
import { WORD } from './record-schema';

/** C21: rules are per workgroup, never per person or record; ten times what the largest policy needs. */
const MOST_ROWS = 5_000;
const COLUMNS = ['workgroup', 'relation', 'privacy', 'when', 'section', 'action', 'effect'];

export interface PolicyRead {
  readonly rows: readonly PolicyRow[];
  /** By line, as they stand in the file. */
  readonly cells: ReadonlyMap<number, readonly CsvCell[]>;
  readonly findings: readonly Finding[];
}

/**
 * policy.csv of one system: rows `p, group:<workgroup>, <relation>, <privacy>, <when>, <section>, <action>, <effect>`, closed by a row `end`.
 *
 * Takes   the bytes, the name shown in findings, and the system whose words the rows may use.
 * Gives   the rows in order, or every finding with line, column, word and nearest valid word. Rows are only to be used without findings.
 * Fails   never.
 * Source  casbin-facts C01 … C07, C10, C15, C16, C21, C23; POL-04 … POL-14. A workgroup `*` stands in deny rows alone (POL-12).
 */
export function readPolicyFile(bytes: Uint8Array, file: string, system: CaseSystem): PolicyRead {
  const { text, problems } = readText(bytes, file);
  const csv = readCsv(text, file, COLUMNS.length + 1);
  const findings: Finding[] = [...problems, ...csv.problems].map((problem) => finding('unreadable', problem, problem.message));
  const cells = new Map(csv.rows.map((row) => [row.line, row.cells]));
  if (problems.length > 0) return { rows: [], cells, findings };
  const rows: PolicyRow[] = [];
  const seen = new Map<string, PolicyRow>();
  for (const row of beforeEnd(csv.rows, text, file, findings)) {
    const read = readRow(row, file, system, findings);
    if (read === null) continue;
    const same = JSON.stringify(wordsOf({ ...read, when: [...read.when].sort() }).slice(0, 6));
    const twin = seen.get(same);
    if (twin?.effect === read.effect)
      findings.push(finding('duplicate', { file, ...firstPlace(row) }, `this row says what line ${twin.line} says`));
    else if (twin)
      findings.push(
        finding('ambiguous', at(file, row.cells.at(-1) ?? row.cells[0]), `line ${twin.line} says ${twin.effect} in the same words`),
      );
    else seen.set(same, read);
    rows.push(read);
  }
  if (rows.length > MOST_ROWS)
    findings.push(
      finding(
        'C21',
        { file, line: 1, column: 1, word: String(rows.length) },
        `more than ${MOST_ROWS} rows: write rules per workgroup, not per person or record`,
      ),
    );
  if (findings.length === 0 && !rows.some((row) => row.effect === 'allow')) {
    findings.push(finding('C07', { file, line: 1, column: 1, word: '' }, 'the policy has no row that allows anything'));
  }
  return { rows, cells, findings };
}

/** Rows before the closing row `end`; without it, or with rows after it, a finding (C06). */
export function beforeEnd(rows: readonly CsvRow[], text: string, file: string, findings: Finding[]): readonly CsvRow[] {
  const end = rows.findIndex((row) => row.cells[0].text === 'end');
  if (end < 0) {
    const lines = text.split(/\r\n|\n|\r/);
    findings.push(
      finding(
        'C06',
        { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, word: '' },
        'the closing row `end` is missing: the file may be cut off',
      ),
    );
    return rows;
  }
  const closing = rows[end] as CsvRow;
  const extra = closing.cells.slice(1).find((cell) => cell.text !== '');
  if (extra) findings.push(finding('C06', at(file, extra), 'the closing row is the one word end'));
  const after = rows[end + 1];
  if (after) findings.push(finding('C06', { file, ...firstPlace(after) }, 'nothing may stand after the closing row `end`'));
  return rows.slice(0, end);
}

export const at = (file: string, cell: CsvCell): { file: string; line: number; column: number; word: string } => ({
  file,
  line: cell.line,
  column: cell.column,
  word: cell.text,
});

const firstPlace = (row: CsvRow): { line: number; column: number; word: string } => ({
  line: row.line,
  column: row.cells[0].column,
  word: row.cells[0].text,
});

function readRow(row: CsvRow, file: string, system: CaseSystem, findings: Finding[]): PolicyRow | null {
  const before = findings.length;
  const [type, ...cells] = row.cells;
  if (type.text !== 'p') {
    if (/^g\d*$/.test(type.text))
      findings.push(
        finding('C15', at(file, type), 'grouping rows are not part of this format: role chains stop silently (C15) and cycles grant (C16)'),
      );
    else
      findings.push(finding('C04', at(file, type), 'a row begins with p, or is the closing row end', type.text === 'P' ? 'p' : undefined));
    return null;
  }
  const inline = cells.find((cell) => cell.text.includes('#'));
  if (inline) findings.push(finding('C05', at(file, inline), 'a comment stands on a line of its own, # first'));
  else if (cells.length !== COLUMNS.length) {
    findings.push(
      finding(
        'C03',
        at(file, row.cells.at(-1) ?? type),
        `a row has ${COLUMNS.length + 1} cells (p, ${COLUMNS.join(', ')}); this one has ${row.cells.length}`,
      ),
    );
  }
  if (findings.length > before) return null;

  const [workgroup, relation, privacy, when, section, action, effect] = cells as [
    CsvCell,
    CsvCell,
    CsvCell,
    CsvCell,
    CsvCell,
    CsvCell,
    CsvCell,
  ];
  for (const [i, cell] of cells.entries())
    if (cell.text === '') findings.push(finding('C01', at(file, cell), `${COLUMNS[i] ?? ''} is blank; * is any`));
  if (findings.length > before) return null;

  if (effect.text !== 'allow' && effect.text !== 'deny')
    findings.push(finding('C02', at(file, effect), 'the effect is exactly allow or deny', nearestWord(effect.text, ['allow', 'deny'])));
  if (workgroup.text === '*') {
    if (effect.text !== 'deny')
      findings.push(
        finding('POL-12', at(file, workgroup), 'an allow row names its workgroup: * would open it to workgroups nobody thought of'),
      );
  } else checkWorkgroup(workgroup, file, findings);
  checkWord(relation, relationWords(system), 'relation', file, findings);
  checkWord(privacy, ['open', 'private', '*'], 'privacy', file, findings);
  checkWord(section, [...system.sections, '*'], 'section', file, findings);
  checkWord(action, [...ACTIONS, '*'], 'action', file, findings);
  const words = readWhen(when, system, file, findings);
  if (findings.length > before || words === null) return null;
  return {
    line: row.line,
    workgroup: workgroup.text,
    relation: relation.text,
    privacy: privacy.text as PolicyRow['privacy'],
    when: words,
    section: section.text,
    action: action.text,
    effect: effect.text as PolicyRow['effect'],
  };
}

const relationWords = (system: CaseSystem): readonly string[] => [...system.relations.map((test) => test.word), 'none', '*'];

/** `group:` and a word: an account or an organization can never be a workgroup (C10). */
export function checkWorkgroup(cell: CsvCell, file: string, findings: Finding[]): void {
  const word = cell.text.startsWith('group:') ? cell.text.slice(6) : null;
  if (word === null || !WORD.test(word)) {
    const bare = cell.text.replace(/^[a-z]*:/i, '').toLowerCase();
    findings.push(
      finding(
        'C10',
        at(file, cell),
        'a workgroup is written group:<word>, in lower-case letters, digits and hyphens',
        WORD.test(bare) ? `group:${bare}` : undefined,
      ),
    );
  }
}

export function checkWord(cell: CsvCell, valid: readonly string[], column: string, file: string, findings: Finding[]): void {
  if (!valid.includes(cell.text))
    findings.push(finding('unknown-word', at(file, cell), `${cell.text} is no ${column} of this system`, nearestWord(cell.text, valid)));
}

/** One condition, several joined by ` & `, or `always`; each at most once. null where something is wrong. */
export function readWhen(cell: CsvCell, system: CaseSystem, file: string, findings: Finding[]): readonly string[] | null {
  if (cell.text === 'always') return [];
  const valid = system.conditions.map((test) => test.word);
  const words = cell.text.split(' & ');
  for (const word of words) {
    if (word === '*') findings.push(finding('unknown-word', at(file, cell), 'for rows that need no condition write always', 'always'));
    else if (!valid.includes(word))
      findings.push(
        finding(
          'unknown-word',
          { ...at(file, cell), word },
          `${word} is no condition of this system`,
          nearestWord(word, [...valid, 'always']),
        ),
      );
  }
  if (new Set(words).size !== words.length) findings.push(finding('duplicate', at(file, cell), 'a condition stands twice'));
  return words.every((word) => valid.includes(word)) && new Set(words).size === words.length ? words : null;
}
