import type { Membership } from '../../vocabulary/access';
import type { CaseSystem, Clause, Test } from '../../vocabulary/case-system';
import type { PolicySide } from './diff-access';
import { foldStatements, placesOf, stateAt, type Statement } from './fold-statements';
import { isPart, least, readCells, relationsOf } from './make-matrix';
import { sayTest } from './say-test';

/** A relation or condition and what it asks for. */
export interface SaidWord {
  readonly what: 'relation' | 'condition';
  readonly word: string;
  readonly says: string;
}

export interface SaidMembership {
  /** What it may do; relations, sections and actions are ['*'] where all are meant that may hold for it. */
  readonly may: readonly Statement[];
  /** What it may not do, whatever another membership of the same person shows. */
  readonly denied: readonly Statement[];
  /** The relations and conditions of which `may` and `denied` speak. */
  readonly words: readonly SaidWord[];
  /** Those that the rows of the workgroup ask for and that this membership can never have as it stands. */
  readonly lacks: readonly SaidWord[];
}

/**
 * Says what one membership comes to under a policy: the lines of its workgroup, as far as the membership itself settles them.
 *
 * Takes   supervises: whether the account supervises anybody now.
 * Gives   conditions that the membership meets of itself (a privilege that it carries) are not said; what it can never meet is left out.
 */
export function sayMembership({ system, rows }: PolicySide, membership: Membership, supervises: boolean): SaidMembership {
  const workgroup = `group:${membership.workgroup}`;
  const settle = (test: Test | undefined): Settled => (test === undefined ? 'never' : settleTest(test, membership, supervises));
  const relationNow = (word: string): Settled => settle(system.relations.find((test) => test.word === word));
  const conditionNow = new Map(system.conditions.map((test) => [test.word, settle(test)]));
  const isAlwaysRelated = system.relations.some(({ word }) => relationNow(word) === 'holds');
  const relations = relationsOf(system, workgroup).filter((word) => (word === 'none' ? !isAlwaysRelated : relationNow(word) !== 'never'));

  const reader = readCells(system, rows, workgroup);
  const remaining = (cells: readonly (readonly string[])[]) =>
    least(
      cells
        .filter((when) => when.every((word) => conditionNow.get(word) !== 'never'))
        .map((when) => when.filter((word) => conditionNow.get(word) !== 'holds')),
    );
  const said: { readonly may: Statement[]; readonly denied: Statement[] } = { may: [], denied: [] };
  const { sections } = system;
  for (const place of placesOf({ relations, sections })) {
    const cells = reader(place);
    const denials = remaining(cells.denied);
    const allowed = remaining(cells.allowed).filter((when) => !denials.some((other) => isPart(other, when)));
    said.may.push(...allowed.map((when) => stateAt(workgroup, place, when)));
    said.denied.push(...denials.map((when) => stateAt(workgroup, place, when)));
  }
  const [may, denied] = [foldStatements(said.may, { relations, sections }), foldStatements(said.denied, { relations, sections })];
  const own = rows.filter((row) => row.workgroup === workgroup || row.workgroup === '*');
  const saidAs =
    (what: SaidWord['what']) =>
    ({ word, clauses }: Test): SaidWord => ({ what, word, says: sayTest(system, clauses) });
  const isNever = (test: Test): boolean => settle(test) === 'never';
  return {
    may,
    denied,
    words: wordsIn([...may, ...denied], system, membership),
    lacks: [
      ...system.relations.filter((test) => isNever(test) && own.some((row) => row.relation === test.word)).map(saidAs('relation')),
      ...system.conditions.filter((test) => isNever(test) && own.some((row) => row.when.includes(test.word))).map(saidAs('condition')),
    ],
  };
}

type Settled = 'holds' | 'never' | 'depends';

function settleTest({ clauses }: Test, membership: Membership, supervises: boolean): Settled {
  const settled = clauses.map((clause) => settleClause(clause, membership, supervises));
  if (settled.length === 0 || settled.includes('never')) return 'never';
  return settled.every((one) => one === 'holds') ? 'holds' : 'depends';
}

function settleClause(clause: Clause, { workgroup, privileges, staffId, scopes }: Membership, supervises: boolean): Settled {
  const isHeld = (held: boolean): Settled => (held ? 'holds' : 'never');
  const mayHold = (may: boolean): Settled => (may ? 'depends' : 'never');
  switch (clause.test) {
    case 'workgroup':
      return isHeld(clause.workgroups.includes(workgroup));
    case 'privilege':
      return isHeld(privileges.includes(clause.privilege));
    case 'fact-is-caller':
      return mayHold(staffId !== '');
    case 'fact-is-supervised':
      return mayHold(supervises);
    case 'fact-in-scope':
      return mayHold(scopes[clause.scope].length > 0);
    default:
      return 'depends';
  }
}

function wordsIn(statements: readonly Statement[], system: CaseSystem, { workgroup }: Membership): readonly SaidWord[] {
  const asked = ({ clauses }: Test): string =>
    sayTest(
      system,
      clauses.filter((clause) => clause.test !== 'workgroup'),
    ) || `the workgroup is ${workgroup}`;
  const said = (what: SaidWord['what'], tests: readonly Test[], has: (one: Statement, word: string) => boolean): readonly SaidWord[] =>
    tests.filter(({ word }) => statements.some((one) => has(one, word))).map((test) => ({ what, word: test.word, says: asked(test) }));
  return [
    ...said('relation', system.relations, (one, word) => one.relations.includes(word)),
    ...said('condition', system.conditions, (one, word) => one.when.includes(word)),
  ];
}
