import { brotliCompressSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { rawReply } from '../support/raw-upstream';
import type { TestGateway } from '../support/gateway';
import { ChunkedAnswer, entriesOfStream, namedIn, ownRecord, Reading, startStreamGateway } from './stream-gateway';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startStreamGateway();
});
afterAll(() => gateway?.stop());

const OTHERS = { '/assignment/staffId': 'S1002' };
const list = (records: readonly object[]): string => JSON.stringify(records);
const serve = (body: string | Buffer, type = 'application/json', headers: readonly string[] = []): void =>
  gateway.upstream.answers(() => rawReply(body, { type, headers }));
const SSN = /219-?09-?9987/;

test('WF1-02 an export shows of each record what its own facts allow; what may not be exported is left out', async () => {
  serve(list([ownRecord(1), ownRecord(2, OTHERS), ownRecord(3)]));
  const reading = await Reading.open(gateway, 'counselor');
  expect(await reading.over()).toBe('whole');
  expect(reading.message.statusCode).toBe(200);
  expect(reading.message.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'casegate-view': 'list',
    'cache-control': 'no-store',
    'transfer-encoding': 'chunked',
  });
  const shown = JSON.parse(reading.text) as { recordId: string; ssn: string }[];
  expect(shown.map(({ recordId }) => recordId)).toEqual(['R1', 'R3']);
  expect(reading.text).not.toMatch(SSN);
  const entries = await entriesOfStream(gateway, reading.accessId);
  expect(entries.map(({ kind }) => kind)).toEqual(['access', 'access-end']);
  expect(entries[0]).toMatchObject({
    action: 'export',
    route: 'export-records',
    outcome: { status: 200, code: 'ok', reasons: ['granted'] },
  });
  expect(namedIn(entries)).toEqual(['R1', 'R3']);
  expect(entries[1]?.details).toEqual({ of: reading.accessId, parts: 1, records: 2, leftOut: 1 });
});

test('the first record leaves before the case system has sent its last, and each batch after its part', async () => {
  const answer = new ChunkedAnswer(gateway);
  const opening = Reading.open(gateway, 'counselor');
  await answer.send(`[${JSON.stringify(ownRecord(1))},`);
  const reading = await opening;
  await reading.until((text) => text.includes('"R1"'));
  expect(namedIn(await gateway.entries()).at(-1)).toBe('R1');
  await answer.send(`${JSON.stringify(ownRecord(2))},{"recordId":"R3"`);
  await reading.until((text) => text.includes('"R2"'));
  expect(reading.outcome).toBe('open');
  await answer.send('}]');
  answer.end();
  expect(await reading.over()).toBe('whole');
  expect((JSON.parse(reading.text) as object[]).length).toBe(2);
  const entries = await entriesOfStream(gateway, reading.accessId);
  expect(entries.map(({ kind }) => kind)).toEqual(['access', 'access-part', 'access-end']);
  expect(entries.map(({ details }) => details)).toEqual([
    { stream: 'opened', part: 1 },
    { of: reading.accessId, part: 2 },
    { of: reading.accessId, parts: 2, records: 2, leftOut: 1 },
  ]);
});

test('TOK-19 a revocation ends the stream at the next batch', async () => {
  const answer = new ChunkedAnswer(gateway);
  const opening = Reading.open(gateway, 'former-counselor');
  const own = (n: number): string => JSON.stringify(ownRecord(n, { '/assignment/staffId': 'S1009' }));
  await answer.send(`[${own(1)},`);
  const reading = await opening;
  await reading.until((text) => text.includes('"R1"'));
  const from = new Date(gateway.clock.now()).toISOString();
  await gateway.importRows({ standings: [{ of: 'account', id: 'former-counselor', standing: 'terminated', from }] });
  await answer.send(`${own(2)},`);
  expect(await reading.over()).toBe('cut');
  expect(reading.text).not.toContain('"R2"');
  expect(() => JSON.parse(reading.text) as unknown).toThrow();
  const entries = await entriesOfStream(gateway, reading.accessId);
  expect(namedIn(entries)).toEqual(['R1']);
  expect(entries.at(-1)).toMatchObject({
    kind: 'access-end',
    outcome: { status: 403, code: 'account-not-active', reasons: ['account-terminated'] },
  });
});

test('a record that is made private and given to another while its batch is under way is decided anew', async () => {
  const answer = new ChunkedAnswer(gateway);
  const opening = Reading.open(gateway, 'counselor');
  await answer.send(`[${JSON.stringify(ownRecord(1))},`);
  const reading = await opening;
  await reading.until((text) => text.includes('"R1"'));
  const row = {
    system: 'workforce-one',
    environment: 'production',
    record_id: 'R9002',
    private: true,
    codes: { 'assigned-to': ['S1002'] },
  };
  await gateway.importRows({ records: [row] });
  await answer.send(`${JSON.stringify(ownRecord(9002))},${JSON.stringify(ownRecord(3))}]`);
  answer.end();
  expect(await reading.over()).toBe('whole');
  expect((JSON.parse(reading.text) as { recordId: string }[]).map(({ recordId }) => recordId)).toEqual(['R1', 'R3']);
});

describe('after the first byte a fault destroys the connection, without a last chunk or a closing bracket', () => {
  test.each<[string, (answer: ChunkedAnswer) => Promise<void>, string]>([
    ['BOD-17 the case system cuts off', async (answer) => answer.cut(), 'upstream-malformed'],
    ['BOD-17 the body ends in a record', async (answer) => answer.send('{"recordId":"R2"').then(() => answer.end()), 'upstream-malformed'],
    [
      'BOD-17 the body ends without its bracket',
      async (answer) => answer.send(`${JSON.stringify(ownRecord(2))}`).then(() => answer.end()),
      'upstream-malformed',
    ],
    ['BOD-01 a key twice', async (answer) => answer.send('{"recordId":"R2","recordId":"R3"},'), 'upstream-malformed'],
    [
      'BOD-08 bytes that are not UTF-8',
      async (answer) => answer.send(Buffer.from('{"recordId":"R2","x":"\xff"},', 'latin1')),
      'upstream-malformed',
    ],
    ['an element that is no record', async (answer) => answer.send('"219-09-9987",'), 'upstream-malformed'],
    ['a record without its number', async (answer) => answer.send('{"ssn":"219-09-9987"},'), 'upstream-malformed'],
    ['BOD-16 a record over the cap', async (answer) => answer.send(`{"recordId":"R2","x":"${'x'.repeat(70_000)}`), 'upstream-too-large'],
  ])('%s', async (_, fault, code) => {
    const answer = new ChunkedAnswer(gateway);
    const opening = Reading.open(gateway, 'counselor');
    await answer.send(`[${JSON.stringify(ownRecord(1))},`);
    const reading = await opening;
    await reading.until((text) => text.includes('"R1"'));
    await fault(answer);
    expect(await reading.over()).toBe('cut');
    expect(reading.text).not.toContain('R2');
    expect(reading.text).not.toMatch(SSN);
    const entries = await entriesOfStream(gateway, reading.accessId);
    expect(namedIn(entries)).toEqual(['R1']);
    expect(entries.at(-1)?.outcome.code).toBe(code);
    expect(gateway.lines().join('\n')).not.toMatch(SSN);
  });
});

describe('before the first byte a fault is a problem document', () => {
  test.each<[string, () => void, number, string]>([
    [
      'BOD-31 an error',
      () => gateway.upstream.answers(() => rawReply('{"ssn":"219-09-9987"}', { status: '500 Oops' })),
      502,
      'upstream-failed',
    ],
    ['a 404', () => gateway.upstream.answers(() => rawReply('{}', { status: '404 Not Found' })), 502, 'upstream-failed'],
    ['BOD-11 another media type', () => serve('[]', 'text/html'), 502, 'upstream-malformed'],
    ['BOD-20 multipart', () => serve('[]', 'multipart/mixed; boundary=x'), 502, 'upstream-malformed'],
    ['BOD-31 an object in place of the list', () => serve('{"error":"219-09-9987"}'), 502, 'upstream-malformed'],
    ['BOD-14 an unknown encoding', () => serve('[]', 'application/json', ['Content-Encoding: zstd']), 502, 'upstream-malformed'],
    ['BOD-14 what says gzip and is not', () => serve('[]', 'application/json', ['Content-Encoding: gzip']), 502, 'upstream-malformed'],
    [
      'BOD-14 bytes behind gzip',
      () => serve(Buffer.concat([gzipSync('[]'), Buffer.from('[]')]), 'application/json', ['Content-Encoding: gzip']),
      502,
      'upstream-malformed',
    ],
  ])('%s', async (_, set, status, code) => {
    set();
    const reading = await Reading.open(gateway, 'counselor');
    await reading.over();
    expect([reading.message.statusCode, (JSON.parse(reading.text) as { code: string }).code]).toEqual([status, code]);
    expect(reading.text).not.toMatch(SSN);
    expect(await gateway.entryOf(reading.accessId)).toMatchObject({ kind: 'access', records: [], outcome: { status, code } });
  });
});

describe('formats', () => {
  const records = [ownRecord(1), ownRecord(2)];
  test.each<[string, string, string, (text: string) => unknown[]]>([
    ['nothing', '*/*', 'application/json; charset=utf-8', (text) => JSON.parse(text) as unknown[]],
    [
      'NDJSON',
      'application/x-ndjson',
      'application/x-ndjson; charset=utf-8',
      (text) =>
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
    ],
    ['CSV', 'text/csv', 'text/csv; charset=utf-8; header=present', (text) => parse(text, { columns: true })],
    [
      'what it likes best',
      'text/html, application/json;q=0.5, text/csv;q=0.9',
      'text/csv; charset=utf-8; header=present',
      (text) => parse(text, { columns: true }),
    ],
  ])('a client that accepts %s', async (_, accept, type, read) => {
    serve(list(records));
    const reading = await Reading.open(gateway, 'counselor', accept);
    expect(await reading.over()).toBe('whole');
    expect(reading.message.headers['content-type']).toBe(type);
    const shown = read(reading.text) as { recordId: string; ssn: string }[];
    expect(shown.map(({ recordId, ssn }) => [recordId, ssn])).toEqual([
      ['R1', 'XXX-XX-9987'],
      ['R2', 'XXX-XX-9987'],
    ]);
  });
  test('a client that accepts none of them is told so', async () => {
    const before = gateway.upstream.requests.length;
    const reading = await Reading.open(gateway, 'counselor', 'text/html');
    await reading.over();
    expect([reading.message.statusCode, (JSON.parse(reading.text) as { code: string }).code]).toEqual([406, 'not-acceptable']);
    expect(gateway.upstream.requests.length).toBe(before);
  });
  test('BOD-22 a case system that sends CSV: columns are classified by their header, SSNs masked by it, formulas escaped', async () => {
    const header = 'recordId,ssn,name.last,secret,privacy.indicator,assignment.staffId';
    serve(`${header}\r\nR1,219-09-9987,"=1+1",219-09-9987,N,S1001\r\nR2,219099987,x,y,N,S1002\r\n`, 'text/csv');
    const reading = await Reading.open(gateway, 'counselor', 'text/csv');
    expect(await reading.over()).toBe('whole');
    const [row, ...others] = parse(reading.text, { columns: true }) as Record<string, string>[];
    expect(others).toEqual([]);
    expect(row).toMatchObject({ recordId: 'R1', ssn: 'XXX-XX-9987', 'name.last': "'=1+1", 'privacy.indicator': 'N' });
    expect(row).not.toHaveProperty('secret');
    expect(namedIn(await entriesOfStream(gateway, reading.accessId))).toEqual(['R1']);
  });
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('BOD-14 a case system that sends %s is read', async (encoding, compress) => {
    serve(compress(Buffer.from(list(records))), 'application/json', [`Content-Encoding: ${encoding}`]);
    const reading = await Reading.open(gateway, 'counselor');
    expect(await reading.over()).toBe('whole');
    expect((JSON.parse(reading.text) as unknown[]).length).toBe(2);
  });
});

describe('export is an action of its own', () => {
  test('a workgroup without a limit exports nothing, and the case system is not asked', async () => {
    const before = gateway.upstream.requests.length;
    const reading = await Reading.open(gateway, 'supervisor');
    await reading.over();
    expect([reading.message.statusCode, (JSON.parse(reading.text) as { code: string }).code]).toEqual([403, 'action-not-permitted']);
    expect(gateway.upstream.requests.length).toBe(before);
    expect((await gateway.entryOf(reading.accessId)).outcome).toEqual({
      status: 403,
      code: 'action-not-permitted',
      reasons: ['export-limit'],
    });
  });
  test('RED-18 basic views leave only for workgroups that have that right', async () => {
    serve(list([ownRecord(1, OTHERS), ownRecord(2)]));
    const basic = await Reading.open(gateway, 'monitor');
    expect(await basic.over()).toBe('whole');
    const shown = JSON.parse(basic.text) as object[];
    expect(shown.map((one) => Object.keys(one).includes('contact'))).toEqual([false, false]);
    const none = await Reading.open(gateway, 'other-counselor');
    expect(await none.over()).toBe('whole');
    expect((JSON.parse(none.text) as { recordId: string }[]).map(({ recordId }) => recordId)).toEqual(['R1']);
  });
  test('a stream that would show more than the workgroup may export is cut, and the entry says why', async () => {
    serve(list(Array.from({ length: 51 }, (_, n) => ownRecord(n, { '/privacy/indicator': false }))));
    const reading = await Reading.open(gateway, 'data-specialist');
    await reading.over();
    expect(reading.message.statusCode).toBe(403);
    serve(list(Array.from({ length: 50 }, (_, n) => ownRecord(n, { '/privacy/indicator': false }))));
    const within = await Reading.open(gateway, 'data-specialist');
    expect(await within.over()).toBe('whole');
    expect((JSON.parse(within.text) as unknown[]).length).toBe(50);
  });
});

test('a client that goes away ends the call to the case system, and the log says so', async () => {
  const answer = new ChunkedAnswer(gateway);
  const opening = Reading.open(gateway, 'counselor');
  await answer.send(`[${JSON.stringify(ownRecord(1))},`);
  const reading = await opening;
  await reading.until((text) => text.includes('"R1"'));
  reading.leave();
  const entries = await entriesOfStream(gateway, reading.accessId);
  expect(entries.at(-1)).toMatchObject({ kind: 'access-end', outcome: { status: 200, code: 'aborted', reasons: ['reader-left'] } });
  expect(answer.isGone).toBe(true);
});

test('entries name every record of a long export, in the order in which they left; the log is whole', async () => {
  const many = Array.from({ length: 3_000 }, (_, n) => ownRecord(n, n % 7 === 0 ? OTHERS : {}));
  serve(list(many));
  const reading = await Reading.open(gateway, 'counselor', 'application/x-ndjson');
  expect(await reading.over()).toBe('whole');
  const received = reading.text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { recordId: string }).recordId);
  const entries = await entriesOfStream(gateway, reading.accessId);
  expect(namedIn(entries)).toEqual(received);
  expect(received.length).toBe(many.length - Math.ceil(3_000 / 7));
  for (const entry of entries) expect(entry.records.length).toBeLessThanOrEqual(1_000);
  expect(entries.at(-1)?.details).toMatchObject({ records: received.length, leftOut: Math.ceil(3_000 / 7) });
  expect(await gateway.isWhole()).toBe(true);
});
