import { RECORDS, wf1Record } from '../support/agency';
import { serveRecords, STORES, type TestGateway } from '../support/gateway';
import { rawReply } from '../support/raw-upstream';
import {
  attack,
  CANARY,
  deniedEntry,
  expectNoCanary,
  expectRefused,
  get,
  raw,
  RECORD,
  startAttackedGateway,
  whoOf,
} from './attacked-gateway';
import { expectLikePlain, plainEntry, readPlainly, type PlainRead } from './plain-read';

let gateway: TestGateway;
let bearer: string;
let plain: PlainRead;
beforeAll(async () => {
  gateway = await startAttackedGateway();
  bearer = `Authorization: Bearer ${await gateway.token('counselor')}`;
  plain = await readPlainly(gateway, bearer);
});
beforeEach(() => serveRecords(gateway.upstream, RECORDS));
afterAll(() => gateway?.stop());

test('the plain read is what it should be: answer, entry, and what the case system received', () => {
  expect(plain.reply.status).toBe(200);
  expect(plain.entry).toEqual(plainEntry(gateway, plain.entry.source?.address ?? ''));
  expect(plain.upstream).toBe(
    [
      'GET /records/P1 HTTP/1.1',
      `host: 127.0.0.1:${gateway.upstream.port}`,
      'connection: keep-alive',
      'accept: application/json',
      'accept-encoding: identity',
      '',
      '',
    ].join('\r\n'),
  );
});

test.each([
  ['PTH-19 another id in a header', ['X-Case-Id: P0', 'X-Record-Id: P0']],
  ['PTH-28 If-None-Match: *', ['If-None-Match: *']],
  ['PTH-28 a validator of the case system', ['If-None-Match: "of the case system"', 'If-Match: "x"']],
  ['PTH-28 moments', ['If-Modified-Since: Mon, 05 Jan 2099 12:00:00 GMT', 'If-Unmodified-Since: Mon, 05 Jan 1999 12:00:00 GMT']],
  ['PTH-29 a range', ['Range: bytes=10-20']],
  ['PTH-29 several ranges', ['Range: bytes=0-1,5-6,9-', 'If-Range: "x"']],
  ['PTH-30 CSV', ['Accept: text/csv']],
  ['PTH-30 XML', ['Accept: application/xml']],
  ['PTH-30 nothing at all', ['Accept: */*;q=0']],
  ['PTH-30 a language', ['Accept-Language: xx']],
  ['PTH-30 an encoding', ['Accept-Encoding: br, gzip;q=0.5, zstd', 'TE: gzip']],
  ['PTH-31 a cache between', ['Cache-Control: max-age=9999', 'Pragma: cache', 'Via: 1.1 cache']],
])('%s: dropped; the whole record, the plain entry, the same bytes to the case system', (_id, headers) =>
  expectLikePlain(gateway, plain, get(RECORD, bearer, ...headers)),
);

test('PTH-23 E06 HEAD is decided, shaped and recorded as GET; its length is that of the shaped body', async () => {
  await expectLikePlain(gateway, plain, raw(`HEAD ${RECORD} HTTP/1.1`, bearer), { method: 'HEAD' });
  expect(plain.reply.header('content-length')).toBe(String(plain.reply.body.length));
  expect(plain.reply.body.length).not.toBe(JSON.stringify(RECORDS['P1']).length);
});

test('PTH-23 E06 a HEAD that is refused is refused as GET is, without a body', async () => {
  const { reply, source } = await attack(gateway, raw('HEAD /workforce-one/records/unknown HTTP/1.1', bearer));
  const { reply: asGet, source: ofGet } = await attack(gateway, get('/workforce-one/records/unknown', bearer));
  const hidden = {
    ...deniedEntry('record-hidden', whoOf(gateway, 'counselor', { memberships: ['m-counselor'] }), { reason: 'record-unknown' }),
    upstream: { outcome: 'not-found', durationMs: expect.any(Number) as unknown as number },
  };
  await expectRefused(gateway, reply, source, 'record-hidden', { ...hidden, source: { address: source }, method: 'HEAD' });
  await expectRefused(gateway, asGet, ofGet, 'record-hidden', { ...hidden, source: { address: ofGet } });
  expect(reply.header('content-length')).toBe(String(asGet.body.length));
});

test('PTH-27 the validators of the case system are no oracle of what is hidden: ours alone leaves', async () => {
  const [before, after] = ['111-22-3333', '111-22-4444'].map((ssn) => wf1Record('P1', { '/privacy/indicator': true, '/notes': ssn }));
  const headersOf = async (record: unknown, tag: string): Promise<readonly (readonly [string, string])[]> => {
    gateway.upstream.answers(
      rawReply(JSON.stringify(record), {
        headers: [`ETag: "${tag}"`, 'Last-Modified: Mon, 05 Jan 2026 12:00:00 GMT', `Digest: sha-256=${tag}`],
      }),
    );
    const { reply } = await attack(gateway, get(RECORD, bearer));
    return reply.headers.filter(([name]) => !/^(?:date|casegate-access-id)$/i.test(name));
  };
  const first = await headersOf(before, 'one');
  expect(await headersOf(after, 'two')).toEqual(first);
  // The one that leaves is of what is shown: it does not change with what is hidden.
  const validators = first.filter(([name]) => /etag|last-modified|digest/i.test(name));
  expect(validators).toEqual([['etag', expect.stringMatching(/^"[A-Za-z0-9_-]{32}"$/)]]);
});

test('PTH-28 a 304 of the case system is no answer of ours', async () => {
  gateway.upstream.answers('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n');
  const { reply, source } = await attack(gateway, get(RECORD, bearer, 'If-None-Match: "x"'));
  await expectRefused(gateway, reply, source, 'upstream-failed', failedUpstream(source));
});

test('PTH-31 nothing that leaves may be kept by a cache, and two people are never given one answer', async () => {
  const read = async (person: string) => (await attack(gateway, get(RECORD, `Authorization: Bearer ${await gateway.token(person)}`))).reply;
  const [assigned, other] = [await read('counselor'), await read('other-counselor')];
  for (const reply of [assigned, other, (await attack(gateway, get(RECORD))).reply, (await attack(gateway, get('/nothing'))).reply]) {
    expect([reply.header('cache-control'), reply.header('expires'), reply.header('age')]).toEqual(['no-store', undefined, undefined]);
  }
  expect([assigned.header('casegate-view'), other.header('casegate-view')]).toEqual(['full', 'basic']);
  expect(assigned.header('etag')).not.toBe(other.header('etag'));
  const before = gateway.upstream.requests.length;
  gateway.upstream.answers(rawReply(JSON.stringify(RECORDS['P1']), { headers: ['Cache-Control: public, max-age=9999'] }));
  for (const person of ['counselor', 'other-counselor']) expect((await read(person)).header('cache-control')).toBe('no-store');
  expect(gateway.upstream.requests.length).toBe(before + 2);
});

test.each([
  ['to a metadata service', 'http://169.254.169.254/'],
  ['to another record, with an SSN', '/records/P0?ssn=219-09-9987'],
])('PTH-32 a redirect %s is not followed, and its Location does not leave', async (_to, location) => {
  const before = gateway.upstream.requests.length;
  gateway.upstream.answers(rawReply('{"ssn":"219-09-9987"}', { status: '302 Found', headers: [`Location: ${location}`] }));
  const sent = await attack(gateway, get(RECORD, bearer));
  await expectRefused(gateway, sent.reply, sent.source, 'upstream-failed', failedUpstream(sent.source));
  expect([gateway.upstream.requests.length, sent.reply.header('location')]).toEqual([before + 1, undefined]);
  expect(sent.bytes.toString()).not.toMatch(CANARY);
});

const failedUpstream = (source: string) => ({
  ...deniedEntry('upstream-failed', whoOf(gateway, 'counselor')),
  source: { address: source },
  upstream: { outcome: 'upstream-failed', durationMs: expect.any(Number) as unknown as number },
});

test('nothing that was written down holds the canary', () => expectNoCanary(gateway));

describe.each(STORES)('PTH-34 on %s', (store) => {
  let own: TestGateway;
  beforeAll(async () => {
    own = await startAttackedGateway({ store });
  });
  afterAll(() => own?.stop());

  const feed = (action: 'set' | 'clear', recordId: string, sourceSequence: number) =>
    own.admin(
      'POST',
      '/api/v1/feeds/privacy',
      'feed',
      JSON.stringify({
        transactionId: `t-${sourceSequence}`,
        system: 'workforce-one',
        environment: 'production',
        recordId,
        action,
        effectiveAt: new Date(own.clock.now() - 1_000 + sourceSequence).toISOString(),
        sourceSequence,
      }),
      'application/x-ndjson',
    );

  test('a record that the feed makes private while the case system answers is private in this very answer', async () => {
    const seen = own.upstream.requests.length;
    let release: () => void = () => undefined;
    own.upstream.answers((socket, _request) => {
      release = () => void socket.write(rawReply(JSON.stringify(RECORDS['P0'])));
    });
    const asked = own.get('/workforce-one/records/P0', 'other-counselor');
    await own.upstream.seen(seen + 1);
    expect((await feed('set', 'P0', 1)).status).toBe(200);
    release();
    const reply = await asked;
    expect([reply.status, reply.headers['casegate-view'], Object.keys(reply.json as object).sort()]).toEqual([
      200,
      'basic',
      ['birthDate', 'caseStatus', 'maxisCaseNumber', 'name', 'pmi', 'programName', 'recordId', 'ssn'],
    ]);
    const entry = await own.entryOf(reply);
    expect(entry).toMatchObject({
      records: [{ id: 'P0', disclosure: 'basic', keys: [{ privacy: 'private' }] }],
      outcome: { status: 200, code: 'ok' },
    });
    expect(own.upstream.requests.length).toBe(seen + 1);
  });

  test('a record whose body says private stays private, whatever the feed has cleared', async () => {
    serveRecords(own.upstream, RECORDS);
    expect((await feed('clear', 'P1', 2)).status).toBe(200);
    const reply = await own.get(RECORD, 'other-counselor');
    expect([reply.status, reply.headers['casegate-view']]).toEqual([200, 'basic']);
    expect(await own.entryOf(reply)).toMatchObject({ records: [{ id: 'P1', disclosure: 'basic', keys: [{ privacy: 'private' }] }] });
  });
});
