import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { makeClient, makeRoute, outcomeOf } from '../support/upstream-call';
import { rawReply, startRawUpstream, type RawAnswer, type RawRequest, type RawUpstream } from '../support/raw-upstream';
import type { CaseSystemClient } from '../../src/upstream/case-system-client';

const CANARY = '219-09-9987';
let upstream: RawUpstream;
let client: CaseSystemClient;
beforeEach(async () => {
  upstream = await startRawUpstream();
  client = makeClient(upstream.origin, { limits: { deadlineMs: 1_500, failuresToOpen: 1_000 } });
});
afterEach(async () => {
  await upstream.close();
  await client.close();
});

const chunked = (...parts: string[]): string =>
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
  parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('') +
  '0\r\n\r\n';
const body = `{"id":"A17","ssn":"${CANARY}"}`;

const rows: [string, RawAnswer, string][] = [
  ['SMG-14 a length and chunks', chunked(body).replace('Transfer', `Content-Length: ${body.length}\r\nTransfer`), 'upstream-malformed'],
  ['SMG-14 two lengths, alike', rawReply(body, { headers: [`Content-Length: ${body.length}`] }), 'upstream-malformed'],
  ['SMG-14 two lengths, different', rawReply(body, { headers: ['Content-Length: 1'] }), 'upstream-malformed'],
  [
    'SMG-14 two lengths in one header',
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}, ${body.length}\r\n\r\n${body}`,
    'upstream-malformed',
  ],
  ['SMG-14 a signed length', `HTTP/1.1 200 OK\r\nContent-Length: +${body.length}\r\n\r\n${body}`, 'upstream-malformed'],
  ['SMG-14 a negative length', `HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${body}`, 'upstream-malformed'],
  ['SMG-14 another transfer coding', chunked(body).replace('chunked', 'gzip, chunked'), 'upstream-malformed'],
  ['SMG-14 chunked twice', chunked(body).replace('chunked', 'chunked\r\nTransfer-Encoding: chunked'), 'upstream-malformed'],
  ['SMG-14 204 with a body', rawReply(body, { status: '204 No Content' }), 'upstream-failed'],
  ['SMG-14 304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 'upstream-failed'],
  [
    'SMG-17 101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
    'upstream-malformed',
  ],
  ['SMG-17 100 that nobody asked for', Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), rawReply(body)]), 'upstream-malformed'],
  [
    'SMG-17 six informational answers',
    Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nx-ssn: 1\r\n\r\n'.repeat(6)), rawReply(body)]),
    'upstream-malformed',
  ],
  ['SMG-19 status 000', rawReply(body, { status: '000 Nothing' }), 'upstream-malformed'],
  ['SMG-19 status 099', rawReply(body, { status: '099 Early' }), 'upstream-malformed'],
  ['SMG-19 status 299', rawReply(body, { status: '299 Warm' }), 'upstream-failed'],
  ['SMG-19 status 600', rawReply(body, { status: '600 Far' }), 'upstream-failed'],
  ['SMG-19 status 1000', rawReply(body, { status: '1000 Farther' }), 'upstream-malformed'],
  ['SMG-20 10,000 headers', rawReply(body, { headers: Array<string>(10_000).fill('a: b') }), 'upstream-malformed'],
  ['SMG-20 101 headers', rawReply(body, { headers: Array<string>(99).fill('a: b') }), 'upstream-malformed'],
  ['SMG-20 a header of 1 MB', rawReply(body, { headers: [`x-big: ${'a'.repeat(1_000_000)}`] }), 'upstream-malformed'],
  ['SMG-20 NUL in a header', rawReply(body, { headers: ['x-odd: a\0b'] }), 'upstream-malformed'],
  ['SMG-20 a bare CR in a header', rawReply(body, { headers: ['x-odd: a\rb'] }), 'upstream-malformed'],
  ['SMG-20 a folded header', rawReply(body, { headers: ['x-odd: a\r\n b'] }), 'upstream-malformed'],
  ['SMG-20 a space before the colon', rawReply(body, { headers: ['x-odd : a'] }), 'upstream-malformed'],
  ['BOD-13 two media types', rawReply(body, { headers: ['Content-Type: text/html'] }), 'upstream-malformed'],
  ['BOD-13 a media type outside ASCII', rawReply(body, { type: 'application/json; x="\xe9"' }), 'upstream-malformed'],
  ['BOD-14 zstd', rawReply(body, { headers: ['Content-Encoding: zstd'] }), 'upstream-malformed'],
  ['BOD-14 deflate', rawReply(deflateSync(body), { headers: ['Content-Encoding: deflate'] }), 'upstream-malformed'],
  ['BOD-14 an unknown encoding', rawReply(body, { headers: ['Content-Encoding: xyz'] }), 'upstream-malformed'],
  ['BOD-14 an empty encoding', rawReply(body, { headers: ['Content-Encoding: '] }), 'upstream-malformed'],
  [
    'BOD-14 gzip thirty times',
    rawReply(body, { headers: [`Content-Encoding: ${Array<string>(30).fill('gzip').join(', ')}`] }),
    'upstream-malformed',
  ],
  [
    'BOD-14 two encodings',
    rawReply(gzipSync(gzipSync(body)), { headers: ['Content-Encoding: gzip', 'Content-Encoding: gzip'] }),
    'upstream-malformed',
  ],
  ['BOD-14 gzip that is none', rawReply(body, { headers: ['Content-Encoding: gzip'] }), 'upstream-malformed'],
  ['BOD-14 gzip cut short', rawReply(gzipSync(body).subarray(0, 20), { headers: ['Content-Encoding: gzip'] }), 'upstream-malformed'],
  [
    'BOD-14 gzip and something behind it',
    rawReply(Buffer.concat([gzipSync(body), Buffer.from(body)]), { headers: ['Content-Encoding: gzip'] }),
    'upstream-malformed',
  ],
  ['BOD-14 br cut short', rawReply(brotliCompressSync(body).subarray(0, 10), { headers: ['Content-Encoding: br'] }), 'upstream-malformed'],
  ['BOD-15 a gzip bomb', rawReply(gzipSync(Buffer.alloc(32_000_000)), { headers: ['Content-Encoding: gzip'] }), 'upstream-too-large'],
  [
    'BOD-15 a gzip bomb of small size',
    rawReply(gzipSync(Buffer.alloc(65_537)), { headers: ['Content-Encoding: gzip'] }),
    'upstream-too-large',
  ],
  ['BOD-15 a br bomb', rawReply(brotliCompressSync(Buffer.alloc(32_000_000)), { headers: ['Content-Encoding: br'] }), 'upstream-too-large'],
  ['BOD-16 one byte over the cap', rawReply('x'.repeat(65_537)), 'upstream-too-large'],
  ['BOD-16 one byte over the cap in chunks', chunked('x'.repeat(65_536), 'x'), 'upstream-too-large'],
  ['BOD-16 a length over the cap', `HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n${body}`, 'upstream-too-large'],
  [
    'BOD-17 a body that only the end of the connection ends',
    { pieces: [`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${body}`], then: 'end' },
    'upstream-malformed',
  ],
  ['BOD-17 cut by FIN', { pieces: [`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":1,"b":`], then: 'end' }, 'upstream-malformed'],
  [
    'BOD-17 cut by FIN, connection: close',
    { pieces: [`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{"a":1,"b":`], then: 'end' },
    'upstream-malformed',
  ],
  ['BOD-17 cut by RST', { pieces: [`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":1,"b":`], then: 'reset' }, 'upstream-malformed'],
  ['BOD-17 chunks without a last one', { pieces: [chunked(body).slice(0, -5)], then: 'end' }, 'upstream-malformed'],
  [
    'BOD-17 chunks without a last one, connection: close',
    { pieces: [chunked(body).slice(0, -5).replace('Transfer', 'Connection: close\r\nTransfer')], then: 'end' },
    'upstream-malformed',
  ],
  ['BOD-17 half a head', { pieces: ['HTTP/1.1 200 OK\r\nContent-'], then: 'end' }, 'upstream-malformed'],
  ['BOD-16 a chunk size that is none', chunked(body).replace(/\r\n\r\n[0-9a-f]+\r\n/, '\r\n\r\n0x1e\r\n'), 'upstream-malformed'],
  ['BOD-16 a chunk size past 2^64', chunked(body).replace(/\r\n\r\n[0-9a-f]+\r\n/, '\r\n\r\nfffffffffffffffff\r\n'), 'upstream-malformed'],
  ['LOD-06 nothing but a FIN', { pieces: [], then: 'end' }, 'upstream-unreachable'],
  ['LOD-06 nothing but an RST', { pieces: [], then: 'reset' }, 'upstream-unreachable'],
  ['something that is not HTTP', `${body}\r\n\r\n`, 'upstream-malformed'],
  ['another version', 'HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}', 'upstream-malformed'],
  ['PTH-32 a redirect', rawReply(body, { status: '302 Found', headers: ['Location: http://169.254.169.254/'] }), 'upstream-failed'],
  [
    'PTH-32 a redirect to itself',
    rawReply(body, { status: '308 Permanent', headers: [`Location: /records/B2?ssn=${CANARY}`] }),
    'upstream-failed',
  ],
  [
    'PTH-29 a partial answer',
    rawReply(body, { status: '206 Partial Content', headers: ['Content-Range: bytes 0-9/100'] }),
    'upstream-failed',
  ],
  ['BOD-31 401', rawReply(body, { status: '401 Unauthorized' }), 'upstream-failed'],
  ['BOD-31 403', rawReply(body, { status: '403 Forbidden' }), 'upstream-failed'],
  ['BOD-31 500', rawReply(`select failed for ${CANARY}`, { status: `500 ${CANARY}`, type: 'text/html' }), 'upstream-failed'],
  ['LOD-06 503', rawReply(body, { status: '503 Busy' }), 'upstream-failed'],
  ['BOD-31 410', rawReply(body, { status: '410 Gone' }), 'upstream-failed'],
];

test.each(rows)('%s is refused', async (_name, answer, code) => {
  upstream.answers(answer);
  const outcome = await outcomeOf(client);
  expect(outcome).toEqual({ code, message: expect.any(String) });
  // Neither body, header, status line nor address of the answer may stand in what we write down.
  expect(JSON.stringify(outcome)).not.toMatch(/219|A17|select|169\.254|Location/i);
  expect(upstream.requests).toHaveLength(1);
});

test('after every refused answer the next call is answered on a fresh connection, with its own answer', async () => {
  for (const [index, [, answer]] of rows.entries()) {
    upstream.answers(answer);
    await outcomeOf(client);
    upstream.answers(rawReply(`{"n":${index}}`));
    expect(await outcomeOf(client)).toEqual({ status: 200, mediaType: 'application/json', body: `{"n":${index}}` });
  }
  expect(client.state()).toEqual({ breaker: 'closed', calls: 0 });
});

test.each<[string, RawAnswer, { mediaType?: string; body?: string }]>([
  ['a plain answer', rawReply(body), {}],
  ['BOD-16 exactly the cap', rawReply('x'.repeat(65_536)), { body: 'x'.repeat(65_536) }],
  ['chunks', chunked(body.slice(0, 5), body.slice(5)), {}],
  ['SMG-18 chunks with trailers, which are dropped', chunked(body).replace(/0\r\n\r\n$/, `0\r\nx-ssn: ${CANARY}\r\n\r\n`), {}],
  ['bytes one by one', { pieces: [...rawReply(body).toString('latin1')] }, {}],
  ['BOD-11 no media type', rawReply(body, { type: null }), { mediaType: '' }],
  [
    'BOD-11 another media type, for shape to judge',
    rawReply(body, { type: 'text/html; charset=utf-8' }),
    { mediaType: 'text/html; charset=utf-8' },
  ],
  ['BOD-14 gzip', rawReply(gzipSync(body), { headers: ['Content-Encoding: gzip'] }), {}],
  ['BOD-14 GZIP', rawReply(gzipSync(body), { headers: ['Content-Encoding: GZIP'] }), {}],
  ['BOD-14 br', rawReply(brotliCompressSync(body), { headers: ['Content-Encoding: br'] }), {}],
  [
    'BOD-15 gzip of exactly the cap',
    rawReply(gzipSync('x'.repeat(65_536)), { headers: ['Content-Encoding: gzip'] }),
    { body: 'x'.repeat(65_536) },
  ],
  ['identity by name', rawReply(body, { headers: ['Content-Encoding: identity'] }), {}],
  [
    'SMG-17 five informational answers, dropped',
    Buffer.concat([Buffer.from(`HTTP/1.1 103 Early Hints\r\nx-ssn: ${CANARY}\r\n\r\n`.repeat(5)), rawReply(body)]),
    {},
  ],
  ['SMG-19 a reason of 8 KB, not copied', rawReply(body, { status: `200 ${'r'.repeat(8192)}` }), {}],
  [
    'BOD-32 headers of the upstream, dropped',
    rawReply(body, { headers: [`Set-Cookie: ssn=${CANARY}`, 'Set-Cookie: b', 'ETag: "x"', 'Link: <x>', 'Refresh: 1'] }),
    {},
  ],
  ['an empty body', rawReply(''), { body: '' }],
  ['HTTP/1.0 with a length', { pieces: [rawReply(body).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0')], then: 'end' }, {}],
])('%s is taken', async (_name, answer, expected) => {
  upstream.answers(answer);
  const reply = await client.fetchRecord({ route: makeRoute(), recordId: 'A17', accessId: 'x' });
  expect({ ...reply, body: reply.body.toString() }).toEqual({
    status: 200,
    mediaType: 'application/json',
    body,
    durationMs: expect.any(Number),
    ...expected,
  });
});

test.each<[string, RawAnswer]>([
  ['plain', rawReply(`{"name":"${CANARY}"}`, { status: '404 Not Found' })],
  ['without an end', { pieces: [`HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n<h1>${CANARY}`], then: 'end' }],
  ['cut short', { pieces: ['HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nabc'], then: 'reset' }],
  ['in an odd encoding', rawReply('x', { status: '404 Not Found', headers: ['Content-Encoding: xyz'] })],
  ['larger than we drain', rawReply('x'.repeat(200_000), { status: '404 Not Found' })],
  [
    'that never ends',
    { pieces: ['HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'], forever: true, pauseMs: 50 },
  ],
])('BOD-31 a 404 %s is a 404 without its body: an unknown record looks like a hidden one', async (_name, answer) => {
  upstream.answers(answer);
  expect(await outcomeOf(client)).toEqual({ status: 404, mediaType: '', body: '' });
  upstream.answers(rawReply('{}'));
  expect(await outcomeOf(client)).toEqual({ status: 200, mediaType: 'application/json', body: '{}' });
});

test('an answer that nobody asked for is not taken for the next question (response queue poisoning)', async () => {
  upstream.answers((request: RawRequest) =>
    upstream.requests.length === 1
      ? Buffer.concat([rawReply('{"n":1}'), rawReply('{"n":"poison"}')])
      : rawReply(`{"n":${request.connection}}`),
  );
  expect(await outcomeOf(client)).toMatchObject({ body: '{"n":1}' });
  expect(await outcomeOf(client)).toMatchObject({ body: '{"n":2}' });
});
