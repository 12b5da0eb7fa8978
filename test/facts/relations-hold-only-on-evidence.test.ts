import { relate, type Supervision } from '../../src/facts/relate';
import type { Membership } from '../../src/vocabulary/access';
import type { CaseSystem, Clause } from '../../src/vocabulary/case-system';

const ASSIGNED_TO = 0;
const AGENCY = 1;
const COUNTY = 2;
const test_ = (word: string, ...clauses: Clause[]) => ({ word, clauses });
const system = {
  name: 'workforce-one',
  relations: [
    test_('assigned', { test: 'fact-is-caller', fact: ASSIGNED_TO }),
    test_('supervisor', { test: 'fact-is-supervised', fact: ASSIGNED_TO }),
    test_(
      'data-specialist',
      { test: 'workgroup', workgroups: ['data-specialist'] },
      { test: 'fact-in-scope', fact: AGENCY, scope: 'agency' },
    ),
    test_('empty'),
  ],
  conditions: [
    test_('in-scope', { test: 'fact-in-scope', fact: AGENCY, scope: 'agency' }, { test: 'fact-in-scope', fact: COUNTY, scope: 'counties' }),
    test_('private-privilege', { test: 'privilege', privilege: 'private-records' }),
    test_('is-dane', { test: 'fact-has', fact: COUNTY, words: ['dane'] }),
  ],
} as unknown as CaseSystem;

const membership = (changes: Partial<Membership>): Membership => ({
  id: 'm1',
  account: 'alice',
  system: 'workforce-one',
  environment: 'production',
  workgroup: 'employment-counselor',
  staffId: 'C100',
  scopes: { agency: ['A'], counties: ['ramsey'], offices: [], programs: [], regions: [] },
  privileges: [],
  fromMs: 0,
  toMs: null,
  ...changes,
});
const nobody: Supervision = { supervises: () => false };
const alicesTeam: Supervision = { supervises: (account, staffId) => account === 'alice' && staffId === 'C200' };
const scopes = (agency: readonly string[], counties: readonly string[]) => ({ agency, counties, offices: [], programs: [], regions: [] });

const table: readonly [string, Membership, readonly (readonly string[])[], Supervision, readonly string[], readonly string[]][] = [
  ['WF1-02 the assigned counselor', membership({}), [['C100'], ['A'], ['ramsey']], nobody, ['assigned'], ['in-scope']],
  ['WF1-03 a former assignee', membership({}), [['C101'], ['A'], ['ramsey']], nobody, [], ['in-scope']],
  ['WF1 trap: no assignee and a caller without staff id', membership({ staffId: '' }), [[], ['A'], ['ramsey']], nobody, [], ['in-scope']],
  ['WF1 trap: a blank agency on both sides', membership({ scopes: scopes([], ['ramsey']) }), [['C101'], [], ['ramsey']], nobody, [], []],
  [
    'WF1 trap: every agency still needs an agency',
    membership({ scopes: scopes(['*'], ['*']) }),
    [['C101'], [], ['ramsey']],
    nobody,
    [],
    [],
  ],
  ['WF1-02 the direct supervisor', membership({}), [['C200'], ['B'], ['ramsey']], alicesTeam, ['supervisor'], []],
  ['WF1-03 a supervisor of somebody else', membership({}), [['C300'], ['B'], ['ramsey']], alicesTeam, [], []],
  [
    'WF1-02 the data specialist of the agency',
    membership({ workgroup: 'data-specialist' }),
    [['C300'], ['A'], ['dane']],
    nobody,
    ['data-specialist'],
    ['is-dane'],
  ],
  [
    'WF1-03 a data specialist of another agency',
    membership({ workgroup: 'data-specialist' }),
    [['C300'], ['B'], ['ramsey']],
    nobody,
    [],
    [],
  ],
  [
    'WF1-04 the privilege is a condition of its own',
    membership({ privileges: ['private-records'] }),
    [[], ['B'], ['ramsey']],
    nobody,
    [],
    ['private-privilege'],
  ],
  ['CT-11 another county', membership({}), [[], ['A'], ['dane']], nobody, [], ['is-dane']],
  [
    'CT-11 an account without county restriction',
    membership({ scopes: scopes(['A'], ['*']) }),
    [[], ['A'], ['dane']],
    nobody,
    [],
    ['in-scope', 'is-dane'],
  ],
];

test.each(table)('%s', (_, member, codes, supervision, relations, when) => {
  const key = relate({
    system,
    membership: member,
    facts: { known: true, isPrivate: true, codes },
    applicationClass: 'case-management',
    supervision,
    atMs: 0,
  });
  const words = (tests: readonly { word: string }[], mask: number) =>
    tests.filter((one, bit) => (mask >> bit) & 1 && one.word).map((one) => one.word);
  expect({ ...key, relations: words(system.relations, key.relations), conditions: words(system.conditions, key.conditions) }).toEqual({
    environment: 'production',
    application: 'case-management',
    workgroup: member.workgroup,
    relations,
    isPrivate: true,
    conditions: when,
  });
});
