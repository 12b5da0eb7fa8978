import { connect } from 'node:net';
import { converse, sendRaw } from '../support/raw-http';
import { get, plainAsk, stubAnswer, stubGateway } from './stub-gateway';
import type { StubGateway } from './stub-gateway';
import type { Answer } from '../../src/edge/handlers';

let gateway: StubGateway;
afterEach(() => gateway.dataPlane.stop());

test.each<[string, (answer: Answer) => Answer]>([
  ['a reply that shape did not make', ({ reply, receipt }) => ({ reply: { ...reply }, receipt })],
  ['no receipt', ({ reply }) => ({ reply, receipt: undefined })],
  ['a receipt of another access', ({ reply }) => ({ reply, receipt: stubAnswer('other', 200, null, '', []).receipt })],
  ['reply and receipt of another access', () => stubAnswer('other', 200, 'application/json', '{"ssn":"219-09-9987"}', [])],
])('GW-03 %s: the connection is destroyed, no byte leaves, an alarm is raised', async (_id, spoil) => {
  gateway = await stubGateway({
    handlers: { carry: (ask) => Promise.resolve(spoil(stubAnswer(ask.accessId, 200, 'application/json', '{"ssn":"219-09-9987"}', []))) },
  });
  const { bytes, closed } = await converse(gateway.port, get('/wf1/records/C1'));
  expect([bytes.length, closed]).toEqual([0, true]);
  expect(gateway.seen.alarms).toEqual([['answer-without-receipt', { accessId: 'access-1' }]]);
  expect([gateway.dataPlane.state().unrecordedAnswers, gateway.dataPlane.state().openRequests, gateway.seen.deliveries]).toEqual([
    1,
    0,
    [],
  ]);
});

test('GW-03 a receipt for another reply of the same access does not cover', async () => {
  gateway = await stubGateway({
    handlers: {
      carry: ({ accessId }) => {
        const [one, other] = ['one', 'other'].map((body) => stubAnswer(accessId, 200, 'text/plain', body, []));
        return Promise.resolve({ reply: one?.reply, receipt: other?.receipt } as Answer);
      },
    },
  });
  const { bytes } = await converse(gateway.port, get('/wf1/records/C1'));
  expect([bytes.length, gateway.dataPlane.state().unrecordedAnswers]).toEqual([0, 1]);
});

test('GW-03 the same holds for what is written on the bare socket', async () => {
  gateway = await stubGateway({ handlers: { covers: () => false } });
  const { bytes, closed } = await converse(gateway.port, 'nonsense\r\n\r\n');
  expect([bytes.length, closed, gateway.seen.alarms.map(([event]) => event)]).toEqual([0, true, ['answer-without-receipt']]);
});

test('a header that only the edge may say is not taken from a reply', async () => {
  gateway = await stubGateway({
    handlers: {
      carry: (ask) =>
        Promise.resolve(
          stubAnswer(ask.accessId, 200, 'text/plain', 'x', [
            ['Cache-Control', 'public'],
            ['content-length', '99'],
            ['Access-Control-Allow-Origin', '*'],
            ['Set-Cookie', 'a=b'],
            ['X-Powered-By', 'us'],
            ['Casegate-View', 'basic'],
          ]),
        ),
    },
  });
  const reply = await sendRaw(gateway.port, get('/wf1/records/C1'));
  const named = ['cache-control', 'content-length', 'access-control-allow-origin', 'set-cookie', 'x-powered-by', 'casegate-view'];
  expect(named.map((name) => reply.header(name))).toEqual(['no-store', '1', undefined, undefined, undefined, 'basic']);
});

test('a reply with a header that would split the answer is not sent', async () => {
  gateway = await stubGateway({
    handlers: { carry: (ask) => Promise.resolve(stubAnswer(ask.accessId, 200, 'text/plain', 'x', [['X-A', 'a\r\nX-B: c']])) },
  });
  const { bytes, closed } = await converse(gateway.port, get('/wf1/records/C1'));
  expect([bytes.length, closed, gateway.seen.alarms.map(([event]) => event)]).toEqual([0, true, ['answer-not-sent']]);
  await gateway.untilDelivered(1);
  expect(gateway.seen.deliveries.map(([, outcome]) => outcome)).toEqual(['aborted']);
});

test('each answer leaves one delivery note, with the bytes of its body', async () => {
  gateway = await stubGateway();
  const answered = await sendRaw(gateway.port, get('/wf1/records/C1'));
  const refused = await sendRaw(gateway.port, get('/nothing'));
  const unreadable = await sendRaw(gateway.port, 'nonsense\r\n\r\n');
  await gateway.untilDelivered(3);
  expect(gateway.seen.deliveries).toEqual([
    ['access-1', 'sent', answered.body.length],
    ['access-2', 'sent', refused.body.length],
    ['access-3', 'sent', unreadable.body.length],
  ]);
});

test('AUD-08 a caller who leaves before the answer: noted as aborted, nothing sent', async () => {
  let left: () => void = () => undefined;
  const gone = new Promise<void>((tell) => {
    left = tell;
  });
  gateway = await stubGateway({
    handlers: {
      carry: async (ask) => {
        caller.resetAndDestroy();
        await gone;
        return stubAnswer(ask.accessId, 200, 'text/plain', 'late', []);
      },
    },
  });
  gateway.dataPlane.server.on('connection', (socket) => socket.on('close', () => setImmediate(left)));
  const caller = connect(gateway.port, '127.0.0.1');
  caller.on('error', () => undefined);
  caller.write(get('/wf1/records/C1'));
  await gateway.untilDelivered(1);
  expect(gateway.seen.deliveries).toEqual([['access-1', 'aborted', 0]]);
  expect(gateway.dataPlane.state().openRequests).toBe(0);
});

test('AUD-08 answers queued behind one another are all noted when the caller leaves', async () => {
  const big = 'x'.repeat(8_000_000);
  gateway = await stubGateway({ handlers: { carry: (ask) => Promise.resolve(stubAnswer(ask.accessId, 200, 'text/plain', big, [])) } });
  const caller = connect(gateway.port, '127.0.0.1');
  caller.on('error', () => undefined);
  caller.write(get('/wf1/records/C1').repeat(3));
  caller.once('data', () => {
    caller.pause();
    caller.resetAndDestroy();
  });
  await gateway.untilDelivered(1);
  await gateway.dataPlane.stop();
  expect(gateway.seen.deliveries.map(([, outcome]) => outcome)).not.toContain('sent');
  expect([gateway.dataPlane.state().openRequests, gateway.seen.alarms]).toEqual([0, []]);
});

test('the ask names nothing but the canonical request', async () => {
  gateway = await stubGateway();
  await sendRaw(gateway.port, get('/wf1/records/C1', 'Authorization: Bearer abc', 'X-User: admin'));
  expect(gateway.seen.asks).toEqual([plainAsk({ bearer: 'abc' })]);
});

test('a stream that was read to its end is let go, though its connection stays for the next', async () => {
  const left: string[] = [];
  gateway = await stubGateway({
    handlers: {
      carry: ({ accessId }) => {
        const rest = { next: () => Promise.resolve(null), leave: () => void left.push(accessId) };
        return Promise.resolve({ ...stubAnswer(accessId, 200, 'application/x-ndjson', '{}\n', []), rest });
      },
    },
  });
  const { bytes } = await converse(gateway.port, get('/wf1/records/C1') + get('/wf1/records/C1', 'Connection: close'));
  expect(bytes.toString('latin1').match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect([gateway.seen.deliveries, left]).toEqual([
    [
      ['access-1', 'sent', 3],
      ['access-2', 'sent', 3],
    ],
    [],
  ]);
});
