import fc from 'fast-check';
import type { PolicyRow } from '../../../src/decide/policy-row';
import { makeMatrix, type MatrixLine, workgroupsOf } from '../../../src/decide/review/make-matrix';
import type { CaseSystem } from '../../../src/vocabulary/case-system';
import { answers, type Holder, randomSystem, row, rows } from './random-policies';

let system: CaseSystem;
beforeAll(async () => {
  system = await randomSystem();
});

/** As the head of matrix.csv tells people to read it. */
function linesOf(matrix: readonly MatrixLine[], { workgroup, relations, conditions, privacy }: Holder): readonly MatrixLine[] {
  const own = matrix.some((line) => line.workgroup === `group:${workgroup}`) ? `group:${workgroup}` : '*';
  return matrix.filter(
    (line) =>
      line.workgroup === own &&
      line.privacy === privacy &&
      (relations.length === 0 ? line.relation === 'none' : relations.includes(line.relation)) &&
      line.when.every((one) => conditions.includes(one)),
  );
}

test('for any set of words, what casbin answers is the union of the lines of the matrix', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (all) => {
      const matrix = makeMatrix(system, all);
      for (const { who, action, allowed, denied } of await answers(system, all)) {
        const lines = linesOf(matrix, who);
        const says = (column: 'allowed' | 'denied', section: string): boolean =>
          lines.some((line) => line.section === section && line[column].includes(action));
        const union = system.sections.map((section) => says('allowed', section) && !says('denied', section));
        expect([who, action, union]).toEqual([who, action, allowed]);
        expect([who, action, system.sections.map((section) => says('denied', section))]).toEqual([who, action, denied]);
      }
    }),
    { numRuns: 25 },
  );
});

test('two policies have the same lines exactly where casbin gives the same answer to every question', async () => {
  let [same, other] = [0, 0];
  const fewer = fc.tuple(rows, fc.nat(), row, fc.boolean());
  await fc.assert(
    fc.asyncProperty(fewer, async ([all, at, put, isGone]) => {
      const line = at % all.length;
      const changed = all.flatMap((one, i) => (i !== line ? [one] : isGone ? [] : [{ ...put, line: one.line }]));
      if (new Set(changed.map((one) => JSON.stringify({ ...one, line: 0 }))).size < changed.length) return;
      const workgroups = [...new Set([...workgroupsOf(system, all), ...workgroupsOf(system, changed), '*'])];
      const [was, is] = [all, changed].map((some) => makeMatrix(system, some, { workgroups }));
      const isSame = JSON.stringify(await answers(system, all)) === JSON.stringify(await answers(system, changed));
      expect([changed, JSON.stringify(was) === JSON.stringify(is)]).toEqual([changed, isSame]);
      if (isSame) same += 1;
      else other += 1;
    }),
    { numRuns: 50 },
  );
  expect(Math.min(same, other)).toBeGreaterThan(3);
});

test('lines are told in one order, and only those that say something', () => {
  const p = (line: number, words: string): PolicyRow => {
    const [workgroup, relation, privacy, when, section, action, effect] = words.split(', ') as [string, string, string, ...string[]];
    return { line, workgroup, relation, privacy, when: when === 'always' ? [] : when!.split(' & '), section, action, effect } as PolicyRow;
  };
  const all = [
    p(1, 'group:worker, *, open, always, basic, read, allow'),
    p(2, 'group:worker, assigned, *, in-scope, *, *, allow'),
    p(3, 'group:worker, none, open, privileged & in-scope, basic, read, allow'),
    p(4, 'group:boss, assigned, *, always, notes, read, allow'),
    p(5, '*, supervisor, private, always, notes, delete, deny'),
  ];
  const told = makeMatrix(system, all).map(({ workgroup, relation, privacy, when, section, allowed, denied }) =>
    [workgroup, relation, privacy, when.join(' & '), section, allowed.length, denied.join()].join(' '),
  );
  expect(told).toEqual([
    'group:boss supervisor private  notes 0 delete',
    'group:worker none open  basic 1 ',
    'group:worker assigned open  basic 1 ',
    'group:worker assigned open in-scope basic 7 ',
    'group:worker assigned open in-scope contact 8 ',
    'group:worker assigned open in-scope notes 8 ',
    'group:worker assigned private in-scope basic 8 ',
    'group:worker assigned private in-scope contact 8 ',
    'group:worker assigned private in-scope notes 8 ',
    'group:worker supervisor open  basic 1 ',
    'group:worker supervisor private  notes 0 delete',
    '* supervisor private  notes 0 delete',
  ]);
});
