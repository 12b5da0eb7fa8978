import { Ajv2020 } from 'ajv/dist/2020';
import { recordJsonSchema } from '../../src/decide/record-schema';
import { checkSmall } from './support/asking';
import { RECORD } from './support/policy-files';
import { parse } from 'yaml';

const HOLIDAYS = 'date, name\n2025-12-25, Christmas Day\nend\n';
const COUNTING = RECORD.replace('{ fact: agency, in: agency }', '{ fact: agency, within-business-days: 3, exceptions: staff }');
const PATCH = `  change:
    method: PATCH
    path: /records/{record}
    action: update
    record: read-record
    sections: [contact, notes]
    patch: merge-patch
    concurrency: if-match
    maxBodyBytes: 4096
`;
const PUT = PATCH.replace('change:', 'replace:').replace('PATCH', 'PUT').replace('    patch: merge-patch\n', '');
const POST = `  add-note:
    method: POST
    path: /records/{record}/notes
    action: create
    record: read-record
    sections: [notes]
    into: /notes
    concurrency: none
    maxBodyBytes: 4096
`;
const DELETE = `  remove:
    method: DELETE
    path: /records/{record}
    action: delete
    record: read-record
    sections: all
    concurrency: if-match
    maxBodyBytes: 64
`;
const withRoutes = (...routes: readonly string[]): string => RECORD.replace('...\n', `${routes.join('')}...\n`);

test('every form of write is compiled; the route that reads is tagged, the examples speak of all sections', async () => {
  const record = withRoutes(PATCH, PUT.replace('if-match', '{ versionField: /version }'), POST, DELETE.replace('if-match', 'none'));
  const { system, findings } = await checkSmall({ record });
  expect(findings).toEqual([]);
  expect(
    system?.routes.map(({ name, method, action, isTagged, write, mediaTypes }) => [name, method, action, isTagged, write, mediaTypes]),
  ).toEqual([
    ['read-record', 'GET', 'read', true, undefined, ['application/json']],
    ...(
      [
        ['change', 'PATCH', 'update', 'change', 'merge-patch', 'if-match', null, null, true, 4096],
        ['replace', 'PUT', 'update', 'whole', 'whole', 'version-field', ['version'], null, true, 4096],
        ['add-note', 'POST', 'create', 'element', 'element', 'none', null, ['notes'], false, 4096],
        ['remove', 'DELETE', 'delete', 'nothing', 'nothing', 'none', null, null, true, 64],
      ] as const
    ).map(([name, method, action, takes, sends, concurrency, versionPlace, into, needsIfMatch, maxBodyBytes]) => [
      ...[name, method, action, undefined],
      { reads: 0, takes, sends, concurrency, versionPlace, into, needsIfMatch, dates: [], maxBodyBytes },
      ['application/json'],
    ]),
  ]);
});

test('the schema for editors says the same', () => {
  const validate = new Ajv2020({ strict: false }).compile(recordJsonSchema() as object);
  const isValid = (record: string): boolean => validate(parse(record.replace('...\n', '')));
  expect(
    [
      withRoutes(PATCH, PUT, POST, DELETE),
      withRoutes(PATCH.replace('merge-patch', 'xml')),
      withRoutes(POST.replace('    into: /notes\n', '')),
    ].map(isValid),
  ).toEqual([true, false, false]);
});

test.each<[string, string, object, string?]>([
  [
    'a route that nobody has',
    PATCH.replace('record: read-record', 'record: read-recrod'),
    { rule: 'unknown-word', word: 'read-recrod', nearest: 'read-record' },
    'record: read-recrod',
  ],
  [
    'one that writes itself',
    PATCH + POST.replace('record: read-record', 'record: change'),
    { rule: 'unknown-word', word: 'change' },
    'record: change',
  ],
  [
    'a replacement where nothing keeps writers apart',
    PUT.replace('if-match', 'none'),
    { rule: 'route', word: 'none' },
    'concurrency: none',
  ],
  [
    'a deletion with a version',
    DELETE.replace('if-match', '{ versionField: /version }'),
    { rule: 'route', word: 'versionField' },
    'concurrency:',
  ],
  ['a version in a list', PATCH.replace('if-match', "{ versionField: '/versions/*' }"), { rule: 'route', word: '*' }, 'concurrency:'],
  ['a list without fields', POST.replace('into: /notes', 'into: /remarks'), { rule: 'route', word: '/remarks' }, 'into:'],
  [
    'a section that is none',
    PATCH.replace('[contact, notes]', '[contact, note]'),
    { rule: 'unknown-word', word: 'note', nearest: 'notes' },
    'sections: [contact',
  ],
  ['a fact that is no date', PATCH.replace('    patch:', '    dates: [staff]\n    patch:'), { rule: 'route', word: 'staff' }, 'dates:'],
  [
    'a fact that nobody has',
    PATCH.replace('    patch:', '    dates: [date]\n    patch:'),
    { rule: 'unknown-word', word: 'date' },
    'dates:',
  ],
  ['an action that is no writing', PATCH.replace('action: update', 'action: read'), { rule: 'form', word: 'read' }, 'action: read'],
  ['another patch', PATCH.replace('merge-patch', 'diff'), { rule: 'form', word: 'diff' }, 'patch: diff'],
  ['a list for a patch', PATCH.replace('    patch:', '    into: /notes\n    patch:'), { rule: 'form', word: 'into' }, 'into:'],
  ['a method of another kind', PATCH.replace('method: PATCH', 'method: LOCK'), { rule: 'form', word: 'LOCK' }, 'method: LOCK'],
  [
    'two of one method on one address',
    PATCH + PATCH.replace('change:', 'change-again:'),
    { rule: 'route', word: 'change-again' },
    undefined,
  ],
])('%s is refused with its place', async (_what, routes, expected, place) => {
  const record = withRoutes(routes);
  const { findings } = await checkSmall({ record });
  expect(findings[0]).toMatchObject({ file: 'small/record.yaml', ...expected });
  expect(findings).toHaveLength(1);
  if (place !== undefined) expect(record.split('\n')[(findings[0]?.line ?? 0) - 1]).toContain(place);
});

describe('exceptions.csv', () => {
  const FILE = 'kind, where, from, restored, people, document\noutage, *, 2026-02-02, 2026-02-05, -, ticket 7\nend\n';
  const check = (exceptions: string) => checkSmall({ record: COUNTING, holidays: HOLIDAYS, exceptions });

  test('TO-03 is compiled into the system, and makes another version of it', async () => {
    const one = await check(FILE);
    const more = 'maintenance, S1, 2026-03-02, open, -, notice\nmass-dislocation, S2, 2026-03-02, 2026-03-02, 50, letter\nend';
    const two = await check(FILE.replace('end', more));
    expect([one.findings, one.system?.exceptions]).toEqual([[], [{ where: '*', from: '2026-02-02', restored: '2026-02-05' }]]);
    expect([two.findings, two.system?.exceptions?.slice(1)]).toEqual([
      [],
      [
        { where: 'S1', from: '2026-03-02', restored: null },
        { where: 'S2', from: '2026-03-02', restored: '2026-03-02' },
      ],
    ]);
    expect(one.system?.version).not.toBe(two.system?.version);
  });

  test.each([
    ['another kind', 'outage', 'snow', { rule: 'unknown-word', line: 2, column: 1, word: 'snow' }],
    ['a day of no calendar', '2026-02-02', '2026-01-32', { rule: 'form', line: 2, column: 12, word: '2026-01-32' }],
    ['restored before it began', '2026-02-05', '2026-02-01', { rule: 'form', line: 2, column: 24, word: '2026-02-01' }],
    ['people of an outage', '-, ticket', '60, ticket', { rule: 'form', line: 2, word: '60' }],
    [
      'a mass dislocation of fewer than fifty',
      'outage, *, 2026-02-02, 2026-02-05, -',
      'mass-dislocation, *, 2026-02-02, 2026-02-05, 49',
      { rule: 'form', word: '49' },
    ],
    ['no document', ' ticket 7', '', { rule: 'C01', line: 2 }],
    ['a cell too few', ', ticket 7', '', { rule: 'C03', line: 2 }],
    ['no closing row', 'end\n', '', { rule: 'C06' }],
  ])('TO-03 %s is refused', async (_what, from, to, expected) => {
    const { findings } = await check(FILE.replace(from, to));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ file: 'small/exceptions.csv', ...expected });
  });
});
