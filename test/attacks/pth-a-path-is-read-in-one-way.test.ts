import type { AccessEntry } from '../../src/vocabulary/access-entry';
import type { ErrorCode } from '../../src/vocabulary/errors';
import type { TestGateway } from '../support/gateway';
import { expectNoCanary, expectSettledAtTheEdge, get, raw, RECORD, startAttackedGateway, type Refused } from './attacked-gateway';

let gateway: TestGateway;
let bearer: string;
beforeAll(async () => {
  gateway = await startAttackedGateway();
  bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
});
afterAll(() => gateway?.stop());

/** Every one carries the token of somebody who sees the record: it is the path that is refused. */
type Row = readonly [id: string, what: string, target: string, entry?: Partial<AccessEntry>];

const NOT_CANONICAL: readonly Row[] = [
  ['PTH-01 E02', 'an encoded slash', '/workforce-one/records/1%2f..%2f2'],
  ['PTH-01 E02', 'an encoded slash, upper case', '/workforce-one/records/1%2F..%2F2'],
  ['PTH-01 E02', 'an encoded slash first', '/workforce-one/records/..%2fadmin'],
  ['PTH-01 E02', 'an encoded slash inside the system', '/workforce-one%2frecords/P1'],
  ['PTH-02 E02', 'dot segments', '/workforce-one/records/..'],
  ['PTH-02 E02', 'one dot', '/workforce-one/records/.'],
  ['PTH-02 E02', 'dots in the middle', '/workforce-one/records/../records/P1'],
  ['PTH-02', 'encoded dots', '/workforce-one/records/%2e%2e'],
  ['PTH-02', 'half encoded dots', '/workforce-one/records/.%2e'],
  ['PTH-02', 'half encoded dots, the other way', '/workforce-one/records/%2e.'],
  ['PTH-04 E02', 'an encoded backslash', '/workforce-one/records/1%5c..%5c2'],
  ['PTH-04 E02', 'a backslash', '/workforce-one/records/1\\..\\2'],
  ['PTH-04', 'double encoding', '/workforce-one/records/%252e%252e'],
  ['PTH-04', 'triple encoding', '/workforce-one/records/%25252f'],
  ['PTH-05', 'scheme-relative', '//evil.example/workforce-one/records/P1'],
  ['PTH-05', 'a backslash for the second slash', '/\\evil.example/x'],
  ['PTH-05', 'three slashes', '///x'],
  ['PTH-06 E03', 'absolute form', 'http://evil.example/workforce-one/records/P1'],
  ['PTH-06 E03', 'absolute form of our own name', 'http://localhost/workforce-one/records/P1'],
  ['PTH-09 E01', 'a trailing slash', '/workforce-one/records/P1/'],
  ['PTH-09', 'a trailing dot', '/workforce-one/records/P1.'],
  ['PTH-09', 'a trailing encoded blank', '/workforce-one/records/P1%20'],
  ['PTH-09', 'a trailing encoded tab', '/workforce-one/records/P1%09'],
  ['PTH-09', 'a trailing tilde', '/workforce-one/records/P1~'],
  ['PTH-09', 'an ending', '/workforce-one/records/P1.json', { system: 'workforce-one', route: 'read-record' }],
  ['PTH-10 E02', 'an encoded NUL', '/workforce-one/records/P1%00'],
  ['PTH-10', 'an encoded LF', '/workforce-one/records/P1%0a'],
  ['PTH-10', 'an encoded header', '/workforce-one/records/P1%0d%0aX:y'],
  ['PTH-12 E02', 'a double slash', '/workforce-one//records/P1'],
  ['PTH-12', 'a double slash before the id', '/workforce-one/records//P1'],
  ['PTH-13', 'a full-width digit', '/workforce-one/records/%EF%BC%91'],
  ['PTH-13', 'overlong dots', '/workforce-one/records/%c0%ae%c0%ae'],
  ['PTH-13', 'NFC', '/workforce-one/records/P%C3%A9'],
  ['PTH-13', 'NFD', '/workforce-one/records/Pe%CC%81'],
  ['PTH-13', 'a dotless i', '/workforce-one/records/%C4%B1'],
  ['PTH-13', 'a long s', '/workforce-one/records/%C5%BF'],
  ['PTH-13', 'an id that begins with a sign', '/workforce-one/records/-P1', { system: 'workforce-one', route: 'read-record' }],
  ['PTH-13', 'an id of 65 characters', `/workforce-one/records/${'P'.repeat(65)}`, { system: 'workforce-one', route: 'read-record' }],
  ['PTH-14 E05', 'a bad escape', '/workforce-one/records/%zz'],
  ['PTH-14 E05', 'a lone percent sign', '/workforce-one/records/%'],
  ['PTH-14', 'an escape of another language', '/workforce-one/records/%u0031'],
  ['PTH-15', 'a fragment', '/workforce-one/records/P1#x'],
  ['PTH-15', 'an encoded query', '/workforce-one/records/P1%3fadmin=1'],
  ['PTH-15', 'an authority inside', '/workforce-one/records/1:8080@evil'],
  ['E02', 'a semicolon', '/workforce-one/records/P1;v=1'],
];

const UNKNOWN: readonly Row[] = [
  ['PTH-11 E01', 'the system in capitals', '/Workforce-One/records/P1'],
  ['PTH-11 E01', 'the collection in capitals', '/workforce-one/Records/P1'],
  ['PTH-21', 'an older version', '/api/v0/cases/P1'],
  ['PTH-21', 'an internal page', '/internal'],
  ['PTH-21', 'an actuator', '/actuator'],
  ['PTH-21', 'a description', '/swagger.json'],
  ['PTH-21', 'a graph', '/graphql'],
  ['PTH-21', 'the admin plane', '/api/v1/log/entries'],
  ['PTH-21', 'readiness', '/readyz'],
  ['PTH-21', 'a system of policies that is not served', '/worksource/records/P1'],
  ['PTH-22', 'the record through its person', '/workforce-one/people/9/records'],
  ['PTH-22', 'a report', '/workforce-one/reports/records.csv'],
  ['PTH-22', 'a search', '/workforce-one/search'],
  ['PTH-22', 'people', '/workforce-one/people'],
  ['PTH-22', 'a part of the record', '/workforce-one/records/P1/notes'],
];

const QUERIES: readonly Row[] = [
  ['PTH-18 E04', 'twice the same', `${RECORD}?id=1&id=2`],
  ['PTH-18 E04', 'an array', `${RECORD}?id[]=1`],
  ['PTH-18 E04', 'an object', `${RECORD}?id[a]=1`],
  ['PTH-18 E04', 'a filter', `${RECORD}?filter[ssn]=1`],
  ['PTH-18', 'in capitals', `${RECORD}?ID=2`],
  ['PTH-18', 'an encoded ampersand', `${RECORD}?id=1%26id=2`],
  ['PTH-18', 'an empty query', `${RECORD}?`],
  ['PTH-19', 'another id in the query', `${RECORD}?recordId=P0`],
  ['PTH-20', 'many ids', `${RECORD}?ids=P0,P1`],
  ['PTH-20', 'an include', `${RECORD}?include=private`],
  ['PTH-20', 'an expand', `${RECORD}?expand=person.ssn`],
  ['PTH-20', 'a choice of fields', `${RECORD}?fields=ssn`],
];

const METHODS: readonly (readonly [id: string, method: string])[] = [
  ...['PUT', 'POST', 'DELETE'].map((method) => ['PTH-26', method] as const),
  ['PTH-24', 'OPTIONS'],
  ...['TRACE', 'QUERY', 'PROPFIND', 'M-SEARCH'].map((method) => ['PTH-25', method] as const),
];

const refusedFor = (code: ErrorCode, rows: readonly Row[]): readonly Omit<Refused, 'bytes'>[] =>
  rows.map(([id, what, target, entry]) => ({ id, what: `${what}: ${target.slice(0, 60)}`, target, code, entry, closes: false }));

test.each([
  ...refusedFor('path-not-canonical', NOT_CANONICAL),
  ...refusedFor('route-unknown', UNKNOWN),
  ...refusedFor('query-not-allowed', QUERIES),
  ...refusedFor('ssn-in-url', [
    ['PTH-20 AUD-25', 'an SSN in the query', `${RECORD}?ssn=219-09-9987`],
    ['PTH-18 AUD-25', 'an SSN in the path', '/workforce-one/records/219-09-9987'],
  ]),
] as (Refused & { target: string })[])('$id $what -> $code', (row) =>
  expectSettledAtTheEdge(gateway, { ...row, bytes: get(row.target, bearer) }),
);

test.each(METHODS)('%s %s is not taken, and nothing is written', (id, method) =>
  expectSettledAtTheEdge(gateway, {
    id,
    what: method,
    bytes: raw(`${method} ${RECORD} HTTP/1.1`, bearer),
    code: 'method-not-allowed',
    entry: { method },
    closes: false,
  }),
);

const body = JSON.stringify({ recordId: 'P0', ssn: 'XXX-XX-9987' });

test.each<Refused>([
  {
    id: 'PTH-07',
    what: 'OPTIONS in asterisk form',
    bytes: raw('OPTIONS * HTTP/1.1'),
    code: 'path-not-canonical',
    entry: { method: 'OPTIONS' },
    closes: false,
  },
  {
    id: 'PTH-07',
    what: 'CONNECT in authority form',
    bytes: 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n',
    code: 'method-not-allowed',
    entry: { method: null },
  },
  ...['FOO', 'get', 'TRACK', 'patch'].map((method): Refused => ({
    id: 'PTH-25 SMG-13',
    what: `${method}, which the parser does not know`,
    bytes: raw(`${method} ${RECORD} HTTP/1.1`),
    code: 'method-not-allowed',
    entry: { method: null },
  })),
  ...['/workforce-one/records/P\xe9', 'workforce-one/records/P1', `${RECORD}\tx`, `${RECORD} x`].map((target): Refused => ({
    id: 'PTH-10 PTH-13',
    what: `a target outside the grammar of HTTP, ${JSON.stringify(target)}`,
    bytes: get(target),
    code: 'request-malformed',
    entry: { method: null },
  })),
  // A PATCH is taken on this route: test/writes.
  ...['PUT', 'DELETE'].map((method): Refused => ({
    id: 'PTH-26 PTH-19',
    what: `${method} of a shaped body, with another id in it`,
    bytes: raw(`${method} ${RECORD} HTTP/1.1`, 'Content-Type: application/json', `Content-Length: ${body.length}`) + body,
    code: 'method-not-allowed',
    entry: { method },
  })),
  {
    id: 'PTH-19',
    what: 'another id in a body on a GET',
    bytes: get(RECORD, 'Content-Type: application/json', `Content-Length: ${body.length}`) + body,
    code: 'body-not-allowed',
  },
  {
    id: 'PTH-33',
    what: 'a web socket',
    bytes: get(
      RECORD,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ),
    code: 'upgrade-refused',
  },
  {
    id: 'PTH-33',
    what: 'h2c',
    bytes: get(RECORD, 'Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
    code: 'upgrade-refused',
  },
  {
    id: 'PTH-33',
    what: 'the preface of HTTP/2',
    bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    code: 'upgrade-refused',
    entry: { method: null },
  },
])('$id $what -> $code', (row) => expectSettledAtTheEdge(gateway, row));

test('nothing that was written down holds the canary', () => expectNoCanary(gateway));
