import { compareSystems } from '../../../src/decide/impact/compare-systems';
import { replayDecision } from '../../../src/decide/impact/replay-decision';
import { createPolicyInForce } from '../../../src/decide/policy-in-force';
import type { EntryKey, EntryNarrowing } from '../../../src/vocabulary/access-entry';
import { checkSmall } from '../support/asking';
import { casesFor, type Files, POLICY, RECORD } from '../support/policy-files';

const WORKER = 'p, group:worker, *, *, always, basic, read, allow\n';
const ALL = ['basic', 'contact', 'notes'];

const keyOf = (
  workgroup = 'worker',
  relations: readonly string[] = [],
  when: readonly string[] = [],
  privacy: EntryKey['privacy'] = 'open',
): EntryKey => ({
  environment: 'production',
  application: 'case-tool',
  workgroup,
  relations,
  privacy,
  when,
});

interface Past {
  readonly keys?: readonly EntryKey[];
  readonly narrowing?: EntryNarrowing;
  readonly granted: readonly string[];
}

/** What a decision of the past, under the files `before`, would be under the files of a candidate. */
async function replay({ keys = [keyOf()], narrowing, granted }: Past, files: Files, before: Files = {}) {
  const candidate = await checkSmall({ cases: casesFor('worker', 'boss'), ...files });
  const old = await checkSmall({ cases: casesFor('worker', 'boss'), ...before });
  if (candidate.parts === null || old.system === null) throw new Error(JSON.stringify([candidate.findings, old.findings]));
  const policy = createPolicyInForce(candidate.parts, 'candidate', (cause) => {
    throw cause;
  });
  const place = { system: 'small', environment: 'production', route: 'read-record', action: 'read', policyVersion: 'before' };
  const past = { ...place, keys, narrowing: narrowing ?? null, granted };
  const { gained, lost, unsettled } = replayDecision(past, compareSystems(old.system, candidate.parts.system), {
    policy,
    rows: candidate.rows,
  });
  const name = (part: { section: string; field: string | null }): string =>
    part.field === null ? part.section : `${part.section} ${part.field}`;
  return {
    gained: gained.map(name),
    lost: lost.map(name),
    unsettled: unsettled.map(({ why, words, section }) => [why, words.join(), section ?? 'all'].join(' ')),
  };
}

const policy = (...rows: readonly string[]): string => `${rows.join('\n')}\nend\n`;
const same = { gained: [], lost: [], unsettled: [] };

describe('with the same record.yaml', () => {
  test.each<[string, Past, string, Partial<typeof same> | Record<string, readonly string[]>]>([
    ['the very same policy changes nothing', { keys: [keyOf('worker', [], ['in-scope'])], granted: ALL }, POLICY, {}],
    [
      'a row taken away takes its section away',
      { keys: [keyOf('worker', [], ['in-scope'])], granted: ALL },
      POLICY.replace(/.*notes, read.*\n/, ''),
      { lost: ['notes'] },
    ],
    [
      'a row added gives its section',
      { granted: ['basic'] },
      policy(WORKER.trim(), 'p, group:worker, *, open, always, notes, read, allow'),
      { gained: ['notes'] },
    ],
    [
      'a deny row takes away what another membership shows',
      { keys: [keyOf(), keyOf('boss')], granted: ALL },
      policy(WORKER.trim(), 'p, group:worker, *, open, always, notes, read, allow', 'p, group:boss, *, *, always, notes, read, deny'),
      { lost: ['contact', 'notes'] },
    ],
    [
      'one membership is enough',
      { keys: [keyOf(), keyOf('boss')], granted: ['basic'] },
      policy(WORKER.trim(), 'p, group:boss, *, open, always, contact, read, allow'),
      { gained: ['contact'] },
    ],
    ['a workgroup without rows loses all', { keys: [keyOf('boss')], granted: ALL }, policy(WORKER.trim()), { lost: ALL }],
    [
      'what the application kept back is no gain',
      { keys: [keyOf('worker', ['assigned'])], narrowing: { carries: ['basic'], actorKeys: null }, granted: ['basic'] },
      POLICY,
      {},
    ],
    [
      'what the application may carry is a gain, and only that',
      { narrowing: { carries: ['basic', 'contact'], actorKeys: null }, granted: ['basic'] },
      policy(WORKER.trim(), 'p, group:worker, *, open, always, *, read, allow'),
      { gained: ['contact'] },
    ],
    [
      'what the actor kept back is no gain',
      { keys: [keyOf('worker', ['assigned'])], narrowing: { carries: ['*'], actorKeys: [keyOf()] }, granted: ['basic'] },
      POLICY,
      {},
    ],
    [
      'what the candidate gives to the actor is a gain for the person',
      { keys: [keyOf('worker', ['assigned'])], narrowing: { carries: ['*'], actorKeys: [keyOf()] }, granted: ['basic'] },
      policy(WORKER.trim(), 'p, group:worker, *, open, always, *, read, allow'),
      { gained: ['contact', 'notes'] },
    ],
    [
      'what the candidate takes from the actor is a loss',
      { keys: [keyOf('worker', ['assigned'])], narrowing: { carries: ['*'], actorKeys: [keyOf('boss')] }, granted: ALL },
      POLICY,
      { lost: ALL },
    ],
    [
      'a hidden record may open',
      { keys: [keyOf('boss')], granted: [] },
      policy(WORKER.trim(), 'p, group:boss, *, *, always, basic, read, allow'),
      { gained: ['basic'] },
    ],
    [
      '`none` asks for no relation',
      { keys: [keyOf('worker', ['supervisor'])], granted: ['basic'] },
      policy(WORKER.trim(), 'p, group:worker, none, open, always, notes, read, allow'),
      {},
    ],
  ])('%s', async (_name, past, rows, expected) => {
    expect(await replay(past, { policy: rows })).toEqual({ ...same, ...expected });
  });
});

describe('where record.yaml differs', () => {
  const with_ = (from: string | RegExp, to: string): string => {
    const changed = RECORD.replace(from, to);
    if (changed === RECORD) throw new Error(`nothing of the record matches ${String(from)}`);
    return changed;
  };
  const NEW_WORD = with_('conditions:\n', 'conditions:\n  current:\n    - { fact: agency, has: [open] }\n');
  const currently = policy(WORKER.trim(), 'p, group:worker, *, open, current, notes, read, allow');

  test('a new word leaves open only the sections that hang on it', async () => {
    expect(await replay({ granted: ['basic'] }, { record: NEW_WORD, policy: currently })).toEqual({
      ...same,
      unsettled: ['word-unknown current notes'],
    });
    expect(await replay({ granted: ['basic', 'notes'] }, { record: NEW_WORD, policy: currently })).toEqual({
      ...same,
      unsettled: ['word-unknown current notes'],
    });
  });

  test('a new word that no row of the workgroup asks for is no matter', async () => {
    expect(await replay({ keys: [keyOf('boss')], granted: [] }, { record: NEW_WORD, policy: currently })).toEqual(same);
  });

  test('a new word that makes no difference is no matter', async () => {
    const rows = policy(
      WORKER.trim(),
      'p, group:worker, *, open, current, notes, read, allow',
      'p, group:worker, *, open, always, notes, read, allow',
    );
    expect(await replay({ granted: ['basic'] }, { record: NEW_WORD, policy: rows })).toEqual({ ...same, gained: ['notes'] });
  });

  test('a new relation matters where a row asks for none', async () => {
    const record = with_('relations:\n', 'relations:\n  referred:\n    - { fact: agency, is: caller }\n');
    const rows = policy(WORKER.trim(), 'p, group:worker, none, open, always, notes, read, allow');
    expect(await replay({ granted: ['basic', 'notes'] }, { record, policy: rows })).toEqual({
      ...same,
      unsettled: ['word-unknown referred notes'],
    });
    // Whoever stood in another relation stands in one still.
    expect(await replay({ keys: [keyOf('worker', ['assigned'])], granted: ['basic'] }, { record, policy: rows })).toEqual(same);
  });

  test('a word whose clauses are others is a new word, also where the fact behind it is read elsewhere', async () => {
    const scoped = { keys: [keyOf('worker', [], ['in-scope'])], granted: ALL };
    const unsettled = ['word-unknown in-scope contact', 'word-unknown in-scope notes'];
    expect(await replay(scoped, { record: with_('{ fact: agency, in: agency }', '{ fact: agency, in: counties }') })).toEqual({
      ...same,
      unsettled,
    });
    expect(await replay(scoped, { record: with_('at: /agency, speaks: may', 'at: /office, speaks: may') })).toEqual({ ...same, unsettled });
  });

  test('a word that is gone does not hold, and the order of words is no matter', async () => {
    const record = with_(/ {2}assigned:\n.*\n {2}supervisor:\n.*\n/, '  supervisor:\n    - { fact: staff, is: supervised-by-caller }\n');
    const rows = POLICY.replace('assigned', 'supervisor');
    const cases = casesFor('worker', 'boss');
    expect(await replay({ keys: [keyOf('worker', ['assigned', 'supervisor'])], granted: ALL }, { record, policy: rows, cases })).toEqual(
      same,
    );
    expect(await replay({ keys: [keyOf('worker', ['assigned'])], granted: ALL }, { record, policy: rows, cases })).toEqual({
      ...same,
      lost: ['contact', 'notes'],
    });
  });

  test('where privacy is read in another way, only what privacy decides is open', async () => {
    const record = with_('private: [true], open: [false]', 'private: [true, Y], open: [false, N]');
    expect(await replay({ keys: [keyOf('worker', [], ['in-scope'])], granted: ALL }, { record })).toEqual({
      ...same,
      unsettled: ['word-unknown privacy contact', 'word-unknown privacy notes'],
    });
    expect(await replay({ keys: [keyOf('worker', ['assigned'])], granted: ALL }, { record })).toEqual(same);
  });

  test.each<[string, string, string]>([
    ['the form of record numbers', with_('\\d{1,6}', '\\d{1,7}'), 'identifiers-changed  all'],
    ['a fact that must be spoken now', with_('at: /agency, speaks: may', 'at: /agency, speaks: must'), 'facts-changed agency all'],
    ['a route of another name', with_('read-record:', 'look-at-record:'), 'route-gone read-record all'],
    ['a route with another address', with_('path: /records/', 'path: /cases/'), 'route-changed read-record all'],
    ['a route with another action', with_('action: read', 'action: search'), 'route-changed read-record all'],
  ])('nothing can be said after a change of %s', async (_name, record, unsettled) => {
    const cases = casesFor('worker', 'boss');
    const rows = record.includes('action: search') ? POLICY.replaceAll(', read,', ', search,') : POLICY;
    expect(await replay({ granted: ['basic'] }, { record, policy: rows, cases })).toEqual({ ...same, unsettled: [unsettled] });
  });

  test('a route that shows a section more or less is a gain or a loss', async () => {
    const fewer = with_('sections: all', 'sections: [basic, contact]');
    const scoped = [keyOf('worker', [], ['in-scope'])];
    const cases = casesFor('worker', 'boss');
    expect(await replay({ keys: scoped, granted: ALL }, { record: fewer, cases })).toEqual({ ...same, lost: ['notes'] });
    expect(await replay({ keys: scoped, granted: ['basic', 'contact'] }, {}, { record: fewer, cases })).toEqual({
      ...same,
      gained: ['notes'],
    });
  });

  test('a section that only has another name changes nothing', async () => {
    const renamed = RECORD.replaceAll('contact:', 'whereabouts:');
    const rows = POLICY.replace('in-scope, contact', 'in-scope, whereabouts');
    const scoped = { keys: [keyOf('worker', [], ['in-scope'])], granted: ALL };
    expect(await replay(scoped, { record: renamed, policy: rows, cases: casesFor('worker', 'boss') })).toEqual(same);
  });

  test('a field that stands in another section is gained or lost by those to whom that makes a difference', async () => {
    const moved = with_('  contact:\n    /phone: plain\n  notes:\n', '  contact:\n    /mail: plain\n  notes:\n    /phone: plain\n');
    const notesAlone = policy(WORKER.trim(), 'p, group:worker, *, open, always, notes, read, allow');
    const contactAlone = policy(WORKER.trim(), 'p, group:worker, *, open, always, contact, read, allow');
    expect(await replay({ granted: ['basic', 'notes'] }, { record: moved, policy: notesAlone })).toEqual({
      ...same,
      gained: ['notes /phone'],
    });
    expect(await replay({ granted: ['basic', 'contact'] }, { record: moved, policy: contactAlone })).toEqual({
      gained: ['contact'],
      lost: ['contact'],
      unsettled: [],
    });
    expect(await replay({ keys: [keyOf('worker', ['assigned'])], granted: ALL }, { record: moved })).toEqual({
      ...same,
      gained: ['contact'],
    });
  });

  test('a field that is classified now is a gain, one that is no more is a loss', async () => {
    const more = with_('    /phone: plain\n', '    /phone: plain\n    /mail: plain\n');
    const scoped = { keys: [keyOf('worker', [], ['in-scope'])], granted: ALL };
    expect(await replay(scoped, { record: more })).toEqual({ ...same, gained: ['contact /mail'] });
    expect(await replay(scoped, {}, { record: more })).toEqual({ ...same, lost: ['contact /mail'] });
  });

  test('a field that would leave in another form is named', async () => {
    const record = with_('/phone: plain', '/phone: text');
    expect(await replay({ keys: [keyOf('worker', [], ['in-scope'])], granted: ALL }, { record })).toEqual({
      ...same,
      unsettled: ['field-kind-changed /phone contact'],
    });
    expect(await replay({ granted: ['basic'] }, { record })).toEqual(same);
  });

  test('WWP-03 more memberships than the candidate allows lose everything', async () => {
    const record = with_('mostMemberships: 4', 'mostMemberships: 1');
    expect(await replay({ keys: [keyOf(), keyOf('boss')], granted: ['basic'] }, { record })).toEqual({ ...same, lost: ['basic'] });
    expect(await replay({ granted: ['basic'] }, { record })).toEqual(same);
  });

  test('WWP-03 memberships that the candidate would collapse otherwise are not guessed at', async () => {
    const collapsing = with_('sections:\n', 'collapses:\n  - { these: [worker, boss], into: boss }\nsections:\n');
    const rows = policy(WORKER.trim(), 'p, group:boss, *, *, always, basic, read, allow');
    const [apart, together] = [{ policy: rows }, { policy: rows, record: collapsing }];
    const [worker, boss] = [keyOf(), keyOf('boss')];
    const granted = ['basic'];
    const unsettled = ['memberships-changed worker,boss all'];
    expect(await replay({ keys: [worker, boss], granted }, together, apart)).toEqual({ ...same, unsettled });
    expect(await replay({ keys: [worker], granted }, together, apart)).toEqual(same);
    // Whoever held both was decided as boss; what else they held is not told.
    expect(await replay({ keys: [boss], granted }, apart, together)).toEqual({ ...same, unsettled });
    expect(await replay({ keys: [worker], granted }, apart, together)).toEqual(same);
    expect(await replay({ keys: [boss], granted }, together, together)).toEqual(same);
    const narrowing = { carries: ['*'], actorKeys: [worker, boss] };
    expect(await replay({ narrowing, granted }, together, apart)).toEqual({ ...same, unsettled });
  });

  test('TO-02 a count of business days by another calendar is another word', async () => {
    const dated = with_('conditions:\n', 'conditions:\n  recent:\n    - { fact: served, within-business-days: 3 }\n').replace(
      'relations:\n',
      '  served:\n    body: { at: /served, speaks: may }\nrelations:\n',
    );
    const rows = policy(WORKER.trim(), 'p, group:worker, *, open, recent, notes, read, allow');
    const recently = { keys: [keyOf('worker', [], ['recent'])], granted: ['basic', 'notes'] };
    const calendar = (date: string): string => `date, name\n${date}, a day off\nend\n`;
    const files = { record: dated, policy: rows, holidays: calendar('2026-11-26') };
    expect(await replay(recently, files, files)).toEqual(same);
    expect(await replay(recently, { ...files, holidays: calendar('2026-11-27') }, files)).toEqual({
      ...same,
      unsettled: ['word-unknown recent notes'],
    });
  });

  test('TO-03 a count of business days under other exceptions is another word, where exceptions count', async () => {
    const dated = (clause: string): string =>
      with_('conditions:\n', `conditions:\n  recent:\n    - ${clause}\n`).replace(
        'relations:\n',
        '  served:\n    body: { at: /served, speaks: may }\nrelations:\n',
      );
    const rows = policy(WORKER.trim(), 'p, group:worker, *, open, recent, notes, read, allow');
    const recently = { keys: [keyOf('worker', [], ['recent'])], granted: ['basic', 'notes'] };
    const exceptions = (...lines: readonly string[]): string =>
      ['kind, where, from, restored, people, document', ...lines, 'end\n'].join('\n');
    const holidays = 'date, name\n2026-11-26, a day off\nend\n';
    const before = {
      record: dated('{ fact: served, within-business-days: 3, exceptions: agency }'),
      policy: rows,
      holidays,
      exceptions: exceptions(),
    };
    expect(await replay(recently, before, before)).toEqual(same);
    const outage = exceptions('outage, north, 2026-11-02, 2026-11-05, -, ticket 7');
    const unsettled = ['word-unknown recent notes'];
    expect(await replay(recently, { ...before, exceptions: outage }, before)).toEqual({ ...same, unsettled });
    const unheeding = { ...before, record: dated('{ fact: served, within-business-days: 3 }') };
    expect(await replay(recently, unheeding, before)).toEqual({ ...same, unsettled });
  });

  test('more unknown words than can be tried are named, and nothing is said', async () => {
    const names = Array.from({ length: 13 }, (_, i) => `word-${i}`);
    const record = with_('conditions:\n', `conditions:\n${names.map((name) => `  ${name}:\n    - { privilege: ${name} }\n`).join('')}`);
    const rows = policy(WORKER.trim(), ...names.map((name) => `p, group:worker, *, open, ${name}, notes, read, allow`));
    expect(await replay({ granted: ['basic'] }, { record, policy: rows })).toEqual({
      ...same,
      unsettled: [`too-many-unknown-words ${names.join()} all`],
    });
  });
});
