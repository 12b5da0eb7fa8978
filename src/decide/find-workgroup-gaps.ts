import type { CsvCell } from '../reading/read-csv';
import { type Finding, finding } from './finding';
import { nearestWord } from './nearest-word';
import type { PolicyRow } from './policy-row';
import type { CasesRead } from './read-cases-file';
import { at, type PolicyRead } from './read-policy-file';
import type { RecordRead } from './read-record-file';

/** The three files of a system as they were read, and their names as findings show them. */
export interface ReadFiles {
  readonly record: RecordRead;
  readonly policy: PolicyRead;
  readonly cases: CasesRead;
  readonly path: (file: string) => string;
}

/**
 * Finds workgroups that do not stand in all the places where they must:
 *
 * workgroup-without-case  rows in policy.csv and no case: a slip of the pen in a deny row must not pass for a workgroup of its own.
 * workgroup-without-row   cases of a workgroup that nobody knows and that is spelled almost like a known one. Another unknown one is
 *                         a good example: it must see nothing.
 * unknown-word            a clause or a collapse of record.yaml names a workgroup without a row.
 * no-refusal              all its cases expect that nothing is withheld, though the policy does not open everything to it.
 */
export function findWorkgroupGaps({ record, policy, cases, path }: ReadFiles): readonly Finding[] {
  const granted = new Set(policy.rows.map((row) => row.workgroup));
  const tried = new Set(cases.cases.map((one) => `group:${one.workgroup}`));
  const findings: Finding[] = [];

  for (const [workgroup, cell] of firstCells(policy.rows, policy.cells)) {
    const message = `no case in cases.csv speaks of ${workgroup}`;
    if (workgroup !== '*' && !tried.has(workgroup))
      findings.push(finding('workgroup-without-case', at(path('policy.csv'), cell), message, nearestWord(workgroup, tried)));
  }
  for (const { word, line, column } of record.workgroups) {
    const message = `no row of policy.csv speaks of the workgroup ${word}`;
    if (!granted.has(`group:${word}`))
      findings.push(finding('unknown-word', { file: path('record.yaml'), line, column, word }, message, nearestWord(word, bare(granted))));
  }
  for (const [workgroup, cell] of firstCells(cases.cases.map(namespaced), cases.cells)) {
    const own = cases.cases.filter((one) => `group:${one.workgroup}` === workgroup);
    const place = at(path('cases.csv'), cell);
    const nearest = granted.has(workgroup) ? undefined : nearestWord(workgroup.slice('group:'.length), bare(granted), MOST_SLIPS);
    if (nearest !== undefined)
      findings.push(finding('workgroup-without-row', place, `no row of policy.csv speaks of ${workgroup}`, `group:${nearest}`));
    if (granted.has(workgroup) && own.every((one) => one.view === 'full') && !opensEverything(policy.rows, workgroup))
      findings.push(finding('no-refusal', place, `no case of ${workgroup} expects that something is withheld`));
  }
  return findings;
}

/** Letters by which a typing error differs from the word that was meant. */
const MOST_SLIPS = 2;

const namespaced = ({ line, workgroup }: { line: number; workgroup: string }) => ({ line, workgroup: `group:${workgroup}` });

const bare = (workgroups: ReadonlySet<string>): readonly string[] =>
  [...workgroups].filter((word) => word !== '*').map((word) => word.slice('group:'.length));

/** Each workgroup's first cell: the second in a row of either file. */
function firstCells(
  rows: readonly { readonly line: number; readonly workgroup: string }[],
  cells: ReadonlyMap<number, readonly CsvCell[]>,
): ReadonlyMap<string, CsvCell> {
  const first = new Map<string, CsvCell>();
  for (const { line, workgroup } of rows) {
    const cell = cells.get(line)?.[1];
    if (cell && !first.has(workgroup)) first.set(workgroup, cell);
  }
  return first;
}

/** Nothing could be withheld from it: there is no refusal to expect. */
const opensEverything = (rows: readonly PolicyRow[], workgroup: string): boolean =>
  rows.every((row) => row.effect === 'allow' || (row.workgroup !== '*' && row.workgroup !== workgroup)) &&
  rows.some(
    (row) =>
      row.workgroup === workgroup &&
      row.when.length === 0 &&
      [row.relation, row.privacy, row.section, row.action].every((word) => word === '*'),
  );
