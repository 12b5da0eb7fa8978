import { converse, sendRaw } from '../support/raw-http';
import { expectRefusal, get, stubAnswer, stubGateway, stubProblem } from './stub-gateway';
import type { StubGateway } from './stub-gateway';

let gateway: StubGateway;
beforeEach(async () => {
  gateway = await stubGateway();
});
afterEach(() => gateway.dataPlane.stop());

const record = (...headers: readonly string[]): string => get('/wf1/records/C1', ...headers);
/** What a second parser would take for a request of its own. */
const INSIDE = get('/wf1/records/P1');

test.each([
  ['SMG-01 CL.TE', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
  ['SMG-01 TE.CL', ['Transfer-Encoding: chunked', 'Content-Length: 5']],
  ['SMG-02 two different', ['Content-Length: 5', 'Content-Length: 6']],
  ['SMG-02 two equal', ['Content-Length: 5', 'Content-Length: 5']],
  ['SMG-02 two zeros', ['Content-Length: 0', 'Content-Length: 0']],
  ['SMG-02 a list', ['Content-Length: 5, 5']],
  ['SMG-02 +5', ['Content-Length: +5']],
  ['SMG-02 0x5', ['Content-Length: 0x5']],
  ['SMG-02 -1', ['Content-Length: -1']],
  ['SMG-02 1e1', ['Content-Length: 1e1']],
  ['SMG-02 21 digits', ['Content-Length: 123456789012345678901']],
  ['SMG-03 chunked, identity', ['Transfer-Encoding: chunked, identity']],
  ['SMG-03 a blank before the colon', ['Transfer-Encoding : chunked']],
  ['SMG-03 a vertical tab', ['Transfer-Encoding: chunked\x0b']],
  ['SMG-04 a bare CR in a value', ['X: a\rb']],
  ['SMG-04 a bare LF between lines', ['X: a\nY: b']],
  ['SMG-04 a folded line', ['X: a', ' b']],
  ['SMG-12 NUL in a value', ['X: a\0b']],
  ['SMG-12 a blank in a name', ['X y: 1']],
])('%s is malformed: 400, closed, nothing behind it is looked at', async (_id, headers) => {
  const { replies, closed } = await converse(gateway.port, record(...headers) + INSIDE, { replies: 2 });
  expectRefusal(gateway, replies[0]!, 'request-malformed', { method: null });
  expect([replies.length, closed, gateway.seen.asks, gateway.seen.refusals.length]).toEqual([1, true, [], 1]);
});

test('SMG-12 a blank before the first header name is malformed', async () => {
  const reply = await sendRaw(gateway.port, `GET /wf1/records/C1 HTTP/1.1\r\n Content-Length: 5\r\nHost: localhost\r\n\r\n${INSIDE}`);
  expectRefusal(gateway, reply, 'request-malformed', { method: null });
  expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
});

test('SMG-04 bare line feeds are malformed', async () => {
  const reply = await sendRaw(gateway.port, 'GET /wf1/records/C1 HTTP/1.1\nHost: localhost\n\n');
  expectRefusal(gateway, reply, 'request-malformed', { method: null });
  expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
});

test.each([
  ['SMG-07 a length with a request inside', [`Content-Length: ${INSIDE.length}`]],
  ['SMG-02 20 digits', ['Content-Length: 12345678901234567890']],
  ['SMG-03 xchunked', ['Transfer-Encoding: xchunked']],
  ['SMG-03 identity', ['Transfer-Encoding: identity']],
  ['SMG-03 "chunked"', ['Transfer-Encoding: "chunked"']],
  ['SMG-03 a tab before chunked', ['Transfer-Encoding: \tchunked']],
  ['SMG-03 CHUNKED', ['Transfer-Encoding: CHUNKED']],
  ['SMG-10 a body announced by Expect', ['Expect: 100-continue', 'Content-Length: 5']],
])('%s is a body on a GET: 400, closed, nothing behind it is looked at', async (_id, headers) => {
  const { replies, closed } = await converse(gateway.port, record(...headers) + INSIDE, { replies: 2 });
  expectRefusal(gateway, replies[0]!, 'body-not-allowed');
  expect([replies.length, closed, gateway.seen.asks, gateway.seen.refusals.length]).toEqual([1, true, [], 1]);
});

test.each(['GET', 'HEAD'])('SMG-07 %s with a body and the next request behind it: one answer', async (method) => {
  const first = `${method} /wf1/records/C1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`;
  const { replies, closed } = await converse(gateway.port, first + INSIDE, { replies: 2 });
  expectRefusal(gateway, replies[0]!, 'body-not-allowed', { method });
  expect([replies.length, closed, gateway.seen.asks]).toEqual([1, true, []]);
});

test('SMG-07 a DELETE with a body is refused for its method, and closed for its body', async () => {
  const { replies, closed } = await converse(
    gateway.port,
    `DELETE /wf1/records/C1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello${INSIDE}`,
    {
      replies: 2,
    },
  );
  expectRefusal(gateway, replies[0]!, 'method-not-allowed', { method: 'DELETE' });
  expect([replies.length, closed, gateway.seen.asks]).toEqual([1, true, []]);
});

test.each([
  ['SMG-05 a chunk extension', '5;a=b\r\nhello\r\n0\r\n\r\n'],
  ['SMG-05 an endless chunk extension', `5;a=${'b'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
  ['SMG-05 an endless chunk size', 'FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n'],
  ['SMG-05 a chunk size ended by LF', '5\nhello\r\n0\r\n\r\n'],
  ['SMG-06 trailers', '0\r\nX-User: admin\r\n\r\n'],
])('%s: the chunked body is refused before it is read', async (_id, chunks) => {
  const { replies, closed } = await converse(gateway.port, record('Transfer-Encoding: chunked', 'Trailer: X-User') + chunks + INSIDE, {
    replies: 2,
  });
  expectRefusal(gateway, replies[0]!, 'body-not-allowed');
  expect([replies.length, closed, gateway.seen.asks, gateway.seen.refusals.length]).toEqual([1, true, [], 1]);
});

test('SMG-04 bytes behind a request are the start of the next, and malformed: the first is answered, in order', async () => {
  const { replies, closed } = await converse(gateway.port, `${record()}\r\n\rX`, { replies: 2 });
  expect(replies[0]?.status).toBe(200);
  expectRefusal(gateway, replies[1]!, 'request-malformed', { method: null });
  expect([replies.length, closed]).toEqual([2, true]);
});

test('an answer to what cannot be read waits behind the answers of the same connection', async () => {
  await gateway.dataPlane.stop();
  let open: () => void = () => undefined;
  const gate = new Promise<void>((opened) => {
    open = opened;
  });
  const refused: string[] = [];
  gateway = await stubGateway({
    handlers: {
      carry: async (ask) => {
        await gate;
        return stubAnswer(ask.accessId, 200, 'text/plain', 'late', []);
      },
      refuse: (early) => {
        refused.push(early.code);
        open();
        return Promise.resolve(stubProblem(early));
      },
    },
  });
  const { replies } = await converse(gateway.port, `${record()}nonsense\r\n\r\n`, { replies: 2 });
  expect([replies.map(({ status }) => status), refused]).toEqual([[200, 400], ['request-malformed']]);
});

test('SMG-10 Expect: 100-continue without a body is answered without a 100', async () => {
  const { replies } = await converse(gateway.port, record('Expect: 100-continue'));
  expect(replies.map(({ status }) => status)).toEqual([200]);
});

test.each(['foo', '100-continue, foo', 'x100-continue', '200-ok'])('SMG-10 any other expectation fails: %s', async (value) => {
  const { replies, closed } = await converse(gateway.port, record(`Expect: ${value}`) + INSIDE, { replies: 2 });
  expectRefusal(gateway, replies[0]!, 'expectation-failed');
  expect([replies.length, closed, gateway.seen.asks]).toEqual([1, true, []]);
});

test.each([
  ['header block', record(`X: ${'a'.repeat(17_000)}`)],
  ['target', get(`/wf1/records/${'a'.repeat(17_000)}`)],
])('SMG-11 a %s of 17 KB is too large', async (_id, bytes) => {
  const reply = await sendRaw(gateway.port, bytes);
  expectRefusal(gateway, reply, 'headers-too-large', { method: null });
  expect([reply.closed, gateway.seen.asks]).toEqual([true, []]);
});

test('SMG-09 no more requests at once on a connection than the cap; the one too many closes it', async () => {
  await gateway.dataPlane.stop();
  gateway = await stubGateway({ limits: { requestsAtOncePerConnection: 3 } });
  const { replies, closed } = await converse(gateway.port, record().repeat(6), { replies: 6 });
  expect([replies.map(({ status }) => status), closed]).toEqual([[200, 200, 200, 429], true]);
  expectRefusal(gateway, replies[3]!, 'rate-limited', { retryAfterSeconds: 1 });
});

test('SMG-09 a connection ends after so many requests, behind the last answer', async () => {
  await gateway.dataPlane.stop();
  gateway = await stubGateway({ limits: { requestsPerConnection: 4 } });
  const { replies, closed } = await converse(gateway.port, record().repeat(6), { replies: 6 });
  expect([replies.map(({ status }) => status), closed, gateway.seen.asks.length]).toEqual([[200, 200, 200, 200], true, 4]);
});
