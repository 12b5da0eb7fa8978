import { RECORDS } from '../support/agency';
import { serveRecords, startTestGateway, type TestGateway } from '../support/gateway';
import { sendRaw } from '../support/raw-http';
import { startRawUpstream, type RawRequest, type RawUpstream } from '../support/raw-upstream';
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
  refusalEntry,
  startAttackedGateway,
  type Refused,
} from './attacked-gateway';
import { expectLikePlain, plainEntry, readPlainly, type PlainRead } from './plain-read';

let gateway: TestGateway;
let token: string;
let bearer: string;
let plain: PlainRead;
beforeAll(async () => {
  gateway = await startAttackedGateway();
  token = await gateway.token('counselor');
  bearer = `Authorization: Bearer ${token}`;
  plain = await readPlainly(gateway, bearer);
});
afterAll(() => gateway?.stop());

test('the plain entry is what it should be', () => {
  expect(plain.entry).toEqual(plainEntry(gateway, plain.entry.source?.address ?? ''));
});

const GOOD_TRACE = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;

test.each([
  ['HDR-01 identity', ['X-User: admin', 'X-User-Id: 1', 'X-Roles: admin', 'X-Forwarded-User: admin', 'X-Remote-User: admin']],
  ['HDR-01 identity under our own names', ['Casegate-User: administrator', 'X-Casegate-Access-Id: mine', 'X-Casegate-Caller: a.b.c']],
  [
    'HDR-04 other words for the source',
    ['Forwarded: for=127.0.0.1', 'X-Real-IP: 127.0.0.1', 'CF-Connecting-IP: 127.0.0.1', 'X-Client-IP: ::1'],
  ],
  [
    'HDR-07 rewriting',
    [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /x',
      'X-Forwarded-Port: 1',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /admin',
    ],
  ],
  [
    'HDR-08 method override on a GET',
    ['X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE', 'X-HTTP-Method: PUT', '_method: DELETE'],
  ],
  ['HDR-10 a header behind a line end is a header like others', ['X-Note: a', 'X-User: admin']],
  ['HDR-11 what an upstream client rejects', ['Keep-Alive: 1', 'TE: trailers', 'Trailer: X-User', 'Proxy-Connection: keep-alive']],
  ['HDR-11 a header named as hop-by-hop', ['Connection: keep-alive, Authorization, X-Note', 'X-Note: a']],
  ['HDR-12 cookies and proxy credentials', ['Cookie: sid=1', 'Cookie: sid=2', 'Proxy-Authorization: Basic YTpi']],
  ['HDR-13 baggage', ['baggage: ssn=219-09-9987', 'tracestate: ssn=219-09-9987']],
  ['HDR-13 an endless traceparent', [`traceparent: ${'0'.repeat(5_000)}`]],
  ['HDR-13 a traceparent, which this case system is not told', [`traceparent: ${GOOD_TRACE}`]],
])('%s: dropped; the whole record, the plain entry, the same bytes to the case system', (_id, headers) =>
  expectLikePlain(gateway, plain, get(RECORD, bearer, ...headers)),
);

test('HDR-12 the caller’s own token does not reach the case system unless that is configured', () => {
  expect(plain.upstream).not.toContain(token);
  expect(plain.upstream.toLowerCase()).not.toContain('authorization');
});

test.each([
  ['loopback', '127.0.0.1', '127.0.0.1'],
  ['a chain', '10.0.0.1, 192.0.2.7', '10.0.0.1, 192.0.2.7'],
  ['IPv6', '2001:db8::1', '2001:db8::1'],
])(
  'HDR-04 X-Forwarded-For of somebody who is no trusted proxy is kept as a claim, and believed in nothing: %s',
  async (_id, claim, kept) => {
    const { reply, source } = await attack(gateway, get(RECORD, bearer, `X-Forwarded-For: ${claim}`));
    expect(await gateway.entryOf(reply.header('casegate-access-id') ?? '')).toEqual({
      ...plainEntry(gateway, source),
      source: { address: source, forwardedFor: kept },
    });
  },
);

test('HDR-04 a claim that is no address is not kept either', async () => {
  const { reply, source } = await attack(gateway, get(RECORD, bearer, 'X-Forwarded-For: 219-09-9987, <script>'));
  expect(await gateway.entryOf(reply.header('casegate-access-id') ?? '')).toEqual(plainEntry(gateway, source));
});

const header = (id: string, what: string, headers: readonly string[]): Refused => ({
  id,
  what,
  bytes: get(RECORD, ...headers),
  code: 'header-not-allowed',
});
const malformed = (id: string, what: string, bytes: string, method: string | null = null): Refused => ({
  id,
  what,
  bytes,
  code: 'request-malformed',
  entry: { method },
});

test.each<Refused>([
  header('HDR-06', 'two Host', ['Host: localhost']),
  header('HDR-06', 'a second, foreign Host', ['Host: evil.example']),
  header('HDR-10', 'an encoded line end in a value', ['X-Note: a%0d%0aX-User: admin']),
  header('HDR-10', 'a half encoded line end', ['X-Note: a%0aX-User: admin']),
  header('HDR-10', 'latin-1 in a value', ['X-Note: caf\xe9']),
  malformed('HDR-10', 'NUL in a value', get(RECORD, 'X-Note: a\0b')),
  malformed('HDR-10', 'a bare CR in a value', get(RECORD, 'X-Note: a\rX-User: admin')),
  malformed('HDR-06', 'no Host on 1.1', `GET ${RECORD} HTTP/1.1\r\n\r\n`, 'GET'),
  malformed('HDR-06', 'no Host on 1.0', `GET ${RECORD} HTTP/1.0\r\n\r\n`, 'GET'),
  malformed('HDR-06', 'a Host on 1.0', `GET ${RECORD} HTTP/1.0\r\nHost: localhost\r\n\r\n`, 'GET'),
  ...['evil', 'gw:99999', 'localhost:99999', '127.0.0.1.evil.example', 'localhost@evil', '', 'local host'].map((host): Refused => ({
    id: 'HDR-06',
    what: `the Host ${JSON.stringify(host)}`,
    bytes: `GET ${RECORD} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    code: 'host-unknown',
    closes: false,
  })),
  ...['GET', 'DELETE'].map((override): Refused => ({
    id: 'HDR-08',
    what: `a POST that says it is a ${override}`,
    bytes: raw(`POST ${RECORD} HTTP/1.1`, `X-HTTP-Method-Override: ${override}`, 'Content-Length: 0'),
    code: 'method-not-allowed',
    entry: { method: 'POST' },
    closes: false,
  })),
  { id: 'HDR-08', what: '_method in the query', bytes: get(`${RECORD}?_method=DELETE`), code: 'query-not-allowed', closes: false },
  {
    id: 'HDR-11',
    what: 'Upgrade alone',
    bytes: get(RECORD, 'Upgrade: websocket'),
    code: 'upgrade-refused',
  },
  { id: 'HDR-11', what: 'an expectation that nobody meets', bytes: get(RECORD, 'Expect: 200-ok'), code: 'expectation-failed' },
  { id: 'HDR-11', what: 'Transfer-Encoding', bytes: `${get(RECORD, 'Transfer-Encoding: chunked')}0\r\n\r\n`, code: 'body-not-allowed' },
])('$id $what -> $code', (row) =>
  expectSettledAtTheEdge(gateway, { ...row, bytes: row.bytes.toString().replace('\r\n', `\r\n${bearer}\r\n`) }),
);

test('HDR-06 nothing in an answer is built from the Host', async () => {
  const sent = await attack(gateway, `GET ${RECORD} HTTP/1.1\r\nHost: LOCALHOST:${gateway.dataPort}\r\n${bearer}\r\n\r\n`);
  expect([sent.reply.status, sent.bytes.toString('latin1').toLowerCase().includes('localhost')]).toEqual([200, false]);
});

test.each(['::ffff:10.0.0.0/8', '::ffff:0:0/1', '0.0.0.0/0', '10.0.0.0', 'loopback', '10.0.0.0/33'])(
  'HDR-05 a range of trusted proxies that cannot be meant refuses the start, by name: %s',
  async (range) => {
    for (const plane of ['dataPlane', 'adminPlane']) {
      const start = startTestGateway({ config: { [plane]: { port: 0, trustedProxies: [range] } } });
      await expect(start).rejects.toThrow(new RegExp(`${plane}\\.trustedProxies.*address range`));
    }
  },
);

describe('HDR-14 origins', () => {
  const OURS = 'https://portal.example';
  const corsOf = (headers: readonly (readonly [string, string])[]) => headers.filter(([name]) => /^access-control-/i.test(name));
  const preflight = (origin: string, path = RECORD) =>
    raw(
      `OPTIONS ${path} HTTP/1.1`,
      `Origin: ${origin}`,
      'Access-Control-Request-Method: GET',
      'Access-Control-Request-Headers: authorization',
    );

  test.each([
    'https://evil',
    'null',
    'https://portal.example.evil',
    'HTTPS://PORTAL.EXAMPLE',
    'https://portal.example/',
    'http://portal.example',
  ])('the origin %s, which nobody registered, gets no CORS header; the answer and the entry are the plain ones', async (origin) => {
    await expectLikePlain(gateway, plain, get(RECORD, bearer, `Origin: ${origin}`));
    expect([corsOf(plain.reply.headers), plain.reply.header('vary')]).toEqual([[], 'Origin']);
  });

  test.each(['https://evil', 'null'])('a preflight of %s is an OPTIONS like any: 405 without CORS headers', async (origin) => {
    const { reply, source } = await attack(gateway, preflight(origin));
    await expectRefused(gateway, reply, source, 'method-not-allowed', { method: 'OPTIONS' });
    expect(corsOf(reply.headers)).toEqual([]);
  });

  test('two Origin lines are refused', () =>
    expectSettledAtTheEdge(gateway, header('HDR-14', 'two Origin', [`Origin: ${OURS}`, 'Origin: https://evil'])));

  test('a registered origin may read answers and refusals, what the case system says of origins does not leave', async () => {
    const allowed = [
      ['Access-Control-Allow-Origin', OURS],
      [
        'Access-Control-Expose-Headers',
        'Casegate-Access-Id, Casegate-View, Casegate-Withheld, Casegate-Page, Casegate-Total, ETag, Link, X-Total-Count, Retry-After',
      ],
    ];
    gateway.upstream.answers(({ target }: RawRequest) => {
      const record = Buffer.from(JSON.stringify(RECORDS[target.split('/').at(-1) ?? '']));
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\nContent-Length: ${record.length}\r\n\r\n`;
      return Buffer.concat([Buffer.from(head), record]);
    });
    const read = await attack(gateway, get(RECORD, bearer, `Origin: ${OURS}`));
    expect([read.reply.status, corsOf(read.reply.headers)]).toEqual([200, allowed]);
    expect(await gateway.entryOf(read.reply.header('casegate-access-id') ?? '')).toEqual(plainEntry(gateway, read.source));
    const refused = await attack(gateway, get(RECORD, `Origin: ${OURS}`));
    await expectRefused(gateway, refused.reply, refused.source, 'token-missing', ON_ROUTE);
    expect(corsOf(refused.reply.headers)).toEqual(allowed);
    serveRecords(gateway.upstream, RECORDS);
  });

  test('its preflight is answered 204 without a body, and has its entry', async () => {
    const before = gateway.upstream.requests.length;
    const { reply, source } = await attack(gateway, preflight(OURS));
    expect([reply.status, reply.body.length, reply.header('content-length'), reply.header('cache-control')]).toEqual([
      204,
      0,
      undefined,
      'no-store',
    ]);
    expect(corsOf(reply.headers)).toEqual([
      ['Access-Control-Allow-Origin', OURS],
      ['Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
      ['Access-Control-Allow-Headers', 'Authorization, Accept, Accept-Language, Content-Type, If-Match, Idempotency-Key'],
      ['Access-Control-Max-Age', '600'],
    ]);
    const accessId = reply.header('casegate-access-id') ?? '';
    expect(await gateway.entryOf(accessId)).toEqual(
      refusalEntry('method-not-allowed', {
        accessId,
        kind: 'preflight',
        source: { address: source },
        method: 'OPTIONS',
        ...ON_ROUTE,
        outcome: { status: 204, code: 'ok', reasons: [] },
      }),
    );
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test('a preflight for a route that is not there is unknown', async () => {
    const { reply, source } = await attack(gateway, preflight(OURS, '/workforce-one/nothing'));
    await expectRefused(gateway, reply, source, 'route-unknown', { method: 'OPTIONS' });
  });
});

describe('where it is configured', () => {
  let upstream: RawUpstream;
  let own: TestGateway;
  beforeAll(async () => {
    upstream = await startRawUpstream();
    serveRecords(upstream, RECORDS);
    const system = {
      origin: upstream.origin,
      credential: { kind: 'forward-bearer' },
      tells: { accessId: true, traceparent: true },
    };
    own = await startAttackedGateway({
      config: {
        dataPlane: { port: 0, trustedProxies: ['127.9.0.0/16'] },
        adminPlane: { port: 0, trustedProxies: ['127.8.0.0/16'] },
        rateLimits: { adminAddressPerMinute: 2 },
        systems: { 'workforce-one': system },
      },
    });
  });
  afterAll(async () => {
    await own?.stop();
    await upstream?.close();
  });

  const headersSent = () =>
    upstream.requests.at(-1)?.headers.filter(([name]) => !/^(?:host|connection|accept|accept-encoding)$/.test(name));

  test('HDR-12 HDR-13 the case system is told the token, the access id and a sound traceparent, and nothing else', async () => {
    const ownToken = await own.token('counselor');
    const authorization = `Authorization: Bearer ${ownToken}`;
    for (const [sent, told] of [
      [GOOD_TRACE, [['traceparent', GOOD_TRACE]]],
      ['0'.repeat(5_000), []],
      [GOOD_TRACE.toUpperCase(), []],
      ['219-09-9987', []],
    ] as const) {
      const { reply } = await attack(own, get(RECORD, authorization, 'Cookie: a=1', 'baggage: a=1', `traceparent: ${sent}`));
      expect([reply.status, headersSent()]).toEqual([
        200,
        [['authorization', `Bearer ${ownToken}`], ['x-casegate-access-id', reply.header('casegate-access-id')], ...told],
      ]);
    }
  });

  test.each([
    ['its own proxy', '127.8.0.7', { address: '203.0.113.8', forwardedFor: '203.0.113.8' }],
    ['not that of the other plane', '127.9.0.7', { address: '127.9.0.7', forwardedFor: '203.0.113.8' }],
  ])('HDR-04 HDR-05 the admin plane believes %s', async (_what, proxy, source) => {
    const bytes = get('/metrics', 'X-Forwarded-For: 203.0.113.8');
    const statuses: number[] = [];
    for (let at = 0; at < 3; at += 1) {
      const reply = await sendRaw(own.adminPort, bytes, { localAddress: proxy });
      statuses.push(reply.status);
      expect(await own.entryOf(reply.header('casegate-access-id') ?? '')).toMatchObject({ kind: 'admin', who: null, source });
    }
    expect(statuses).toEqual([401, 401, 429]);
    const next = await sendRaw(own.adminPort, bytes.replace('113.8', '113.7'), { localAddress: proxy });
    expect(next.status).toBe(source.address === proxy ? 429 : 401);
  });

  test.each([
    ['the address behind it', '203.0.113.9', '203.0.113.9', '203.0.113.9'],
    ['the last one that no proxy of ours named', '127.0.0.1, 203.0.113.9, 127.9.0.8', '203.0.113.9', '127.0.0.1, 203.0.113.9, 127.9.0.8'],
    ['nothing behind a word that is no address', '203.0.113.9, evil', '127.9.0.7', '203.0.113.9'],
  ])('HDR-04 a trusted proxy is believed: %s', async (_what, claim, address, forwardedFor) => {
    const bytes = get(RECORD, `X-Forwarded-For: ${claim}`);
    const reply = await sendRaw(own.dataPort, bytes, { localAddress: '127.9.0.7' });
    const accessId = reply.header('casegate-access-id') ?? '';
    expect(await own.entryOf(accessId)).toEqual(
      refusalEntry('token-missing', { ...ON_ROUTE, accessId, source: { address, forwardedFor } }),
    );
  });

  test('HDR-04 anybody else names nobody', async () => {
    const source = freshSource();
    const reply = await sendRaw(own.dataPort, get(RECORD, 'X-Forwarded-For: 127.9.0.7'), { localAddress: source });
    const accessId = reply.header('casegate-access-id') ?? '';
    expect((await own.entryOf(accessId)).source).toEqual({ address: source, forwardedFor: '127.9.0.7' });
  });

  test('nothing that was written down holds the canary', async () => {
    await expectNoCanary(own);
    await expectNoCanary(gateway);
    for (const one of [own, gateway]) expect(one.lines().join('')).not.toContain('eyJ');
  });
});
