import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import {
  everyKindOf,
  expectProblem,
  expectWholeLog,
  injectFaults,
  readiness,
  RECORD,
  testWithStrace,
  untilServing,
} from '../support/faults';
import { getBytes, startLoad } from '../support/load';
import { otherUser, testAsOtherUser } from '../support/other-user';
import { servedGateways, type ServedGateway, type Surroundings } from '../support/served-gateway';

const DEADLINE_MS = 400;
const config = { log: { deadlineMs: DEADLINE_MS, mostWaiting: 16 } };

let around: Surroundings;
let gateway: ServedGateway;
const answered: string[] = [];
const refused: string[] = [];

async function open(options: Parameters<typeof servedGateways>[0] = {}): Promise<void> {
  around = await servedGateways({ config, ...options });
  gateway = await around.start();
  const reply = await gateway.get(RECORD, 'counselor');
  expect([reply.status, reply.headers['casegate-view']]).toEqual([200, 'full']);
  answered.push(reply.accessId);
}

/** Every kind of answer is 503, then at once; what can be known without the case system is known without it. */
async function expectDown(): Promise<void> {
  for (const reply of await everyKindOf(gateway)) {
    expectProblem(reply, 'audit-unavailable');
    expect([reply.headers['casegate-view'], reply.headers['retry-after']]).toEqual(['none', '5']);
    refused.push(reply.accessId);
  }
  // The deadline is over: nobody waits any more, and the case system is left alone (AUD-01).
  while ((await readiness(gateway))[1] === 200) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS));
  const calls = around.upstream.requests.length;
  for (const reply of await everyKindOf(gateway)) {
    expectProblem(reply, 'audit-unavailable');
    refused.push(reply.accessId);
  }
  expect(around.upstream.requests.length).toBe(calls);
  expect(await readiness(gateway)).toEqual([200, 503]);
}

async function expectRecovered(): Promise<void> {
  refused.push(...(await untilServing(gateway)));
  const replies = await everyKindOf(gateway);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 404, 401]);
  answered.push(...replies.map(({ accessId }) => accessId));
  expect(await readiness(gateway)).toEqual([200, 200]);
  expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
}

const interruptions = async () =>
  (await expectWholeLog(around, { answered, refused })).flatMap(({ kind, details }) => (kind === 'system' ? [details] : [])).slice(1);

beforeEach(() => {
  answered.length = 0;
  refused.length = 0;
});
afterEach(() => around?.close());

testWithStrace('AUD-03 a full disk: 503 for every answer, and it goes on by itself when there is space', async () => {
  await open();
  const makeSpace = await injectFaults(gateway.process.pid as number, 'pwrite64', 'error=ENOSPC');
  await expectDown();
  await makeSpace();
  await expectRecovered();
  expect(await interruptions()).toEqual([{ event: 'log-interrupted', fault: 'SQLITE_FULL' }]);
  expect(await around.verify()).toHaveLength(1);
  // Nothing of what was refused was written.
  expect((await around.entries()).filter(({ accessId }) => refused.includes(accessId))).toEqual([]);
});

testWithStrace('AUD-04 an fsync that fails: 503, the file is opened anew, and the same chain goes on', async () => {
  await open();
  const mend = await injectFaults(gateway.process.pid as number, 'fsync,fdatasync', 'error=EIO');
  await expectDown();
  await mend();
  await expectRecovered();
  expect(await interruptions()).toEqual([{ event: 'log-interrupted', fault: expect.stringMatching(/^SQLITE_IOERR/) as unknown }]);
  expect(await around.verify()).toHaveLength(1);
});

testWithStrace(
  'AUD-05 a slow store: nobody waits beyond the deadline, the queue is bounded, and nothing is answered first and logged later',
  async () => {
    await open();
    const [request, residentBefore] = [getBytes(RECORD, await around.token('counselor')), resident(gateway)];
    const makeFast = await injectFaults(gateway.process.pid as number, 'fsync,fdatasync', `delay_exit=${3 * DEADLINE_MS * 1000}`);
    const began = performance.now();
    const load = startLoad(gateway.dataPort, 100, () => request);
    await load.answered(2_000);
    const slowMs = performance.now() - began;
    await load.stop();
    await makeFast();
    refused.push(...(await untilServing(gateway)));
    const good = load.answers.filter(({ status }) => status === 200).map(({ accessId }) => accessId);
    const others = load.answers.filter(({ status }) => status !== 200);
    expect(others.filter(({ status }) => status !== 503)).toEqual([]);
    // Whoever was let in found the log slow; at most a flush's worth of them was in time.
    expect(good.length).toBeLessThanOrEqual(16 * Math.ceil(slowMs / DEADLINE_MS));
    expect(others.length).toBeGreaterThan(1_000);
    // A bound, not a measure: a tracer holds every thread of the gateway, and the suite shares the machine.
    expect(Math.max(...load.answers.map(({ tookMs }) => tookMs))).toBeLessThan(10 * DEADLINE_MS);
    expect(resident(gateway) - residentBefore).toBeLessThan(80 * 1024);
    answered.push(...good);
    refused.push(...others.map(({ accessId }) => accessId));
    await expectWholeLog(around, { answered, refused });
  },
);

/** KiB. */
const resident = ({ process: { pid } }: ServedGateway): number =>
  Number(/VmRSS:\s+(\d+)/.exec(execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' }))?.[1]);

test('STO-14 the log file is taken away under the gateway: 503 until it is back, and nothing is written where nobody looks', async () => {
  await open();
  const { folder } = around.storeSettings as { readonly folder: string };
  const away = join(folder, 'away');
  mkdirSync(away);
  const move = (from: string, to: string) => {
    for (const name of ['access-log.db', 'access-log.db-wal', 'access-log.db-shm'])
      if (existsSync(join(from, name))) renameSync(join(from, name), join(to, name));
  };
  move(folder, away);
  await expectDown();
  expect(existsSync(join(folder, 'access-log.db'))).toBe(false);
  move(away, folder);
  await expectRecovered();
  expect((await interruptions())[0]).toEqual({ event: 'log-interrupted', fault: 'SQLITE_READONLY_DBMOVED' });
  expect(await around.verify()).toHaveLength(1);
});

testAsOtherUser('AUD-03 STO-14 the log file becomes read-only under the gateway: 503 until it may be written', async () => {
  // To root nothing is read-only.
  await open(otherUser === null ? {} : { runAs: otherUser });
  const { folder } = around.storeSettings as { readonly folder: string };
  const file = join(folder, 'access-log.db');
  // As an operator would who moves the log: the content is the same, the permission is not.
  for (const name of [file, `${file}-wal`]) {
    copyFileSync(name, `${name}.copy`);
    if (otherUser !== null) chownSync(`${name}.copy`, otherUser.uid, otherUser.gid);
    chmodSync(`${name}.copy`, 0o444);
  }
  for (const name of [`${file}-wal`, file]) renameSync(`${name}.copy`, name);
  await expectDown();
  for (const name of [file, `${file}-wal`]) if (existsSync(name)) chmodSync(name, 0o644);
  await expectRecovered();
  await interruptions();
});
