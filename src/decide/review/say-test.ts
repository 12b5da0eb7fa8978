import type { CaseSystem, Clause, Scope } from '../../vocabulary/case-system';

/** All that a relation or condition asks for. */
export const sayTest = (system: Pick<CaseSystem, 'facts'>, clauses: readonly Clause[]): string =>
  clauses.map((clause) => sayClause(system, clause)).join(', and ');

/** What a clause of record.yaml asks for, in plain words. */
function sayClause(system: Pick<CaseSystem, 'facts'>, clause: Clause): string {
  const factOf = (number: number): string => system.facts[number]?.name ?? `fact ${number}`;
  switch (clause.test) {
    case 'workgroup':
      return `the workgroup is ${clause.workgroups.join(' or ')}`;
    case 'privilege':
      return `the membership carries the privilege ${clause.privilege}`;
    case 'fact-is-caller':
      return `${factOf(clause.fact)} of the record is the caller's own staff id`;
    case 'fact-is-supervised':
      return `${factOf(clause.fact)} of the record is the staff id of somebody whom the caller supervises directly`;
    case 'fact-in-scope':
      return `${factOf(clause.fact)} of the record is in the membership's ${SCOPE_WORDS[clause.scope]}`;
    case 'fact-has':
      return `${factOf(clause.fact)} of the record is ${clause.words.join(' or ')}`;
    case 'fact-within-business-days':
      return (
        `${factOf(clause.fact)} of the record lies no more than ${clause.days} business days back, every date of it` +
        (clause.exceptionsBy === undefined ? '' : `, but for the exceptions for everybody and for its ${factOf(clause.exceptionsBy)}`)
      );
  }
}

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  agency: 'agency',
  counties: 'counties',
  offices: 'offices',
  programs: 'programs',
  regions: 'regions',
};
