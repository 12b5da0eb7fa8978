import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connectSharedCounts } from '../../src/edge/connect-shared-counts';
import { createLimiter } from '../../src/edge/create-limiter';
import type { LimiterOptions } from '../../src/edge/create-limiter';
import { converse, sendRaw } from '../support/raw-http';
import { expectRefusal, get, NOW_MS, stubGateway } from './stub-gateway';

type Said = (readonly [string, Readonly<Record<string, string | number | boolean>>])[];

function limiterOf(more: Partial<LimiterOptions> = {}) {
  let nowMs = NOW_MS;
  const errors: Said = [];
  const warnings: Said = [];
  const limiter = createLimiter({
    name: 'address',
    windowMs: 60_000,
    limit: 10,
    clock: () => nowMs,
    log: { warn: (event, fields) => void warnings.push([event, fields]), error: (event, fields) => void errors.push([event, fields]) },
    ...more,
  });
  const passes = async (key: string, times: number): Promise<number> => {
    let passed = 0;
    for (let at = 0; at < times; at += 1) if (!(await limiter.check(key)).limited) passed += 1;
    return passed;
  };
  return { limiter, passes, errors, warnings, wait: (ms: number) => void (nowMs += ms) };
}

const free = { limited: false, retryAfterSeconds: 0 };

test('a key passes as often as the limit says, then waits for the end of the window; others do not mind', async () => {
  const { limiter, passes, wait } = limiterOf();
  expect(await passes('a', 10)).toBe(10);
  wait(15_500);
  expect(await limiter.check('a')).toEqual({ limited: true, retryAfterSeconds: 45 });
  expect(await limiter.check('b')).toEqual(free);
  wait(44_500);
  expect(await limiter.check('a')).toEqual(free);
});

test('AUD-11 a clock that goes back begins a window anew and locks nobody out', async () => {
  const { limiter, passes, wait } = limiterOf();
  await passes('a', 11);
  wait(-86_400_000);
  expect(await limiter.check('a')).toEqual(free);
});

test('a flood of keys does not grow the memory beyond the cap: those beyond share one count', async () => {
  const { passes, limiter } = limiterOf({ mostKeys: 3 });
  for (const key of ['a', 'b', 'c']) expect(await passes(key, 1)).toBe(1);
  expect(
    (await Promise.all(Array.from({ length: 12 }, async (_none, at) => limiter.check(`flood-${at}`)))).filter(({ limited }) => limited),
  ).toHaveLength(2);
  expect(await limiter.check('a')).toEqual(free);
});

test('LOD-09 a key that makes more than half of all requests is reported, once a window', async () => {
  const { passes, warnings, wait } = limiterOf({ limit: 1e6 });
  await passes('front-proxy', 1_100);
  expect(warnings).toEqual([['limiter-one-key-dominates', { limiter: 'address', requests: 1_000, ofOneKey: 1_000 }]]);
  wait(60_000);
  for (let at = 0; at < 400; at += 1) await Promise.all(['a', 'b', 'c'].map((key) => passes(key, 1)));
  expect(warnings).toHaveLength(1);
});

describe('on the data plane', () => {
  test('429 is a problem document with Retry-After, and the pipeline is not asked', async () => {
    const gateway = await stubGateway({ perMinute: 2 });
    const { replies } = await converse(gateway.port, get('/wf1/records/C1').repeat(3), { replies: 3 });
    await gateway.dataPlane.stop();
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expectRefusal(gateway, replies[2]!, 'rate-limited', { retryAfterSeconds: 60, system: 'workforce-one', route: 'record' });
    expect([replies[2]!.header('retry-after'), gateway.seen.asks.length]).toEqual(['60', 2]);
  });

  test('LOD-08 what a caller claims about itself does not give it another count', async () => {
    const gateway = await stubGateway({ perMinute: 2 });
    const claims = ['1.1.1.1', '2.2.2.2', '2001:db8::1', '::ffff:3.3.3.3'];
    const replies = [];
    for (const claim of claims)
      replies.push(await sendRaw(gateway.port, get('/wf1/records/C1', `X-Forwarded-For: ${claim}`, `User-Agent: ${claim}`)));
    await gateway.dataPlane.stop();
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  });

  test('LOD-08 behind a trusted proxy each /56 and each IPv4 address has its own count, however it is written', async () => {
    const gateway = await stubGateway({ perMinute: 1, trustedProxies: ['127.0.0.1'] });
    const claims = [
      '2001:db8:0:aa00::1',
      '2001:db8:0:aa01:ffff::9',
      '2001:db8:0:ab00::1',
      '192.0.2.1',
      '::ffff:192.0.2.1',
      '::ffff:c000:201',
      '192.0.2.2',
    ];
    const replies = [];
    for (const claim of claims) replies.push(await sendRaw(gateway.port, get('/wf1/records/C1', `X-Forwarded-For: ${claim}`)));
    await gateway.dataPlane.stop();
    expect(replies.map(({ status }) => status)).toEqual([200, 429, 200, 200, 429, 429, 200]);
  });

  test('malformed requests count as well', async () => {
    const gateway = await stubGateway({ perMinute: 1 });
    const replies = [
      await sendRaw(gateway.port, 'nonsense\r\n\r\n'),
      await sendRaw(gateway.port, 'nonsense\r\n\r\n'),
      await sendRaw(gateway.port, get('/..')),
    ];
    await gateway.dataPlane.stop();
    expect(replies.map(({ status }) => status)).toEqual([400, 429, 429]);
  });

  test('LOD-10 a limiter that fails is a fault, not a pass', async () => {
    const broken = { check: () => Promise.reject(new Error('no')), state: () => ({ name: 'address', store: 'local' as const }) };
    const gateway = await stubGateway({ addressLimiter: broken });
    const reply = await sendRaw(gateway.port, get('/wf1/records/C1'));
    await gateway.dataPlane.stop();
    expectRefusal(gateway, reply, 'internal-fault');
    expect(gateway.seen.asks).toEqual([]);
  });
});

describe('with counts in Redis', () => {
  let redis: ChildProcess;
  let port: number;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    port = await freePort();
    redis = await startRedis(port);
  });
  afterAll(() => stopRedis(redis));
  afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

  const shared = (at: number) => {
    const counts = connectSharedCounts({ url: `redis://127.0.0.1:${at}`, log: { warn: () => undefined, error: () => undefined } });
    closing.push(() => counts.close());
    return counts;
  };
  const untilStore = async (limiter: ReturnType<typeof limiterOf>, wanted: string, key: string): Promise<void> => {
    const deadlineMs = Date.now() + 5_000;
    while (limiter.limiter.state().store !== wanted && Date.now() < deadlineMs) {
      limiter.wait(10);
      await limiter.limiter.check(key);
      await new Promise((next) => setTimeout(next, 10));
    }
    expect(limiter.limiter.state().store).toBe(wanted);
  };
  /** Until the client is connected, or the first look has failed. */
  const ready = async (counts: { send(command: readonly string[]): Promise<unknown> }): Promise<void> => {
    for (let at = 0; at < 500; at += 1) {
      if ((await counts.send(['PING']).catch(() => null)) === 'PONG') return;
      await new Promise((next) => setTimeout(next, 10));
    }
    throw new Error('Redis did not answer');
  };

  test('LOD-11 two processes share one count', async () => {
    const counts = shared(port);
    await ready(counts);
    const one = limiterOf({ shared: counts, name: 'shared', retryMs: 1 });
    const two = limiterOf({ shared: counts, name: 'shared', retryMs: 1 });
    await Promise.all([one, two].map((limiter) => untilCountedThere(limiter)));
    expect([await one.passes('same', 6), await two.passes('same', 6), await one.passes('same', 1)]).toEqual([6, 4, 0]);
    const { limited, retryAfterSeconds } = await two.limiter.check('same');
    expect([limited, retryAfterSeconds > 0 && retryAfterSeconds <= 60]).toEqual([true, true]);
    expect([one.limiter.state(), one.errors]).toEqual([{ name: 'shared', store: 'shared' }, []]);
  });

  /** The scripts are loaded by a look in the background; from then on keys are counted in Redis. */
  async function untilCountedThere(limiter: ReturnType<typeof limiterOf>): Promise<void> {
    await new Promise((next) => setTimeout(next, 50));
    limiter.wait(10);
    await limiter.limiter.check('warm-up');
    await untilStore(limiter, 'shared', 'warm-up');
  }

  test('LOD-10 Redis gone: each process limits by itself at half the rate, with one alarm; back: shared again', async () => {
    const own = await freePort();
    let process = await startRedis(own);
    const counts = shared(own);
    await ready(counts);
    const limiter = limiterOf({ shared: counts, name: 'gone', retryMs: 1 });
    await untilCountedThere(limiter);
    await stopRedis(process);
    expect(await limiter.passes('a', 10)).toBe(5);
    expect(limiter.limiter.state()).toEqual({ name: 'gone', store: 'down' });
    expect(limiter.errors.map(([event, { limiter: name }]) => [event, name])).toEqual([['limiter-store-down', 'gone']]);
    process = await startRedis(own);
    try {
      await untilStore(limiter, 'shared', 'b');
      expect(limiter.warnings).toEqual([['limiter-store-back', { limiter: 'gone' }]]);
      expect(await limiter.passes('c', 12)).toBe(10);
    } finally {
      await stopRedis(process);
    }
  });

  test('LOD-10 Redis not there at the start: half the rate from the first request on', async () => {
    const limiter = limiterOf({ shared: shared(await freePort()), name: 'absent' });
    expect(await limiter.passes('a', 10)).toBe(5);
    await untilStore(limiter, 'down', 'b');
    expect(limiter.errors.map(([event]) => event)).toEqual(['limiter-store-down']);
  });

  test('AUD-09 LOD-10 a Redis that takes the connection and says nothing is a Redis that is down', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const limiter = limiterOf({ shared: { send: () => new Promise(() => undefined) }, name: 'silent', sharedTimeoutMs: 30 });
    expect(await limiter.passes('a', 10)).toBe(5);
    await untilStore(limiter, 'down', 'b');
    const connected = limiterOf({ shared: shared((silent.address() as AddressInfo).port), name: 'silent-socket', sharedTimeoutMs: 30 });
    expect(await connected.passes('a', 10)).toBe(5);
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => silent.close(closed));
  });

  test('LOD-10 an answer that is no count is taken for no answer', async () => {
    const nonsense = { send: (command: readonly string[]) => Promise.resolve(command[0] === 'SCRIPT' ? 'sha' : ['x', 'y']) };
    const limiter = limiterOf({ shared: nonsense, name: 'nonsense', retryMs: 1e9 });
    await new Promise((next) => setImmediate(next));
    expect(await limiter.passes('a', 10)).toBe(5);
    expect(limiter.limiter.state().store).toBe('down');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, fail) => {
    redis.once('error', fail);
    redis.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('Ready to accept connections')) ready();
    });
  });
  return redis;
}

async function stopRedis(redis: ChildProcess): Promise<void> {
  if (redis.exitCode !== null) return;
  const gone = new Promise((exited) => redis.once('exit', exited));
  redis.kill('SIGKILL');
  await gone;
}
