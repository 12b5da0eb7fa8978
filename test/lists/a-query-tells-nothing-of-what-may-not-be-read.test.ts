import { problemOf } from '../journeys/expected';
import { startListGateway, type ListGateway } from './list-gateway';

let gateway: ListGateway;
beforeAll(async () => {
  gateway = await startListGateway();
});
afterAll(() => gateway?.stop());

const LIST = '/workforce-one/records';

/** What a caller may not ask, and the rule that the entry names. To the caller all of them are one. */
const REFUSED: readonly (readonly [id: string, what: string, query: string, rule: string])[] = [
  ['INF-01', 'a filter on the SSN', 'ssn=2190', 'query-word-unknown'],
  ['INF-01', 'a range over the SSN', 'ssn_gte=2190', 'query-word-unknown'],
  ['INF-01', 'a part of the SSN', 'ssn_like=219', 'query-word-unknown'],
  ['INF-01', 'a filter on a field of another section', 'contact.address.city=Duluth', 'query-field-not-readable'],
  ['INF-01', 'a part of a field of another section', 'contact.address.zip_like=5510', 'query-field-not-readable'],
  ['INF-01', 'a filter on who is assigned', 'assignment.staffId=S1001', 'query-field-not-readable'],
  ['INF-01', 'a filter on privacy', 'privacy.indicator=true', 'query-word-unknown'],
  ['INF-01', 'a field that does not exist', 'nobody.knows=1', 'query-word-unknown'],
  ['INF-02', 'an order by the SSN', '_sort=ssn', 'query-malformed'],
  ['INF-02', 'an order by a field of another section', '_sort=contact.address.city', 'query-field-not-readable'],
  ['INF-02', 'one that may be read and one that may not', '_sort=name.last,contact.address.city', 'query-field-not-readable'],
  ['INF-02', 'an order by an expression', '_sort=name.last%7C%7Cssn', 'query-malformed'],
  ['INF-03', 'a search over whole records', 'q=219-0', 'query-word-unknown'],
  ['INF-03', 'a pattern that runs for ever', 'name.last_like=(a%2B)%2B$', 'query-malformed'],
  ['INF-03', 'a pattern for everything', 'name.last_like=.', 'query-malformed'],
  ['PTH-20', 'an embedding', '_embed=caseNotes', 'query-word-unknown'],
  ['PTH-20', 'an expansion', '_expand=person', 'query-word-unknown'],
  ['PTH-20', 'fields to show', 'fields=ssn', 'query-word-unknown'],
  ['PTH-18', 'a page of nothing', '_limit=0', 'query-malformed'],
  ['PTH-18', 'a page that is larger than any', '_limit=101', 'query-malformed'],
  ['PTH-18', 'a page before the first', '_page=0', 'query-malformed'],
  ['PTH-18', 'a slice, which is no word of the route', '_start=0&_end=10', 'query-word-unknown'],
  ['INF-04', 'a cursor of nobody', `casegate-cursor=${'a'.repeat(142)}`, 'cursor-not-sound'],
];

test.each(REFUSED)('%s R105 %s is refused: %s', async (_id, _what, query, rule) => {
  const reply = await gateway.get(`${LIST}?${query}`, 'other-counselor');
  const unknown = await gateway.get(`${LIST}?word.of.nobody=1`, 'other-counselor');
  expect([reply.status, reply.json]).toEqual([400, problemOf('query-not-allowed', reply)]);
  // The same bytes and headers as for a word that does not exist, but for the access id and the moment.
  const same = (one: typeof reply): unknown => ({ ...one.headers, 'casegate-access-id': '', date: '' });
  expect([reply.text.replace(reply.accessId, ''), same(reply)]).toEqual([unknown.text.replace(unknown.accessId, ''), same(unknown)]);
  const entry = await gateway.entryOf(reply);
  expect([entry.kind, entry.route, entry.records, entry.outcome, entry.upstream]).toEqual([
    'access',
    'search-records',
    [],
    { status: 400, code: 'query-not-allowed', reasons: [rule] },
    null,
  ]);
});

test.each([
  ['PTH-18', 'a word twice', '_limit=2&_limit=3', 'query-word-repeated'],
  ['PTH-18', 'a list', 'caseStatus[]=Active', 'query-malformed'],
  ['PTH-18', 'an object', 'filter[ssn]=1', 'query-malformed'],
])('%s %s is refused before anybody is known', async (_id, _what, query, reason) => {
  const reply = await gateway.get(`${LIST}?${query}`, null);
  expect([reply.status, reply.json]).toEqual([400, problemOf('query-not-allowed', reply)]);
  expect((await gateway.entryOf(reply)).outcome).toEqual({ status: 400, code: 'query-not-allowed', reasons: [reason] });
});

test.each(['maxisCaseNumber=219-09-9987', 'name.last=219099987', 'pmi=219%2D09%2D9987'])(
  'R26 an SSN in a query is refused and written nowhere: %s',
  async (query) => {
    const reply = await gateway.get(`${LIST}?${query}`, 'counselor');
    expect([reply.status, reply.json]).toEqual([400, problemOf('ssn-in-url', reply)]);
    expect(JSON.stringify([await gateway.entryOf(reply), gateway.lines()])).not.toMatch(/219.?09.?9987/);
  },
);

test('no entry and no line holds a word or a value of a query', async () => {
  const reply = await gateway.get(`${LIST}?name.last=Unmistakable&caseStatus=Pending`, 'counselor');
  const refused = await gateway.get(`${LIST}?contact.address.city=Unmistakable`, 'counselor');
  expect([reply.status, refused.status]).toEqual([200, 400]);
  const written = JSON.stringify([await gateway.entries({ all: true }), gateway.lines()]);
  expect(written).not.toMatch(/Unmistakable|name\.last|address\.city|Pending/);
});

test.each<[string, string, (record: Record<string, unknown>) => boolean]>([
  ['a filter', 'caseStatus=Pending', (one) => one['caseStatus'] === 'Pending'],
  ['all but', 'caseStatus_ne=Active', (one) => one['caseStatus'] !== 'Active'],
  ['a range', 'birthDate_gte=1990-01-01&birthDate_lte=1990-12-31', (one) => String(one['birthDate']).startsWith('1990')],
  ['a part of a name', 'name.last_like=son', (one) => /son/i.test((one['name'] as { last: string }).last)],
])('R03 WF1-05 basic information may be asked about by everybody: %s', async (_what, query, fits) => {
  const reply = await gateway.get(`${LIST}?${query}&_limit=100`, 'referred-worker');
  const held = gateway.workforceOne.filter(fits);
  const shown = reply.json as Record<string, unknown>[];
  expect([reply.status, shown.map((one) => one['recordId'])]).toEqual([200, held.slice(0, 100).map((one) => one.recordId)]);
  const basic = ['recordId', 'name', 'birthDate', 'ssn', 'maxisCaseNumber', 'pmi', 'programName', 'caseStatus'];
  expect(new Set(shown.flatMap((one) => Object.keys(one)))).toEqual(new Set(basic));
});

test('who has no row for it searches nothing, and the case system is not asked', async () => {
  const reply = await gateway.get(LIST, 'unknown-workgroup');
  expect([reply.status, reply.json]).toEqual([403, problemOf('action-not-permitted', reply)]);
  expect(await gateway.entryOf(reply)).toMatchObject({ records: [], upstream: null, action: 'search' });
});
