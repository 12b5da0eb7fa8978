import { PEOPLE, RECORDS, wf1Record } from '../support/agency';
import { startTestGateway, STORES, type TestGateway } from '../support/gateway';
import {
  allBut,
  bodyOf,
  entryOf,
  expectRefusal,
  headersOf,
  keyOf,
  ruleLine,
  SECTIONS,
  withheldHeader,
  type Section,
  type WhoWords,
} from './expected';

const PRIVATE = { '/privacy/indicator': true };
const OPEN = { '/privacy/indicator': false };

/** What each record has that the sample has not; RECORDS of the agency, and those of the traps. */
const PLACES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  P0: OPEN,
  P1: PRIVATE,
  P2: { ...PRIVATE, '/assignment/staffId': '' },
  P3: { ...OPEN, '/assignment/agency': 'AG-SOUTH', '/assignment/county': '19', '/assignment/staffId': 'S2001' },
  P4: { ...OPEN, '/assignment/agency': '', '/assignment/county': '62', '/assignment/staffId': null },
  P5: { ...PRIVATE, '/assignment/staffId': 'S1005' },
  'P2-null': { ...PRIVATE, '/assignment/staffId': null },
  'P6-referred': { ...PRIVATE, '/referrals/0/staffId': 'S1400' },
  'P7-referred': { ...OPEN, '/referrals/0/staffId': 'S1400' },
  'P8-referred': { ...PRIVATE, '/referrals/0/staffId': 'S1002' },
  'P9-agencyless': { ...PRIVATE, '/assignment/agency': '' },
  'P10-south': { ...PRIVATE, '/assignment/agency': 'AG-SOUTH', '/assignment/county': '19', '/assignment/staffId': 'S2001' },
};
const records = Object.fromEntries(Object.entries(PLACES).map(([id, places]) => [id, RECORDS[id] ?? wf1Record(id, places)]));

const FROM = '2024-01-01';
const person = (id: string) => ({
  id,
  kind: 'person',
  person: `person-${id}`,
  subject: id,
  environment: 'production',
  organization: 'north',
});
const membership = (id: string, account: string, words: object) => ({
  id,
  account,
  system: 'workforce-one',
  environment: 'production',
  from: FROM,
  ...words,
});
const standing = (id: string) => ({ of: 'account', id, standing: 'active', from: FROM });

/** People whose second membership, or whose blank, must lend them nothing. */
const more = (issuer: string) => ({
  accounts: ['two-hats', 'agencyless-specialist', 'unnamed-supervisor'].map((id) => ({ ...person(id), issuer })),
  standings: ['two-hats', 'agencyless-specialist', 'unnamed-supervisor'].map(standing),
  memberships: [
    membership('m-hat-1', 'two-hats', {
      workgroup: 'employment-counselor',
      staff_id: 'S1601',
      agency: 'AG-NORTH',
      counties: ['62'],
    }),
    membership('m-hat-2', 'two-hats', {
      workgroup: 'data-specialist',
      staff_id: 'S1602',
      agency: 'AG-SOUTH',
      counties: ['*'],
      privileges: ['private-records'],
    }),
    membership('m-agencyless-specialist', 'agencyless-specialist', {
      workgroup: 'data-specialist',
      counties: ['*'],
      privileges: ['private-records'],
    }),
    membership('m-unnamed-supervisor', 'unnamed-supervisor', {
      workgroup: 'supervisor',
      agency: 'AG-NORTH',
      counties: ['*'],
      privileges: ['private-records'],
    }),
  ],
  supervision: [{ supervisor: 'unnamed-supervisor', supervisee: 'no-staff-id', from: FROM }],
});

const COUNSELOR = 'employment-counselor';
const SUPERVISOR = 'supervisor';
const SPECIALIST = 'data-specialist';
const MONITOR = 'monitor';
const REFERRED = 'referred-service-worker';

interface Outcome {
  readonly view: 'full' | 'partial' | 'basic';
  /** Sections beyond basic, and the words of the row that shows each. */
  readonly shown: readonly Section[];
  readonly row: (section: Section) => string;
  readonly why: (section: Section) => string;
}

const basicRow = (workgroup: string) => `p, group:${workgroup}, *, *, always, basic, read, allow`;
const full = (row: string): Outcome => ({ view: 'full', shown: allBut('basic'), row: () => row, why: () => '' });
const basic = (why: string, ofPrivacy = why): Outcome => ({
  view: 'basic',
  shown: [],
  row: () => '',
  why: (section) => (section === 'privacy' ? ofPrivacy : why),
});
const inScope = (workgroup: string): Outcome => ({
  view: 'partial',
  shown: allBut('basic', 'privacy'),
  row: (section) => `p, group:${workgroup}, *, open, in-scope, ${section}, read, allow`,
  why: () => 'not-granted',
});

const ASSIGNED = full('p, group:employment-counselor, assigned, *, always, *, read, allow');
const SUPERVISES = full('p, group:supervisor, supervisor, private, private-privilege, *, read, allow');
const SUPERVISES_OPEN = full('p, group:supervisor, supervisor, open, always, *, read, allow');
const KEEPS = full('p, group:data-specialist, data-specialist, private, private-privilege, *, read, allow');
const KEEPS_OPEN = full('p, group:data-specialist, data-specialist, open, always, *, read, allow');
const WATCHES: Outcome = {
  view: 'partial',
  shown: ['privacy'],
  row: () => 'p, group:monitor, monitor, *, always, privacy, read, allow',
  why: () => 'private-record',
};
const WATCHES_OPEN: Outcome = {
  ...full(''),
  row: (section) =>
    section === 'privacy'
      ? 'p, group:monitor, monitor, *, always, privacy, read, allow'
      : `p, group:monitor, *, open, in-scope, ${section}, read, allow`,
};
const HELD_BACK = basic('private-record', 'not-granted');
const NO_PRIVILEGE = basic('no-private-privilege');
const FAR = basic('not-granted');
const OUT = basic('out-of-scope', 'not-granted');

type Row = readonly [
  rule: string,
  person: string,
  record: string,
  workgroup: string,
  relations: readonly string[],
  when: readonly string[],
  Outcome,
];

/** Who sees what of which record, and which words of the key and of the policy make it so. */
const TABLE: readonly Row[] = [
  ['WF1-02 the assigned counselor of a private record', 'counselor', 'P1', COUNSELOR, ['assigned'], ['in-scope'], ASSIGNED],
  ['WF1-02, WF1-04 their direct supervisor', 'supervisor', 'P1', SUPERVISOR, ['supervisor'], ['in-scope', 'private-privilege'], SUPERVISES],
  [
    'WF1-02, WF1-04 the data specialist of the agency',
    'data-specialist',
    'P1',
    SPECIALIST,
    ['data-specialist'],
    ['in-scope', 'private-privilege'],
    KEEPS,
  ],
  ['WF1-05, R02 another counselor', 'other-counselor', 'P1', COUNSELOR, [], ['in-scope'], HELD_BACK],
  ['WF1-05 a counselor elsewhere', 'south-counselor', 'P1', COUNSELOR, [], [], FAR],
  ['WF1-03, R04 a supervisor of somebody else', 'other-supervisor', 'P1', SUPERVISOR, [], ['in-scope', 'private-privilege'], HELD_BACK],
  [
    'WF1-04 the direct supervisor without the privilege',
    'supervisor-without-privilege',
    'P1',
    SUPERVISOR,
    ['supervisor'],
    ['in-scope'],
    NO_PRIVILEGE,
  ],
  [
    'WF1-04 the data specialist without the privilege',
    'data-specialist-without-privilege',
    'P1',
    SPECIALIST,
    ['data-specialist'],
    ['in-scope'],
    NO_PRIVILEGE,
  ],
  ['WF1-03, R05 a data specialist of another agency', 'south-data-specialist', 'P1', SPECIALIST, [], ['private-privilege'], FAR],
  ['WF1-03 a former assignee', 'former-counselor', 'P1', COUNSELOR, [], ['in-scope'], HELD_BACK],
  ['WF1-12 a monitor: the privacy settings and no details', 'monitor', 'P1', MONITOR, ['monitor'], ['in-scope'], WATCHES],
  ['WF1-05 a counselor without a staff id', 'no-staff-id', 'P1', COUNSELOR, [], ['in-scope'], HELD_BACK],
  ['WF1-05 a service with a membership of its own', 'assistant-service', 'P1', REFERRED, [], ['in-scope'], HELD_BACK],
  ['R15 no assignee and a caller without a staff id', 'no-staff-id', 'P2', COUNSELOR, [], ['in-scope'], HELD_BACK],
  ['R15 no assignee (null) and a caller without a staff id', 'no-staff-id', 'P2-null', COUNSELOR, [], ['in-scope'], HELD_BACK],
  [
    'R15 no assignee and the supervisor of somebody without a staff id',
    'unnamed-supervisor',
    'P2',
    SUPERVISOR,
    [],
    ['in-scope', 'private-privilege'],
    HELD_BACK,
  ],
  ['WF1-02 no assignee: the last counselor is nobody', 'counselor', 'P2', COUNSELOR, [], ['in-scope'], HELD_BACK],
  [
    'WF1-02 no assignee: the data specialist of the agency',
    'data-specialist',
    'P2',
    SPECIALIST,
    ['data-specialist'],
    ['in-scope', 'private-privilege'],
    KEEPS,
  ],
  ['a blank agency and a data specialist of none', 'agencyless-specialist', 'P9-agencyless', SPECIALIST, [], ['private-privilege'], FAR],
  [
    'a blank agency and a data specialist of the counselor`s',
    'data-specialist',
    'P9-agencyless',
    SPECIALIST,
    [],
    ['private-privilege'],
    FAR,
  ],
  ['a blank agency and a monitor of all agencies', 'monitor', 'P9-agencyless', MONITOR, [], [], FAR],
  ['a blank agency: assigned is assigned', 'counselor', 'P9-agencyless', COUNSELOR, ['assigned'], [], ASSIGNED],
  ['WF1-03, R07 a worker to whom the participant was referred', 'referred-worker', 'P6-referred', REFERRED, ['referred'], [], FAR],
  [
    'WF1-03, R07 a counselor to whom the participant was referred',
    'other-counselor',
    'P8-referred',
    COUNSELOR,
    ['referred'],
    ['in-scope'],
    HELD_BACK,
  ],
  ['WF1-13 an open record and the worker of a referral elsewhere', 'referred-worker', 'P7-referred', REFERRED, ['referred'], [], OUT],
  ["WF1-09, R06 a departed counselor's colleague", 'counselor', 'P5', COUNSELOR, [], ['in-scope'], HELD_BACK],
  ['WF1-09, R06 another colleague', 'other-counselor', 'P5', COUNSELOR, [], ['in-scope'], HELD_BACK],
  [
    "WF1-09, R06, R17 a departed counselor's supervisor",
    'supervisor',
    'P5',
    SUPERVISOR,
    ['supervisor'],
    ['in-scope', 'private-privilege'],
    SUPERVISES,
  ],
  ['WF1-09, R06 a supervisor of somebody else', 'other-supervisor', 'P5', SUPERVISOR, [], ['in-scope', 'private-privilege'], HELD_BACK],
  [
    'WF1-09, R06, R17 the data specialist while the counselor is gone',
    'data-specialist',
    'P5',
    SPECIALIST,
    ['data-specialist'],
    ['in-scope', 'private-privilege'],
    KEEPS,
  ],
  ['WF1-02 a private record of the South: its counselor', 'south-counselor', 'P10-south', COUNSELOR, ['assigned'], ['in-scope'], ASSIGNED],
  [
    "WF1-03 a private record of the South: the North's specialist",
    'data-specialist',
    'P10-south',
    SPECIALIST,
    [],
    ['private-privilege'],
    FAR,
  ],
  ['WF1-12, WF1-13 the assigned counselor of an open record', 'counselor', 'P0', COUNSELOR, ['assigned'], ['in-scope'], ASSIGNED],
  [
    'WF1-12 their direct supervisor, open',
    'supervisor',
    'P0',
    SUPERVISOR,
    ['supervisor'],
    ['in-scope', 'private-privilege'],
    SUPERVISES_OPEN,
  ],
  [
    'WF1-04 the privilege is for private records alone',
    'supervisor-without-privilege',
    'P0',
    SUPERVISOR,
    ['supervisor'],
    ['in-scope'],
    SUPERVISES_OPEN,
  ],
  [
    'WF1-12 the data specialist, open',
    'data-specialist-without-privilege',
    'P0',
    SPECIALIST,
    ['data-specialist'],
    ['in-scope'],
    KEEPS_OPEN,
  ],
  ['WF1-12 a monitor, open', 'monitor', 'P0', MONITOR, ['monitor'], ['in-scope'], WATCHES_OPEN],
  ['WF1-13 a colleague in scope, open', 'other-counselor', 'P0', COUNSELOR, [], ['in-scope'], inScope(COUNSELOR)],
  ['WF1-13 a supervisor in scope, open', 'other-supervisor', 'P0', SUPERVISOR, [], ['in-scope', 'private-privilege'], inScope(SUPERVISOR)],
  ['WF1-13, CT-11 a counselor of another agency and county', 'south-counselor', 'P0', COUNSELOR, [], [], OUT],
  ['WF1-13, CT-11 a counselor restricted to another county', 'other-counselor', 'P3', COUNSELOR, [], [], OUT],
  ['WF1-13 a service worker in scope, open', 'assistant-service', 'P0', REFERRED, [], ['in-scope'], inScope(REFERRED)],
  [
    "WF1-13 the South's counselor and the open record assigned to them",
    'south-counselor',
    'P3',
    COUNSELOR,
    ['assigned'],
    ['in-scope'],
    ASSIGNED,
  ],
  ["a blank agency, open: in nobody's scope", 'other-counselor', 'P4', COUNSELOR, [], [], OUT],
  ['a blank agency, open: not in the scope of all agencies either', 'monitor', 'P4', MONITOR, [], [], OUT],
];

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      store,
      records,
      directory: undefined,
      config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
    });
    expect((await gateway.importRows(more(gateway.issuer.issuer))).status).toBe(200);
  });
  afterAll(() => gateway?.stop());

  const isPrivate = (record: string) => PLACES[record]?.['/privacy/indicator'] === true;
  const read = (as: string, record: string) =>
    gateway
      .token(as, as === 'assistant-service' ? { client_id: as } : {})
      .then((token) =>
        gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/${record}`, { headers: { authorization: `Bearer ${token}` } }),
      );

  test.each(TABLE)('%s: %s reads %s', async (_rule, as, record, workgroup, relations, when, outcome) => {
    const sent = gateway.upstream.requests.length;
    const reply = await read(as, record);
    const shown: readonly Section[] = ['basic', ...outcome.shown];
    expect([reply.status, headersOf(reply)]).toEqual([
      200,
      { view: outcome.view, withheld: withheldHeader(shown), cache: 'no-store', type: 'application/json; charset=utf-8', isNamed: true },
    ]);
    expect(reply.json).toEqual(bodyOf(record, shown, PLACES[record]));

    const left = SECTIONS.filter((name) => !shown.includes(name));
    const withheld = Object.fromEntries(left.map((name) => [name, outcome.why(name)]));
    const application = as === 'assistant-service' ? 'assistant-service' : 'portal';
    expect(await gateway.entryOf(reply)).toEqual(
      entryOf(
        gateway,
        reply,
        { account: as, application },
        {
          record: {
            id: record,
            disclosure: outcome.view,
            disclosed: {
              basic: ruleLine(basicRow(workgroup)),
              ...Object.fromEntries(outcome.shown.map((name) => [name, ruleLine(outcome.row(name))])),
            },
            withheld,
            keys: [keyOf(workgroup, relations, isPrivate(record) ? 'private' : 'open', when)],
            unclassifiedFields: 3,
          },
          outcome: { status: 200, code: 'ok', reasons: outcome.view === 'full' ? ['granted'] : [...new Set(Object.values(withheld))] },
        },
      ),
    );
    expect(gateway.upstream.requests.slice(sent).map((one) => `${one.method} ${one.target}`)).toEqual([`GET /records/${record}`]);
  });

  test('WF1-03 a second membership elsewhere lends neither its relation nor its privilege to the first', async () => {
    const reply = await gateway.get('/workforce-one/records/P1', 'two-hats');
    expect([reply.status, headersOf(reply).view, reply.json]).toEqual([200, 'basic', bodyOf('P1', ['basic'])]);
    const withheld = Object.fromEntries(allBut('basic').map((name) => [name, name === 'privacy' ? 'not-granted' : 'private-record']));
    expect(await gateway.entryOf(reply)).toEqual(
      entryOf(
        gateway,
        reply,
        { account: 'two-hats', memberships: ['m-hat-1', 'm-hat-2'] },
        {
          record: {
            id: 'P1',
            disclosure: 'basic',
            disclosed: { basic: ruleLine(basicRow(COUNSELOR)) },
            withheld,
            keys: [keyOf(COUNSELOR, [], 'private', ['in-scope']), keyOf(SPECIALIST, [], 'private', ['private-privilege'])],
            unclassifiedFields: 3,
          },
          outcome: { status: 200, code: 'ok', reasons: ['not-granted', 'private-record'] },
        },
      ),
    );
  });

  test("WF1-03 where the second membership is the data specialist of the record's agency, it opens that record by itself", async () => {
    const reply = await gateway.get('/workforce-one/records/P10-south', 'two-hats');
    expect([reply.status, headersOf(reply).view]).toEqual([200, 'full']);
    expect(reply.json).toEqual(bodyOf('P10-south', SECTIONS, PLACES['P10-south']));
    expect((await gateway.entryOf(reply)).records[0]?.keys).toEqual([
      keyOf(COUNSELOR, [], 'private', []),
      keyOf(SPECIALIST, ['data-specialist'], 'private', ['in-scope', 'private-privilege']),
    ]);
  });

  test('WF1-11 documents follow the record: not a name of one reaches those who see basic information', async () => {
    for (const as of ['other-counselor', 'south-counselor', 'other-supervisor', 'south-data-specialist', 'referred-worker', 'monitor']) {
      expect((await gateway.get('/workforce-one/records/P1', as)).text).not.toMatch(/document|lease|Lease|D-5501/);
    }
  });

  test('WF1-13 privacy never widens: for every person the private view is a part of the open view', async () => {
    for (const { id } of PEOPLE) {
      const [open, closed] = [await gateway.get('/workforce-one/records/P0', id), await gateway.get('/workforce-one/records/P1', id)];
      if (closed.status !== 200) {
        expect([id, open.status]).toEqual([id, closed.status]);
        continue;
      }
      expect(Object.keys(open.json as object)).toEqual(expect.arrayContaining(Object.keys(closed.json as object)));
    }
  });

  const REFUSED: readonly (readonly [
    rule: string,
    person: string,
    code: 'account-not-active' | 'no-membership',
    string,
    Partial<WhoWords>,
  ])[] = [
    ['R44 an account that is not active yet', 'pending-counselor', 'account-not-active', 'account-pending', {}],
    ['R44 a suspended account', 'suspended-counselor', 'account-not-active', 'account-suspended', {}],
    [
      'WF1-09 a departed counselor, though the record is still theirs',
      'departed-counselor',
      'account-not-active',
      'account-terminated',
      {},
    ],
    [
      'R44 an account of an organization that was closed',
      'of-closed-agency',
      'account-not-active',
      'organization-not-active',
      { organization: 'closed' },
    ],
    ['R44 an account without a membership', 'without-membership', 'no-membership', 'no-membership', {}],
  ];

  test.each(REFUSED)('%s: %s is refused before anything is sent upstream', async (_rule, as, code, reason, who) => {
    const sent = gateway.upstream.requests.length;
    const reply = await read(as, as === 'departed-counselor' ? 'P5' : 'P1');
    await expectRefusal(gateway, reply, code, reason, { account: as, application: 'portal', ...who }, { sent });
  });

  test('GW-04, R78 afterwards the whole log is one whole chain', async () => expect(await gateway.isWhole()).toBe(true));
});
