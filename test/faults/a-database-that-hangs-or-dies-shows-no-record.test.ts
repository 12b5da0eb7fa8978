import { everyKindOf, expectProblem, expectWholeLog, readiness, RECORD, untilServing } from '../support/faults';
import { RECORDS } from '../support/agency';
import { getBytes, startLoad } from '../support/load';
import { describeWithMariadb } from '../support/mariadb';
import { rawReply } from '../support/raw-upstream';
import { serveRecords } from '../support/gateway';
import { servedGateways, type ServedGateway, type Surroundings } from '../support/served-gateway';
import { privateMariadb, type PrivateMariadb } from '../storage/test-stores';

const DEADLINE_MS = 500;

describeWithMariadb('on a database server of its own', () => {
  let server: PrivateMariadb;
  let around: Surroundings;
  let gateway: ServedGateway;
  const answered: string[] = [];
  const refused: string[] = [];

  beforeAll(async () => {
    server = await privateMariadb();
    around = await servedGateways({ databaseUrl: server.url, config: { log: { deadlineMs: DEADLINE_MS } } });
    gateway = await around.start();
  }, 60_000);
  afterAll(async () => {
    await around?.close();
    await server?.stop();
  });

  const expectRefusedInTime = async (): Promise<void> => {
    const began = performance.now();
    for (const reply of await everyKindOf(gateway)) {
      expectProblem(reply, 'audit-unavailable');
      refused.push(reply.accessId);
    }
    expect(performance.now() - began).toBeLessThan(DEADLINE_MS + 1_500);
  };
  const expectServing = async (): Promise<void> => {
    refused.push(...(await untilServing(gateway)));
    const replies = await everyKindOf(gateway);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 404, 401]);
    answered.push(...replies.map(({ accessId }) => accessId));
    await expectWholeLog(around, { answered, refused });
  };

  test('AUD-01 AUD-09 a server that hangs before the request: 503 by the deadline, and it goes on when the server does', async () => {
    await expectServing();
    server.process.kill('SIGSTOP');
    await expectRefusedInTime();
    const calls = around.upstream.requests.length;
    await expectRefusedInTime();
    expect(around.upstream.requests.length).toBe(calls);
    expect(await readiness(gateway)).toEqual([200, 503]);
    server.process.kill('SIGCONT');
    await expectServing();
    expect(await around.verify()).toHaveLength(1);
  }, 60_000);

  test('AUD-02 STO-05 a server that hangs between the fetch and the entry: no byte of what was fetched, and no entry twice', async () => {
    around.upstream.answers(() => {
      server.process.kill('SIGSTOP');
      return rawReply(JSON.stringify(RECORDS['P1']));
    });
    const reply = await gateway.get(RECORD, 'counselor');
    expectProblem(reply, 'audit-unavailable');
    refused.push(reply.accessId);
    serveRecords(around.upstream, RECORDS);
    server.process.kill('SIGCONT');
    await expectServing();
    // Whatever came to stand there of the refused request, nothing says that it was delivered.
    const notes = (await around.entries()).flatMap(({ kind, details }) => (kind === 'delivery' ? (details?.['notes'] as unknown[][]) : []));
    expect(notes.filter(([accessId]) => refused.includes(String(accessId)))).toEqual([]);
  }, 60_000);

  test('STO-01 a server that is killed and started again under load: what was answered is in the log, once', async () => {
    const requests = await Promise.all(['counselor', 'other-counselor'].map(async (one) => getBytes(RECORD, await around.token(one))));
    const load = startLoad(gateway.dataPort, 16, (connection) => requests[connection % 2] as string);
    await load.answered(200);
    await server.kill();
    const beforeTheKill = load.answers.length;
    await load.answered(beforeTheKill + 50);
    await server.start();
    while (load.answers.at(-1)?.status !== 200) await load.answered(load.answers.length + 1);
    await load.answered(load.answers.length + 100);
    await load.stop();
    const of = (status: number) => load.answers.filter((one) => one.status === status).map(({ accessId }) => accessId);
    expect(of(200).length + of(503).length).toBe(load.answers.length);
    expect(of(503).length).toBeGreaterThan(0);
    answered.push(...of(200));
    refused.push(...of(503));
    await expectServing();
  }, 60_000);

  test('LOD-15 a stop while the server hangs ends all the same', async () => {
    server.process.kill('SIGSTOP');
    const began = performance.now();
    const ended = await gateway.end('SIGTERM');
    server.process.kill('SIGCONT');
    expect([ended, performance.now() - began < 15_000]).toEqual([{ code: 0, signal: null }, true]);
    gateway = await around.start();
    await expectServing();
  }, 60_000);
});
