import { makeClient, outcomeOf } from '../support/upstream-call';
import { rawReply, startRawUpstream, type RawAnswer, type RawUpstream } from '../support/raw-upstream';

let upstream: RawUpstream;
beforeEach(async () => {
  upstream = await startRawUpstream();
});
afterEach(() => upstream.close());

const silence = (): undefined => undefined;

test.each<[string, RawAnswer | (() => undefined)]>([
  ['LOD-05 no answer', silence],
  ['LOD-05 half a head', { pieces: ['HTTP/1.1 200 OK\r\n'] }],
  ['LOD-05 a head without its body', { pieces: ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'] }],
  [
    'BOD-18 a byte now and then, for ever',
    { pieces: ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'], forever: true, pauseMs: 40 },
  ],
  ['BOD-18 header lines now and then, for ever', { pieces: ['HTTP/1.1 200 OK\r\n', 'a: b\r\n'], forever: true, pauseMs: 40 }],
])('%s ends at the deadline, and the connection with it', async (_name, answer) => {
  const client = makeClient(upstream.origin, { limits: { deadlineMs: 300 } });
  upstream.answers(answer);
  const startedMs = performance.now();
  expect(await outcomeOf(client)).toEqual({ code: 'upstream-timeout', message: 'no whole answer before the deadline' });
  expect(performance.now() - startedMs).toBeLessThan(900);
  upstream.answers(rawReply('{}'));
  expect(await outcomeOf(client)).toMatchObject({ status: 200 });
  expect(client.state().calls).toBe(0);
  await client.close();
});

test('the deadline counts the wait for a connection; a call given up while waiting is never sent', async () => {
  const client = makeClient(upstream.origin, { limits: { deadlineMs: 300, connections: 1 } });
  upstream.answers(silence);
  const both = await Promise.all([outcomeOf(client, { recordId: 'A1' }), outcomeOf(client, { recordId: 'A2' })]);
  expect(both.map((outcome) => 'code' in outcome && outcome.code)).toEqual(['upstream-timeout', 'upstream-timeout']);
  upstream.answers(rawReply('{}'));
  expect(await outcomeOf(client, { recordId: 'A3' })).toMatchObject({ status: 200 });
  expect(upstream.requests.map(({ target }) => target)).toEqual(['/records/A1', '/records/A3']);
  expect(client.state().calls).toBe(0);
  await client.close();
});

test('more calls than may wait are refused at once', async () => {
  const client = makeClient(upstream.origin, { limits: { deadlineMs: 300, connections: 2, mostCalls: 3 } });
  upstream.answers(silence);
  const outcomes = await Promise.all(['A1', 'A2', 'A3', 'A4'].map((recordId) => outcomeOf(client, { recordId })));
  expect(outcomes.map((outcome) => 'code' in outcome && outcome.code)).toEqual([
    'upstream-timeout',
    'upstream-timeout',
    'upstream-timeout',
    'upstream-unreachable',
  ]);
  await client.close();
});

test('a caller who goes away ends the call', async () => {
  const client = makeClient(upstream.origin);
  upstream.answers(silence);
  const gone = new AbortController();
  const outcome = outcomeOf(client, { signal: gone.signal });
  await upstream.seen(1);
  gone.abort();
  expect(await outcome).toEqual({ code: 'upstream-failed', message: 'the call was given up by its caller' });
  expect(await outcomeOf(client, { signal: AbortSignal.abort() })).toMatchObject({ code: 'upstream-failed' });
  expect(upstream.requests).toHaveLength(1);
  await client.close();
});

test('LOD-06, LOD-07 a system that refuses connections is not called again for a while; one call tries, then all go', async () => {
  const { port, origin } = upstream;
  await upstream.close();
  let nowMs = 1_000_000;
  const client = makeClient(origin, { clock: () => nowMs, limits: { failuresToOpen: 3, openMs: 2_000 } });
  const unreachable = { code: 'upstream-unreachable', message: 'case system call failed while waiting (ECONNREFUSED)' };
  const notCalled = { code: 'upstream-unreachable', message: 'the case system is not called: it could not be reached a moment ago' };
  for (let i = 0; i < 3; i += 1) expect(await outcomeOf(client)).toEqual(unreachable);
  expect(client.state().breaker).toBe('open');
  for (let i = 0; i < 200; i += 1) expect(await outcomeOf(client)).toEqual(notCalled);
  nowMs += 2_000;
  expect(await Promise.all([outcomeOf(client), outcomeOf(client), outcomeOf(client)])).toEqual([unreachable, notCalled, notCalled]);
  nowMs += 1_999;
  expect(await outcomeOf(client)).toEqual(notCalled);
  upstream = await startRawUpstream({ port });
  nowMs += 1;
  const burst = await Promise.all([outcomeOf(client), outcomeOf(client), outcomeOf(client)]);
  expect(burst.map((outcome) => ('status' in outcome ? outcome.status : outcome))).toEqual([200, notCalled, notCalled]);
  expect(upstream.requests).toHaveLength(1);
  expect(client.state()).toEqual({ breaker: 'closed', calls: 0 });
  expect(await outcomeOf(client)).toMatchObject({ status: 200 });
  await client.close();
});

test('LOD-07 200 calls at once to a dead system all end, none is sent twice', async () => {
  const { port, origin } = upstream;
  await upstream.close();
  const client = makeClient(origin, { limits: { deadlineMs: 2_000, connections: 8, failuresToOpen: 1_000 } });
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => outcomeOf(client)));
  expect(new Set(outcomes.map((outcome) => 'code' in outcome && outcome.code))).toEqual(new Set(['upstream-unreachable']));
  expect(client.state().calls).toBe(0);
  upstream = await startRawUpstream({ port });
  upstream.answers({ pieces: [], then: 'reset' });
  await Promise.all(Array.from({ length: 40 }, (_, i) => outcomeOf(client, { recordId: `A${i}` })));
  expect(new Set(upstream.requests.map(({ target }) => target)).size).toBe(40);
  expect(upstream.requests).toHaveLength(40);
  await client.close();
});

test('a host name that does not exist is unreachable', async () => {
  const client = makeClient('https://no-such-case-system.invalid');
  expect(await outcomeOf(client)).toMatchObject({ code: 'upstream-unreachable' });
  await client.close();
});

test('closing waits for a call under way, and at most its deadline', async () => {
  const client = makeClient(upstream.origin, { limits: { deadlineMs: 400 } });
  let answer: (() => void) | undefined;
  upstream.answers((socket, _request) => {
    answer = () => socket.write(rawReply('{"late":true}'));
  });
  const late = outcomeOf(client);
  await upstream.seen(1);
  const closed = client.close();
  answer?.();
  expect(await late).toMatchObject({ body: '{"late":true}' });
  await closed;

  const other = makeClient(upstream.origin, { limits: { deadlineMs: 400 } });
  upstream.answers(silence);
  const never = outcomeOf(other);
  await upstream.seen(2);
  await other.close();
  expect(await never).toMatchObject({ code: 'upstream-timeout' });
});
