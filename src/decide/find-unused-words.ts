import type { CaseSystem } from '../vocabulary/case-system';
import { createCover } from './create-cover';
import { type Finding, type FindingRule, finding } from './finding';
import type { PolicyRow } from './policy-row';
import type { RecordRead } from './read-record-file';

/**
 * Finds what stands in record.yaml for nothing: sections that no row grants or that have no fields, relations and conditions
 * that no row uses, facts that no clause reads, a calendar of which no clause counts.
 *
 * Takes   locate: as record.yaml was read. calendar: the name of holidays.csv as findings show it; null where there is none.
 */
export function findUnusedWords(
  system: CaseSystem,
  rows: readonly PolicyRow[],
  locate: RecordRead['locate'],
  file: string,
  calendar: string | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  const note = (rule: FindingRule, kind: string, word: string, message: string): unknown =>
    findings.push(finding(rule, { file, ...locate([kind, word], 'key'), word }, message));

  const isDenied = createCover(rows.filter((row) => row.effect === 'deny'));
  const grants = rows.filter((row) => row.effect === 'allow' && !isDenied(row));
  for (const [number, section] of system.sections.entries()) {
    const fields = system.fields.filter((field) => field.section === number).length;
    if (!grants.some((row) => row.section === '*' || row.section === section))
      note('section-not-granted', 'sections', section, `no row of policy.csv grants ${section}: nobody sees ${countOf(fields)}`);
    if (fields === 0) note('section-without-fields', 'sections', section, `no field stands in ${section}: there is nothing to see in it`);
  }
  const relations = new Set(rows.map((row) => row.relation));
  for (const { word } of system.relations)
    if (!relations.has(word)) note('unused', 'relations', word, `no row of policy.csv uses the relation ${word}`);
  const conditions = new Set(rows.flatMap((row) => row.when));
  for (const { word } of system.conditions)
    if (!conditions.has(word)) note('unused', 'conditions', word, `no row of policy.csv uses the condition ${word}`);
  const clauses = [...system.relations, ...system.conditions].flatMap((test) => test.clauses);
  for (const [number, { name, kind }] of system.facts.entries())
    if (kind !== 'flag' && !clauses.some((clause) => 'fact' in clause && clause.fact === number))
      note('unused', 'facts', name, `no relation and no condition reads the fact ${name}`);
  if (calendar !== null && !clauses.some((clause) => clause.test === 'fact-within-business-days'))
    findings.push(finding('unused', { file: calendar, line: 1, column: 1, word: '' }, 'no relation and no condition counts business days'));
  return findings;
}

const countOf = (fields: number): string => (fields === 0 ? 'it' : fields === 1 ? 'its one field' : `its ${fields} fields`);
