import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { wf1Record } from '../support/agency';
import { expectProblem } from '../support/faults';
import { startTestGateway, type TestGateway } from '../support/gateway';
import { getBytes } from '../support/load';
import { converse, sendRaw } from '../support/raw-http';
import { rawReply } from '../support/raw-upstream';
import type { AccessEntry } from '../../src/vocabulary/access-entry';

const PATH = '/workforce-one/records/P1';
let gateway: TestGateway;
const sockets: Socket[] = [];

beforeAll(async () => {
  const big = wf1Record('BIG', { '/privacy/indicator': false, '/contact/mailingAddress': { line1: 'x'.repeat(400_000) } });
  gateway = await startTestGateway({
    records: { BIG: big },
    config: {
      limits: { headersTimeoutMs: 1_000, requestTimeoutMs: 1_000, slowReaderMs: 1_000, connections: 1_010 },
      rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 },
    },
  });
});
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
afterAll(() => gateway?.stop());

async function dial(): Promise<Socket> {
  const socket = connect(gateway.dataPort, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const kindOf = (entries: readonly AccessEntry[], kind: AccessEntry['kind']) => entries.filter((entry) => entry.kind === kind);
const notesOf = async (): Promise<readonly (readonly [string, string, number])[]> =>
  kindOf(await gateway.entries({ all: true }), 'delivery').flatMap(({ details }) => details?.['notes'] as [string, string, number][]);

/** Notes are written a second after the answer. */
async function noteOf(accessId: string): Promise<readonly [string, string, number]> {
  for (;;) {
    const note = (await notesOf()).find(([of]) => of === accessId);
    if (note !== undefined) return note;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('LOD-01 headers that drip in are cut with a 408 and an entry', async () => {
  const reply = await sendRaw(gateway.dataPort, 'GET / HTTP/1.1\r\nHost: local', { timeoutMs: 8_000 });
  const accessId = reply.header('casegate-access-id') ?? '';
  expectProblem({ status: reply.status, accessId, text: reply.body.toString() }, 'request-timeout');
  expect(reply.closed).toBe(true);
  expect(await gateway.entryOf(accessId)).toMatchObject({
    kind: 'refusal',
    outcome: { status: 408, code: 'request-timeout', reasons: ['request-timeout'] },
  });
});

test('LOD-01 AUD-08 a caller who does not read is cut, and the notes name what was aborted', async () => {
  const request = getBytes('/workforce-one/records/BIG', await gateway.token('counselor'));
  const before = kindOf(await gateway.entries(), 'access').length;
  const caller = await dial();
  caller.pause();
  const cut = once(caller, 'close');
  caller.write(request.repeat(60));
  while (kindOf(await gateway.entries(), 'access').length < before + 60) await new Promise((resolve) => setTimeout(resolve, 50));
  while (!gateway.lines().some((line) => line.includes('slow-reader-cut'))) await new Promise((resolve) => setTimeout(resolve, 50));
  caller.resume();
  await cut;
  const mine = kindOf(await gateway.entries(), 'access').slice(before);
  expect(mine.map(({ outcome }) => outcome.status)).toEqual(Array(60).fill(200));
  const outcomes = await Promise.all(mine.map(async ({ accessId }) => (await noteOf(accessId))[1]));
  expect(new Set(outcomes)).toEqual(new Set(['sent', 'aborted']));
  expect(outcomes.at(-1)).toBe('aborted');
}, 30_000);

test('AUD-08 a caller who is gone before the answer leaves an entry and a note that it was aborted', async () => {
  let answer: (() => void) | undefined;
  gateway.upstream.answers((socket, _request) => {
    answer = () => void socket.write(rawReply('{}', { status: '404 Not Found' }));
  });
  const before = new Set((await gateway.entries()).map(({ accessId }) => accessId));
  const calls = gateway.upstream.requests.length;
  const caller = await dial();
  caller.write(getBytes(PATH, await gateway.token('counselor')));
  await gateway.upstream.seen(calls + 1);
  caller.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  answer?.();
  const mine = async () => (await gateway.entries()).filter(({ accessId }) => !before.has(accessId));
  while ((await mine()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const [entry] = await mine();
  expect(entry).toMatchObject({ kind: 'access', outcome: { status: 404, code: 'record-hidden', reasons: ['record-unknown'] } });
  expect(await noteOf(entry?.accessId ?? '')).toEqual([entry?.accessId, 'aborted', 0]);
  gateway.upstream.answers(rawReply('{}', { status: '404 Not Found' }));
});

test('LOD-03 a thousand idle connections keep nobody out, and those beyond the cap are turned away', async () => {
  for (let batch = 0; batch < 10; batch += 1) await Promise.all(Array.from({ length: 100 }, dial));
  const began = performance.now();
  expect((await gateway.get(PATH, 'counselor')).status).toBe(404);
  expect(performance.now() - began).toBeLessThan(2_000);
  const more = await Promise.all(Array.from({ length: 30 }, dial));
  await Promise.race(more.map((socket) => once(socket.resume(), 'close')));
  // Each said nothing: it is closed when the time for headers is over.
  await Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket.resume(), 'close')));
  expect((await gateway.get(PATH, 'counselor')).status).toBe(404);
}, 30_000);

test('GW-03 AUD-28 a flood of strangers is tallied, and its answers leave no delivery notes of their own', async () => {
  gateway.clock.forward(61_000);
  // Notes of what went before are written.
  await noteOf((await gateway.get(PATH, 'counselor')).accessId);
  const noted = (await notesOf()).length;
  const before = (await gateway.entries({ all: true })).length;
  const one = getBytes(PATH, null);
  for (let batch = 0; batch < 10; batch += 1) {
    const { replies } = await converse(gateway.dataPort, one.repeat(50), { replies: 50, localAddress: '127.0.0.77' });
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(401));
  }
  const last = await gateway.get(PATH, 'counselor');
  await noteOf(last.accessId);
  const flood = (await gateway.entries({ all: true })).slice(before);
  expect(kindOf(flood, 'refusal')).toHaveLength(20);
  expect(kindOf(flood, 'tally-open')).toHaveLength(1);
  const own = new Set([...kindOf(flood, 'refusal'), ...kindOf(flood, 'access')].map(({ accessId }) => accessId));
  const notes = (await notesOf()).slice(noted);
  expect(notes.filter(([accessId]) => !own.has(accessId))).toEqual([]);
  expect(notes).toHaveLength(own.size);
});

test('AUD-11 a clock set back by a day: entries keep their order, and say that it was', async () => {
  const first = await gateway.get(PATH, 'counselor');
  gateway.clock.forward(-86_400_000);
  const second = await gateway.get(PATH, 'counselor');
  const stranger = await gateway.get(PATH, null);
  gateway.clock.forward(86_400_000);
  const third = await gateway.get(PATH, 'counselor');
  const entries = await Promise.all([first, second, stranger, third].map((reply) => gateway.entryOf(reply)));
  expect(entries.map(({ details }) => details)).toEqual([undefined, { clock_regressed: true }, { clock_regressed: true }, undefined]);
  expect(Date.parse(entries[0]?.at ?? '') - Date.parse(entries[1]?.at ?? '')).toBeGreaterThan(86_000_000);
  // Access ids only grow, so the list by time of arrival is that of the chain.
  const ids = [first, second, stranger, third].map(({ accessId }) => accessId);
  expect([...ids].sort()).toEqual(ids);
  expect(await gateway.isWhole()).toBe(true);
});

test('the metrics tell of flushes and of policies that came into force', async () => {
  const { text } = await gateway.admin('GET', '/metrics', 'auditor');
  expect(Number(/^casegate_log_flushes_total\{outcome="durable"\} (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(10);
  expect(text).toMatch(/^casegate_log_flush_entries_count \d+$/m);
  expect(text).toMatch(/^casegate_policy_swaps_total\{system="workforce-one",outcome="in-force"\} 1$/m);
});
