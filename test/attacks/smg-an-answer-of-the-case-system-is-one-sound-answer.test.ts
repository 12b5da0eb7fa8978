import { RECORDS } from '../support/agency';
import { serveRecords, type TestGateway } from '../support/gateway';
import { rawReply, type RawAnswer } from '../support/raw-upstream';
import { attack, CANARY, deniedEntry, expectNoCanary, expectRefused, get, RECORD, startAttackedGateway, whoOf } from './attacked-gateway';
import { plainEntry, readPlainly, type PlainRead } from './plain-read';
import type { ErrorCode } from '../../src/vocabulary/errors';

let gateway: TestGateway;
let bearer: string;
let plain: PlainRead;
beforeAll(async () => {
  gateway = await startAttackedGateway();
  bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
  plain = await readPlainly(gateway, bearer);
});
afterAll(() => gateway?.stop());

const body = JSON.stringify(RECORDS['P1']);
const chunked = (headers = '', coding = 'chunked', trailers = ''): Buffer =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${headers}Transfer-Encoding: ${coding}\r\n\r\n` +
      `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n${trailers}\r\n`,
  );
const lengthed = (...headers: readonly string[]): Buffer => rawReply(body, { headers });
const status = (line: string): Buffer => rawReply(body, { status: line });
const after = (first: string): Buffer => Buffer.concat([Buffer.from(first), rawReply(body)]);

const REFUSED: readonly (readonly [id: string, what: string, answer: RawAnswer, code: ErrorCode])[] = [
  ['SMG-14', 'a length and chunks', chunked(`Content-Length: ${Buffer.byteLength(body)}\r\n`), 'upstream-malformed'],
  ['SMG-14', 'two lengths, alike', lengthed(`Content-Length: ${Buffer.byteLength(body)}`), 'upstream-malformed'],
  ['SMG-14', 'two lengths, different', lengthed('Content-Length: 1'), 'upstream-malformed'],
  ['SMG-14', 'two codings', chunked('', 'gzip, chunked'), 'upstream-malformed'],
  ['SMG-14', '204 with a body', status('204 No Content'), 'upstream-failed'],
  ['SMG-14', '205 with a body', status('205 Reset Content'), 'upstream-failed'],
  [
    'SMG-17',
    '101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    'upstream-malformed',
  ],
  ['SMG-17', 'a hundred times 100', after('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)), 'upstream-malformed'],
  ['SMG-17', 'six times 103', after('HTTP/1.1 103 Early Hints\r\nx-ssn: 219-09-9987\r\n\r\n'.repeat(6)), 'upstream-malformed'],
  ['SMG-19', '000', status('000 Nothing'), 'upstream-malformed'],
  ['SMG-19', '099', status('099 Early'), 'upstream-malformed'],
  ['SMG-19', '299', status('299 Warm'), 'upstream-failed'],
  ['SMG-19', '600', status('600 Far'), 'upstream-failed'],
  ['SMG-19', '500 with the canary in its reason', status('500 219-09-9987'), 'upstream-failed'],
  ['SMG-20', '10,000 headers', lengthed(...Array<string>(10_000).fill('a: b')), 'upstream-malformed'],
  ['SMG-20', 'a header of 1 MB', lengthed(`x: ${'a'.repeat(1_000_000)}`), 'upstream-malformed'],
  ['SMG-20', 'a NUL in a header', lengthed('x: a\0b'), 'upstream-malformed'],
  ['SMG-20', 'a bare CR in a header', lengthed('x: a\rb'), 'upstream-malformed'],
];

test.each(REFUSED)('%s %s is refused, with nothing of it', async (_id, _what, answer, code) => {
  gateway.upstream.answers(answer);
  const before = gateway.upstream.requests.length;
  const sent = await attack(gateway, get(RECORD, bearer));
  await expectRefused(gateway, sent.reply, sent.source, code, {
    ...deniedEntry(code, whoOf(gateway, 'counselor')),
    source: { address: sent.source },
    upstream: { outcome: code, durationMs: expect.any(Number) as unknown as number },
  });
  expect(sent.bytes.toString('latin1')).not.toMatch(CANARY);
  expect([sent.replies.length, gateway.upstream.requests.length]).toEqual([1, before + 1]);
});

test.each<readonly [string, RawAnswer]>([
  ['SMG-17 103 with x-ssn, up to five times', after('HTTP/1.1 103 Early Hints\r\nx-ssn: 219-09-9987\r\n\r\n'.repeat(5))],
  ['SMG-18 trailers', chunked('', 'chunked', 'x-ssn: 219-09-9987\r\n')],
  ['SMG-18 announced trailers', chunked('Trailer: x-ssn\r\n', 'chunked', 'x-ssn: 219-09-9987\r\n')],
  ['SMG-19 200 with the canary in its reason', status('200 219-09-9987')],
  ['SMG-19 200 with a reason of 8 KB', status(`200 ${'a'.repeat(8_000)}`)],
  ['SMG-20 headers of its own', lengthed('Set-Cookie: ssn=219-09-9987', 'X-Person-SSN: 219-09-9987', 'Server: x', 'Link: </219-09-9987>')],
])('%s: dropped; the answer and its entry are the plain ones', async (_id, answer) => {
  gateway.upstream.answers(answer);
  const sent = await attack(gateway, get(RECORD, bearer));
  const own = (headers: readonly (readonly [string, string])[]) => headers.filter(([name]) => !/^(?:date|casegate-access-id)$/i.test(name));
  expect([sent.reply.statusLine, own(sent.reply.headers), sent.reply.body.toString()]).toEqual([
    plain.reply.statusLine,
    own(plain.reply.headers),
    plain.reply.body.toString(),
  ]);
  expect(await gateway.entryOf(sent.reply.header('casegate-access-id') ?? '')).toEqual(plainEntry(gateway, sent.source));
  expect([sent.replies.length, CANARY.test(sent.bytes.toString('latin1'))]).toEqual([1, false]);
});

test('SMG-13 SMG-14 what is behind one answer is never taken for the next', async () => {
  const own = await attack(gateway, get(RECORD, bearer));
  expect(own.reply.status).toBe(200);
  gateway.upstream.answers(Buffer.concat([rawReply(body), rawReply(JSON.stringify({ ...RECORDS['P1'], caseStatus: 'smuggled' }))]));
  await attack(gateway, get(RECORD, bearer));
  serveRecords(gateway.upstream, RECORDS);
  for (let round = 0; round < 5; round += 1) {
    const { reply } = await attack(gateway, get(RECORD, bearer));
    expect([reply.status, reply.body.toString()]).toEqual([200, plain.reply.body.toString()]);
  }
});

test('nothing that was written down holds the canary', () => expectNoCanary(gateway));
