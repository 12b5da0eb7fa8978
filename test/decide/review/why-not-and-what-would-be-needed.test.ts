import fc from 'fast-check';
import { AnswerMemory } from '../../../src/decide/answer-memory';
import { createBreather } from '../../../src/decide/breather';
import { buildPolicyEngine, type KeyWords } from '../../../src/decide/policy-engine';
import { type ExplainedSection, explainSections, type NeededChange } from '../../../src/decide/review/explain-sections';
import { tellReason } from '../../../src/decide/review/tell-reason';
import type { CaseSystem } from '../../../src/vocabulary/case-system';
import { ERROR_TABLE } from '../../../src/vocabulary/errors';
import { REASONS } from '../../../src/vocabulary/reasons';
import { checkSmall } from '../support/asking';
import { casesFor } from '../support/policy-files';
import { randomSystem, rows } from './random-policies';

const POLICY = `p, group:worker, *, *, always, basic, read, allow
p, group:worker, assigned, *, always, *, read, allow
p, group:worker, *, open, in-scope, contact, read, allow
p, group:boss, supervisor, private, in-scope & privileged, notes, read, allow
p, group:boss, *, open, always, notes, read, allow
p, *, assigned, *, privileged, contact, *, deny
end
`;
const [ASSIGNED, SUPERVISOR] = [1, 2];
const [IN_SCOPE, PRIVILEGED] = [1, 2];
const key = (workgroup: string, relations: number, isPrivate: boolean, conditions: number): KeyWords => {
  return { workgroup, relations, isPrivate, conditions };
};

const said = ({ what, word, holds, workgroup }: NeededChange): string =>
  what === 'privacy' ? `record ${word}` : `${holds ? '' : 'no '}${word} (${workgroup})`;
const told = ({ section, isShown, row, reason, needs }: ExplainedSection): string =>
  [
    section,
    isShown ? 'shown' : (reason ?? ''),
    row === null ? '-' : `line ${row.line}`,
    needs.map((some) => some.map(said).join(' + ')).join(' or ') || '-',
  ].join(' | ');

test.each([
  [
    'a worker in scope of a private record',
    [key('worker', 0, true, IN_SCOPE)],
    [
      'basic | shown | line 1 | -',
      'contact | private-record | - | record open or assigned (worker)',
      'notes | not-granted | - | assigned (worker)',
    ],
  ],
  [
    'the assigned worker',
    [key('worker', ASSIGNED, true, 0)],
    ['basic | shown | line 1 | -', 'contact | shown | line 2 | -', 'notes | shown | line 2 | -'],
  ],
  [
    'a deny row that hits: it must hit no longer',
    [key('worker', ASSIGNED, false, PRIVILEGED)],
    [
      'basic | shown | line 1 | -',
      'contact | denied-by-rule | line 6 | no privileged (worker) or no assigned (worker) + in-scope (worker)',
      'notes | shown | line 2 | -',
    ],
  ],
  [
    'two words at once',
    [key('boss', SUPERVISOR, true, 0)],
    [
      'basic | not-granted | - | -',
      'contact | not-granted | - | -',
      'notes | private-record | - | record open or in-scope (boss) + privileged (boss)',
    ],
  ],
  [
    'a denial of one membership takes away what the other shows',
    [key('worker', ASSIGNED, true, 0), key('boss', ASSIGNED, true, PRIVILEGED)],
    [
      'basic | shown | line 1 | -',
      'contact | denied-by-rule | line 6 | no assigned (boss) or no privileged (boss)',
      'notes | shown | line 2 | -',
    ],
  ],
])('%s', async (_name, keys, expected) => {
  const checked = await checkSmall({ policy: POLICY, cases: casesFor('worker', 'boss') });
  const { system } = checked;
  if (system === null) throw new Error(JSON.stringify(checked.findings));
  const engine = await buildPolicyEngine(system, checked.rows, createBreather());
  const parts = { system, engine, memory: new AnswerMemory(engine), workgroups: ['worker', 'boss'] };
  expect(explainSections(parts, checked.rows, keys, 'read', system.sections).map(told)).toEqual(expected);
});

test('whatever is said to be needed would show the section by casbin, and no part of it would', async () => {
  const system: CaseSystem = await randomSystem();
  const applied = (keys: readonly KeyWords[], some: readonly NeededChange[]): readonly KeyWords[] =>
    keys.map((one) =>
      some.reduce((now, { what, word, workgroup }) => {
        if (what === 'privacy') return { ...now, isPrivate: false };
        if (workgroup !== now.workgroup) return now;
        const tests = what === 'relation' ? system.relations : system.conditions;
        const part = what === 'relation' ? 'relations' : 'conditions';
        return { ...now, [part]: now[part] ^ (1 << tests.findIndex((test) => test.word === word)) };
      }, one),
    );
  let needed = 0;
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(3), fc.nat(7), fc.boolean(), fc.nat(3), async (all, relations, conditions, isPrivate, others) => {
      const engine = await buildPolicyEngine(system, all, createBreather());
      const parts = { system, engine, memory: new AnswerMemory(engine), workgroups: [] };
      // Only workers are assigned, only bosses see the exited (bit 0).
      const keys = [key('worker', relations, isPrivate, conditions & 6), key('boss', others & 2, isPrivate, conditions)];
      const isShown = (some: readonly KeyWords[], section: string): boolean => {
        const answers = some.map((one) => engine.ask(one, 'read'));
        const number = system.sections.indexOf(section);
        return answers.some((one) => one.allowed[number]) && answers.every((one) => !one.denied[number]);
      };
      for (const one of explainSections(parts, all, keys, 'read', system.sections)) {
        expect(one.isShown).toBe(isShown(keys, one.section));
        for (const some of one.needs) {
          needed += 1;
          expect([one.section, some, isShown(applied(keys, some), one.section)]).toEqual([one.section, some, true]);
          for (const left of some)
            expect(
              isShown(
                applied(
                  keys,
                  some.filter((other) => other !== left),
                ),
                one.section,
              ) && some.length > 1,
            ).toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(needed).toBeGreaterThan(20);
});

test('every reason word that does not stand in the policy says what would be needed', () => {
  const byPolicy = [
    'granted',
    'right-held',
    'not-granted',
    'denied-by-rule',
    'private-record',
    'out-of-scope',
    'no-private-privilege',
    'no-section-granted',
    'record-hidden',
  ];
  const ofTheRequest = Object.entries(ERROR_TABLE).filter(([, { status }]) => status < 500 && ![401, 403, 429].includes(status));
  const known = [...byPolicy, ...ofTheRequest.map(([word]) => word)];
  const words = [...Object.keys(REASONS), ...Object.keys(ERROR_TABLE)];
  expect(words.filter((word) => !known.includes(word) && tellReason(word).needed === null)).toEqual([]);
  expect(tellReason('out-of-scope')).toEqual({
    word: 'out-of-scope',
    says: 'It would be shown if the record lay in the scope of the membership.',
    needed: null,
  });
  expect(tellReason('of-tomorrow')).toEqual({ word: 'of-tomorrow', says: 'A word of another release.', needed: null });
});
