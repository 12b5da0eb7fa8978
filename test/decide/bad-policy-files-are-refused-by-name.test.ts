import { createBreather } from '../../src/decide/breather';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { checkSystem } from '../../src/decide/check-system';
import type { Finding } from '../../src/decide/finding';
import { MODEL_TEXT } from '../../src/decide/model-text';
import { versionOf } from '../../src/decide/read-policy-folder';
import { checkSmall } from './support/asking';
import { CASES, casesFor, type Files, POLICY, RECORD, tempFolder } from './support/policy-files';

async function findingsOf(files: Files): Promise<readonly Finding[]> {
  const temp = tempFolder(files);
  try {
    return (await checkPolicyFolder(temp.folder)).findings;
  } finally {
    temp.remove();
  }
}

const HOLIDAYS = 'date, name\n2025-07-04, Independence Day\n2025-12-25, Christmas Day\nend\n';
/** A system that counts business days. */
const counting: Files = { record: RECORD.replace('{ fact: agency, in: agency }', '{ fact: agency, within-business-days: 3 }') };

/** One row put before the closing row, so it is line 5. */
const withRow = (row: string): Files => ({ policy: POLICY.replace('end\n', `${row}\nend\n`) });
const at = (column: number, word: string, line = 5, file = 'small/policy.csv'): object => ({ file, line, column, word });
const GOOD = 'p, group:worker, supervisor, open, always, notes, read, allow';

test('the small policy is good as it stands', async () => {
  expect(await findingsOf({})).toEqual([]);
  expect(await findingsOf(withRow(GOOD))).toEqual([]);
});

describe('rows of policy.csv', () => {
  test.each<[string, string, object]>([
    ['C01 POL-11 a blank cell', 'p, group:worker, , open, always, notes, read, allow', { rule: 'C01', ...at(18, '') }],
    [
      'C02 POL-06 the effect Deny',
      'p, group:worker, *, open, always, notes, read, Deny',
      { rule: 'C02', ...at(48, 'Deny'), nearest: 'deny' },
    ],
    [
      'C02 POL-06 the effect dney',
      'p, group:worker, *, open, always, notes, read, dney',
      { rule: 'C02', ...at(48, 'dney'), nearest: 'deny' },
    ],
    ['C03 a row without effect', 'p, group:worker, *, open, always, notes, read', { rule: 'C03', ...at(42, 'read') }],
    ['C03 POL-04 a short row', 'p, group:worker, *', { rule: 'C03', ...at(18, '*') }],
    ['C03 a long row', `${GOOD}, allow`, { rule: 'C03', ...at(64, 'allow') }],
    ['C04 POL-07 the row type pp', 'pp, group:worker, *, open, always, notes, read, deny', { rule: 'C04', ...at(1, 'pp') }],
    ['C04 POL-07 the row type P', 'P, group:worker, *, open, always, notes, read, deny', { rule: 'C04', ...at(1, 'P'), nearest: 'p' }],
    ['C04 POL-07 the row type p2', 'p2, group:worker, *, open, always, notes, read, deny', { rule: 'C04', ...at(1, 'p2') }],
    ['C05 a comment behind a row', `${GOOD} # let them`, { rule: 'C05', ...at(57, 'allow # let them') }],
    [
      'C10 a person as workgroup',
      'p, user:alice, *, open, always, notes, read, allow',
      { rule: 'C10', ...at(4, 'user:alice'), nearest: 'group:alice' },
    ],
    [
      'C10 a workgroup without namespace',
      'p, worker, *, open, always, notes, read, allow',
      { rule: 'C10', ...at(4, 'worker'), nearest: 'group:worker' },
    ],
    ['C10 a namespace inside a workgroup', 'p, group:org:x, *, open, always, notes, read, allow', { rule: 'C10', ...at(4, 'group:org:x') }],
    ['C11 POL-16 a pattern for a section', 'p, group:worker, *, open, always, .*, read, allow', { rule: 'unknown-word', ...at(35, '.*') }],
    [
      'C12 C13 POL-16 a path for a section',
      'p, group:worker, *, open, always, /cases/:id, read, allow',
      { rule: 'unknown-word', ...at(35, '/cases/:id') },
    ],
    ['C15 C16 POL-13 POL-14 a grouping row', 'g, group:worker, group:boss', { rule: 'C15', ...at(1, 'g') }],
    ['C18 a rule to be evaluated', 'p, group:worker, *, open, eval(1), notes, read, allow', { rule: 'unknown-word', ...at(27, 'eval(1)') }],
    ['POL-10 quotes that smuggle cells', 'p, "group:worker"", ""*", *, open, always, notes, read, allow', { rule: 'C10', line: 5 }],
    ['POL-12 everybody', 'p, *, *, *, always, *, read, allow', { rule: 'POL-12', ...at(4, '*') }],
    ['POL-12 nobody by name', 'p, anonymous, *, *, always, *, read, allow', { rule: 'C10', ...at(4, 'anonymous') }],
    [
      'POL-15 a pattern that runs long',
      'p, group:worker, *, open, always, (a+)+$, read, allow',
      { rule: 'unknown-word', ...at(35, '(a+)+$') },
    ],
    [
      'an unknown relation',
      'p, group:worker, asigned, open, always, notes, read, allow',
      { rule: 'unknown-word', ...at(18, 'asigned'), nearest: 'assigned' },
    ],
    [
      'an unknown privacy',
      'p, group:worker, *, Private, always, notes, read, allow',
      { rule: 'unknown-word', ...at(21, 'Private'), nearest: 'private' },
    ],
    [
      'an unknown condition',
      'p, group:worker, *, open, in-scope & privilege, notes, read, allow',
      { rule: 'unknown-word', ...at(27, 'privilege'), nearest: 'privileged' },
    ],
    [
      'conditions joined otherwise',
      'p, group:worker, *, open, in-scope&privileged, notes, read, allow',
      { rule: 'unknown-word', ...at(27, 'in-scope&privileged') },
    ],
    ['* as condition', 'p, group:worker, *, open, *, notes, read, allow', { rule: 'unknown-word', ...at(27, '*'), nearest: 'always' }],
    [
      'an unknown section',
      'p, group:worker, *, open, always, note, read, allow',
      { rule: 'unknown-word', ...at(35, 'note'), nearest: 'notes' },
    ],
    [
      'an unknown action',
      'p, group:worker, *, open, always, notes, raed, allow',
      { rule: 'unknown-word', ...at(42, 'raed'), nearest: 'read' },
    ],
    ['a row that stands twice', 'p, group:worker,assigned,*,always,*,read,allow', { rule: 'duplicate', ...at(1, 'p') }],
    [
      'a workgroup that no case speaks of',
      'p, group:wroker, *, open, always, notes, read, deny',
      { rule: 'workgroup-without-case', ...at(4, 'group:wroker'), nearest: 'group:worker' },
    ],
  ])('%s is refused', async (_name, row, expected) => {
    const findings = await findingsOf(withRow(row));
    expect(findings[0]).toMatchObject(expected);
    expect(findings[0]?.message).not.toBe('');
  });

  test('C06 a file cut off anywhere is refused', async () => {
    for (let length = 1; length < POLICY.trimEnd().length; length += 7) {
      const findings = await findingsOf({ policy: POLICY.slice(0, length) });
      expect(findings.map((one) => one.rule)).toContain('C06');
    }
  });

  test('C06 rows after end, words after end, and record.yaml or cases.csv without their end are refused', async () => {
    expect((await findingsOf({ policy: `${POLICY}${GOOD}\n` }))[0]).toMatchObject({ rule: 'C06', ...at(1, 'p', 6) });
    expect((await findingsOf({ policy: POLICY.replace('end', 'end, x') }))[0]).toMatchObject({ rule: 'C06', ...at(6, 'x') });
    expect((await findingsOf({ cases: CASES.replace('end\n', '') }))[0]).toMatchObject({ rule: 'C06', file: 'small/cases.csv', line: 4 });
    expect((await findingsOf({ record: RECORD.replace('...\n', '') }))[0]).toMatchObject({ rule: 'C06', file: 'small/record.yaml' });
  });

  test('C07 a policy without a rule is refused', async () => {
    expect(await findingsOf({ policy: 'end\n' })).toMatchObject([{ rule: 'C07' }]);
    expect(await findingsOf({ policy: 'p, *, *, *, always, notes, read, deny\nend\n' })).toMatchObject([{ rule: 'C07' }]);
    expect(await findingsOf({ policy: '' })).toMatchObject([{ rule: 'C06' }]);
  });

  test('C21 rules per person run into the limit of rows', async () => {
    const rows = Array.from({ length: 5001 }, (_, i) => `p, group:w${i}, *, open, always, notes, read, deny\n`).join('');
    expect((await findingsOf({ policy: POLICY.replace('end\n', `${rows}end\n`) }))[0]).toMatchObject({ rule: 'C21', word: '5005' });
  });

  test('C23 POL-08 what a spreadsheet writes is read as it is meant', async () => {
    const padded = POLICY.trimEnd()
      .split('\n')
      .map((line) => (line === 'end' ? 'end,,,,,,,,,' : `${line.replaceAll(', ', ',\t\u00a0')},,`))
      .join('\r\n');
    expect(await findingsOf({ policy: `\ufeff${padded}\r\n` })).toEqual([]);
  });

  test('C23 POL-08 a spreadsheet makes all rows as wide as the widest, comments and blank lines too, and quotes what holds a quote', async () => {
    const widest = 'p, group:worker, supervisor, open, always, notes, read, allow'.split(', ').length + 3;
    const wide = (line: string): string => line + ','.repeat(Math.max(0, widest - line.split(',').length));
    const commented = `# Who may see what, in a word or two\n\n"# what a ""quote"" becomes"\n"# one, two, three"\n${POLICY}\n`;
    expect(await findingsOf({ policy: `\ufeff${commented.split('\n').map(wide).join('\r\n')}` })).toEqual([]);
    expect(await findingsOf({ cases: `\ufeff"# examples, as ""they"" stand"\n${CASES}`.split('\n').map(wide).join('\r\n') })).toEqual([]);
    const quoted = POLICY.trimEnd()
      .split('\n')
      .map((line) =>
        line
          .split(', ')
          .map((cell) => `"${cell}"`)
          .join(','),
      );
    expect(await findingsOf({ policy: quoted.map(wide).join('\r\n') })).toEqual([]);
    // A row that is only wider than the others is still one cell too many where that cell says something.
    expect((await findingsOf({ policy: POLICY.replace('basic, read, allow', 'basic, read, allow,,x') }))[0]).toMatchObject({
      rule: 'C03',
      line: 1,
    });
  });

  test('C23 cells that are empty at the right end of one row alone are no cells', async () => {
    for (const change of [
      POLICY.replace('basic, read, allow', 'basic, read, allow,,,'),
      POLICY.replace('end', 'end,,,'),
      `# a comment,,,,,,,,,,,\n${POLICY}`,
    ])
      expect(await findingsOf({ policy: change })).toEqual([]);
    expect((await findingsOf({ policy: POLICY.replace('basic, read, allow', 'basic, read,,') }))[0]).toMatchObject({
      rule: 'C01',
      ...at(44, '', 1),
    });
  });

  test('POL-09 an open quote names its line', async () => {
    expect((await findingsOf(withRow('p, "group:worker, *, open, always, notes, read, allow')))[0]).toMatchObject({
      rule: 'unreadable',
      line: 5,
      column: 4,
    });
  });

  test('every bad row is named at once', async () => {
    const findings = await findingsOf({ policy: 'P, x\np, group:worker, *\np, group:worker, *, *, always, basic, read, Allow\nend\n' });
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['C04', 1],
      ['C03', 2],
      ['C02', 3],
    ]);
  });

  test('a UTF-16 file is refused', async () => {
    expect((await findingsOf({ policy: Buffer.from(`\ufeff${POLICY}`, 'utf16le') }))[0]).toMatchObject({
      rule: 'unreadable',
      file: 'small/policy.csv',
      line: 1,
    });
  });
});

describe('WF1-13 privacy never widens', () => {
  test.each([
    ['a private section that no open row shows', 'p, group:worker, supervisor, private, always, notes, read, allow'],
    ['none in private, something in open', 'p, group:worker, none, private, always, notes, read, allow'],
    ['a deny for open records alone', 'p, *, *, open, privileged, notes, read, deny'],
  ])('%s is refused', async (_name, row) => {
    expect(await findingsOf(withRow(row))).toContainEqual(expect.objectContaining({ rule: 'privacy-widens', line: 5 }));
  });

  test('a deny for both, or for private records alone, narrows and is taken', async () => {
    expect(await findingsOf(withRow('p, *, supervisor, *, always, notes, read, deny'))).toEqual([]);
    expect(await findingsOf(withRow('p, group:worker, supervisor, private, privileged, notes, read, deny'))).toEqual([]);
  });
});

describe('model.conf', () => {
  test.each([
    ['C07 a deny-override effect', MODEL_TEXT.replace(/^e = .*$/m, 'e = !some(where (p.eft == deny))'), 8],
    ['C11 regexMatch', MODEL_TEXT.replace(/^m = .*$/m, 'm = regexMatch(r.section, p.section)'), 11],
    ['C12 C13 keyMatch', MODEL_TEXT.replace(/^m = .*$/m, 'm = keyMatch2(r.section, p.section)'), 11],
    ['C18 eval', MODEL_TEXT.replace(/^m = .*$/m, 'm = eval(p.when)'), 11],
    ['C24 in', MODEL_TEXT.replace(/^m = .*$/m, "m = p.relation == '*' || p.relation in r.relations"), 11],
    ['C15 roles', MODEL_TEXT.replace('[policy_effect]', '[role_definition]\ng = _, _\n\n[policy_effect]'), 7],
  ])('%s is refused', async (_name, model, line) => {
    expect(await findingsOf({ model })).toMatchObject([{ rule: 'model', file: 'model.conf', line }]);
  });

  test('comments and line ends of its own are no matter', async () => {
    expect(await findingsOf({ model: `# ours\r\n${MODEL_TEXT.replaceAll('\n', '\r\n')}` })).toEqual([]);
  });
});

describe('record.yaml', () => {
  const changed = (from: string | RegExp, to: string): Files => ({ record: RECORD.replace(from, to) });
  test.each<[string, Files, object]>([
    [
      'a key nobody knows',
      changed('mostMemberships: 4', 'mostMembership: 4'),
      { rule: 'form', line: 5, column: 1, word: 'mostMembership', nearest: 'mostMemberships' },
    ],
    [
      'another name than the folder',
      changed('system: small', 'system: large'),
      { rule: 'form', line: 1, column: 9, word: 'large', nearest: 'small' },
    ],
    [
      'a key that stands twice',
      changed('    /phone: plain', '    /phone: plain\n    /phone: text'),
      { rule: 'unreadable', word: '/phone' },
    ],
    ['an alias', changed('title: Small', 'title: &a Small'), { rule: 'unreadable', line: 2, column: 11, word: '&a' }],
    ['a number that loses its zero', changed('title: Small', 'title: 0123'), { rule: 'unreadable', line: 2, column: 8, word: '0123' }],
    [
      'a section nobody described',
      changed('  notes:\n    /notes', '  note:\n    /notes'),
      { rule: 'unknown-word', word: 'note', nearest: 'notes' },
    ],
    [
      'a place classified twice',
      changed('    /phone: plain', '    /phone: plain\n    /name: plain'),
      { rule: 'overlap', line: 34, column: 5, word: '/name' },
    ],
    [
      'a place below another',
      changed('    /phone: plain', '    /phone: plain\n    /name/first: plain'),
      { rule: 'overlap', word: '/name/first' },
    ],
    [
      'a place above another',
      changed('    /phone: plain', '    /phone: plain\n  notes:\n    /a/b: plain\n    /a: plain\n#'),
      { rule: 'unreadable' },
    ],
    [
      'a list that is an object as well',
      changed('    /notes/*/text: text', '    /notes/*/text: text\n    /notes/first: text'),
      { rule: 'overlap', word: '/notes/first' },
    ],
    ['an element by number', changed('/phone: plain', '/phone/0: plain'), { rule: 'form', word: '0' }],
    [
      'a fact nobody named',
      changed('{ fact: staff, is: caller }', '{ fact: staf, is: caller }'),
      { rule: 'unknown-word', word: 'staf', nearest: 'staff' },
    ],
    ['a clause of no kind', changed('{ fact: staff, is: caller }', '{ fact: staff, is: owner }'), { rule: 'form' }],
    [
      'a workgroup in a clause that no row speaks of',
      changed('{ fact: staff, is: caller }', '{ workgroup: [wroker] }'),
      { rule: 'unknown-word', word: 'wroker', nearest: 'worker' },
    ],
    ['POL-15 an id pattern that runs long', changed(String.raw`'[A-Z]\d{1,6}'`, "'(a+)+'"), { rule: 'POL-15', word: '(a+)+' }],
    [
      'a path with two records',
      changed('/records/{record}', '/records/{record}/{record}'),
      { rule: 'route', word: '/records/{record}/{record}' },
    ],
    ['a registry route over facts of the body', changed('factsFrom: body', 'factsFrom: registry'), { rule: 'route', word: 'registry' }],
    ['no privacy fact', changed(/ {2}privacy:\n.*\n/, ''), { rule: 'form', word: 'privacy' }],
    ['a word both private and open', changed('open: [false]', 'open: [false, true]'), { rule: 'form', word: 'true' }],
    ['a reserved relation', changed('  supervisor:', '  none:'), { rule: 'form', word: 'none' }],
    [
      'a time zone of nowhere',
      changed('America/Chicago', 'America/Nowhere'),
      { rule: 'form', line: 3, column: 11, word: 'America/Nowhere' },
    ],
    ['a missing part', changed(/mostMemberships.*\n/, ''), { rule: 'form', message: 'mostMemberships: this is missing' }],
  ])('%s is refused', async (_name, files, expected) => {
    expect((await findingsOf(files))[0]).toMatchObject({ file: 'small/record.yaml', ...expected });
  });

  const within = (days: string): Files => ({
    ...changed('{ fact: agency, in: agency }', `{ fact: agency, within-business-days: ${days} }`),
    holidays: HOLIDAYS,
  });
  const collapsing = (form: string): Files => ({
    ...changed('sections:\n', `collapses:\n  - ${form}\nsections:\n`),
    policy: POLICY.replace('end\n', 'p, group:boss, *, *, always, basic, read, allow\nend\n'),
    cases: casesFor('worker', 'boss'),
  });

  test('TO-02 WWP-03 business days and collapses are taken', async () => {
    expect(await findingsOf(within('3'))).toEqual([]);
    expect(await findingsOf(collapsing('{ these: [worker, boss], into: boss }'))).toEqual([]);
  });

  test.each<[string, Files, object]>([
    [
      'TO-02 business days without a calendar',
      { record: within('3').record! },
      {
        rule: 'unreadable',
        line: 25,
        column: 23,
        word: 'within-business-days',
        message: 'business days are counted with a calendar: holidays.csv is missing beside this file, or larger than 4 MiB',
      },
    ],
    ['TO-02 no day', within('0'), { rule: 'form', line: 25 }],
    ['TO-02 more days than a window has', within('31'), { rule: 'form', line: 25 }],
    ['TO-02 half a day', within('1.5'), { rule: 'form', line: 25 }],
    ['TO-02 days in words', within('three'), { rule: 'form', line: 25 }],
    [
      'TO-02 business days of privacy',
      { ...changed('{ fact: agency, in: agency }', '{ fact: privacy, within-business-days: 3 }'), holidays: HOLIDAYS },
      { rule: 'form', word: 'privacy' },
    ],
    [
      'WWP-03 a collapse into a workgroup that is none of them',
      collapsing('{ these: [worker, boss], into: bos }'),
      { rule: 'unknown-word', line: 7, column: 36, word: 'bos', message: 'bos is not among these', nearest: 'boss' },
    ],
    ['WWP-03 a collapse of one', collapsing('{ these: [worker], into: worker }'), { rule: 'form', line: 7 }],
    [
      'WWP-03 a workgroup twice in a collapse',
      collapsing('{ these: [worker, boss, worker], into: boss }'),
      { rule: 'duplicate', line: 7, column: 29, word: 'worker', message: 'this workgroup stands twice' },
    ],
    [
      'WWP-03 the same workgroups collapse twice',
      collapsing('{ these: [worker, boss], into: boss }\n  - { these: [boss, worker], into: worker }'),
      { rule: 'duplicate', line: 8, column: 5, word: 'boss & worker', message: 'these workgroups collapse twice' },
    ],
    [
      'WWP-03 a collapse of a workgroup that no row speaks of',
      collapsing('{ these: [worker, bosss], into: worker }'),
      { rule: 'unknown-word', line: 7, column: 23, word: 'bosss', nearest: 'boss' },
    ],
  ])('%s is refused', async (_name, files, expected) => {
    expect((await findingsOf(files))[0]).toMatchObject({ file: 'small/record.yaml', ...expected });
  });

  test('a missing file and a misnamed folder are refused', async () => {
    const temp = tempFolder();
    temp.write({ record: RECORD, policy: POLICY }, 'other');
    temp.write({ record: RECORD, policy: POLICY, cases: CASES }, 'Small');
    const { findings } = await checkPolicyFolder(temp.folder);
    temp.remove();
    expect(findings).toMatchObject([
      { rule: 'form', file: 'Small', word: 'Small' },
      { rule: 'unreadable', file: 'other/cases.csv' },
    ]);
  });
});

describe('holidays.csv', () => {
  const at = (line: number, column: number, word: string): object => ({ file: 'small/holidays.csv', line, column, word });
  test.each<[string, string | Buffer, object]>([
    ['another header', HOLIDAYS.replace('date, name', 'day, name'), { rule: 'form', ...at(1, 1, 'day'), nearest: 'date' }],
    ['no header', 'end\n', { rule: 'form', ...at(1, 1, '') }],
    ['a column of its own', HOLIDAYS.replace('date, name', 'date, name, state'), { rule: 'form', ...at(1, 13, 'state') }],
    ['C06 no closing row', HOLIDAYS.replace('end\n', ''), { rule: 'C06', ...at(4, 1, '') }],
    ['C06 a row after it', `${HOLIDAYS}2026-12-25, Christmas Day\n`, { rule: 'C06', ...at(5, 1, '2026-12-25') }],
    ['C03 a date alone', HOLIDAYS.replace(', Christmas Day', ''), { rule: 'C03', ...at(3, 1, '2025-12-25') }],
    ['C01 no name', HOLIDAYS.replace(' Christmas Day', ''), { rule: 'C01', ...at(3, 12, '') }],
    ['C01 no date', HOLIDAYS.replace('2025-12-25', ''), { rule: 'C01', ...at(3, 1, '') }],
    ['a day of no calendar', HOLIDAYS.replace('2025-12-25', '2025-02-30'), { rule: 'form', ...at(3, 1, '2025-02-30') }],
    ['a leap day of a common year', HOLIDAYS.replace('2025-12-25', '2025-02-29'), { rule: 'form', ...at(3, 1, '2025-02-29') }],
    ['a date as spreadsheets write it', HOLIDAYS.replace('2025-12-25', '12/25/2025'), { rule: 'form', ...at(3, 1, '12/25/2025') }],
    ['a date without its zeros', HOLIDAYS.replace('2025-07-04', '2025-7-4'), { rule: 'form', ...at(2, 1, '2025-7-4') }],
    [
      'a date that stands twice',
      HOLIDAYS.replace('2025-12-25', '2025-07-04'),
      { rule: 'duplicate', ...at(3, 1, '2025-07-04'), message: 'line 2 has this date' },
    ],
    [
      'a quote that is not closed',
      HOLIDAYS.replace('Christmas', '"Christmas'),
      { rule: 'unreadable', file: 'small/holidays.csv', line: 3 },
    ],
    ['UTF-16', Buffer.from(`\ufeff${HOLIDAYS}`, 'utf16le'), { rule: 'unreadable', file: 'small/holidays.csv', line: 1 }],
  ])('TO-02 %s is refused', async (_name, holidays, expected) => {
    const [first, ...others] = await findingsOf({ ...counting, holidays });
    expect(first).toMatchObject(expected);
    expect(others).toEqual([]);
  });

  test('TO-02 C23 what a spreadsheet writes is read as it is meant, in any order', async () => {
    const holidays =
      '\ufeffdate,name,,\r\n# of 2025,,,\r\n,,,\r\n"2025-12-25","Christmas, all day",,\r\n2025-07-04,\tIndependence Day,,\r\nend,,,\r\n';
    const { system, findings } = await checkSmall({ ...counting, holidays });
    expect([findings, system?.holidays]).toEqual([[], ['2025-07-04', '2025-12-25']]);
  });

  test('TO-02 a holiday more is another version, and another compiled system', async () => {
    const first = await checkSmall({ ...counting, holidays: HOLIDAYS });
    const again = await checkSystem('small', first.files, createBreather(), first.system);
    const more = { ...first.files, 'holidays.csv': Buffer.from(HOLIDAYS.replace('end\n', '2026-01-01, New Year\nend\n')) };
    const other = await checkSystem('small', more, createBreather(), first.system);
    expect(again.system).toBe(first.system);
    expect(other.system?.holidays).toEqual(['2025-07-04', '2025-12-25', '2026-01-01']);
    const versions = [first, again, other].map(({ files }) => versionOf(new Map([['small', files]])));
    expect([versions[0] === versions[1], versions[0] === versions[2]]).toEqual([true, false]);
  });
});

describe('cases.csv', () => {
  test('a case that does not hold names what the policy gives', async () => {
    expect(await findingsOf({ cases: CASES.replace('basic, basic, private-record', 'full, all, granted') })).toEqual([
      {
        rule: 'case-fails',
        severity: 'error',
        file: 'small/cases.csv',
        line: 3,
        column: 1,
        word: 'another worker',
        message: 'expected full (basic & contact & notes) because granted; the policy gives basic (basic) because private-record',
      },
    ]);
  });

  test.each<[string, string, object]>([
    ['a header of its own', CASES.replace('sections, reason', 'reason, sections'), { rule: 'form', line: 1, word: 'reason' }],
    ['an unknown view', CASES.replace('read, basic', 'read, baisc'), { rule: 'unknown-word', line: 3, word: 'baisc', nearest: 'basic' }],
    ['an unknown reason', CASES.replace('private-record', 'because'), { rule: 'unknown-word', line: 3, word: 'because' }],
    [
      'an unknown section',
      CASES.replace('basic, basic,', 'basic, basics,'),
      { rule: 'unknown-word', line: 3, word: 'basics', nearest: 'basic' },
    ],
    ['a name that stands twice', CASES.replace('another worker', 'the assigned worker'), { rule: 'duplicate', line: 3 }],
    ['a blank', CASES.replace('none, private', ', private'), { rule: 'C01', line: 3 }],
  ])('%s is refused', async (_name, cases, expected) => {
    expect((await findingsOf({ cases }))[0]).toMatchObject({ file: 'small/cases.csv', ...expected });
  });

  test('a workgroup is known by its cases', async () => {
    expect(await findingsOf({ cases: casesFor('worker') })).toEqual([]);
    expect(await findingsOf({ cases: casesFor('boss') })).toMatchObject([
      { rule: 'workgroup-without-case', line: 1, word: 'group:worker' },
    ]);
  });
});
