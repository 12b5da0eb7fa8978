import { RECORDS } from '../support/agency';
import { serveRecords, type TestGateway } from '../support/gateway';
import { converse } from '../support/raw-http';
import {
  attack,
  expectNoCanary,
  expectRefused,
  expectSettledAtTheEdge,
  freshSource,
  get,
  ON_ROUTE,
  raw,
  RECORD,
  startAttackedGateway,
  type Refused,
} from './attacked-gateway';
import { expectLikePlain, plainEntry, readPlainly, type PlainRead } from './plain-read';

let gateway: TestGateway;
let bearer: string;
let plain: PlainRead;
beforeAll(async () => {
  gateway = await startAttackedGateway();
  bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
  plain = await readPlainly(gateway, bearer);
});
beforeEach(() => serveRecords(gateway.upstream, RECORDS));
afterAll(() => gateway?.stop());

/** A good request, its token included, with these lines too; `behind` stands behind its blank line. */
type Row = readonly [id: string, what: string, headers: readonly string[], behind?: string];
const unreadable = ([id, what, headers, behind = '']: Row): Refused => ({
  id,
  what,
  bytes: get(RECORD, 'TOKEN', ...headers) + behind,
  code: 'request-malformed',
  entry: { method: null },
});
const bodied = ([id, what, headers, behind = '']: Row): Refused => ({
  id,
  what,
  bytes: get(RECORD, 'TOKEN', ...headers) + behind,
  code: 'body-not-allowed',
});

/** What a second parser would take for a request of its own. */
const INSIDE = get('/workforce-one/records/P0', 'TOKEN');
const CHUNKED = 'Transfer-Encoding: chunked';

const ROWS: readonly Refused[] = [
  ...(
    [
      ['SMG-01', 'CL.TE', ['Content-Length: 5', CHUNKED], '0\r\n\r\n'],
      ['SMG-01', 'TE.CL', [CHUNKED, 'Content-Length: 5'], '0\r\n\r\n'],
      ['SMG-02', 'two different', ['Content-Length: 5', 'Content-Length: 6'], 'hello'],
      ['SMG-02', 'two equal', ['Content-Length: 5', 'Content-Length: 5'], 'hello'],
      ['SMG-02', 'a list', ['Content-Length: 5, 5'], 'hello'],
      ['SMG-02', '+5', ['Content-Length: +5'], 'hello'],
      ['SMG-02', '0x5', ['Content-Length: 0x5'], 'hello'],
      ['SMG-02', '-1', ['Content-Length: -1']],
      ['SMG-02', '1e1', ['Content-Length: 1e1'], 'hello'],
      ['SMG-02', '21 digits', ['Content-Length: 123456789012345678901']],
      ['SMG-03', 'chunked, identity', ['Transfer-Encoding: chunked, identity']],
      ['SMG-03', 'a blank before the colon', ['Transfer-Encoding : chunked']],
      ['SMG-03', 'a vertical tab behind', ['Transfer-Encoding: chunked\x0b']],
      ['SMG-04', 'a bare LF between lines', ['X: a\nY: b']],
      ['SMG-04', 'a bare CR in a value', ['X: a\rb']],
      ['SMG-04', 'obs-fold', ['X: a', ' b']],
      ['SMG-12', 'NUL in a value', ['X: a\0b']],
      ['SMG-12', 'a blank in a name', ['X y: 1']],
      ['SMG-12', 'no name', [': 5']],
    ] satisfies Row[]
  ).map(unreadable),
  ...(
    [
      ['SMG-02', '20 digits', ['Content-Length: 12345678901234567890']],
      ['SMG-03', 'xchunked', ['Transfer-Encoding: xchunked']],
      ['SMG-03', 'identity', ['Transfer-Encoding: identity']],
      ['SMG-03', '"chunked"', ['Transfer-Encoding: "chunked"']],
      ['SMG-03', 'a tab before chunked', ['Transfer-Encoding: \tchunked'], '0\r\n\r\n'],
      ['SMG-03', 'CHUNKED', ['Transfer-Encoding: CHUNKED'], '0\r\n\r\n'],
      ['SMG-05', 'a chunk extension', [CHUNKED], '5;a=b\r\nhello\r\n0\r\n\r\n'],
      ['SMG-05', 'a chunk extension of 20 KB', [CHUNKED], `5;a=${'b'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
      ['SMG-05', 'an endless chunk size', [CHUNKED], 'FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n'],
      ['SMG-05', 'a chunk size ended by LF', [CHUNKED], '5\nhello\r\n0\r\n\r\n'],
      ['SMG-05', 'a chunk extension with LF', [CHUNKED], '5;a=\nb\r\nhello\r\n0\r\n\r\n'],
      ['SMG-06', 'trailers', [CHUNKED, 'Trailer: X-User'], '0\r\nX-User: admin\r\n\r\n'],
      ['SMG-06', 'an Authorization among the trailers', [CHUNKED, 'Trailer: Authorization'], '0\r\nAuthorization: Bearer x\r\n\r\n'],
      ['SMG-07', 'a body', ['Content-Length: 5'], 'hello'],
      ['SMG-07', 'a body that is a request', [`Content-Length: ${INSIDE.length}`], INSIDE],
      ['SMG-10', 'Expect: 100-continue and no body', ['Expect: 100-continue', 'Content-Length: 5']],
    ] satisfies Row[]
  ).map(bodied),
  {
    id: 'SMG-04',
    what: 'bare line feeds alone',
    bytes: `GET ${RECORD} HTTP/1.1\nHost: localhost\nTOKEN\n\n`,
    code: 'request-malformed',
    entry: { method: null },
  },
  {
    id: 'SMG-12',
    what: 'a blank before the first header name',
    bytes: `GET ${RECORD} HTTP/1.1\r\n Content-Length: 5\r\nHost: localhost\r\nTOKEN\r\n\r\n`,
    code: 'request-malformed',
    entry: { method: null },
  },
  ...['HEAD', 'DELETE'].map((method): Refused => ({
    id: 'SMG-07',
    what: `a ${method} with a body that is a request`,
    bytes: raw(`${method} ${RECORD} HTTP/1.1`, 'TOKEN', `Content-Length: ${INSIDE.length}`) + INSIDE,
    code: method === 'HEAD' ? 'body-not-allowed' : 'method-not-allowed',
    entry: { method },
  })),
  ...['foo', '100-continue, foo', 'x100-continue'].map((value): Refused => ({
    id: 'SMG-10',
    what: `Expect: ${value}`,
    bytes: get(RECORD, 'TOKEN', `Expect: ${value}`),
    code: 'expectation-failed',
  })),
  {
    id: 'SMG-11',
    what: 'a header block of 17 KB',
    bytes: get(RECORD, `X: ${'a'.repeat(17_000)}`),
    code: 'headers-too-large',
    entry: { method: null },
  },
  {
    id: 'SMG-11',
    what: 'an address of 17 KB',
    bytes: get(`/workforce-one/records/${'a'.repeat(17_000)}`),
    code: 'headers-too-large',
    entry: { method: null },
  },
  {
    id: 'SMG-11',
    what: 'an address of 9 KB',
    bytes: get(`/workforce-one/records/${'a'.repeat(9_000)}`),
    code: 'headers-too-large',
    closes: false,
  },
  {
    id: 'SMG-11 LOD-13',
    what: 'a hundred and one headers',
    bytes: get(RECORD, ...Array.from({ length: 100 }, (_none, at) => `X-${at}: 1`)),
    code: 'headers-too-large',
  },
  { id: 'SMG-13', what: 'patch', bytes: raw(`patch ${RECORD} HTTP/1.1`, 'TOKEN'), code: 'method-not-allowed', entry: { method: null } },
  { id: 'SMG-13', what: 'gEt', bytes: raw(`gEt ${RECORD} HTTP/1.1`, 'TOKEN'), code: 'method-not-allowed', entry: { method: null } },
];

test.each(ROWS)('$id $what -> $code, and what stands behind is not looked at', (row) =>
  expectSettledAtTheEdge(gateway, { ...row, bytes: row.bytes.toString().replaceAll('TOKEN', bearer) }),
);

test('SMG-04 a stray CR behind a request is a fault of its own; the request before it is answered, in order', async () => {
  const sent = await attack(gateway, `${get(RECORD, bearer)}\r\n\rX`, 2);
  const [first, second] = sent.replies;
  expect([sent.replies.length, first?.status, sent.closed]).toEqual([2, 200, true]);
  if (second === undefined) throw new Error('no second answer');
  await expectRefused(gateway, second, sent.source, 'request-malformed', { method: null });
});

test('SMG-10 no 100 is ever sent: not before the token is looked at, and not after', async () => {
  const anonymous = await attack(gateway, get(RECORD, 'Expect: 100-continue'));
  expect(anonymous.replies.map(({ status }) => status)).toEqual([401]);
  await expectRefused(gateway, anonymous.reply, anonymous.source, 'token-missing', ON_ROUTE);
  const known = await attack(gateway, get(RECORD, bearer, 'Expect: 100-continue'));
  expect(known.replies.map(({ status }) => status)).toEqual([200]);
  expect(await gateway.entryOf(known.reply.header('casegate-access-id') ?? '')).toEqual(plainEntry(gateway, known.source));
});

test('SMG-06 a Trailer that announces what never comes is a header like any', () =>
  expectLikePlain(gateway, plain, get(RECORD, bearer, 'Trailer: X-User', 'TE: trailers')));

describe('SMG-09 pipelining', () => {
  test('a hundred requests in one packet, tokens mixed: each is decided on its own, answered in order, each with its entry', async () => {
    const other = `Authorization: Bearer ${await gateway.token('other-counselor')}`;
    const stranger = `Authorization: Bearer ${await gateway.token('nobody')}`;
    const kinds = [
      { headers: [bearer], view: 'full', account: 'counselor' },
      { headers: [other], view: 'basic', account: 'other-counselor' },
      { headers: [], view: 'none', account: undefined },
      { headers: [stranger], view: 'none', account: undefined },
    ];
    const asked = Array.from({ length: 100 }, (_none, at) => kinds[at % kinds.length] as (typeof kinds)[number]);
    // Twenty-five refusals of each kind: more than the twenty of a source, so that some are tallied; their answers are no different.
    const { replies } = await converse(gateway.dataPort, asked.map(({ headers }) => get(RECORD, ...headers)).join(''), {
      replies: 100,
      localAddress: freshSource(),
    });
    expect(replies.map((reply) => reply.header('casegate-view'))).toEqual(asked.map(({ view }) => view));
    const entries = new Map((await gateway.entries()).map((entry) => [entry.accessId, entry]));
    const known = asked.flatMap(({ account }, at) =>
      account === undefined ? [] : [[account, entries.get(replies[at]?.header('casegate-access-id') ?? '')?.who?.account]],
    );
    expect(known.length).toBe(50);
    for (const [account, written] of known) expect(written).toBe(account);
  });

  test('one more at once than a connection may have closes it, behind the answers', async () => {
    const before = gateway.upstream.requests.length;
    const source = freshSource();
    const { replies, closed } = await converse(gateway.dataPort, get(RECORD, bearer).repeat(103), { replies: 103, localAddress: source });
    expect([replies.map(({ status }) => status), closed]).toEqual([[...Array.from({ length: 100 }, () => 200), 429], true]);
    const last = replies.at(-1);
    if (last === undefined) throw new Error('no last answer');
    expect(last.header('retry-after')).toBe('1');
    await expectRefused(gateway, last, source, 'rate-limited');
    expect(gateway.upstream.requests.length).toBe(before + 100);
  });
});

test('nothing that was written down holds the canary', () => expectNoCanary(gateway));
