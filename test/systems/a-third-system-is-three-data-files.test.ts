import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { DriftField } from '../../src/vocabulary/drift';
import { entryOf, headersOf, keyOf, problemHeaders, problemOf, ruleLine, unknownRecord } from '../journeys/expected';
import { wf1Record } from '../support/agency';
import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { copyPolicies } from '../support/policy-copy';

/**
 * Keystead, which docs/adding-a-system.md adds step by step: its folder, beside the shipped ones, and nothing else.
 * What is expected below is written by hand, from the page's words.
 */
const SYSTEM = 'keystead';
const FILES = ['cases.csv', 'policy.csv', 'record.yaml'];
const source = (name: string): string => join(__dirname, 'third-system', name);

type Json = Record<string, unknown>;
const sample = JSON.parse(readFileSync(source('sample-record.json'), 'utf8')) as Json & { file: Json; branch: Json };
const fileOf = (number: string, more: Json = {}): Json => ({ ...sample, file: { ...sample.file, number }, ...more });
const { shielded: _shielded, ...unspoken } = fileOf('KS-40419');
const RECORDS: Readonly<Record<string, Json>> = {
  'KS-40417': fileOf('KS-40417'),
  'KS-40418': fileOf('KS-40418', { shielded: 'no' }),
  'KS-40419': unspoken,
  'KS-40420': fileOf('KS-40420', { branch: { town: 'Saint Paul' } }),
  'KS-40421': fileOf('KS-40421', { shielded: 'No' }),
};

const SECTIONS = ['intake', 'identity', 'reach', 'household', 'whereabouts', 'vouchers', 'diary', 'caretakers'] as const;
type Section = (typeof SECTIONS)[number];

/** The sample as it leaves, for whoever is granted these sections. */
function shownOf(number: string, sections: readonly Section[]): unknown {
  const has = (section: Section): boolean => sections.includes(section);
  const only = (parts: readonly (readonly [boolean, Json])[]): Json =>
    Object.assign({}, ...parts.filter(([is]) => is).map(([, part]) => part)) as Json;
  const member = only([
    [has('household'), { fullName: 'Sam Testcase' }],
    [has('identity'), { born: '2016-05-05', taxpayerNumber: 'XXX-XX-3456' }],
  ]);
  return only([
    [true, { file: { number, opened: '2024-02-11', stage: 'waiting list' } }],
    [
      true,
      {
        applicant: only([
          [true, { fullName: 'Jordan Testcase' }],
          [has('identity'), { born: '1990-07-02', taxpayerNumber: 'XXX-XX-9987' }],
          [has('reach'), { reach: { cell: '612-555-0117', mailbox: 'jordan.testcase@example.org' } }],
        ]),
      },
    ],
    [has('caretakers'), { caretakers: [{ worker: 'K-301', since: '2024-02-12' }], branch: { code: 'EAST', town: 'Saint Paul' } }],
    [
      has('whereabouts'),
      {
        dwellings: [
          {
            street: '12 Example Row',
            town: 'Saint Paul',
            until: null,
            why: 'Left after threats; number XXX-XX-9987 was read out on the stairs.',
          },
        ],
      },
    ],
    [has('household'), { household: { adults: 1, children: 1, members: [member] } }],
    [has('vouchers'), { vouchers: [{ serial: 'V-118', bedrooms: 2, ceiling: 1450, issued: '2024-03-01' }] }],
    [has('diary'), { diary: [{ on: '2024-02-12', by: 'K-301', entry: 'Intake. Card XXX-XX-9987 seen; Sam is XXX-XX-3456.' }] }],
  ]);
}

const NAVIGATOR = 'housing-navigator';
const LEAD = 'navigator-lead';
const DESK = 'front-desk';
const row = (words: string): string => `p, group:${words}, read, allow`;
const OF_BRANCH = {
  [NAVIGATOR]: row(`${NAVIGATOR}, *, *, same-branch, intake`),
  [LEAD]: row(`${LEAD}, *, *, same-branch, intake`),
  [DESK]: row(`${DESK}, *, open, same-branch, intake`),
};

interface Seen {
  readonly view: 'full' | 'partial' | 'basic';
  /** Beyond intake, and the row that shows each. */
  readonly more: Readonly<Partial<Record<Section, string>>>;
  readonly why: (section: Section) => string;
}
const whole = (words: string): Seen => ({
  view: 'full',
  more: Object.fromEntries(SECTIONS.slice(1).map((section) => [section, row(words)])),
  why: () => '',
});
const some = (more: Seen['more']): Seen => ({ view: 'partial', more, why: () => 'not-granted' });
const least = (why: Seen['why'] | string): Seen => ({ view: 'basic', more: {}, why: typeof why === 'string' ? () => why : why });

const CARES = whole(`${NAVIGATOR}, caretaker, *, always, *`);
const HELPS = some({
  household: row(`${NAVIGATOR}, *, open, same-branch, household`),
  vouchers: row(`${NAVIGATOR}, *, open, same-branch, vouchers`),
});
const HELD_BACK = least((section) => (section === 'household' || section === 'vouchers' ? 'private-record' : 'not-granted'));
const CALLS_BACK = some({ reach: row(`${DESK}, *, open, same-branch, reach`) });

type Row = readonly [
  what: string,
  who: string,
  number: string,
  group: keyof typeof OF_BRANCH,
  relations: readonly string[],
  when: readonly string[],
  Seen,
];
const IN = ['same-branch'];
const TABLE: readonly Row[] = [
  ['the caretaker of a shielded file', 'robin', 'KS-40417', NAVIGATOR, ['caretaker'], IN, CARES],
  ['the caretaker of an open file', 'robin', 'KS-40418', NAVIGATOR, ['caretaker'], IN, CARES],
  ['a colleague and a shielded file', 'alex', 'KS-40417', NAVIGATOR, [], IN, HELD_BACK],
  ['a colleague and an open file', 'alex', 'KS-40418', NAVIGATOR, [], IN, HELPS],
  ['a file that does not say whether it is shielded is', 'alex', 'KS-40419', NAVIGATOR, [], IN, HELD_BACK],
  ['a word that nobody declared means shielded', 'alex', 'KS-40421', NAVIGATOR, [], IN, HELD_BACK],
  [
    "the caretaker's lead with the clearance",
    'kim',
    'KS-40417',
    LEAD,
    ['leads-caretaker'],
    ['same-branch', 'shield-clearance'],
    whole(`${LEAD}, leads-caretaker, private, shield-clearance, *`),
  ],
  ["the caretaker's lead without it", 'noor', 'KS-40417', LEAD, ['leads-caretaker'], IN, least('no-private-privilege')],
  ['that lead and an open file', 'noor', 'KS-40418', LEAD, ['leads-caretaker'], IN, whole(`${LEAD}, leads-caretaker, open, always, *`)],
  ['the front desk and an open file', 'pat', 'KS-40418', DESK, [], IN, CALLS_BACK],
];

describe.each(STORES)('on %s', (store) => {
  const policies = copyPolicies();
  let gateway: TestGateway;
  beforeAll(async () => {
    mkdirSync(join(policies.folder, SYSTEM));
    for (const name of FILES) cpSync(source(name), join(policies.folder, SYSTEM, name));
    gateway = await startTestGateway({
      store,
      records: { ...RECORDS, P1: wf1Record('P1', { '/privacy/indicator': true }) },
      policies: policies.folder,
      systems: ['workforce-one', 'trackone', SYSTEM],
      config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
    });
    const files = readdirSync(source('directory')).map((name) => ({
      name,
      content: readFileSync(source(`directory/${name}`), 'utf8').replaceAll('https://login.agency.example', gateway.issuer.issuer),
    }));
    const imported = await gateway.admin('POST', '/api/v1/directory/imports', 'administrator', JSON.stringify({ files, dryRun: false }));
    expect([imported.status, imported.json]).toMatchObject([200, { outcome: 'applied', totals: { added: 18 } }]);
    expect((await gateway.importRows(othersOf(gateway.issuer.issuer))).status).toBe(200);
  });
  afterAll(async () => {
    await gateway?.stop();
    policies.remove();
  });

  const read = async (as: string, number: string, path = `/files/${number}`): Promise<Reply> =>
    gateway.send('GET', `${gateway.dataUrl}/${SYSTEM}${path}`, {
      headers: { authorization: `Bearer ${await gateway.token(as, { client_id: 'housing-desk' })}` },
    });
  const entryFor = (reply: Reply, as: string, told: Omit<Parameters<typeof entryOf>[3], 'system' | 'route'>): unknown =>
    entryOf(
      gateway,
      reply,
      { account: as, person: as, organization: 'housing-office', application: 'housing-desk' },
      { system: SYSTEM, route: 'read-file', ...told },
    );
  const line = (text: string): number => ruleLine(text, policies.folder, SYSTEM);
  const isPrivate = (number: string): boolean => RECORDS[number]?.['shielded'] !== 'no';

  test.each(TABLE)('%s: %s reads %s', async (_what, as, number, group, relations, when, seen) => {
    const reply = await read(as, number);
    const shown: readonly Section[] = SECTIONS.filter((section) => section === 'intake' || seen.more[section] !== undefined);
    const left = SECTIONS.filter((section) => !shown.includes(section));
    expect([reply.status, reply.json]).toEqual([200, shownOf(number, shown)]);
    expect(headersOf(reply)).toEqual({
      view: seen.view,
      withheld: left.length === 0 ? undefined : left.map((section) => `${section}=not-granted`).join(', '),
      cache: 'no-store',
      type: 'application/json; charset=utf-8',
      isNamed: true,
    });
    const withheld = Object.fromEntries(left.map((section) => [section, seen.why(section)]));
    expect(await gateway.entryOf(reply)).toEqual(
      entryFor(reply, as, {
        record: {
          id: number,
          disclosure: seen.view,
          disclosed: {
            intake: line(OF_BRANCH[group]),
            ...Object.fromEntries(Object.entries(seen.more).map(([section, text]) => [section, line(text)])),
          },
          withheld,
          keys: [keyOf(group, relations, isPrivate(number) ? 'private' : 'open', when)],
          unclassifiedFields: 2,
        },
        outcome: { status: 200, code: 'ok', reasons: seen.view === 'full' ? ['granted'] : [...new Set(Object.values(withheld))] },
      }),
    );
  });

  const nothing = (why: (section: Section) => string) => Object.fromEntries(SECTIONS.map((section) => [section, why(section)]));
  const HIDDEN: readonly (readonly [what: string, as: string, number: string, reason: string, record: object])[] = [
    [
      'the front desk and a shielded file',
      'pat',
      'KS-40417',
      'private-record',
      {
        withheld: nothing((section) => (section === 'intake' || section === 'reach' ? 'private-record' : 'not-granted')),
        keys: [keyOf(DESK, [], 'private', IN)],
      },
    ],
    [
      'a navigator of another branch and an open file',
      'lee',
      'KS-40418',
      'out-of-scope',
      {
        withheld: nothing((section) => (['intake', 'household', 'vouchers'].includes(section) ? 'out-of-scope' : 'not-granted')),
        keys: [keyOf(NAVIGATOR, [], 'open', [])],
      },
    ],
    ['the caretaker of a file without its branch', 'robin', 'KS-40420', 'facts-missing', { withheld: {}, keys: [] }],
  ];

  test.each(HIDDEN)('%s: %s is told of %s what is told of a file that does not exist', async (_what, as, number, reason, record) => {
    const [hidden, unknown] = [await read(as, number), await read(as, 'KS-99999')];
    const said = ({ status, headers, text, accessId }: Reply) => {
      const { date: _date, 'casegate-access-id': _id, ...rest } = headers;
      return { status, rest, text: text.replace(accessId, '') };
    };
    expect(said(hidden)).toEqual(said(unknown));
    expect([hidden.json, headersOf(hidden)]).toEqual([problemOf('record-hidden', hidden), problemHeaders]);
    expect(await gateway.entryOf(hidden)).toEqual(
      entryFor(hidden, as, {
        record: { id: number, disclosure: 'none', disclosed: {}, unclassifiedFields: 0, ...record } as never,
        outcome: { status: 404, code: 'record-hidden', reasons: [reason] },
      }),
    );
    expect(await gateway.entryOf(unknown)).toEqual(
      entryFor(unknown, as, { record: unknownRecord, outcome: notThere, upstream: 'not-found' }),
    );
  });
  const notThere = { status: 404, code: 'record-hidden', reasons: ['record-unknown'] };

  test('a number of another form is unknown too, and the system is not asked', async () => {
    const sent = gateway.upstream.requests.length;
    const reply = await read('robin', 'P1');
    expect([reply.json, headersOf(reply)]).toEqual([problemOf('record-hidden', reply), problemHeaders]);
    expect(await gateway.entryOf(reply)).toEqual(entryFor(reply, 'robin', { record: unknownRecord, outcome: notThere, upstream: null }));
    expect(gateway.upstream.requests.length).toBe(sent);
  });

  test('nobody of the other systems has anything to do with it, and the other systems go on', async () => {
    const reply = await gateway.get(`/${SYSTEM}/files/KS-40418`, 'counselor');
    expect([reply.status, (reply.json as { code: string }).code]).toEqual([403, 'no-membership']);
    const other = await gateway.get('/workforce-one/records/P1', 'counselor');
    expect([other.status, other.headers['casegate-view']]).toEqual([200, 'full']);
  });

  test('what was forgotten stands in the drift list, hidden files counted; its line brings the field', async () => {
    const drift = async (): Promise<readonly DriftField[]> => {
      const reply = await gateway.admin('GET', `/api/v1/policy/drift?system=${SYSTEM}`, 'kim');
      expect(reply.status).toBe(200);
      return (reply.json as { fields: readonly DriftField[] }).fields;
    };
    const times = TABLE.length + HIDDEN.length;
    const [pronouns, sync] = await drift();
    expect([pronouns, sync]).toMatchObject([
      { place: '/applicant/pronouns', holds: 'value', problem: 'unclassified', count: times, lines: ['/applicant/pronouns: text'] },
      { place: '/sync', holds: 'object', problem: 'unclassified', count: times, lines: ['/sync/node: text', '/sync/run: text'] },
    ]);
    const text = policies.read(SYSTEM, 'record.yaml');
    const after = '    /applicant/fullName: plain\n';
    policies.save(SYSTEM, 'record.yaml', text.replace(after, `${after}    ${pronouns?.lines[0] ?? ''}\n`));
    let reply = await read('alex', 'KS-40417');
    while (!reply.text.includes('they/them')) reply = await read('alex', 'KS-40417');
    expect(reply.json).toEqual({
      file: { number: 'KS-40417', opened: '2024-02-11', stage: 'waiting list' },
      applicant: { fullName: 'Jordan Testcase', pronouns: 'they/them' },
    });
    expect((await drift()).map((field) => field.place)).toEqual(['/sync']);
  });

  test('the folder holds three data files, and the log is whole', async () => {
    expect(readdirSync(join(policies.folder, SYSTEM)).sort()).toEqual(FILES);
    expect(await gateway.isWhole()).toBe(true);
  });
});

test('no line of the program knows a word of it', () => {
  const form = parse(readFileSync(source('record.yaml'), 'utf8')) as Record<
    'facts' | 'relations' | 'conditions' | 'fields',
    Record<string, object>
  >;
  const words = [
    SYSTEM,
    'Keystead',
    ...Object.keys(OF_BRANCH),
    ...['relations', 'conditions'].flatMap((kind) => Object.keys(form[kind as 'relations'])),
    ...Object.values(form.fields).flatMap((places) => Object.keys(places)),
    ...['taxpayerNumber', 'dwellings', 'vouchers', 'caretakers', 'shielded', 'KS-', '/files/{record}'],
  ];
  expect(words.length).toBeGreaterThan(35);
  const root = join(__dirname, '..', '..');
  const tracked = execFileSync('git', ['ls-files', 'src', 'migrations', 'bin', 'scripts'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(tracked.length).toBeGreaterThan(250);
  const known = tracked.flatMap((name) => {
    const text = readFileSync(join(root, name), 'utf8');
    return words.filter((word) => text.includes(word)).map((word) => `${name}: ${word}`);
  });
  expect(known).toEqual([]);
});

const FROM = '2024-01-01';

/** Whom the page leaves out: a navigator of another branch, and a lead without the clearance. */
const othersOf = (issuer: string): Readonly<Record<string, readonly object[]>> => {
  const ids = ['lee', 'noor'];
  const membership = (id: string, words: object) => ({
    id: `m-${id}`,
    account: id,
    system: SYSTEM,
    environment: 'production',
    from: FROM,
    ...words,
  });
  return {
    accounts: ids.map((id) => ({
      id,
      kind: 'person',
      person: id,
      issuer,
      subject: id,
      environment: 'production',
      organization: 'housing-office',
    })),
    standings: ids.map((id) => ({ of: 'account', id, standing: 'active', from: FROM })),
    memberships: [
      membership('lee', { workgroup: NAVIGATOR, staff_id: 'K-501', offices: ['WEST'] }),
      membership('noor', { workgroup: LEAD, staff_id: 'K-201', offices: ['EAST'] }),
    ],
    supervision: [{ supervisor: 'noor', supervisee: 'robin', from: FROM }],
  };
};
