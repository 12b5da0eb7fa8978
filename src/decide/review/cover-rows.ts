import type { CaseSystem } from '../../vocabulary/case-system';
import type { PolicyParts } from '../policy-in-force';
import type { PolicyRow } from '../policy-row';
import type { PolicyCase } from '../read-cases-file';
import { RowReader, worded } from '../row-reader';
import { createCaseJudge } from '../run-cases';

/** What the cases say of one row. Numbers are lines of cases.csv. */
export interface RowCoverage {
  readonly line: number;
  /** Cases in which this row was the line that decided about a section. */
  readonly decided: readonly number[];
  /** Cases in which the row does not hit, and a section of which it speaks ends the other way. */
  readonly refused: readonly number[];
}

/**
 * Counts for each row the cases that rest on it, and those that expect its refusal.
 *
 * An allow row decides where it is the first line that allows a shown section; its refusal is a section of it that is withheld where it does
 * not hit. A deny row decides where it is the first line that denies; its refusal is a section of it that is shown where it does not hit.
 * Both under an action of the row and for its workgroup. A row that asks for nothing else can be refused under another action alone; a
 * deny row of that kind, for another workgroup.
 */
export function coverRows(parts: PolicyParts, rows: readonly PolicyRow[], cases: readonly PolicyCase[]): readonly RowCoverage[] {
  const { system } = parts;
  const judge = createCaseJudge(parts);
  const reader = new RowReader(system);
  const wordedRows = rows.map(worded);
  const decided = new Map<number, number[]>(rows.map((row) => [row.line, []]));
  const refused = new Map<number, number[]>(rows.map((row) => [row.line, []]));
  for (const one of cases) {
    const { decision } = judge(one);
    const own = wordedRows.filter((row) => isOf(row, one) || (row.effect === 'deny' && asksNothing(row)));
    const deciding = new Set<number>(decision.ruleLines);
    for (const [number, section] of system.sections.entries())
      if (decision.withheld[number] === 'denied-by-rule') deciding.add(reader.firstLine(own, one, section, one.action, 'deny'));
    for (const line of deciding) decided.get(line)?.push(one.line);
    for (const row of own) {
      const speaksOf = sectionsOf(system, row).filter((number) => decision.granted[number] || decision.withheld[number] !== null);
      const isHit = speaksOf.some((number) => reader.firstLine([row], one, system.sections[number] ?? '', one.action, row.effect) !== 0);
      const isOther = speaksOf.some((number) => decision.granted[number] === (row.effect === 'deny'));
      if (!isHit && isOther && (isFor(row, one) || asksNothing(row))) refused.get(row.line)?.push(one.line);
    }
  }
  return rows.map(({ line }) => ({ line, decided: decided.get(line) ?? [], refused: refused.get(line) ?? [] }));
}

const isOf = (row: PolicyRow, one: PolicyCase): boolean => row.workgroup === '*' || row.workgroup === `group:${one.workgroup}`;
const isFor = (row: PolicyRow, one: PolicyCase): boolean => row.action === '*' || row.action === one.action;
const asksNothing = (row: PolicyRow): boolean => row.relation === '*' && row.privacy === '*' && row.when.length === 0;

const sectionsOf = (system: CaseSystem, row: PolicyRow): readonly number[] =>
  [...system.sections.keys()].filter((number) => row.section === '*' || row.section === system.sections[number]);
