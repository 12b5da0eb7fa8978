import { wf1Record } from '../support/agency';
import { startTestGateway, type Reply, type TestGateway } from '../support/gateway';
import { entryOf, headersOf, keyOf, problemHeaders, problemOf, ruleLine } from '../journeys/expected';
import { expectCasesHold } from './expect-cases-hold';
import { serveBodies } from './office';
import { sample } from './sample';

/**
 * What the other tests of workforce-one leave: the routes of documents and hand-over notes, and writes, which no route carries yet.
 * P1 is private and assigned to `counselor`, P0 the same and open, P5 private and assigned to somebody who has left. `referred-worker`
 * serves the participant, as S1400.
 */
const RECORDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  P0: { '/privacy/indicator': false },
  P1: {},
  P5: { '/assignment/staffId': 'S1005' },
};
const HAND_OVER = {
  handOverNotes: [
    {
      noteId: 41,
      handedOverOn: '2024-04-09',
      from: 'S3001',
      text: 'She came under the name on the card, XXX-XX-9987. Safety plan is signed.',
    },
  ],
};
const DOCUMENTS = {
  documents: [
    {
      documentId: 'D-5501',
      title: 'Lease',
      fileName: 'lease_XXX-XX-9987.pdf',
      mediaType: 'application/pdf',
      sizeBytes: 182044,
      storedOn: '2024-03-21',
      link: 'https://documents.example.org/wf1/D-5501?person=XXX-XX-9987',
    },
  ],
};

const served = Object.entries(RECORDS).flatMap(([id, places]) => {
  const own = { '/recordId': id, ...places };
  const notes = sample('workforce-one', 'hand-over-notes', { ...own, '/referrals': [{ staffId: 'S1400' }] });
  const documents = sample('workforce-one', 'documents', { ...own, '/referrals': [{ staffId: 'S1400' }] });
  return [
    [`/records/${id}`, wf1Record(id, { ...places, '/referrals/0/staffId': 'S1400' })],
    [`/records/${id}/hand-over-notes`, notes],
    [`/records/${id}/documents`, documents],
  ] as const;
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } } });
  serveBodies(gateway, Object.fromEntries(served));
});
afterAll(() => gateway?.stop());

const ROUTES = {
  'hand-over-notes': { route: 'read-hand-over-notes', body: HAND_OVER, unclassifiedFields: 1 },
  documents: { route: 'read-documents', body: DOCUMENTS, unclassifiedFields: 0 },
} as const;
type Part = keyof typeof ROUTES;

const get = (as: string, record: string, part: Part): Promise<Reply> => gateway.get(`/workforce-one/records/${record}/${part}`, as);

async function expectPart(as: string, record: string, part: Part, row: string, key: ReturnType<typeof keyOf>): Promise<void> {
  const { route, body, unclassifiedFields } = ROUTES[part];
  const reply = await get(as, record, part);
  expect([reply.status, reply.json, headersOf(reply)]).toEqual([
    200,
    body,
    { view: 'full', withheld: undefined, cache: 'no-store', type: 'application/json; charset=utf-8', isNamed: true },
  ]);
  const told = {
    id: record,
    disclosure: 'full',
    disclosed: { [part]: ruleLine(row) },
    withheld: {},
    keys: [key],
    unclassifiedFields,
  } as const;
  expect(await gateway.entryOf(reply)).toEqual(
    entryOf(gateway, reply, { account: as }, { route, record: told, outcome: { status: 200, code: 'ok', reasons: ['granted'] } }),
  );
}

async function expectNoPart(as: string, record: string, part: Part, why: string, key: ReturnType<typeof keyOf>): Promise<void> {
  const reply = await get(as, record, part);
  expect([reply.status, reply.json, headersOf(reply)]).toEqual([404, problemOf('record-hidden', reply), problemHeaders]);
  const told = { id: record, disclosure: 'none', disclosed: {}, withheld: { [part]: why }, keys: [key], unclassifiedFields: 0 } as const;
  expect(await gateway.entryOf(reply)).toEqual(
    entryOf(
      gateway,
      reply,
      { account: as },
      { route: ROUTES[part].route, record: told, outcome: { status: 404, code: 'record-hidden', reasons: [why] } },
    ),
  );
}

const COUNSELOR = 'employment-counselor';
const ASSIGNED = 'p, group:employment-counselor, assigned, *, always, *, read, allow';
const SUPERVISES = 'p, group:supervisor, supervisor, private, private-privilege, *, read, allow';
const KEEPS = 'p, group:data-specialist, data-specialist, private, private-privilege, *, read, allow';
const WITH_PRIVILEGE = ['in-scope', 'private-privilege'];
const specialist = keyOf('data-specialist', ['data-specialist'], 'private', WITH_PRIVILEGE);
const supervisor = keyOf('supervisor', ['supervisor'], 'private', WITH_PRIVILEGE);
const colleague = keyOf(COUNSELOR, [], 'private', ['in-scope']);

describe.each(['hand-over-notes', 'documents'] as const)('WF1-02 WF1-10 WF1-11 %s of a private record', (part) => {
  test('are read by the assigned counselor, the direct supervisor and the data specialist', async () => {
    await expectPart('counselor', 'P1', part, ASSIGNED, keyOf(COUNSELOR, ['assigned'], 'private', ['in-scope']));
    await expectPart('supervisor', 'P1', part, SUPERVISES, supervisor);
    await expectPart('data-specialist', 'P1', part, KEEPS, specialist);
  });

  test('are not found by a worker who serves the participant and by nobody else, and not without the privilege', async () => {
    await expectNoPart('referred-worker', 'P1', part, 'not-granted', keyOf('referred-service-worker', ['referred'], 'private', []));
    await expectNoPart('other-counselor', 'P1', part, 'private-record', colleague);
    await expectNoPart('monitor', 'P1', part, 'private-record', keyOf('monitor', ['monitor'], 'private', ['in-scope']));
    await expectNoPart(
      'supervisor-without-privilege',
      'P1',
      part,
      'no-private-privilege',
      keyOf('supervisor', ['supervisor'], 'private', ['in-scope']),
    );
  });

  test('WF1-09 while the counselor is gone: supervisor and data specialist, and nobody in their stead', async () => {
    await expectPart('supervisor', 'P5', part, SUPERVISES, supervisor);
    await expectPart('data-specialist', 'P5', part, KEEPS, specialist);
    await expectNoPart('counselor', 'P5', part, 'private-record', colleague);
    await expectNoPart('referred-worker', 'P5', part, 'not-granted', keyOf('referred-service-worker', ['referred'], 'private', []));
  });

  test('WF1-13 of an open record they are read in scope, as all of it is', async () => {
    const row = `p, group:employment-counselor, *, open, in-scope, ${part}, read, allow`;
    await expectPart('other-counselor', 'P0', part, row, keyOf(COUNSELOR, [], 'open', ['in-scope']));
    await expectNoPart('south-counselor', 'P0', part, 'out-of-scope', keyOf(COUNSELOR, [], 'open', []));
  });
});

test('WF1-10 the worker who hands over still reads basic information of the record, and nothing of the notes', async () => {
  const reply = await gateway.get('/workforce-one/records/P1', 'referred-worker');
  expect([reply.status, headersOf(reply).view]).toEqual([200, 'basic']);
  expect(Object.keys(reply.json as object)).not.toContain('handOverNotes');
});

describe('writes, which no route carries yet', () => {
  const NO = 'none, none, not-granted & no-section-granted';
  const HELD_BACK = 'none, none, private-record & not-granted & no-section-granted';
  const DETAILS = 'contact & demographics & relatives & activities & assessments & employment-plans & case-notes & documents & referrals';

  test("WF1-07 (asked of the engine by policy test) a private record is assigned by the agency's data specialist alone", () =>
    expectCasesHold('workforce-one', [
      'group:data-specialist, data-specialist, private, in-scope & private-privilege, assign, partial, assignment, not-granted',
      'group:data-specialist, data-specialist, private, in-scope, assign, none, none, no-private-privilege & not-granted & no-section-granted',
      `group:data-specialist, none, private, private-privilege, assign, ${NO}`,
      `group:supervisor, supervisor, private, in-scope & private-privilege, assign, ${HELD_BACK}`,
      `group:employment-counselor, assigned, private, in-scope & private-privilege, assign, ${NO}`,
      `group:monitor, monitor, private, in-scope & private-privilege, assign, ${NO}`,
      `group:referred-service-worker, referred, private, in-scope & private-privilege, assign, ${NO}`,
    ]));

  test("WF1-07 (asked of the engine by policy test) an open record goes by the agency's usual procedure: supervisors in scope assign too", () =>
    expectCasesHold('workforce-one', [
      'group:data-specialist, data-specialist, open, in-scope, assign, partial, assignment, not-granted',
      'group:supervisor, none, open, in-scope, assign, partial, assignment, not-granted',
      'group:supervisor, none, open, always, assign, none, none, out-of-scope & not-granted & no-section-granted',
      `group:employment-counselor, assigned, open, in-scope, assign, ${NO}`,
    ]));

  test('WF1-10 (asked of the engine by policy test) whoever serves the participant hands notes over, and does nothing else; no word speaks of absence', () =>
    expectCasesHold('workforce-one', [
      'group:referred-service-worker, referred, private, always, create, partial, hand-over-notes, not-granted',
      'group:employment-counselor, referred, private, in-scope, create, partial, hand-over-notes, private-record & not-granted',
      `group:referred-service-worker, none, private, in-scope, create, ${NO}`,
      `group:referred-service-worker, referred, private, in-scope, update, ${NO}`,
      `group:referred-service-worker, referred, private, in-scope, delete, ${NO}`,
      'group:referred-service-worker, referred, private, in-scope, read, basic, basic, private-record & not-granted',
    ]));

  test("WF1-14 (asked of the engine by policy test) data entry in a private record is the assigned counselor's, supervisor and data specialist read", () =>
    expectCasesHold(
      'workforce-one',
      ['create', 'update'].flatMap((action) => [
        `group:employment-counselor, assigned, private, always, ${action}, partial, ${DETAILS}, not-granted`,
        `group:employment-counselor, none, private, in-scope & private-privilege, ${action}, ${HELD_BACK}`,
        `group:supervisor, supervisor, private, in-scope & private-privilege, ${action}, ${NO}`,
        `group:data-specialist, data-specialist, private, in-scope & private-privilege, ${action}, ${NO}`,
        `group:monitor, monitor, private, in-scope, ${action}, ${NO}`,
      ]),
    ));
});
