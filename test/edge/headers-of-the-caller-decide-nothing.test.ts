import { converse, sendRaw } from '../support/raw-http';
import { expectRefusal, get, plainAsk, stubGateway } from './stub-gateway';
import type { StubGateway } from './stub-gateway';

let gateway: StubGateway;
beforeEach(async () => {
  gateway = await stubGateway();
});
afterEach(() => gateway.dataPlane.stop());

test.each([
  ['HDR-01 identity headers', ['X-User: admin', 'X-User-Id: 1', 'X-Roles: admin', 'X-Forwarded-User: admin', 'X-Remote-User: admin']],
  [
    'HDR-07 rewriting headers',
    [
      'X-Forwarded-Host: evil',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /x',
      'X-Forwarded-Port: 1',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /admin',
    ],
  ],
  ['HDR-08 method override', ['X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE', '_method: DELETE']],
  ['HDR-10 a header smuggled in behind a line end is a header like others', ['X-Note: a', 'X-User: admin']],
  ['HDR-11 headers an upstream client rejects', ['Keep-Alive: 1', 'TE: trailers', 'Trailer: X-User', 'Proxy-Connection: keep-alive']],
  ['HDR-12 cookies and proxy credentials', ['Cookie: sid=1', 'Cookie: sid=2', 'Proxy-Authorization: Basic YTpi']],
  ['HDR-13 baggage and an endless traceparent', ['baggage: ssn=219-09-9987', `traceparent: ${'0'.repeat(5_000)}`]],
  ['PTH-19 an id in a header', ['X-Case-Id: P1']],
  ['PTH-28 conditions', ['If-None-Match: *', 'If-Match: "x"', 'If-Modified-Since: Mon, 05 Jan 2026 12:00:00 GMT']],
  ['PTH-29 ranges', ['Range: bytes=10-20', 'If-Range: "x"']],
  ['PTH-30 negotiation', ['Accept: text/csv', 'Accept-Language: xx', 'Accept-Encoding: br, gzip']],
  ['TOK-22 a token elsewhere', ['Cookie: access_token=x', 'X-Access-Token: x']],
  ['TOK-25 acting for somebody by header', ['X-On-Behalf-Of: alice']],
])('%s: dropped, the ask and the answer are those without them', async (_id, headers) => {
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1', ...headers));
  expect([reply.status, reply.body.toString()]).toEqual([200, '{"id":"C1","bearer":null}']);
  expect(gateway.seen.asks).toEqual([plainAsk()]);
});

test.each([
  ['TOK-21 two Authorization', ['Authorization: Bearer a', 'Authorization: Bearer b']],
  ['TOK-21 two Authorization, cases mixed', ['Authorization: Bearer a', 'aUTHORIZATION: Bearer a']],
  ['HDR-06 two Host', ['Host: localhost']],
  ['two Content-Type', ['Content-Type: a/b', 'Content-Type: a/b']],
  ['two Origin', ['Origin: https://cases.example', 'Origin: https://evil.example']],
  ['two Expect', ['Expect: 100-continue', 'Expect: 100-continue']],
  ['HDR-10 latin-1 in a value', ['X-Note: caf\xe9']],
  ['HDR-10 an encoded line end in a value', ['X-Note: a%0d%0aX-User: admin']],
  ['HDR-10 a control in a value', ['X-Note: a\x01b']],
])('%s: 400 and closed', async (_id, headers) => {
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1', ...headers));
  if (reply.body.includes('request-malformed')) expectRefusal(gateway, reply, 'request-malformed', { method: null });
  else expectRefusal(gateway, reply, 'header-not-allowed');
  expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
});

test('HDR-13 a traceparent goes on only in the form of W3C Trace Context', async () => {
  const good = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
  for (const value of [good, good.toUpperCase(), `${good}-x`, `01${good.slice(2)}`, '219-09-9987'])
    await sendRaw(gateway.port, get('/wf1/records/C1', `traceparent: ${value}`));
  expect(gateway.seen.asks).toEqual([plainAsk({ traceparent: good }), plainAsk(), plainAsk(), plainAsk(), plainAsk()]);
});

test.each(['evil', 'localhost:99999', 'gw:99999', '127.0.0.1.evil.example', 'localhost@evil', '', 'local host'])(
  'HDR-06 a Host that is not ours is misdirected: %s',
  async (host) => {
    const reply = await sendRaw(gateway.port, `GET /wf1/records/C1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expectRefusal(gateway, reply, 'host-unknown');
    expect(gateway.seen.asks).toEqual([]);
  },
);

test('HDR-06 our own names pass, in any case, without a port and with ours', async () => {
  const hosts = ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]', `localhost:${gateway.port}`, `127.0.0.1:${gateway.port}`];
  const replies = await Promise.all(hosts.map((host) => sendRaw(gateway.port, `GET /wf1/records/C1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`)));
  expect(replies.map(({ status }) => status)).toEqual(hosts.map(() => 200));
});

test('HDR-06 configured names replace the default ones', async () => {
  const named = await stubGateway({ hosts: ['cases.example', 'other.example:8443'] });
  const ask = (host: string) => sendRaw(named.port, `GET /wf1/records/C1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const replies = await Promise.all(['cases.example', 'other.example:8443', 'other.example', 'localhost'].map(ask));
  await named.dataPlane.stop();
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 421, 421]);
});

test('HDR-06 a request without Host is malformed, and entered as such', async () => {
  const reply = await sendRaw(gateway.port, 'GET /wf1/records/C1 HTTP/1.1\r\n\r\n');
  expectRefusal(gateway, reply, 'request-malformed');
  expect(reply.closed).toBe(true);
});

test.each([
  'Basic YTpi',
  'Bearer',
  'Bearer  a',
  'Bearer a b',
  'Bearer a,b',
  'Bearer "a"',
  `Bearer ${'a'.repeat(8_193)}`,
  'Token a',
  'Bearer a\tb',
])('TOK-22 an Authorization that is no single bearer token is a 401 for its own reason: %s', async (value) => {
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1', `Authorization: ${value}`));
  expectRefusal(gateway, reply, 'token-invalid', { reason: 'token-not-bearer', system: 'workforce-one', route: 'record' });
  expect(gateway.seen.asks).toEqual([]);
  expect(JSON.stringify(gateway.seen)).not.toContain('YTpi');
});

test('the one bearer token goes to the pipeline as it stands', async () => {
  const tokens = ['abc.def-_~+/==', 'a'.repeat(8_192)];
  for (const token of tokens) await sendRaw(gateway.port, get('/wf1/records/C1', `authorization: bearer ${token}`));
  expect(gateway.seen.asks).toEqual(tokens.map((bearer) => plainAsk({ bearer })));
});

test('SMG-09 pipelined requests are each decided on their own token, answered in order', async () => {
  const names = Array.from({ length: 100 }, (_none, at) => `R${at}`);
  const { replies } = await converse(
    gateway.port,
    names.map((name) => get(`/wf1/records/${name}`, `Authorization: Bearer of-${name}`)).join(''),
    {
      replies: 100,
    },
  );
  expect(replies.map(({ body }) => body.toString())).toEqual(names.map((name) => JSON.stringify({ id: name, bearer: `of-${name}` })));
});

test('LOD-13 one header more than the cap is refused, not cut off', async () => {
  const some = Array.from({ length: 99 }, (_none, at) => `X-${at}: 1`);
  expect((await sendRaw(gateway.port, get('/wf1/records/C1', ...some))).status).toBe(200);
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1', ...some, 'Authorization: Bearer a'));
  expectRefusal(gateway, reply, 'headers-too-large');
});

describe('HDR-14 origins', () => {
  test.each(['https://evil', 'null', 'https://cases.example.evil', 'HTTPS://CASES.EXAMPLE', 'https://cases.example/'])(
    'an origin nobody registered gets no CORS header: %s',
    async (origin) => {
      const reply = await sendRaw(gateway.port, get('/wf1/records/C1', `Origin: ${origin}`));
      expect(reply.headers.filter(([name]) => name.startsWith('Access-Control-'))).toEqual([]);
      expect(reply.header('vary')).toBe('Origin');
    },
  );

  test('a registered one may read the answer, refusals too', async () => {
    const own = [
      ['Access-Control-Allow-Origin', 'https://cases.example'],
      [
        'Access-Control-Expose-Headers',
        'Casegate-Access-Id, Casegate-View, Casegate-Withheld, Casegate-Page, Casegate-Total, ETag, Link, X-Total-Count, Retry-After',
      ],
    ];
    for (const target of ['/wf1/records/C1', '/wf1/nothing']) {
      const reply = await sendRaw(gateway.port, get(target, 'Origin: https://cases.example'));
      expect(reply.headers.filter(([name]) => name.startsWith('Access-Control-'))).toEqual(own);
    }
  });

  const preflight = (origin: string, ...more: readonly string[]): string =>
    [
      'OPTIONS /wf1/records/C1 HTTP/1.1',
      'Host: localhost',
      `Origin: ${origin}`,
      'Access-Control-Request-Method: GET',
      ...more,
      '',
      '',
    ].join('\r\n');

  test('its preflight is answered 204 without a body, entered, and never carried', async () => {
    const reply = await sendRaw(gateway.port, preflight('https://cases.example', 'Access-Control-Request-Headers: authorization'));
    expect([reply.status, reply.body.length, reply.header('content-length')]).toEqual([204, 0, undefined]);
    expect(reply.headers.filter(([name]) => name.startsWith('Access-Control-'))).toEqual([
      ['Access-Control-Allow-Origin', 'https://cases.example'],
      ['Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
      ['Access-Control-Allow-Headers', 'Authorization, Accept, Accept-Language, Content-Type, If-Match, Idempotency-Key'],
      ['Access-Control-Max-Age', '600'],
    ]);
    expect(gateway.seen.preflights).toEqual([
      {
        accessId: reply.header('casegate-access-id'),
        receivedAtMs: expect.any(Number),
        source: { address: '127.0.0.1' },
        method: 'OPTIONS',
        system: 'workforce-one',
        route: 'record',
      },
    ]);
    expect([gateway.seen.asks, gateway.seen.refusals]).toEqual([[], []]);
  });

  test('a preflight of anybody else is an OPTIONS like any: 405', async () => {
    const reply = await sendRaw(gateway.port, preflight('https://evil', 'Access-Control-Request-Headers: authorization'));
    expectRefusal(gateway, reply, 'method-not-allowed', { method: 'OPTIONS' });
    expect(reply.headers.filter(([name]) => name.startsWith('Access-Control-'))).toEqual([]);
  });
});

test('every answer carries the same fixed headers and nothing that names the software', async () => {
  const fixed = [
    ['Content-Security-Policy', "default-src 'none';frame-ancestors 'none'"],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Origin-Agent-Cluster', '?1'],
    ['Referrer-Policy', 'no-referrer'],
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-DNS-Prefetch-Control', 'off'],
    ['X-Download-Options', 'noopen'],
    ['X-Frame-Options', 'DENY'],
    ['X-Permitted-Cross-Domain-Policies', 'none'],
    ['X-XSS-Protection', '0'],
    ['Cache-Control', 'no-store'],
    ['Vary', 'Origin'],
  ];
  for (const bytes of [get('/wf1/records/C1'), get('/nothing'), 'nonsense\r\n\r\n']) {
    const reply = await sendRaw(gateway.port, bytes);
    expect(reply.headers.slice(0, fixed.length)).toEqual(fixed);
    const names = reply.headers.slice(fixed.length).map(([name]) => name.toLowerCase());
    expect(
      names.filter(
        (name) =>
          !['content-type', 'casegate-access-id', 'casegate-view', 'content-length', 'date', 'connection', 'keep-alive'].includes(name),
      ),
    ).toEqual([]);
    expect(reply.header('content-length')).toBe(String(reply.body.length));
  }
});
