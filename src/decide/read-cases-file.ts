import type { Disclosure } from '../vocabulary/access';
import { ACTIONS, type Action, type CaseSystem } from '../vocabulary/case-system';
import { isReason } from '../vocabulary/reasons';
import { type CsvCell, type CsvRow, readCsv } from '../reading/read-csv';
import { readText } from '../reading/read-text';
import { checkHeader } from './check-header';
import { type Finding, finding } from './finding';
import { nearestWord } from './nearest-word';
import { at, beforeEnd, checkWord, checkWorkgroup, readWhen } from './read-policy-file';

/** One example that must hold: who asks about what record, and exactly what they get. */
export interface PolicyCase {
  readonly line: number;
  readonly name: string;
  /** Without its namespace. */
  readonly workgroup: string;
  readonly relations: number;
  readonly isPrivate: boolean;
  readonly conditions: number;
  readonly action: Action;
  readonly view: Disclosure;
  /** Exactly those disclosed, in the order of record.yaml. */
  readonly sections: readonly string[];
  /** Every reason of the decision, in any order. */
  readonly reasons: readonly string[];
}

export interface CasesRead {
  readonly cases: readonly PolicyCase[];
  /** By line, as they stand in the file. */
  readonly cells: ReadonlyMap<number, readonly CsvCell[]>;
  readonly findings: readonly Finding[];
}

const COLUMNS = ['name', 'workgroup', 'relation', 'privacy', 'when', 'action', 'view', 'sections', 'reason'];
const VIEWS: readonly Disclosure[] = ['full', 'partial', 'basic', 'none'];

/**
 * cases.csv of one system: the header `name, workgroup, relation, privacy, when, action, view, sections, reason`, rows of examples, a closing row `end`.
 *
 * Takes   relation and when: words joined by ` & `, or `none` and `always`. sections: words joined by ` & `, `all`, `none`, or `all but` words.
 * Gives   the cases, or every finding.
 * Fails   never.
 */
export function readCasesFile(bytes: Uint8Array, file: string, system: CaseSystem): CasesRead {
  const { text, problems } = readText(bytes, file);
  const csv = readCsv(text, file, COLUMNS.length);
  const findings: Finding[] = [...problems, ...csv.problems].map((problem) => finding('unreadable', problem, problem.message));
  const cells = new Map(csv.rows.map((row) => [row.line, row.cells]));
  if (problems.length > 0) return { cases: [], cells, findings };
  const [header, ...rows] = beforeEnd(csv.rows, text, file, findings);
  const wrongHeader = checkHeader(header, COLUMNS, file);
  findings.push(...wrongHeader);
  if (wrongHeader.length > 0) return { cases: [], cells, findings };
  const cases = rows.flatMap((row) => readCase(row, file, system, findings) ?? []);
  const names = new Map<string, number>();
  for (const one of cases) {
    const twin = names.get(one.name);
    if (twin !== undefined)
      findings.push(finding('duplicate', { file, line: one.line, column: 1, word: one.name }, `line ${twin} has this name`));
    names.set(one.name, one.line);
  }
  return { cases, cells, findings };
}

function readCase(row: CsvRow, file: string, system: CaseSystem, findings: Finding[]): PolicyCase | null {
  const before = findings.length;
  if (row.cells.length !== COLUMNS.length) {
    findings.push(
      finding('C03', at(file, row.cells.at(-1) ?? row.cells[0]), `a case has ${COLUMNS.length} cells; this one has ${row.cells.length}`),
    );
    return null;
  }
  for (const [i, cell] of row.cells.entries())
    if (cell.text === '') findings.push(finding('C01', at(file, cell), `${COLUMNS[i] ?? ''} is blank`));
  if (findings.length > before) return null;
  const [name, workgroup, relation, privacy, when, action, view, sections, reason] = row.cells as unknown as readonly [
    ...[CsvCell, CsvCell, CsvCell, CsvCell, CsvCell],
    ...[CsvCell, CsvCell, CsvCell, CsvCell],
  ];
  checkWorkgroup(workgroup, file, findings);
  checkWord(privacy, ['open', 'private'], 'privacy', file, findings);
  checkWord(action, ACTIONS, 'action', file, findings);
  checkWord(view, VIEWS, 'view', file, findings);
  const relations = relation.text === 'none' ? [] : relation.text.split(' & ');
  const relationWords = system.relations.map((test) => test.word);
  for (const word of relations) checkWord({ ...relation, text: word }, relationWords, 'relation', file, findings);
  const conditions = readWhen(when, system, file, findings) ?? [];
  const disclosed = readSections(sections, system, file, findings);
  const reasons = reason.text.split(' & ');
  for (const word of reasons)
    if (!isReason(word)) findings.push(finding('unknown-word', { ...at(file, reason), word }, `${word} is no reason`));
  if (findings.length > before) return null;
  return {
    line: row.line,
    name: name.text,
    workgroup: workgroup.text.slice('group:'.length),
    relations: maskOf(relations, relationWords),
    isPrivate: privacy.text === 'private',
    conditions: maskOf(
      conditions,
      system.conditions.map((test) => test.word),
    ),
    action: action.text as Action,
    view: view.text as Disclosure,
    sections: disclosed,
    reasons,
  };
}

function readSections(cell: CsvCell, system: CaseSystem, file: string, findings: Finding[]): readonly string[] {
  if (cell.text === 'none') return [];
  if (cell.text === 'all') return system.sections;
  const isBut = cell.text.startsWith('all but ');
  const words = (isBut ? cell.text.slice('all but '.length) : cell.text).split(' & ');
  for (const word of words) {
    if (!system.sections.includes(word))
      findings.push(
        finding('unknown-word', { ...at(file, cell), word }, `${word} is no section of this system`, nearestWord(word, system.sections)),
      );
  }
  return system.sections.filter((section) => words.includes(section) !== isBut);
}

const maskOf = (words: readonly string[], all: readonly string[]): number =>
  words.reduce((mask, word) => mask | (1 << all.indexOf(word)), 0);
