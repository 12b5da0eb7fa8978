import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { entryOf, keyOf, problemOf, ruleLine } from '../journeys/expected';
import { RECORDS } from '../support/agency';
import { findsCanary } from '../support/finds-canary';
import { startTestGateway, type Reply, type TestGateway } from '../support/gateway';
import type { PolicyCopy } from '../support/policy-copy';
import { rawReply, type RawAnswer } from '../support/raw-upstream';
import { widePolicies } from './list-gateway';

type Json = Readonly<Record<string, unknown>>;

/** Runs once between the decision and its entry's flush. */
let meanwhile: (() => Promise<unknown>) | null = null;
jest.mock('../../src/audit/access-log', () => {
  const actual = jest.requireActual<typeof import('../../src/audit/access-log')>('../../src/audit/access-log');
  return {
    ...actual,
    openAccessLog: async (parts: Parameters<typeof actual.openAccessLog>[0]) => {
      const log = await actual.openAccessLog(parts);
      const append: typeof log.append = async (entry, bind) => {
        const first = meanwhile;
        meanwhile = null;
        await first?.();
        return log.append(entry, bind);
      };
      return { ...log, append };
    },
  };
});

let gateway: TestGateway;
let policies: PolicyCopy;
beforeAll(async () => {
  policies = widePolicies();
  gateway = await startTestGateway({
    policies: policies.folder,
    config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
  });
});
afterAll(async () => {
  await gateway?.stop();
  policies?.remove();
});

const LIST = '/workforce-one/records';
const P1 = RECORDS['P1'] as Json;
const P0 = RECORDS['P0'] as Json;
/** The same record under another number, and with other values at the top. */
const like = (record: Json, recordId: string, more: Json = {}): Json => ({ ...record, recordId, ...more });

const serves = (records: readonly unknown[] | string, headers: readonly string[] = []): void =>
  gateway.upstream.answers(() => rawReply(typeof records === 'string' ? records : JSON.stringify(records), { headers }));
const list = (as: string, query = ''): Promise<Reply> => gateway.get(`${LIST}${query}`, as);

const BASIC = ['recordId', 'name', 'birthDate', 'ssn', 'maxisCaseNumber', 'pmi', 'programName', 'caseStatus'];
const keysOf = (reply: Reply): readonly (readonly string[])[] => (reply.json as Json[]).map((one) => Object.keys(one));

test('R03 RED-22 one list shows all of an own record, some of an open one in scope, and basic information of the others', async () => {
  serves([P1, P0, RECORDS['P3'], RECORDS['P5']]);
  const reply = await list('other-counselor');
  expect(reply.status).toBe(200);
  const single = async (id: string): Promise<unknown> => {
    gateway.upstream.answers(() => rawReply(JSON.stringify(RECORDS[id])));
    return (await gateway.get(`/workforce-one/records/${id}`, 'other-counselor')).json;
  };
  const shown = reply.json as Json[];
  expect(keysOf(reply)).toEqual([BASIC, [...BASIC, 'assignment', 'contact'], BASIC, BASIC]);
  // A private element is what the single read shows of it (R02).
  expect([shown[0], shown[3]]).toEqual([await single('P1'), await single('P5')]);
  expect(findsCanary(reply.text)).toEqual([]);
});

test('WF1-02 the assigned counselor’s own record stands in the list whole', async () => {
  serves([P1, RECORDS['P5']]);
  const reply = await list('counselor');
  gateway.upstream.answers(() => rawReply(JSON.stringify(P1)));
  const single = await gateway.get('/workforce-one/records/P1', 'counselor');
  expect((reply.json as Json[])[0]).toEqual(single.json);
  expect(keysOf(reply)[1]).toEqual(BASIC);
});

test('the entry names every record that was returned and what of it, and is one', async () => {
  serves([P1, P0], ['X-Total-Count: 2']);
  const reply = await list('other-counselor', '?_limit=2');
  const rule = (row: string): number => ruleLine(row, policies.folder, 'workforce-one');
  const basic = rule('p, group:employment-counselor, *, *, always, basic, search, allow');
  const open = (section: string): number => rule(`p, group:employment-counselor, *, open, in-scope, ${section}, search, allow`);
  const sections = [
    ...['privacy', 'assignment', 'contact', 'demographics', 'relatives', 'activities', 'assessments', 'employment-plans'],
    ...['case-notes', 'hand-over-notes', 'documents', 'referrals'],
  ];
  const withheld = (shown: readonly string[], why: (section: string) => string): unknown =>
    Object.fromEntries(sections.filter((one) => !shown.includes(one)).map((one) => [one, why(one)]));
  const expected: AccessEntry = {
    ...(entryOf(
      gateway,
      reply,
      { account: 'other-counselor', memberships: ['m-other-counselor'] },
      { route: 'search-records', record: {} as never, outcome: { status: 200, code: 'ok', reasons: ['not-granted', 'private-record'] } },
    ) as AccessEntry),
    action: 'search',
    records: [
      {
        id: 'P1',
        disclosure: 'basic',
        disclosed: { basic },
        withheld: withheld([], (one) => (one === 'contact' || one === 'assignment' ? 'private-record' : 'not-granted')) as Record<
          string,
          string
        >,
        keys: [keyOf('employment-counselor', [], 'private', ['in-scope'])],
        unclassifiedFields: 3,
      },
      {
        id: 'P0',
        disclosure: 'partial',
        disclosed: { basic, assignment: open('assignment'), contact: open('contact') },
        withheld: withheld(['contact', 'assignment'], () => 'not-granted') as Record<string, string>,
        keys: [keyOf('employment-counselor', [], 'open', ['in-scope'])],
        unclassifiedFields: 3,
      },
    ],
    details: { leftOut: 0, calls: 1, isNarrowed: false },
  };
  expect(await gateway.entryOf(reply)).toEqual(expected);
  expect((await gateway.entries({ all: true })).filter((one) => one.accessId === reply.accessId)).toHaveLength(1);
  expect(await gateway.isWhole()).toBe(true);
});

test('the entry says of each record what an acting service took away, so that it can be replayed', async () => {
  serves([P1, P0]);
  const authorization = `Bearer ${await gateway.token('counselor', { act: { sub: 'assistant-service', iss: gateway.issuer.issuer } })}`;
  const reply = await gateway.send('GET', `${gateway.dataUrl}${LIST}`, { headers: { authorization } });
  expect(reply.status).toBe(200);
  const actorKey = (privacy: 'private' | 'open') => keyOf('referred-service-worker', [], privacy, ['in-scope']);
  expect((await gateway.entryOf(reply)).records.map(({ id, narrowing }) => [id, narrowing])).toEqual([
    ['P1', { carries: ['*'], actorKeys: [actorKey('private')] }],
    ['P0', { carries: ['*'], actorKeys: [actorKey('open')] }],
  ]);
});

test('BOD-29 a row of another agency and county that the case system sends is decided by its own facts', async () => {
  serves([RECORDS['P3'], P0]);
  expect(keysOf(await list('other-counselor'))).toEqual([BASIC, [...BASIC, 'assignment', 'contact']]);
});

test('BOD-29 what the case system sends against the narrowed query is left out, and nothing says so but the entry', async () => {
  const city = { contact: { address: { city: 'Duluth' } } };
  serves([
    like(P0, 'A1', city),
    like(P1, 'A2', city),
    like(RECORDS['P3'] as Json, 'A3', city),
    like(P0, 'A4', { contact: { address: {} } }),
  ]);
  const reply = await list('other-counselor', '?contact.address.city=Duluth');
  expect((reply.json as Json[]).map((one) => one['recordId'])).toEqual(['A1', 'A4']);
  expect([reply.headers['casegate-page'], reply.headers['casegate-total'], reply.headers['link']]).toEqual([
    'short;reason=narrowed',
    'withheld',
    undefined,
  ]);
  expect(await gateway.entryOf(reply)).toMatchObject({ details: { leftOut: expect.any(Number) as number, isNarrowed: true } });
});

test('INF-03 a record in whose searched field something may be masked is left out: its digits cannot be asked for', async () => {
  serves([like(P1, 'A1', { ssn: '666-12-3456', maxisCaseNumber: '666-12-3456' }), like(P0, 'A2', { maxisCaseNumber: '01934567' })]);
  const plain = await list('other-counselor');
  expect((plain.json as Json[]).map((one) => one['maxisCaseNumber'])).toEqual(['XXX-XX-3456', '01934567']);
  const asked = await list('other-counselor', '?maxisCaseNumber=01934567');
  expect((asked.json as Json[]).map((one) => one['recordId'])).toEqual(['A2']);
});

test('RED-13 an SSN of one record is masked in every other one of the answer, in every spelling', async () => {
  serves([
    like(P1, 'A1', { ssn: '666-45-3456' }),
    like(P0, 'A2', { ssn: '219-09-9987', programName: 'of 666453456', caseStatus: '666.45.3456' }),
    like(P0, 'A3', { ssn: null, pmi: 666453456 }),
  ]);
  const reply = await list('other-counselor');
  const [, second, third] = reply.json as Json[];
  expect([second?.['programName'], second?.['caseStatus'], third?.['pmi']]).toEqual(['of XXX-XX-3456', 'XXX-XX-3456', 'XXX-XX-3456']);
  expect(reply.text).not.toMatch(/666.?45/);
});

test('HEAD is decided and recorded as GET; conditions and ranges are not looked at', async () => {
  serves([P1, P0]);
  const headers = { authorization: `Bearer ${await gateway.token('other-counselor')}` };
  const get = await gateway.send('GET', `${gateway.dataUrl}${LIST}`, {
    headers: { ...headers, range: 'bytes=0-10', 'if-none-match': '*', 'if-modified-since': new Date(0).toUTCString() },
  });
  const head = await gateway.send('HEAD', `${gateway.dataUrl}${LIST}`, { headers });
  expect([get.status, head.status, head.text, head.headers['content-length']]).toEqual([200, 200, '', get.headers['content-length']]);
  expect([get.headers['etag'], get.headers['content-range'], get.headers['last-modified']]).toEqual([undefined, undefined, undefined]);
  expect(await gateway.entryOf(head)).toMatchObject({ method: 'HEAD', records: [{ id: 'P1' }, { id: 'P0' }] });
});

describe('a list that is not sound is refused whole', () => {
  test.each<[string, string, RawAnswer, string, string]>([
    [
      'BOD-27',
      'more records than were asked for',
      rawReply(JSON.stringify(Array.from({ length: 26 }, (_, i) => like(P0, `B${i}`)))),
      'upstream-malformed',
      'upstream-malformed',
    ],
    ['BOD-27', 'a body over the cap', rawReply(`[{"recordId":"${'x'.repeat(5_000_000)}"}]`), 'upstream-too-large', 'upstream-too-large'],
    [
      'BOD-01',
      'a key that stands twice in one element',
      rawReply('[{"recordId":"A1"},{"recordId":"A2","ssn":"219-09-9987","ssn":null}]'),
      'upstream-malformed',
      'upstream-malformed',
    ],
    [
      'BOD-02',
      '__proto__ in an element',
      rawReply('[{"recordId":"A1","__proto__":{"ssn":"219-09-9987"}}]'),
      'upstream-malformed',
      'upstream-malformed',
    ],
    ['BOD-04', 'nesting without end', rawReply(`[{"recordId":"A1","x":${'['.repeat(200_000)}`), 'upstream-malformed', 'upstream-malformed'],
    ['BOD-06', 'a comma at the end', rawReply('[{"recordId":"A1"},]'), 'upstream-malformed', 'upstream-malformed'],
    ['BOD-11', 'a list under another type', rawReply('[]', { type: 'text/html' }), 'upstream-malformed', 'upstream-malformed'],
    ['BOD-29', 'one record in place of a list', rawReply('{"recordId":"A1"}'), 'upstream-malformed', 'upstream-malformed'],
    ['BOD-29', 'an element that is no record', rawReply('[{"recordId":"A1"},"219-09-9987"]'), 'upstream-malformed', 'upstream-malformed'],
    ['BOD-29', 'a list in a list', rawReply('[[{"recordId":"A1"}]]'), 'upstream-malformed', 'upstream-malformed'],
    [
      'BOD-29',
      'an element without a number',
      rawReply('[{"recordId":"A1"},{"ssn":"219-09-9987"}]'),
      'upstream-malformed',
      'record-id-mismatch',
    ],
    ['RED-09', 'a number that is no record number', rawReply('[{"recordId":"219 09 9987"}]'), 'upstream-malformed', 'record-id-mismatch'],
    ['BOD-31', 'an error page', rawReply('lookup failed for 219-09-9987', { status: '500 Oops' }), 'upstream-failed', 'upstream-failed'],
    ['BOD-31', 'not found', rawReply('219-09-9987', { status: '404 Not Found' }), 'upstream-failed', 'upstream-failed'],
  ])('%s %s', async (_id, _what, answer, code, reason) => {
    gateway.upstream.answers(() => answer);
    const reply = await list('counselor');
    expect([reply.status, reply.json]).toEqual([502, problemOf(code as 'upstream-failed', reply)]);
    expect(await gateway.entryOf(reply)).toMatchObject({ records: [], outcome: { status: 502, code, reasons: [reason] } });
    expect(findsCanary(JSON.stringify([reply.text, await gateway.entryOf(reply), gateway.lines()]))).toEqual([]);
  });
});

test('WF1-06 a record that became private while the entry waited is decided anew: closed first', async () => {
  serves([like(P0, 'W1'), like(P0, 'W2')]);
  expect(keysOf(await list('other-counselor'))).toEqual([
    [...BASIC, 'assignment', 'contact'],
    [...BASIC, 'assignment', 'contact'],
  ]);
  const asked = gateway.upstream.requests.length;
  meanwhile = () =>
    gateway.importRows({ records: [{ system: 'workforce-one', environment: 'production', record_id: 'W2', private: true, codes: {} }] });
  const reply = await list('other-counselor');
  expect(keysOf(reply)).toEqual([[...BASIC, 'assignment', 'contact'], BASIC]);
  expect((await gateway.entryOf(reply)).records.map((one) => [one.id, one.disclosure])).toEqual([
    ['W1', 'partial'],
    ['W2', 'basic'],
  ]);
  // The case system is not asked a second time for it.
  expect(gateway.upstream.requests.length).toBe(asked + 1);
});

test('what goes to the case system is the route’s own path and the words of record.yaml, and nothing else of the request', async () => {
  serves([]);
  await gateway.get(`${LIST}?name.last=O%27Hara+%26+x%3D1&_limit=5&_sort=birthDate&_order=desc`, 'counselor', {
    'x-original-url': '/x',
    cookie: 'a=b',
  });
  const sent = gateway.upstream.requests.at(-1);
  expect(sent?.target).toBe("/records?_page=1&_limit=100&name.last=O'Hara%20%26%20x%3D1&_sort=birthDate&_order=desc");
  expect(sent?.headers.map(([name]) => name.toLowerCase())).toEqual(['host', 'connection', 'accept', 'accept-encoding']);
});
