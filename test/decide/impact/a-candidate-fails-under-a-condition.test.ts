import { readFailCondition } from '../../../src/decide/impact/fail-condition';
import type { PolicyWords } from '../../../src/decide/impact/policy-words';
import type { ImpactPart, ReplayedDecision, Unsettled } from '../../../src/decide/impact/replay-decision';
import type { PastDecision } from '../../../src/vocabulary/past-decision';

const WORDS: PolicyWords = {
  sections: new Set(['basic', 'contact', 'case-notes', 'supervisor']),
  relations: new Set(['assigned', 'supervisor']),
  workgroups: new Set(['counselor', 'supervisor']),
};

const past: PastDecision = {
  system: 'small',
  environment: 'production',
  route: 'read-record',
  action: 'read',
  policyVersion: 'before',
  keys: [{ environment: 'production', application: 'a', workgroup: 'counselor', relations: ['assigned'], privacy: 'open', when: [] }],
  narrowing: null,
  granted: ['basic'],
};
const part = (section: string, holdsSsn = false): ImpactPart => ({ section, field: null, holdsSsn });
const open = (touches: readonly string[] | null, holdsSsn = false): Unsettled => ({
  why: 'word-unknown',
  words: ['new'],
  section: touches?.[0] ?? null,
  touches,
  holdsSsn,
});
const replayed = (change: Partial<ReplayedDecision>): ReplayedDecision => ({ gained: [], lost: [], unsettled: [], ...change });

test.each<[string, Partial<ReplayedDecision>, 'met' | 'open' | 'no']>([
  ['gains: case-notes', { gained: [part('case-notes')] }, 'met'],
  ['gains: case-notes', { lost: [part('case-notes')] }, 'no'],
  ['gains:contact', { gained: [part('case-notes')] }, 'no'],
  ['loses: case-notes', { lost: [part('case-notes')] }, 'met'],
  ['loses: assigned', { lost: [part('contact')] }, 'met'],
  ['loses: assigned', { gained: [part('contact')] }, 'no'],
  ['loses: supervisor', { lost: [part('contact')] }, 'no'],
  ['loses: supervisor', { lost: [part('supervisor')] }, 'met'],
  ['gains: counselor', { gained: [part('contact')] }, 'met'],
  ['gains: *', { gained: [part('contact')] }, 'met'],
  ['loses: *', { gained: [part('contact')] }, 'no'],
  ['gains: ssn', { gained: [part('basic', true)] }, 'met'],
  ['gains: ssn', { gained: [part('basic', false)] }, 'no'],
  // What cannot be replayed may meet the condition: it is not taken for granted that it does not.
  ['gains: case-notes', { unsettled: [open(['case-notes'])] }, 'open'],
  ['gains: case-notes', { unsettled: [open(['contact', 'case-notes'])] }, 'open'],
  ['gains: case-notes', { unsettled: [open(['contact'])] }, 'no'],
  ['gains: case-notes', { unsettled: [open(null)] }, 'open'],
  ['gains: ssn', { unsettled: [open(['basic'], true)] }, 'open'],
  ['gains: ssn', { unsettled: [open(['contact'])] }, 'no'],
  ['loses: assigned', { unsettled: [open(['contact'])] }, 'open'],
  ['loses: *', { unsettled: [open(['contact'])] }, 'open'],
  ['gains: case-notes', { gained: [part('case-notes')], unsettled: [open(null)] }, 'met'],
])('%s over %j is %s', (text, change, verdict) => {
  expect(readFailCondition(text, WORDS).judge(past, replayed(change))).toBe(verdict);
});

test('a word that is a relation and a workgroup means each', () => {
  const lost = replayed({ lost: [part('contact')] });
  const boss = { ...past, keys: past.keys.map((key) => ({ ...key, workgroup: 'supervisor', relations: [] })) };
  const related = { ...past, keys: past.keys.map((key) => ({ ...key, relations: ['supervisor'] })) };
  const { judge } = readFailCondition('loses: supervisor', WORDS);
  expect([judge(boss, lost), judge(related, lost), judge(past, lost)]).toEqual(['met', 'met', 'no']);
});

test('where a section is named ssn, that is what ssn means', () => {
  const { judge } = readFailCondition('gains: ssn', { ...WORDS, sections: new Set([...WORDS.sections, 'ssn']) });
  expect([judge(past, replayed({ gained: [part('ssn')] })), judge(past, replayed({ gained: [part('basic', true)] }))]).toEqual([
    'met',
    'no',
  ]);
});

test.each([
  [
    'gains: case-note',
    "'gains: case-note': case-note is no section, relation or workgroup of these policies, nor ssn or * (did you mean case-notes?)",
  ],
  ['loses: zzzzzzzz', "'loses: zzzzzzzz': zzzzzzzz is no section, relation or workgroup of these policies, nor ssn or *"],
  ['gain: ssn', "a condition reads 'gains: WORD' or 'loses: WORD', not 'gain: ssn'"],
  ['gains:', "a condition reads 'gains: WORD' or 'loses: WORD', not 'gains:'"],
  ['gains: ssn or notes', "a condition reads 'gains: WORD' or 'loses: WORD', not 'gains: ssn or notes'"],
])('%s is an error that helps', (text, message) => {
  expect(() => readFailCondition(text, WORDS)).toThrow(message);
});
