import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECIDING_SUBJECTS } from '../../bench/deciders/deciders';
import { benchSystem, makeQuestions, makeRows } from '../../bench/deciders/make-rows';
import { decisionTable, measureDecisions } from '../../bench/measure-decisions';
import { measurePolicyImpact } from '../../bench/measure-policy-impact';
import { plainlySees } from '../support/plain-impact';

test.each([20, 200])(
  'over %i rows everybody gives the answers that the words of the rows give',
  async (count) => {
    const system = benchSystem();
    const rows = makeRows(system, count);
    const questions = makeQuestions(system, count, 150);
    const plain = rows.map(({ effect, line: _line, ...words }) => ({ ...words, isAllow: effect === 'allow' }));
    const expected = questions.map(({ workgroup, relations, privacy, when }) => {
      const keys = [{ environment: 'production' as const, application: 'case-work', workgroup, relations, privacy, when }];
      return system.sections.map((section) => plainlySees(plain, keys, section, 'read'));
    });
    expect([rows.length, new Set(expected.flat()).size]).toEqual([count, 2]);
    for (const { name, open } of DECIDING_SUBJECTS) {
      const decider = await open(system, rows);
      const answers: (readonly boolean[])[] = [];
      for (const question of questions) answers.push(await decider.decide(question));
      decider.forget?.();
      expect([name, answers]).toEqual([name, expected]);
    }
  },
  60_000,
);

test('each is measured in a process of its own and gives a row of the promised form', async () => {
  const subjects = DECIDING_SUBJECTS.filter(({ name }) => name === 'casegate remembered' || name === 'casl');
  const rows = await measureDecisions(subjects, [20], () => undefined);
  expect(rows).toEqual(
    subjects.map(({ name }) => ({
      scenario: 'decision',
      subject: name,
      policyRows: 20,
      sectionsPerRequest: benchSystem().sections.length,
      cpuMicrosPerRequest: expect.any(Number) as unknown,
      requestsPerSecond: expect.any(Number) as unknown,
      peakRssMiB: expect.any(Number) as unknown,
    })),
  );
  expect(rows.filter((row) => !(row.cpuMicrosPerRequest > 0 && row.requestsPerSecond > 0))).toEqual([]);
  expect(decisionTable(rows).map((line) => line.length)).toEqual([2, 2, 2]);
}, 60_000);

test('a replay is measured from roll-ups and from entries, which give the same figures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-bench-test-'));
  try {
    const rows = await measurePolicyImpact(2_000, folder, () => undefined);
    expect(rows.filter(({ subject }) => subject.startsWith('SQLite'))).toEqual(
      ['SQLite from roll-ups', 'SQLite from entries'].map((subject) => ({
        scenario: 'policy-impact',
        subject,
        entries: 2_000,
        decisions: rows[0]?.decisions,
        distinctDecisions: expect.any(Number) as unknown,
        flushes: expect.any(Number) as unknown,
        changed: rows[0]?.changed,
        wallMs: expect.any(Number) as unknown,
        cpuMicrosPerRequest: expect.any(Number) as unknown,
      })),
    );
    expect([(rows[0]?.changed ?? 0) > 0, (rows[0]?.decisions ?? 0) > 1_800]).toEqual([true, true]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
