import type { AccessEntry, EntryKind } from '../../src/vocabulary/access-entry';
import { STORES, type TestGateway } from '../support/gateway';
import { converse, sendRaw, type RawReply } from '../support/raw-http';
import { expectRefused, get, ON_ROUTE, problemOf, raw, RECORD, refusalEntry, startAttackedGateway, whoOf } from './attacked-gateway';

let gateway: TestGateway;
afterEach(() => gateway?.stop());

const idOf = (reply: RawReply): string => reply.header('casegate-access-id') ?? '';
const from = (source: string, bytes: string): Promise<RawReply> => sendRaw(gateway.dataPort, bytes, { localAddress: source, watchMs: 1 });
const ofKind = async (...kinds: EntryKind[]): Promise<readonly AccessEntry[]> =>
  (await gateway.entries()).filter(({ kind }) => kinds.includes(kind));
async function untilThereAre(count: number, kind: EntryKind): Promise<readonly AccessEntry[]> {
  for (;;) {
    const found = await ofKind(kind);
    if (found.length >= count) return found;
    await new Promise((turn) => setImmediate(turn));
  }
}
const times = async <T>(count: number, work: (at: number) => Promise<T>): Promise<readonly T[]> => {
  const done: T[] = [];
  for (let at = 0; at < count; at += 1) done.push(await work(at));
  return done;
};

/** An entry that the log made by itself, whole. */
const tallyEntry = (kind: 'tally-open' | 'tally-close', address: string | null, details: object): AccessEntry =>
  refusalEntry('token-missing', {
    kind,
    source: address === null ? null : { address },
    environment: null,
    method: null,
    outcome: { status: 0, code: 'ok', reasons: [] },
    details: details as Record<string, unknown>,
  });
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown as string;
const TALLY = expect.any(String) as unknown as string;

describe.each(STORES)('GW-03 on %s', (store) => {
  test('refusals of one source: twenty entries, an opening one durable before the first tallied answer, a closing one with all of them', async () => {
    gateway = await startAttackedGateway({ store });
    gateway.clock.stand();
    const source = '127.3.0.1';
    for (const reply of await times(20, () => from(source, get(RECORD))))
      await expectRefused(gateway, reply, source, 'token-missing', ON_ROUTE);
    expect(await ofKind('tally-open')).toEqual([]);

    const firstTallied = await from(source, get(RECORD));
    const [opening, ...others] = await ofKind('tally-open', 'tally-close');
    expect([opening, others]).toEqual([tallyEntry('tally-open', source, { tally: TALLY, sourceKey: source }), []]);
    expect([firstTallied.status, JSON.parse(firstTallied.body.toString())]).toEqual([401, problemOf('token-missing', idOf(firstTallied))]);
    expect((await gateway.entries()).filter(({ accessId }) => accessId === idOf(firstTallied))).toEqual([]);

    const openedAt = new Date(gateway.clock.now()).toISOString();
    gateway.clock.forward(4_000);
    await times(3, () => from(source, get('/workforce-one/records/%2e%2e')));
    await times(2, () => from(source, 'nonsense\r\n\r\n'));
    await from(source, get(RECORD, 'Authorization: Bearer a.b.c'));
    const lastAt = new Date(gateway.clock.now()).toISOString();
    expect(await ofKind('tally-close')).toEqual([]);
    gateway.clock.forward(6_000);
    const [closing] = await untilThereAre(1, 'tally-close');
    expect(closing).toEqual(
      tallyEntry('tally-close', null, {
        tally: opening?.details?.['tally'],
        sourceKey: source,
        count: 7,
        first: openedAt,
        last: lastAt,
        reasons: { 'token-missing': 1, 'path-not-canonical': 3, 'request-malformed': 2, 'token-malformed': 1 },
      }),
    );

    // Within the minute the next one opens another; the stop closes it.
    await from(source, get(RECORD));
    await gateway.halt();
    const closings = await ofKind('tally-close');
    expect(closings[1]?.details).toEqual({
      tally: (await ofKind('tally-open'))[1]?.details?.['tally'],
      sourceKey: source,
      count: 1,
      first: AT,
      last: AT,
      reasons: { 'token-missing': 1 },
    });
    expect([closings.length, (await ofKind('refusal')).length, gateway.upstream.requests.length]).toEqual([2, 20, 0]);
    expect(await gateway.isWhole()).toBe(true);
  });

  test('a verified caller has an entry for each request, from a source that is tallied too; others are not drawn in', async () => {
    gateway = await startAttackedGateway({ store });
    const source = '127.3.0.2';
    const bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
    await times(30, () => from(source, get(RECORD)));
    const answers = await times(30, () => from(source, get(RECORD, bearer)));
    const ids = new Set((await ofKind('access')).map(({ accessId }) => accessId));
    expect(answers.map((reply) => [reply.status, ids.has(idOf(reply))])).toEqual(answers.map(() => [200, true]));
    const other = await from('127.3.0.3', get(RECORD));
    await expectRefused(gateway, other, '127.3.0.3', 'token-missing', ON_ROUTE);
    // A minute later the source has its twenty again.
    gateway.clock.forward(60_000);
    const again = await from(source, get(RECORD));
    await expectRefused(gateway, again, source, 'token-missing', ON_ROUTE);
  });

  test('429s of a caller are tallied by caller, wherever they come from', async () => {
    gateway = await startAttackedGateway({ store, config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 5 } } });
    const bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
    const answers = await times(30, (at) => from(`127.3.1.${at + 1}`, get(RECORD, bearer)));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(5).fill(200), ...Array<number>(25).fill(429)]);
    for (const [at, reply] of answers.slice(5, 25).entries()) {
      expect(Number(reply.header('retry-after'))).toBeGreaterThan(0);
      await expectRefused(gateway, reply, `127.3.1.${at + 6}`, 'rate-limited', { ...ON_ROUTE, who: whoOf(gateway, 'counselor') });
    }
    const sourceKey = `caller ${gateway.issuer.issuer} counselor`;
    expect(await ofKind('tally-open')).toEqual([tallyEntry('tally-open', '127.3.1.26', { tally: TALLY, sourceKey })]);
    expect(gateway.upstream.requests.length).toBe(5);
    // Somebody else of the same sources is not concerned.
    const other = `Authorization: Bearer ${await gateway.token('other-counselor')}`;
    expect((await from('127.3.1.30', get(RECORD, other))).status).toBe(200);
    await gateway.halt();
    expect(await ofKind('tally-close')).toEqual([
      tallyEntry('tally-close', null, { tally: TALLY, sourceKey, count: 5, first: AT, last: AT, reasons: { 'rate-limited': 5 } }),
    ]);
  });
});

test('GW-03 429s of an address are tallied by address', async () => {
  gateway = await startAttackedGateway({ config: { rateLimits: { addressPerMinute: 10, callerPerMinute: 1_000_000 } } });
  const source = '127.3.2.1';
  const bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
  const answers = await times(35, () => from(source, get(RECORD, bearer)));
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(200), ...Array<number>(25).fill(429)]);
  for (const reply of answers.slice(10, 30)) await expectRefused(gateway, reply, source, 'rate-limited', ON_ROUTE);
  await gateway.halt();
  expect((await ofKind('tally-open', 'tally-close')).map(({ details }) => details)).toEqual([
    { tally: TALLY, sourceKey: source },
    { tally: TALLY, sourceKey: source, count: 5, first: AT, last: AT, reasons: { 'rate-limited': 5 } },
  ]);
});

test('GW-03 429s of the admin plane are tallied by caller, and those before a caller is known by address', async () => {
  const rateLimits = { adminAddressPerMinute: 30, adminCallerPerMinute: 5 };
  gateway = await startAttackedGateway({ config: { rateLimits } });
  const bearer = `Authorization: Bearer ${await gateway.adminToken('auditor')}`;
  const to = (source: string, ...headers: string[]) =>
    sendRaw(gateway.adminPort, get('/metrics', ...headers), { localAddress: source, watchMs: 1 });
  const answers = await times(30, () => to('127.3.4.1', bearer));
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(5).fill(200), ...Array<number>(25).fill(429)]);
  expect((await times(22, () => to('127.3.4.1'))).map(({ status }) => status)).toEqual(Array<number>(22).fill(429));
  await gateway.halt();
  expect((await ofKind('admin')).map(({ outcome, who }) => [outcome.status, who?.account ?? null])).toEqual([
    ...Array<unknown>(5).fill([200, 'auditor']),
    ...Array<unknown>(20).fill([429, 'auditor']),
    ...Array<unknown>(20).fill([429, null]),
  ]);
  const closed = { tally: TALLY, first: AT, last: AT };
  expect((await ofKind('tally-close')).map(({ details }) => details)).toEqual([
    { ...closed, sourceKey: 'caller auditor', count: 5, reasons: { 'rate-limited': 5 } },
    { ...closed, sourceKey: '127.3.4.1', count: 2, reasons: { 'rate-limited': 2 } },
  ]);
});

test('GW-03 HDR-14 preflights are tallied like refusals: a browser’s question costs no more than a request without a token', async () => {
  gateway = await startAttackedGateway();
  const ask = raw(`OPTIONS ${RECORD} HTTP/1.1`, 'Origin: https://portal.example', 'Access-Control-Request-Method: GET');
  expect((await times(25, () => from('127.3.3.1', ask))).map(({ status }) => status)).toEqual(Array<number>(25).fill(204));
  await gateway.halt();
  expect([(await ofKind('preflight')).length, (await ofKind('tally-close')).map(({ details }) => details?.['count'])]).toEqual([20, [5]]);
});

test('GW-03 AUD-28 a flood from many sources is folded into one tally; its memory and its entries are bounded', async () => {
  gateway = await startAttackedGateway();
  const sources = Array.from({ length: 700 }, (_none, at) => `127.4.${Math.floor(at / 200)}.${1 + (at % 200)}`);
  await times(Math.ceil(sources.length / 50), async (at) => {
    const statuses = await Promise.all(
      sources.slice(at * 50, at * 50 + 50).map(async (localAddress) => {
        const { replies } = await converse(gateway.dataPort, get(RECORD) + get(RECORD), { localAddress, replies: 2, watchMs: 1 });
        return replies.map(({ status }) => status);
      }),
    );
    expect(statuses.flat()).toEqual(Array<number>(statuses.length * 2).fill(401));
  });
  const opened = await ofKind('tally-open');
  expect(opened).toEqual([tallyEntry('tally-open', null, { tally: TALLY, sourceKey: null })]);
  await gateway.halt();
  const own = (await ofKind('refusal')).length;
  const [closing, ...more] = await ofKind('tally-close');
  expect([own, closing?.details, more]).toEqual([
    512 * 2,
    { tally: opened[0]?.details?.['tally'], sourceKey: null, count: 188 * 2, first: AT, last: AT, reasons: { 'token-missing': 188 * 2 } },
    [],
  ]);
});
