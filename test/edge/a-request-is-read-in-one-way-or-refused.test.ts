import { converse, sendRaw } from '../support/raw-http';
import { CASE_SYSTEM, expectRefusal, get, plainAsk, ROUTE, stubGateway } from './stub-gateway';
import type { StubGateway } from './stub-gateway';

let gateway: StubGateway;
beforeEach(async () => {
  gateway = await stubGateway();
});
afterEach(() => gateway.dataPlane.stop());

const raw = (line: string, ...headers: readonly string[]): string => [line, 'Host: localhost', ...headers, '', ''].join('\r\n');

test.each([
  ['PTH-01 E02 encoded slash', '/wf1/records/1%2f..%2f2'],
  ['PTH-01 E02 encoded slash', '/wf1/records/..%2fadmin'],
  ['PTH-02 dot segment', '/wf1/records/..'],
  ['PTH-02 encoded dot segment', '/wf1/records/%2e%2e'],
  ['PTH-04 backslash', '/wf1/records/1\\..\\2'],
  ['PTH-04 double encoding', '/wf1/records/%252e%252e'],
  ['PTH-05 scheme-relative', '//evil.example/wf1/records/C1'],
  ['PTH-05 scheme-relative, backslash', '/\\evil.example/wf1/records/C1'],
  ['PTH-06 E03 absolute form', 'http://evil.example/wf1/records/C1'],
  ['PTH-06 E03 absolute form of our own', 'http://localhost/wf1/records/C1'],
  ['PTH-07 asterisk form', '*'],
  ['PTH-09 trailing slash', '/wf1/records/C1/'],
  ['PTH-09 trailing dot', '/wf1/records/C1.'],
  ['PTH-09 trailing encoded blank', '/wf1/records/C1%20'],
  ['PTH-09 trailing tilde', '/wf1/records/C1~'],
  ['PTH-10 E02 encoded NUL', '/wf1/records/C1%00'],
  ['PTH-10 encoded line end', '/wf1/records/C1%0d%0aX:%20y'],
  ['PTH-12 double slash', '/wf1//records/C1'],
  ['PTH-13 full-width digit', '/wf1/records/%EF%BC%91'],
  ['PTH-14 E05 malformed escape', '/wf1/records/%zz'],
  ['PTH-14 lone percent sign', '/wf1/records/%'],
  ['PTH-15 fragment', '/wf1/records/C1#x'],
  ['PTH-15 authority inside', '/wf1/records/1:8080@evil'],
  ['E02 semicolon', '/wf1/records/C1;v=1'],
])('%s is refused: %s', async (_id, target) => {
  const reply = await sendRaw(gateway.port, get(target));
  expectRefusal(gateway, reply, 'path-not-canonical');
  expect(gateway.seen.asks).toEqual([]);
});

test.each([
  ['PTH-09 an id with an ending', '/wf1/records/C1.json'],
  ['PTH-13 an id that begins with a sign', '/wf1/records/-1'],
  ['PTH-13 an id over 64 characters', `/wf1/records/${'a'.repeat(65)}`],
])('%s is no id', async (_id, target) => {
  const reply = await sendRaw(gateway.port, get(target));
  expectRefusal(gateway, reply, 'path-not-canonical', { system: 'wf1' });
  expect(gateway.seen.asks).toEqual([]);
});

test('PTH-13 an id that the route matcher let through is held against the grammar all the same', async () => {
  await gateway.dataPlane.stop();
  gateway = await stubGateway({
    handlers: {
      route: () => ({ kind: 'route', caseSystem: CASE_SYSTEM, route: ROUTE, recordId: '1/../2', environment: 'production' }),
    },
  });
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1'));
  expectRefusal(gateway, reply, 'path-not-canonical', { system: 'workforce-one', route: 'record' });
});

test.each(['/wf1/records/é', 'wf1/records/C1', '/wf1/records/C1\tx', '/wf1/records/C1 x'])(
  'PTH-09 PTH-10 PTH-13 a target outside the grammar of HTTP is malformed: %s',
  async (target) => {
    const reply = await sendRaw(gateway.port, get(target));
    expectRefusal(gateway, reply, 'request-malformed', { method: null });
    expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
  },
);

test.each([
  '/WF1/records/C1',
  '/wf1/Records/C1',
  '/wf1/RECORDS/C1',
  '/api/v0/cases/C1',
  '/internal',
  '/actuator',
  '/swagger.json',
  '/graphql',
  '/',
])('PTH-11 PTH-21 E01 a route nobody declared is unknown: %s', async (target) => {
  const reply = await sendRaw(gateway.port, get(target));
  expectRefusal(gateway, reply, 'route-unknown');
  expect(gateway.seen.asks).toEqual([]);
});

test.each(['?', '?id=1&id=2', '?id[]=1', '?id[a]=1', '?_method=DELETE', '?include=private', '?access_token=x', '?ssn=x', '?filter[ssn]=1'])(
  'PTH-18 PTH-20 TOK-22 E04 a query is refused: %s',
  async (query) => {
    const reply = await sendRaw(gateway.port, get(`/wf1/records/C1${query}`));
    expectRefusal(gateway, reply, 'query-not-allowed');
    expect(gateway.seen.asks).toEqual([]);
  },
);

test.each(['/wf1/records?ssn=219-09-9987', '/wf1/records/219-09-9987', '/wf1/records/219099987', '/219-09-9987'])(
  'R26 AUD-25 an SSN in the address is refused and handed to nobody: %s',
  async (target) => {
    const reply = await sendRaw(gateway.port, get(target));
    expectRefusal(gateway, reply, 'ssn-in-url');
    expect(JSON.stringify([gateway.seen, reply.headers, reply.body.toString()])).not.toMatch(/219.?09.?9987/);
  },
);

test('PTH-23 E06 HEAD is asked for as HEAD, answered as GET, without the body', async () => {
  const reply = await sendRaw(gateway.port, raw('HEAD /wf1/records/C1 HTTP/1.1'));
  expect([reply.status, reply.body.length, reply.header('content-length')]).toEqual([200, 0, '25']);
  expect(gateway.seen.asks).toEqual([plainAsk({ method: 'HEAD' })]);
  await gateway.untilDelivered(1);
  expect(gateway.seen.deliveries).toEqual([['access-1', 'sent', 0]]);
});

test('PTH-23 E06 a refused HEAD has no body either', async () => {
  const { bytes, replies } = await converse(gateway.port, raw('HEAD /nothing HTTP/1.1'));
  expectRefusal(gateway, replies[0]!, 'route-unknown', { method: 'HEAD' });
  expect(bytes.toString('latin1').split('\r\n\r\n')[1]).toBe('');
});

test.each(['OPTIONS', 'TRACE', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'M-SEARCH'])(
  'PTH-24 PTH-25 %s is not allowed here',
  async (method) => {
    const reply = await sendRaw(gateway.port, raw(`${method} /wf1/records/C1 HTTP/1.1`));
    expectRefusal(gateway, reply, 'method-not-allowed', { method });
    expect(gateway.seen.asks).toEqual([]);
  },
);

test.each(['FOO', 'get', 'TRACK', 'Get', 'GETS'])('PTH-25 SMG-13 a method the parser does not know is told so too: %s', async (method) => {
  const reply = await sendRaw(gateway.port, raw(`${method} /wf1/records/C1 HTTP/1.1`));
  expectRefusal(gateway, reply, 'method-not-allowed', { method: null });
  expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
});

test('a route that takes other methods names them', async () => {
  await gateway.dataPlane.stop();
  gateway = await stubGateway({ handlers: { route: () => ({ kind: 'method', allow: ['POST', 'DELETE'] }) } });
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1'));
  expectRefusal(gateway, reply, 'method-not-allowed', { system: 'wf1', allow: 'POST, DELETE' });
});

test('a system without a checked policy is unavailable', async () => {
  await gateway.dataPlane.stop();
  gateway = await stubGateway({ handlers: { route: () => ({ kind: 'without-policy' }) } });
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1'));
  expectRefusal(gateway, reply, 'policy-unavailable', { system: 'wf1' });
});

test('HDR-08 a POST is a POST whatever the override says', async () => {
  const reply = await sendRaw(gateway.port, raw('POST /wf1/records/C1 HTTP/1.1', 'X-HTTP-Method-Override: GET', 'Content-Length: 0'));
  expectRefusal(gateway, reply, 'method-not-allowed', { method: 'POST' });
});

test('PTH-07 CONNECT opens no tunnel and no socket is left', async () => {
  const reply = await sendRaw(gateway.port, 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n');
  expectRefusal(gateway, reply, 'method-not-allowed', { method: null });
  expect(reply.closed).toBe(true);
});

test('PTH-07 OPTIONS in asterisk form is refused', async () => {
  const reply = await sendRaw(gateway.port, raw('OPTIONS * HTTP/1.1'));
  expectRefusal(gateway, reply, 'path-not-canonical', { method: 'OPTIONS' });
});

test.each([
  ['websocket', ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13']],
  ['h2c', ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABkAAQAAP__']],
  ['without Connection', ['Upgrade: websocket']],
])('PTH-33 HDR-11 an upgrade is refused and the connection closed: %s', async (_id, headers) => {
  const { replies, closed } = await converse(gateway.port, `${raw('GET /wf1/records/C1 HTTP/1.1', ...headers)}${get('/wf1/records/P1')}`, {
    replies: 2,
  });
  expectRefusal(gateway, replies[0]!, 'upgrade-refused');
  expect([replies.length, closed, gateway.seen.asks]).toEqual([1, true, []]);
});

test('PTH-33 the preface of HTTP/2 is refused', async () => {
  const reply = await sendRaw(gateway.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  expectRefusal(gateway, reply, 'upgrade-refused', { method: null });
  expect(reply.closed).toBe(true);
});

test.each([
  'GET /wf1/records/C1 HTTP/1.0\r\nHost: localhost\r\n\r\n',
  'GET /wf1/records/C1 HTTP/1.0\r\n\r\n',
  'GET /wf1/records/C1\r\n\r\n',
])('HDR-06 only HTTP/1.1 is spoken: %j', async (bytes) => {
  const reply = await sendRaw(gateway.port, bytes);
  expectRefusal(gateway, reply, 'request-malformed');
  expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
});

test('PTH-31 no validator leaves, so nothing can be asked for conditionally', async () => {
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1', 'If-None-Match: *'));
  expect([reply.status, reply.header('etag'), reply.header('last-modified'), reply.header('cache-control')]).toEqual([
    200,
    undefined,
    undefined,
    'no-store',
  ]);
});

test('E05 a handler that throws ends in our own document, without a word of the fault', async () => {
  await gateway.dataPlane.stop();
  const broken = (): never => {
    throw new Error('lookup failed for 219-09-9987');
  };
  gateway = await stubGateway({ handlers: { route: broken } });
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1'));
  expectRefusal(gateway, reply, 'internal-fault');
  await gateway.dataPlane.stop();
  gateway = await stubGateway({ handlers: { carry: () => Promise.reject(new Error('lookup failed for 219-09-9987')) } });
  const other = await sendRaw(gateway.port, get('/wf1/records/C1'));
  expectRefusal(gateway, other, 'internal-fault');
  expect(gateway.seen.alarms.map(([event]) => event)).toEqual(['edge-fault']);
});
