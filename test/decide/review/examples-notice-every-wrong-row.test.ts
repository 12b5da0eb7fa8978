import { AnswerMemory } from '../../../src/decide/answer-memory';
import { createBreather } from '../../../src/decide/breather';
import type { CheckedSystem } from '../../../src/decide/check-system';
import { buildPolicyEngine } from '../../../src/decide/policy-engine';
import type { PolicyParts } from '../../../src/decide/policy-in-force';
import { coverRows } from '../../../src/decide/review/cover-rows';
import { createMutatedEngines } from '../../../src/decide/review/mutated-engine';
import { lineOf } from '../../../src/decide/policy-row';
import { mutateRow } from '../../../src/decide/review/mutate-row';
import { type MutationResult, tryMutations } from '../../../src/decide/review/try-mutations';
import { ACTIONS } from '../../../src/vocabulary/case-system';
import { checkSmall } from '../support/asking';
import type { Files } from '../support/policy-files';

const HEAD = 'name, workgroup, relation, privacy, when, action, view, sections, reason\n';
const POLICY = `p, group:worker, *, *, always, basic, read, allow
p, group:worker, assigned, *, always, *, read, allow
p, group:worker, *, open, in-scope, contact, read, allow
p, group:clerk, *, *, always, basic, read, allow
p, group:clerk, supervisor, *, in-scope & privileged, contact, *, allow
p, *, supervisor, *, always, notes, *, deny
end
`;
const CASES = `${HEAD}the assigned worker, group:worker, assigned, private, always, read, full, all, granted
another worker in scope, group:worker, none, open, in-scope, read, partial, basic & contact, not-granted
another worker, group:worker, none, private, in-scope, read, basic, basic, private-record & not-granted
a clerk, group:clerk, none, open, always, read, basic, basic, not-granted
end
`;

type Good = CheckedSystem & { readonly parts: PolicyParts };
async function good(files: Files): Promise<Good> {
  const checked = await checkSmall(files);
  if (checked.parts === null) throw new Error(JSON.stringify(checked.findings));
  return checked as Good;
}

const told = (results: readonly MutationResult[], outcome: MutationResult['outcome']): readonly string[] =>
  results.filter((one) => one.outcome === outcome).map((one) => `${one.line} ${one.change}`);

test('every row is flipped, deleted and widened word by word; what no example notices is named by line', async () => {
  const results = await tryMutations(await good({ policy: POLICY, cases: CASES }), createBreather());
  expect(results).toHaveLength(mutationsOf(await good({ policy: POLICY, cases: CASES })).length);
  expect(told(results, 'missed')).toEqual([
    '1 action * instead of read',
    '2 action * instead of read',
    '3 action * instead of read',
    '3 when always instead of in-scope',
    '4 action * instead of read',
    '5 the row is gone',
    '5 deny instead of allow',
    '5 relation * instead of supervisor',
    '5 section * instead of contact',
    '5 when always instead of in-scope & privileged',
    '5 when without in-scope',
    '5 when without privileged',
    '5 workgroup group:worker instead of group:clerk',
    '6 the row is gone',
    '6 section * instead of notes',
  ]);
  expect(told(results, 'refused')).toEqual(['6 allow instead of deny']);
  expect(told(results, 'equivalent')).toEqual([]);
});

const mutationsOf = ({ rows }: CheckedSystem) => {
  const workgroups = [...new Set(rows.map((row) => row.workgroup))].filter((word) => word !== '*').sort();
  return rows.flatMap((row) => mutateRow(row, workgroups));
};

test('a changed row read by itself gives what casbin gives for the whole changed policy', async () => {
  const checked = await good({ policy: POLICY, cases: CASES });
  const { system } = checked.parts;
  const engineOf = createMutatedEngines(system, checked.rows, checked.parts.memory);
  const questions = ['worker', 'clerk', 'stranger'].flatMap((workgroup) =>
    [0, 1, 2, 3].flatMap((relations) =>
      [0, 1, 2, 3].flatMap((conditions) => [false, true].map((isPrivate) => ({ workgroup, relations, conditions, isPrivate }))),
    ),
  );
  for (const mutation of mutationsOf(checked)) {
    const changed = checked.rows.flatMap((row) => (row.line !== mutation.line ? [row] : (mutation.becomes ?? [])));
    // Casbin takes a row once; the first of two stays the first.
    const rows = changed.filter((row, i) => changed.findIndex((other) => lineOf(other) === lineOf(row)) === i);
    const memory = new AnswerMemory(await buildPolicyEngine(system, rows, createBreather()));
    const engine = engineOf(mutation);
    for (const key of questions)
      for (const action of ACTIONS)
        expect([mutation.change, engine.ask(key, action)]).toEqual([mutation.change, memory.answer(key, action)]);
  }
});

test('a change that gives the same answer to every question is equivalent, not missed', async () => {
  // Line 3 says a part of line 2; line 4 allows what line 5 denies to everybody.
  const policy = `p, group:worker, *, *, always, basic, read, allow
p, group:worker, *, open, always, contact, read, allow
p, group:worker, assigned, open, in-scope, contact, read, allow
p, group:worker, supervisor, *, always, notes, read, allow
p, *, supervisor, *, always, notes, *, deny
end
`;
  const cases = `${HEAD}a worker, group:worker, none, open, always, read, partial, basic & contact, not-granted
a worker and a private record, group:worker, none, private, in-scope, read, basic, basic, private-record & not-granted
a supervisor, group:worker, supervisor, open, in-scope, read, partial, basic & contact, denied-by-rule
nobody deletes, group:worker, assigned & supervisor, open, in-scope & privileged, delete, none, none, not-granted & denied-by-rule & no-section-granted
end
`;
  const results = await tryMutations(await good({ policy, cases }), createBreather());
  expect(told(results, 'equivalent')).toEqual([
    '3 the row is gone',
    '3 relation * instead of assigned',
    '3 when always instead of in-scope',
    '4 the row is gone',
    '4 deny instead of allow',
    '4 action * instead of read',
  ]);
});

test('each row tells the examples that rest on it and those that expect its refusal', async () => {
  const { parts, rows, cases } = await good({ policy: POLICY, cases: CASES });
  const nameOf = (line: number): string => cases.find((one) => one.line === line)?.name ?? '';
  expect(coverRows(parts, rows, cases).map(({ line, decided, refused }) => [line, decided.map(nameOf), refused.map(nameOf)])).toEqual([
    [1, ['the assigned worker', 'another worker in scope', 'another worker'], []],
    [2, ['the assigned worker'], ['another worker in scope', 'another worker']],
    [3, ['another worker in scope'], ['another worker']],
    [4, ['a clerk'], []],
    [5, [], ['a clerk']],
    [6, [], ['the assigned worker']],
  ]);
});
