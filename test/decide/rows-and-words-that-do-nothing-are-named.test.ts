import { createBreather } from '../../src/decide/breather';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { findDeadRows } from '../../src/decide/find-dead-rows';
import { findWidening } from '../../src/decide/find-widening';
import type { Finding } from '../../src/decide/finding';
import { readPolicyFile } from '../../src/decide/read-policy-file';
import { checkSmall } from './support/asking';
import { type Files, RECORD, tempFolder } from './support/policy-files';

/** Every word of the small system is used, so that nothing is found. A row that is added stands in line 6. */
const POLICY = `p, group:worker, *, *, always, basic, read, allow
p, group:worker, assigned, *, always, *, read, allow
p, group:worker, supervisor, *, privileged, *, read, allow
p, group:worker, *, open, in-scope, contact, read, allow
p, group:worker, *, open, in-scope, notes, read, allow
end
`;
/** Cases that only make a workgroup known: they hold whatever a row says of reading, as nobody may approve. */
const casesFor = (...workgroups: readonly string[]): string =>
  [
    'name, workgroup, relation, privacy, when, action, view, sections, reason',
    ...workgroups.map(
      (word) => `no ${word} approves, group:${word}, none, open, always, approve, none, none, not-granted & no-section-granted`,
    ),
    'end\n',
  ].join('\n');
const CASES = casesFor('worker', 'clerk');

/** A finding on one line, whole: place, severity, rule, word, message and nearest word. */
const told = ({ file, line, column, severity, rule, word, message, nearest }: Finding): string =>
  `${file.replace('small/', '')}:${line}:${column} ${severity} ${rule} <${word}> ${message}${nearest === undefined ? '' : ` -> ${nearest}`}`;

async function found(files: Files): Promise<readonly string[]> {
  const { findings, warnings } = await checkSmall({ policy: POLICY, cases: CASES, ...files });
  return [...findings, ...warnings].map(told);
}
const withRows = (...rows: readonly string[]): Files => ({ policy: POLICY.replace('end\n', `${rows.join('\n')}\nend\n`) });
const changed = (from: string, to: string): Files => {
  expect(RECORD).toContain(from);
  return { record: RECORD.replace(from, to) };
};

test('nothing is found where nothing is wrong', async () => {
  expect(await found({})).toEqual([]);
});

describe('rows that could be struck out', () => {
  const CLERK = 'p, group:clerk, *, *, always, basic, read, allow';
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'unreachable: a deny row in the very words but one',
      ['p, group:clerk, *, *, always, contact, read, allow', 'p, group:clerk, *, *, always, *, read, deny'],
      ['policy.csv:6:1 warning unreachable <group:clerk, *, *, always, contact, read, allow> line 7 denies whatever this row allows'],
    ],
    [
      'unreachable: a deny row of every workgroup, before it',
      ['p, *, *, private, always, notes, *, deny', 'p, group:clerk, supervisor, private, privileged, notes, read, allow'],
      [
        'policy.csv:7:1 warning unreachable <group:clerk, supervisor, private, privileged, notes, read, allow> line 6 denies whatever this row allows',
      ],
    ],
    [
      'unreachable: none is covered by any relation',
      ['p, group:clerk, none, open, always, contact, read, allow', 'p, group:clerk, *, *, always, contact, read, deny'],
      ['policy.csv:6:1 warning unreachable <group:clerk, none, open, always, contact, read, allow> line 7 denies whatever this row allows'],
    ],
    [
      'reachable: the deny row asks for a condition more',
      ['p, group:clerk, *, *, always, contact, read, allow', 'p, group:clerk, *, *, in-scope, contact, read, deny'],
      [],
    ],
    [
      'reachable: the deny row asks for a relation',
      ['p, group:clerk, *, *, always, contact, read, allow', 'p, group:clerk, assigned, *, always, contact, read, deny'],
      [],
    ],
    [
      'reachable: the deny row is of another workgroup',
      ['p, group:clerk, *, *, always, contact, read, allow', 'p, group:worker, none, private, always, contact, read, deny'],
      [],
    ],
    [
      'shadowed: the same with a condition more',
      ['p, group:worker, assigned, *, in-scope, notes, read, allow'],
      ['policy.csv:6:1 warning shadowed <group:worker, assigned, *, in-scope, notes, read, allow> line 2 says this already'],
    ],
    [
      'shadowed: of open records what is so of all',
      ['p, group:worker, assigned, open, always, *, read, allow'],
      ['policy.csv:6:1 warning shadowed <group:worker, assigned, open, always, *, read, allow> line 2 says this already'],
    ],
    [
      'shadowed: a relation where any will do, none included',
      ['p, group:worker, none, private, always, basic, read, allow'],
      ['policy.csv:6:1 warning shadowed <group:worker, none, private, always, basic, read, allow> line 1 says this already'],
    ],
    [
      'shadowed: by a row that stands behind it',
      ['p, group:clerk, *, open, always, contact, read, allow', 'p, group:clerk, *, *, always, *, read, allow'],
      ['policy.csv:6:1 warning shadowed <group:clerk, *, open, always, contact, read, allow> line 7 says this already'],
    ],
    [
      'shadowed: a deny row of one workgroup by that of all',
      [CLERK, 'p, *, supervisor, private, always, notes, *, deny', 'p, group:worker, supervisor, private, privileged, notes, read, deny'],
      ['policy.csv:8:1 warning shadowed <group:worker, supervisor, private, privileged, notes, read, deny> line 7 says this already'],
    ],
    [
      'not shadowed: an allow row is nothing to a deny row, and none nothing to a relation',
      ['p, group:clerk, none, *, always, notes, read, allow', 'p, group:clerk, assigned, *, always, notes, read, allow'],
      [],
    ],
    [
      'without effect: nobody may delete',
      ['p, group:worker, *, *, always, *, delete, deny'],
      ['policy.csv:6:1 warning without-effect <group:worker, *, *, always, *, delete, deny> no row allows what this row denies'],
    ],
    [
      'without effect: of private records nothing is allowed there',
      ['p, group:clerk, *, open, always, contact, update, allow', 'p, *, *, private, always, *, update, deny'],
      ['policy.csv:7:1 warning without-effect <*, *, private, always, *, update, deny> no row allows what this row denies'],
    ],
    ['with effect: what another membership of the same person shows', ['p, group:clerk, none, private, always, notes, read, deny'], []],
  ])('%s', async (_what, rows, expected) => {
    expect(await found(withRows(...rows))).toEqual(expected);
  });

  const alone = (row: string): Files => ({ ...withRows(CLERK, row), ...changed('mostMemberships: 4', 'mostMemberships: 1') });
  test.each<[string, string, readonly string[]]>([
    [
      'another membership shows nothing',
      'p, group:clerk, none, private, always, notes, read, deny',
      ['policy.csv:7:1 warning without-effect <group:clerk, none, private, always, notes, read, deny> no row allows what this row denies'],
    ],
    ['a row of all workgroups still meets', 'p, *, none, private, always, basic, read, deny', []],
    ['its own row still meets', 'p, group:clerk, assigned, private, always, basic, read, deny', []],
  ])('where nobody may hold two memberships: %s', async (_what, row, expected) => {
    expect(await found(alone(row))).toEqual(expected);
  });

  const ofSupervisors = changed(
    '    - { fact: staff, is: supervised-by-caller }',
    '    - { workgroup: [worker] }\n    - { fact: staff, is: supervised-by-caller }',
  );
  test.each<[string, string, string]>([
    [
      'a relation of another workgroup',
      'p, group:clerk, supervisor, *, always, notes, read, allow',
      'policy.csv:6:1 warning never-holds <group:clerk, supervisor, *, always, notes, read, allow> supervisor holds for worker, never for clerk',
    ],
    [
      'in a deny row as well',
      'p, group:clerk, supervisor, private, always, notes, read, deny',
      'policy.csv:6:1 warning never-holds <group:clerk, supervisor, private, always, notes, read, deny> supervisor holds for worker, never for clerk',
    ],
  ])('never-holds: %s', async (_what, row, expected) => {
    expect(await found({ ...ofSupervisors, ...withRows(row) })).toEqual([expected]);
  });

  test('never-holds: a condition whose clauses admit no workgroup together', async () => {
    const record = RECORD.replace('- { privilege: private-records }', '- { workgroup: [worker] }\n    - { workgroup: [clerk] }');
    expect(await found({ record, ...withRows(CLERK) })).toEqual([
      'policy.csv:3:1 warning never-holds <group:worker, supervisor, *, privileged, *, read, allow> privileged holds for no workgroup, never for worker',
    ]);
  });
});

describe('rows that contradict or repeat each other', () => {
  test.each<[string, string, string]>([
    [
      'the same words allowed and denied',
      'p, group:worker, assigned, *, always, *, read, deny',
      'policy.csv:6:48 error ambiguous <deny> line 2 says allow in the same words',
    ],
    [
      'the same conditions in another order, allowed and denied',
      'p, group:worker, assigned, open, privileged & in-scope, notes, update, allow\np, group:worker, assigned, open, in-scope & privileged, notes, update, deny',
      'policy.csv:7:72 error ambiguous <deny> line 6 says allow in the same words',
    ],
    [
      'the same conditions in another order',
      'p, group:worker, assigned, open, privileged & in-scope, notes, update, allow\np, group:worker, assigned, open, in-scope & privileged, notes, update, allow',
      'policy.csv:7:1 error duplicate <p> this row says what line 6 says',
    ],
    ['the same row', 'p,group:worker,assigned,*,always,*,read,allow', 'policy.csv:6:1 error duplicate <p> this row says what line 2 says'],
  ])('%s', async (_what, row, expected) => {
    expect(await found(withRows(row))).toEqual([expected]);
  });
});

describe('words of record.yaml that are there for nothing', () => {
  const onlyBasic =
    'p, group:worker, assigned, *, in-scope, basic, read, allow\np, group:worker, supervisor, *, privileged, contact, read, allow\nend\n';
  test.each<[string, Files, readonly string[]]>([
    [
      'a section that no row grants',
      { policy: onlyBasic },
      ['record.yaml:9:3 warning section-not-granted <notes> no row of policy.csv grants notes: nobody sees its one field'],
    ],
    [
      'a section whose only row is taken away by another',
      { policy: onlyBasic.replace('end', 'p, group:clerk, *, *, always, notes, read, allow\np, *, *, *, always, notes, read, deny\nend') },
      [
        'policy.csv:3:1 warning unreachable <group:clerk, *, *, always, notes, read, allow> line 4 denies whatever this row allows',
        'record.yaml:9:3 warning section-not-granted <notes> no row of policy.csv grants notes: nobody sees its one field',
      ],
    ],
    [
      'a section with two fields that no row grants',
      { policy: onlyBasic, ...changed('    /notes/*/text: text', '    /notes/*/text: text\n    /notes/*/date: plain') },
      ['record.yaml:9:3 warning section-not-granted <notes> no row of policy.csv grants notes: nobody sees its 2 fields'],
    ],
    [
      'a section without fields',
      changed('  notes:\n    /notes/*/text: text\n', ''),
      ['record.yaml:9:3 warning section-without-fields <notes> no field stands in notes: there is nothing to see in it'],
    ],
    [
      'a section without anything',
      changed('  notes: What was said\n', '  notes: What was said\n  more: And what not\n'),
      ['record.yaml:10:3 warning section-without-fields <more> no field stands in more: there is nothing to see in it'],
    ],
    [
      'a relation and a condition that no row uses',
      { policy: POLICY.replace(/^.*supervisor.*\n/m, '') },
      [
        'record.yaml:21:3 warning unused <supervisor> no row of policy.csv uses the relation supervisor',
        'record.yaml:26:3 warning unused <privileged> no row of policy.csv uses the condition privileged',
      ],
    ],
    [
      'a fact that nothing reads',
      changed('relations:\n', '  office:\n    body: { at: /office, speaks: may }\nrelations:\n'),
      ['record.yaml:18:3 warning unused <office> no relation and no condition reads the fact office'],
    ],
    [
      'TO-02 a calendar by which nothing is counted',
      { holidays: 'date, name\n2025-07-04, Independence Day\nend\n' },
      ['holidays.csv:1:1 warning unused <> no relation and no condition counts business days'],
    ],
  ])('%s', async (_what, files, expected) => {
    expect(await found(files)).toEqual(expected);
  });
});

describe('workgroups that are missing somewhere', () => {
  const FULL = `name, workgroup, relation, privacy, when, action, view, sections, reason
the assigned worker, group:worker, assigned, private, always, read, full, all, granted
`;
  test.each<[string, Files, readonly string[]]>([
    [
      'rows without a case, however many',
      withRows('p, group:wroker, *, private, always, notes, read, deny', 'p, group:wroker, *, private, always, contact, read, deny'),
      ['policy.csv:6:4 error workgroup-without-case <group:wroker> no case in cases.csv speaks of group:wroker -> group:worker'],
    ],
    [
      'cases of a workgroup spelled almost like a known one, that see nothing of course',
      { cases: casesFor('worker', 'wroker', 'wroker-2').replace('wroker-2,', 'wroker,') },
      ['cases.csv:3:21 error workgroup-without-row <group:wroker> no row of policy.csv speaks of group:wroker -> group:worker'],
    ],
    ['cases of an unknown workgroup are a good example', { cases: casesFor('worker', 'janitor') }, []],
    [
      'a clause of a workgroup without a row',
      changed('{ privilege: private-records }', '{ workgroup: [wroker] }'),
      [
        'record.yaml:27:21 error unknown-word <wroker> no row of policy.csv speaks of the workgroup wroker -> worker',
        'policy.csv:3:1 warning never-holds <group:worker, supervisor, *, privileged, *, read, allow> privileged holds for wroker, never for worker',
      ],
    ],
    [
      'cases that never expect a refusal',
      { cases: `${FULL}end\n` },
      ['cases.csv:2:22 warning no-refusal <group:worker> no case of group:worker expects that something is withheld'],
    ],
    [
      'one that sees less than all is a refusal',
      { cases: `${FULL}another, group:worker, none, private, always, read, basic, basic, not-granted\nend\n` },
      [],
    ],
    [
      'nothing can be refused where all is open',
      {
        ...withRows('p, group:clerk, *, *, always, *, *, allow'),
        cases: casesFor('worker').replace('end', 'a clerk, group:clerk, none, private, always, delete, full, all, granted\nend'),
      },
      [],
    ],
    [
      'but it can where a row denies',
      {
        ...withRows('p, group:clerk, *, *, always, *, *, allow', 'p, *, assigned, *, always, notes, update, deny'),
        cases: casesFor('worker').replace('end', 'a clerk, group:clerk, none, private, always, delete, full, all, granted\nend'),
      },
      ['cases.csv:3:10 warning no-refusal <group:clerk> no case of group:clerk expects that something is withheld'],
    ],
  ])('%s', async (_what, files, expected) => {
    expect(await found(files)).toEqual(expected);
  });
});

describe('WWP-03 a role that collapses takes no denial with it in silence', () => {
  const collapsing = changed('sections:\n', 'collapses:\n  - { these: [worker, clerk], into: worker }\nsections:\n');
  const CLERK = 'p, group:clerk, *, *, always, basic, read, allow';
  const DENY = 'p, group:clerk, *, *, privileged, notes, read, deny';
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'a deny row that the other role does not have',
      [CLERK, DENY],
      [
        'policy.csv:7:1 warning collapse-opens <group:clerk, *, *, privileged, notes, read, deny> ' +
          'whoever holds clerk together with worker is worker alone, and is not denied this: deny it to worker too',
      ],
    ],
    ['the other role is denied the same', [CLERK, DENY, DENY.replace('clerk', 'worker')], []],
    ['everybody is denied more', [CLERK, 'p, *, *, *, privileged, notes, *, deny'], []],
    ['the role that remains keeps its own', [CLERK, DENY.replace('clerk', 'worker')], []],
  ])('%s', async (_what, rows, expected) => {
    expect(await found({ ...collapsing, ...withRows(...rows) })).toEqual(expected);
  });
});

test('a warning keeps nothing from coming into force, an error does', async () => {
  const warned = await checkSmall({ ...withRows('p, group:worker, *, *, always, *, delete, deny'), cases: CASES });
  expect([warned.findings, warned.warnings.length, warned.parts !== null]).toEqual([[], 1, true]);
  const temp = tempFolder({ ...withRows('p, group:worker, *, *, always, *, delete, deny'), cases: CASES });
  const checked = await checkPolicyFolder(temp.folder);
  temp.remove();
  expect([checked.findings, checked.warnings.map((one) => one.severity)]).toEqual([[], ['warning']]);
  const refused = await checkSmall({
    ...withRows('p, group:worker, *, *, always, *, delete, deny', 'p, group:wroker, *, *, always, notes, read, deny'),
  });
  expect([refused.findings.map((one) => one.severity), refused.parts]).toEqual([['error'], null]);
});

/** 2,000 rows of one shape, and what looking through them costs in CPU, milliseconds. */
describe('2,000 rows are looked through in under a second', () => {
  const turn = (words: readonly string[], i: number): string => words[i % words.length] as string;
  const shapes: Readonly<Record<string, (i: number) => string>> = {
    'many workgroups': (i) =>
      `group:w${i % 97}, ${turn(['assigned', 'supervisor', 'none', '*'], i)}, ${turn(['open', 'private', '*'], i >> 2)}, ${turn(['always', 'in-scope', 'privileged'], i >> 3)}, ${turn(['basic', 'contact', 'notes', '*'], i >> 1)}, ${turn(['read', 'update', '*'], i >> 4)}, ${turn(['allow', 'allow', 'deny'], i >> 5)}`,
    'private rows of one section and many conditions': (i) =>
      `group:w, ${turn(['*', 'assigned'], i)}, ${turn(['private', 'open'], i >> 1)}, ${conditions(i >> 2)}, *, *, ${turn(['allow', 'allow', 'allow', 'deny'], i >> 1)}`,
    'deny rows of everybody': (i) =>
      `${i === 0 ? 'group:w' : '*'}, ${turn(['*', 'assigned', 'none'], i)}, ${turn(['private', 'open'], i)}, ${conditions(i)}, *, *, ${i === 0 ? 'allow' : 'deny'}`,
  };
  const NAMES = Array.from({ length: 20 }, (_, i) => `c${String.fromCharCode(97 + i)}`);
  /** Sets of conditions none of which holds another: as many masks as rows. */
  const conditions = (i: number): string => {
    const set = NAMES.filter((_, bit) => ((i ^ (i << 10)) >> bit) % 2 === 1);
    return set.length === 0 ? 'always' : set.join(' & ');
  };
  const record = RECORD.replace('fields:\n', `${NAMES.map((word) => `  ${word}:\n    - { privilege: ${word} }\n`).join('')}fields:\n`);

  test.each(Object.keys(shapes))('%s', async (shape) => {
    const { system } = await checkSmall({ record });
    const text = [...new Set(Array.from({ length: 2_000 }, (_, i) => `p, ${shapes[shape]?.(i)}`))].join('\n');
    const { rows } = readPolicyFile(Buffer.from(`${text}\nend\n`), 'policy.csv', system!);
    expect(rows.length).toBeGreaterThan(500);
    const since = process.cpuUsage();
    const widening = await findWidening(system!, rows, 'policy.csv', createBreather());
    const dead = await findDeadRows(system!, rows, 'policy.csv', createBreather());
    const { user, system: kernel } = process.cpuUsage(since);
    expect(widening.length + dead.length).toBeGreaterThan(0);
    expect((user + kernel) / 1_000).toBeLessThan(1_000);
  });
});
