import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, STORES, type TestGateway } from '../support/gateway';
import { sendRaw, type RawReply } from '../support/raw-http';
import { describeWithRedis } from '../support/redis';
import { ERROR_TABLE } from '../../src/vocabulary/errors';

const LIMITS = { addressPerMinute: 6, callerPerMinute: 4, adminAddressPerMinute: 7, adminCallerPerMinute: 5 };
const PATH = '/workforce-one/records/P1';

async function ask(gateway: TestGateway, from: string, person: string | null, headers: readonly string[] = []): Promise<RawReply> {
  const bearer = person === null ? [] : [`Authorization: Bearer ${await gateway.token(person)}`];
  const head = [`GET ${PATH} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...bearer, ...headers, '', ''].join('\r\n');
  return sendRaw(gateway.dataPort, head, { localAddress: from });
}

async function askAdmin(
  gateway: TestGateway,
  from: string,
  person: string | null,
  path = '/metrics',
  headers: readonly string[] = [],
): Promise<RawReply> {
  const bearer = person === null ? [] : [`Authorization: Bearer ${await gateway.adminToken(person)}`];
  const head = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...bearer, ...headers, '', ''].join('\r\n');
  return sendRaw(gateway.adminPort, head, { localAddress: from });
}

const times = async (count: number, one: (number: number) => Promise<RawReply>): Promise<readonly number[]> => {
  const statuses: number[] = [];
  for (let i = 0; i < count; i += 1) statuses.push((await one(i)).status);
  return statuses;
};

/** The whole 429. */
function expectTooMany(reply: RawReply): string {
  const accessId = reply.header('casegate-access-id') ?? '';
  const { status, title, says } = ERROR_TABLE['rate-limited'];
  expect([reply.status, JSON.parse(reply.body.toString()), reply.header('content-type'), reply.header('cache-control')]).toEqual([
    status,
    { type: 'urn:casegate:problem:rate-limited', title, status, detail: says, code: 'rate-limited', accessId },
    'application/problem+json',
    'no-store',
  ]);
  const seconds = Number(reply.header('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  return accessId;
}

/** Its whole entry, but for what the planes say in their own way. */
const limitedEntry = (gateway: TestGateway, accessId: string, from: string, account: string | null) => ({
  format: 1,
  accessId,
  at: expect.any(String) as unknown,
  source: expect.objectContaining({ address: from }) as unknown,
  who:
    account === null
      ? null
      : {
          account,
          person: `person-${account}`,
          organization: 'north',
          issuer: gateway.issuer.issuer,
          application: 'portal',
          actor: null,
          memberships: [],
        },
  method: 'GET',
  records: [],
  outcome: { status: 429, code: 'rate-limited', reasons: ['rate-limited'] },
  upstream: null,
});

/** A record's route: the whole 429, and its whole entry. */
async function expectLimited(
  gateway: TestGateway,
  reply: RawReply,
  from: string,
  account: string | null,
  route: string | null,
): Promise<void> {
  const accessId = expectTooMany(reply);
  expect(reply.header('casegate-view')).toBe('none');
  expect(await gateway.entryOf(accessId)).toEqual({
    ...limitedEntry(gateway, accessId, from, account),
    kind: 'refusal',
    system: 'workforce-one',
    environment: 'production',
    route,
    action: null,
    policyVersion: null,
    directoryVersion: null,
    registryVersion: null,
  });
}

/** The same on the admin plane. */
async function expectAdminLimited(
  gateway: TestGateway,
  reply: RawReply,
  from: string,
  account: string | null,
  route: string | null,
): Promise<void> {
  const accessId = expectTooMany(reply);
  expect(await gateway.entryOf(accessId)).toEqual({
    ...limitedEntry(gateway, accessId, from, account),
    kind: 'admin',
    system: null,
    environment: account === null ? null : 'production',
    route,
    action: route,
    policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    directoryVersion: 1,
    registryVersion: 1,
    details: {},
  });
}

describe.each(STORES)('on %s, each process by itself', (store) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ store, config: { rateLimits: LIMITS } });
  });
  afterAll(() => gateway?.stop());
  beforeEach(() => gateway.clock.forward(61_000));

  test('R108 one address has so many requests a minute, whatever its headers say; another is not touched', async () => {
    const rotating = (i: number) => ask(gateway, '127.0.0.2', null, [`X-Forwarded-For: 198.51.100.${i}`, `X-Client: ${i}`]);
    expect(await times(6, rotating)).toEqual([401, 401, 401, 401, 401, 401]);
    const sent = gateway.upstream.requests.length;
    await expectLimited(gateway, await rotating(7), '127.0.0.2', null, 'read-record');
    await expectLimited(gateway, await ask(gateway, '127.0.0.2', 'counselor'), '127.0.0.2', null, 'read-record');
    expect(gateway.upstream.requests.length).toBe(sent);
    expect((await ask(gateway, '127.0.0.3', 'counselor')).status).toBe(200);
    gateway.clock.forward(61_000);
    expect((await ask(gateway, '127.0.0.2', 'counselor')).status).toBe(200);
  });

  test('R108 one caller has so many requests a minute, from whatever address and with whatever token; another is not touched', async () => {
    expect(await times(4, (i) => ask(gateway, `127.0.1.${i + 1}`, 'counselor'))).toEqual([200, 200, 200, 200]);
    const sent = gateway.upstream.requests.length;
    await expectLimited(gateway, await ask(gateway, '127.0.1.9', 'counselor'), '127.0.1.9', 'counselor', 'read-record');
    expect(gateway.upstream.requests.length).toBe(sent);
    expect((await ask(gateway, '127.0.1.9', 'other-counselor')).status).toBe(200);
    gateway.clock.forward(61_000);
    expect((await ask(gateway, '127.0.1.9', 'counselor')).status).toBe(200);
  });

  test('R108 GW-03 the admin plane counts for itself: an address before its token is looked at, whatever it asks for', async () => {
    const unknown = (i: number) =>
      askAdmin(gateway, '127.0.5.1', null, i % 2 === 0 ? '/metrics' : '/nothing', [`X-Forwarded-For: 198.51.100.${i}`]);
    expect(await times(7, unknown)).toEqual([401, 401, 401, 401, 401, 401, 401]);
    await expectAdminLimited(gateway, await unknown(8), '127.0.5.1', null, 'metrics');
    await expectAdminLimited(gateway, await askAdmin(gateway, '127.0.5.1', 'auditor', '/nothing'), '127.0.5.1', null, null);
    expect((await askAdmin(gateway, '127.0.5.1', null, '/readyz')).status).toBe(200);
    expect((await ask(gateway, '127.0.5.1', 'counselor')).status).toBe(200);
    expect((await askAdmin(gateway, '127.0.5.2', 'auditor')).status).toBe(200);
    gateway.clock.forward(61_000);
    expect((await askAdmin(gateway, '127.0.5.1', 'auditor')).status).toBe(200);
  });

  test('R108 GW-03 and an account after its token, before its right is looked for', async () => {
    expect(await times(5, (i) => askAdmin(gateway, `127.0.6.${i + 1}`, 'auditor'))).toEqual([200, 200, 200, 200, 200]);
    await expectAdminLimited(gateway, await askAdmin(gateway, '127.0.6.8', 'auditor'), '127.0.6.8', 'auditor', 'metrics');
    expect(await times(5, (i) => askAdmin(gateway, `127.0.6.${i + 1}`, 'counselor'))).toEqual([403, 403, 403, 403, 403]);
    await expectAdminLimited(gateway, await askAdmin(gateway, '127.0.6.9', 'counselor'), '127.0.6.9', 'counselor', 'metrics');
    expect((await askAdmin(gateway, '127.0.6.9', 'administrator')).status).toBe(403);
    gateway.clock.forward(61_000);
    expect((await askAdmin(gateway, '127.0.6.9', 'auditor')).status).toBe(200);
  });
});

describeWithRedis('with a Redis that gateways share', () => {
  let redis: PrivateRedis;
  let one: TestGateway;
  let other: TestGateway;
  beforeAll(async () => {
    redis = await startRedis();
    const config = { rateLimits: { addressPerMinute: 1_000, callerPerMinute: 8, redisUrl: { file: redis.urlFile } } };
    // Of one store each: the counts are what they share.
    one = await startTestGateway({ config });
    other = await startTestGateway({ config });
    await Promise.all([isStore(one, 'shared'), isStore(other, 'shared')]);
  });
  afterAll(async () => {
    await other?.stop();
    await one?.stop();
    await redis?.remove();
  });

  const down = async (gateway: TestGateway) =>
    (await gateway.admin('GET', '/metrics', 'auditor')).text
      .split('\n')
      .filter((line) => line.startsWith('casegate_rate_limit_store_down{'));
  const isStore = async (gateway: TestGateway, wanted: 'shared' | 'down'): Promise<void> => {
    const since = performance.now();
    const value = wanted === 'down' ? 1 : 0;
    const told = ['address', 'caller', 'admin-address', 'admin-caller'].map(
      (limiter) => `casegate_rate_limit_store_down{limiter="${limiter}"} ${value}`,
    );
    while (JSON.stringify(await down(gateway)) !== JSON.stringify(told)) {
      if (performance.now() - since > 10_000) throw new Error(`the shared counts are not ${wanted}`);
      // Somebody asks, and a second goes by: that is when it is looked for again.
      await ask(gateway, '127.0.0.8', 'monitor');
      gateway.clock.forward(1_001);
    }
  };
  /** The caller's key names the issuer, and each gateway here has one of its own: the address is what both count. */
  const keys = async (): Promise<readonly string[]> => (await redis.command('KEYS', 'casegate:limit:*')).sort();

  test('no alarm is raised at a good start, and both count in it under names of ours, which hold no token and no name', async () => {
    expect([...one.lines(), ...other.lines()].filter((line) => line.includes('limiter-store'))).toEqual([]);
    await redis.command('FLUSHALL');
    await isStore(one, 'shared');
    expect((await ask(one, '127.0.2.1', 'counselor')).status).toBe(200);
    expect((await ask(other, '127.0.2.1', 'counselor')).status).toBe(200);
    const known = await keys();
    expect(known).toContain('casegate:limit:address:127.0.2.1');
    expect(await redis.command('GET', 'casegate:limit:address:127.0.2.1')).toEqual(['2']);
    expect(known.some((key) => key.includes('eyJ'))).toBe(false);
  });

  test('requests through one count for the other', async () => {
    const limited = { rateLimits: { addressPerMinute: 6, callerPerMinute: 100, redisUrl: { file: redis.urlFile } } };
    const [first, second] = [await startTestGateway({ config: limited }), await startTestGateway({ config: limited })];
    try {
      await Promise.all([isStore(first, 'shared'), isStore(second, 'shared')]);
      const statuses = await times(6, (i) => ask(i % 2 === 0 ? first : second, '127.0.2.2', null));
      expect(statuses).toEqual([401, 401, 401, 401, 401, 401]);
      await expectLimited(first, await ask(first, '127.0.2.2', null), '127.0.2.2', null, 'read-record');
      await expectLimited(second, await ask(second, '127.0.2.2', null), '127.0.2.2', null, 'read-record');
    } finally {
      await second.stop();
      await first.stop();
    }
  });

  test('when it goes each counts by itself at half the rate and raises an alarm; when it is back the alarm ends', async () => {
    await redis.stop();
    expect((await ask(one, '127.0.2.3', 'counselor')).status).toBe(200);
    await isStore(one, 'down');
    one.clock.forward(61_000);
    expect(await times(5, (i) => ask(one, `127.0.3.${i + 1}`, 'supervisor'))).toEqual([200, 200, 200, 200, 429]);
    expect(one.lines().filter((line) => line.includes('"limiter-store-down"')).length).toBe(4);
    expect(
      one
        .lines()
        .filter((line) => line.includes('"limiter-store-down"'))
        .every((line) => line.includes('"error"')),
    ).toBe(true);

    await redis.start();
    await isStore(one, 'shared');
    expect(one.lines().filter((line) => line.includes('"limiter-store-back"')).length).toBe(4);
    await redis.command('FLUSHALL');
    const statuses = await times(9, (i) => ask(one, `127.0.4.${i + 1}`, 'supervisor'));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429]);
  });
});

interface PrivateRedis {
  /** Holds its address: secrets are named by place. */
  readonly urlFile: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  command(...words: readonly string[]): Promise<string[]>;
  remove(): Promise<void>;
}

/** A Redis of this file's own, that may be stopped. */
async function startRedis(): Promise<PrivateRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-redis-'));
  const port = await freePort();
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = child.stdout;
    await new Promise<void>((ready, fail) => {
      child?.once('exit', () => fail(new Error('redis-server ended')));
      output?.on('data', (said: Buffer) => said.toString().includes('Ready to accept connections') && ready());
    });
  };
  const stop = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  const urlFile = join(folder, 'url');
  writeFileSync(urlFile, `redis://127.0.0.1:${port}`);
  return {
    urlFile,
    start,
    stop,
    async command(...words) {
      const cli = spawn('redis-cli', ['-p', String(port), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      cli.stdout.on('data', (part: Buffer) => (said += part.toString()));
      await once(cli, 'close');
      return said.split('\n').filter((line) => line !== '');
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
