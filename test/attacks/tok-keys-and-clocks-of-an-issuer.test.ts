import { AUDIENCE, STORES, startTestGateway, type TestGateway } from '../support/gateway';
import { makeIssuerKey, startIssuer, type IssuerMood, type TestIssuer } from '../support/issuer';
import { converse } from '../support/raw-http';
import { attack, expectRefused, get, ON_ROUTE, problemOf, RECORD, startAttackedGateway } from './attacked-gateway';

let gateway: TestGateway;
afterEach(() => gateway?.stop());

const bearerOf = (token: string): string => `Authorization: Bearer ${token}`;
const read = (token: string) => attack(gateway, get(RECORD, bearerOf(token)));
const readiness = async (): Promise<number> => (await gateway.send('GET', `${gateway.adminUrl}/readyz`)).status;
async function untilReady(status: number): Promise<void> {
  while ((await readiness()) !== status) await new Promise((turn) => setImmediate(turn));
}
const linesOf = (event: string): readonly Record<string, unknown>[] =>
  gateway
    .lines()
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => JSON.stringify(line).includes(`"${event}"`));

test('TOK-11 a thousand tokens under made-up kids bring no fetch inside the cooldown, and one after it', async () => {
  gateway = await startAttackedGateway();
  expect((await read(await gateway.token('counselor'))).reply.status).toBe(200);
  const stranger = await makeIssuerKey();
  const fetched = gateway.issuer.fetches();
  const before = gateway.upstream.requests.length;
  const flood = async (count: number): Promise<readonly number[]> => {
    const asks = await Promise.all(
      Array.from({ length: count }, async (_none, at) => {
        const token = await gateway.issuer.token({ sub: 'counselor', aud: AUDIENCE }, { kid: `made-up-${at}` }, stranger);
        return get(RECORD, bearerOf(token));
      }),
    );
    const lines = Array.from({ length: Math.ceil(count / 100) }, (_none, at) => asks.slice(at * 100, at * 100 + 100));
    const outcomes = await Promise.all(
      lines.map((line) =>
        converse(gateway.dataPort, line.join(''), { replies: line.length, localAddress: '127.2.0.1', timeoutMs: 10_000 }),
      ),
    );
    return outcomes.flatMap(({ replies }) => replies.map(({ status }) => status));
  };
  expect(await flood(1_000)).toEqual(Array.from({ length: 1_000 }, () => 401));
  expect(gateway.issuer.fetches()).toBe(fetched);
  gateway.clock.forward(30_000);
  expect(await flood(50)).toEqual(Array.from({ length: 50 }, () => 401));
  expect([gateway.issuer.fetches(), gateway.upstream.requests.length]).toEqual([fetched + 1, before]);
  expect((await read(await gateway.token('counselor'))).reply.status).toBe(200);
});

test('TOK-13 a new key is taken thirty seconds after the last fetch at the latest; the old one is refused as soon as it is gone', async () => {
  gateway = await startAttackedGateway();
  const old = await gateway.token('counselor');
  expect((await read(old)).reply.status).toBe(200);
  await gateway.issuer.rotate();
  const fresh = await gateway.token('counselor');
  const early = await read(fresh);
  await expectRefused(gateway, early.reply, early.source, 'token-invalid', { ...ON_ROUTE, reason: 'token-signature' });
  expect((await read(old)).reply.status).toBe(200);
  gateway.clock.forward(30_000);
  expect((await read(fresh)).reply.status).toBe(200);
  const late = await read(old);
  await expectRefused(gateway, late.reply, late.source, 'token-invalid', { ...ON_ROUTE, reason: 'token-signature' });
});

async function expectUnavailable(token: string): Promise<void> {
  const before = gateway.upstream.requests.length;
  const { reply, source } = await read(token);
  await expectRefused(gateway, reply, source, 'identity-unavailable', ON_ROUTE);
  expect([reply.header('retry-after'), gateway.upstream.requests.length]).toEqual(['5', before]);
}

const MOODS: readonly IssuerMood[] = ['error', 'redirect', 'oversize', 'reset', 'not-json', { answers: null }, 'hang'];

test('TOK-14 cold: without keys nobody is known; 503 with Retry-After, not ready, redirects not followed; once the keys are there, all is well', async () => {
  const cold = await startIssuer({ audience: AUDIENCE, nowMs: () => gateway?.clock.now() ?? Date.now() });
  cold.mood('error');
  gateway = await startAttackedGateway({ moreIssuers: [{ issuer: cold.issuer, jwksUri: cold.jwksUri, audience: AUDIENCE }] });
  try {
    for (const mood of MOODS) {
      cold.mood(mood);
      // Tries again by itself each five seconds; a process that missed its timers does so with the next request.
      gateway.clock.forward(60_000);
      await expectUnavailable(await cold.token({ sub: 'counselor', aud: AUDIENCE }));
      expect(await readiness()).toBe(503);
      // One issuer that is down takes no other down.
      expect((await read(await gateway.token('counselor'))).reply.status).toBe(200);
    }
    expect(cold.asked.filter((path) => path !== '/jwks')).toEqual([]);
    cold.mood('ok');
    gateway.clock.forward(60_000);
    const { reply, source } = await read(await cold.token({ sub: 'counselor', aud: AUDIENCE }));
    await expectRefused(gateway, reply, source, 'account-unknown', ON_ROUTE);
    await untilReady(200);
  } finally {
    await cold.close();
  }
});

test.each(MOODS.filter((mood) => mood !== 'hang'))(
  'TOK-14 warm, the key set answers %j: known keys and remembered tokens serve for ten minutes, then 503 until it is back',
  async (mood) => {
    gateway = await startAttackedGateway();
    gateway.clock.stand();
    const remembered = await gateway.token('counselor', { exp: Math.floor(gateway.clock.now() / 1000) + 3_600 });
    expect((await read(remembered)).reply.status).toBe(200);
    expect(await readiness()).toBe(200);
    gateway.issuer.mood(mood);
    gateway.clock.forward(598_000);
    expect((await read(remembered)).reply.status).toBe(200);
    expect((await read(await gateway.token('counselor'))).reply.status).toBe(200);
    gateway.clock.forward(2_000);
    await expectUnavailable(remembered);
    await expectUnavailable(await gateway.token('counselor'));
    expect(await readiness()).toBe(503);
    expect(linesOf('issuer-keys-unreachable').length).toBeGreaterThan(0);
    gateway.issuer.mood('ok');
    gateway.clock.forward(60_000);
    expect((await read(remembered)).reply.status).toBe(200);
  },
);

describe('TOK-26 clocks', () => {
  test.each([61_000, -61_000, 3_600_000, -3_600_000])(
    'an issuer whose clock is off by %d ms: alarm and not ready, and ready again once it is set',
    async (offMs) => {
      let off = offMs;
      const other: TestIssuer = await startIssuer({ audience: AUDIENCE, nowMs: () => (gateway?.clock.now() ?? Date.now()) + off });
      gateway = await startAttackedGateway({ moreIssuers: [{ issuer: other.issuer, jwksUri: other.jwksUri, audience: AUDIENCE }] });
      try {
        while (other.fetches() === 0) await new Promise((turn) => setImmediate(turn));
        await untilReady(503);
        const [alarm] = linesOf('issuer-clock-off');
        expect(alarm).toMatchObject({ level: 'error', issuer: other.issuer, skewSeconds: expect.any(Number) as unknown });
        expect(Math.abs(Number(alarm?.['skewSeconds']) - offMs / 1000)).toBeLessThan(3);
        off = 0;
        gateway.clock.forward(60_000);
        await read(await other.token({ sub: 'counselor', aud: AUDIENCE }));
        await untilReady(200);
      } finally {
        await other.close();
      }
    },
  );

  test('an issuer that is off by less is taken', async () => {
    const other = await startIssuer({ audience: AUDIENCE, nowMs: () => (gateway?.clock.now() ?? Date.now()) + 50_000 });
    gateway = await startAttackedGateway({ moreIssuers: [{ issuer: other.issuer, jwksUri: other.jwksUri, audience: AUDIENCE }] });
    await untilReady(200);
    expect(linesOf('issuer-clock-off')).toEqual([]);
    await other.close();
  });

  (STORES.includes('mariadb') ? test : test.skip).each([65_000, -65_000])(
    'STO-17 a gateway whose clock is %d ms away from that of the database server does not start',
    async (clockShiftMs) => {
      await expect(startTestGateway({ store: 'mariadb', clockShiftMs })).rejects.toThrow(
        /clock of the database server differs from ours by -?6[456] s/,
      );
    },
  );

  (STORES.includes('mariadb') ? test : test.skip)('one that is off by less starts', async () => {
    gateway = await startAttackedGateway({ store: 'mariadb', clockShiftMs: 50_000 });
    expect((await gateway.get(RECORD, 'counselor')).status).toBe(200);
  });
});

test('TOK-14 the refusal while keys are missing says nothing of them', async () => {
  const cold = await startIssuer({ audience: AUDIENCE });
  cold.mood('error');
  gateway = await startAttackedGateway({ moreIssuers: [{ issuer: cold.issuer, jwksUri: cold.jwksUri, audience: AUDIENCE }] });
  const { reply } = await read(await cold.token({ sub: 'counselor', aud: AUDIENCE }));
  expect(JSON.parse(reply.body.toString())).toEqual(problemOf('identity-unavailable', reply.header('casegate-access-id') ?? ''));
  await cold.close();
});
