import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { makeCertificate } from '../support/certificates';
import { converse, sendRaw } from '../support/raw-http';
import { expectRefusal, get, stubAnswer, stubGateway } from './stub-gateway';
import type { StubGateway } from './stub-gateway';
import type { Ask } from '../../src/vocabulary/access';
import type { Answer } from '../../src/edge/handlers';

let gateway: StubGateway;
const callers: Socket[] = [];
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.destroy();
  await gateway.dataPlane.stop();
});

const call = (): Socket => {
  const caller = connect(gateway.port, '127.0.0.1');
  caller.on('error', () => undefined);
  callers.push(caller);
  return caller;
};
const closed = (socket: Socket): Promise<void> => new Promise((done) => void socket.on('close', () => done()).resume());

/** A handler that answers when told to. */
function held() {
  const asked: (() => void)[] = [];
  let begun: () => void = () => undefined;
  const isBegun = new Promise<void>((tell) => {
    begun = tell;
  });
  return {
    isBegun,
    carry: (ask: Ask): Promise<Answer> =>
      new Promise((settle) => {
        asked.push(() => settle(stubAnswer(ask.accessId, 200, 'text/plain', 'done', [])));
        begun();
      }),
    letGo: () => asked.splice(0).forEach((answer) => answer()),
  };
}

test('LOD-01 a header block that does not end is told 408, and closed', async () => {
  gateway = await stubGateway({ limits: { headersTimeoutMs: 100, timeoutCheckMs: 50 } });
  const reply = await sendRaw(gateway.port, 'GET /wf1/records/C1 HTTP/1.1\r\nHost: loc');
  expectRefusal(gateway, reply, 'request-timeout', { method: null });
  expect(reply.closed).toBe(true);
});

test('LOD-01 a connection on which nothing ever comes is closed without an entry', async () => {
  gateway = await stubGateway({ limits: { headersTimeoutMs: 100, timeoutCheckMs: 50 } });
  const { bytes, closed: isClosed } = await converse(gateway.port, '');
  expect([bytes.length, isClosed, gateway.seen.refusals]).toEqual([0, true, []]);
});

test('LOD-01 a body that drips in is not waited for', async () => {
  gateway = await stubGateway();
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1', 'Content-Length: 1000000'));
  expectRefusal(gateway, reply, 'body-not-allowed');
  expect(reply.closed).toBe(true);
});

test('LOD-03 an idle connection is closed after the keep-alive time', async () => {
  gateway = await stubGateway({ limits: { keepAliveTimeoutMs: 100 } });
  const { closed: isClosed } = await converse(gateway.port, get('/wf1/records/C1'), { watchMs: 5_000 });
  expect(isClosed).toBe(true);
});

test('LOD-03 connections beyond the cap are turned away and counted; those there are go on', async () => {
  gateway = await stubGateway({ limits: { connections: 2 } });
  const first = call();
  const second = call();
  await Promise.all([first, second].map((socket) => new Promise((connected) => socket.once('connect', connected))));
  await new Promise((seen) => gateway.dataPlane.server.getConnections((_fault, count) => seen(count)));
  await closed(call());
  expect(gateway.dataPlane.state().connectionsDropped).toBe(1);
  const answer = new Promise<Buffer>((come) => first.once('data', come));
  first.write(get('/wf1/records/C1'));
  expect((await answer).toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
});

test('a caller who does not read is cut, and the delivery is noted as aborted', async () => {
  const big = 'x'.repeat(20_000_000);
  gateway = await stubGateway({
    limits: { slowReaderMs: 150 },
    handlers: { carry: (ask) => Promise.resolve(stubAnswer(ask.accessId, 200, 'text/plain', big, [])) },
  });
  const caller = call();
  caller.write(get('/wf1/records/C1'));
  await gateway.untilDelivered(1);
  expect(gateway.seen.deliveries).toEqual([['access-1', 'aborted', 20_000_000]]);
  expect(gateway.seen.warnings).toEqual([['slow-reader-cut', { accessId: 'access-1' }]]);
});

test('LOD-15 a stop lets what runs finish, and closes its connection', async () => {
  const carrying = held();
  gateway = await stubGateway({ handlers: { carry: carrying.carry } });
  const answer = converse(gateway.port, get('/wf1/records/C1'));
  await carrying.isBegun;
  const stopping = gateway.dataPlane.stop();
  expect(gateway.dataPlane.state()).toEqual({
    listening: false,
    stopping: true,
    openRequests: 1,
    connectionsDropped: 0,
    unrecordedAnswers: 0,
    addressLimiter: { name: 'address', store: 'local' },
  });
  carrying.letGo();
  const { replies, closed: isClosed } = await answer;
  await stopping;
  expect([replies.map(({ status }) => status), replies[0]?.header('connection'), isClosed]).toEqual([[200], 'close', true]);
  expect([gateway.seen.deliveries, gateway.dataPlane.state().openRequests]).toEqual([[['access-1', 'sent', 4]], 0]);
});

test('LOD-15 during a stop a request on an open connection is told so, a new connection is refused', async () => {
  const carrying = held();
  gateway = await stubGateway({ handlers: { carry: carrying.carry } });
  const caller = call();
  const received: Buffer[] = [];
  caller.on('data', (chunk) => received.push(chunk));
  const isOver = closed(caller);
  caller.write(get('/wf1/records/C1'));
  await carrying.isBegun;
  const stopping = gateway.dataPlane.stop();
  await expect(sendRaw(gateway.port, get('/wf1/records/C2'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const told = new Promise<void>((seen) => gateway.dataPlane.server.once('request', () => seen()));
  caller.write(get('/wf1/records/C2'));
  await told;
  carrying.letGo();
  await Promise.all([stopping, isOver]);
  expect(
    Buffer.concat(received)
      .toString('latin1')
      .match(/^HTTP\/1\.1 \d+/gm),
  ).toEqual(['HTTP/1.1 200']);
  expect(gateway.seen.refusals.map(({ code }) => code)).toEqual(['shutting-down']);
});

test('LOD-15 what does not finish in time is cut, with an alarm', async () => {
  const carrying = held();
  gateway = await stubGateway({ handlers: { carry: carrying.carry }, limits: { drainMs: 50 } });
  const answer = converse(gateway.port, get('/wf1/records/C1'));
  await carrying.isBegun;
  await gateway.dataPlane.stop();
  const { bytes, closed: isClosed } = await answer;
  expect([bytes.length, isClosed, gateway.seen.alarms]).toEqual([0, true, [['drain-cut', { openRequests: 1 }]]]);
  carrying.letGo();
  await gateway.untilDelivered(1);
  expect(gateway.seen.deliveries).toEqual([['access-1', 'aborted', 0]]);
});

test('stopping twice is stopping once', async () => {
  gateway = await stubGateway();
  await Promise.all([gateway.dataPlane.stop(), gateway.dataPlane.stop()]);
  expect(gateway.dataPlane.state().listening).toBe(false);
});

test('a port that is taken refuses to listen', async () => {
  gateway = await stubGateway();
  await expect(stubGateway({ listenPort: gateway.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

describe('over TLS', () => {
  const certificate = makeCertificate('localhost', { hosts: ['localhost'] });
  const tls = { cert: certificate.cert, key: certificate.key };
  const ask = (port: number): Promise<number | undefined> =>
    new Promise((settle, fail) => {
      const options = { port, host: 'localhost', path: '/wf1/records/C1', ca: certificate.cert, agent: false } as const;
      httpsRequest(options, (reply) => reply.resume().on('end', () => settle(reply.statusCode)))
        .on('error', fail)
        .end();
    });

  test('a record is answered and its delivery noted', async () => {
    gateway = await stubGateway({ tls });
    expect(await ask(gateway.port)).toBe(200);
    await gateway.untilDelivered(1);
    expect(gateway.seen.deliveries).toEqual([['access-1', 'sent', 25]]);
  });

  test('LOD-01 a handshake that never ends is cut, without an entry', async () => {
    gateway = await stubGateway({ tls, limits: { headersTimeoutMs: 100, timeoutCheckMs: 50 } });
    const { bytes, closed: isClosed } = await converse(gateway.port, '');
    expect([bytes.length, isClosed, gateway.seen.refusals]).toEqual([0, true, []]);
  });

  test('what is no handshake is nobody: cut, without an entry', async () => {
    gateway = await stubGateway({ tls });
    const { bytes, closed: isClosed } = await converse(gateway.port, get('/wf1/records/C1'));
    expect([bytes.toString('latin1'), isClosed, gateway.seen.refusals, gateway.seen.asks]).toEqual([
      expect.not.stringContaining('HTTP'),
      true,
      [],
      [],
    ]);
  });

  test('LOD-15 a handshake under way does not hold up a stop', async () => {
    gateway = await stubGateway({ tls, limits: { lingerMs: 50 } });
    const connected = new Promise((come) => gateway.dataPlane.server.once('connection', come));
    const isOver = closed(call());
    await connected;
    await Promise.all([gateway.dataPlane.stop(), isOver]);
    expect(gateway.dataPlane.state().listening).toBe(false);
  }, 10_000);
});
