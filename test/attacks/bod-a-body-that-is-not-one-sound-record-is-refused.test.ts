import { deflateSync, gzipSync, brotliCompressSync } from 'node:zlib';
import { STORES } from '../support/gateway';
import {
  faultEntry,
  fullEntry,
  headersOf,
  headersOfAnswer,
  headersOfProblem,
  problem,
  recordText,
  recordWith,
  SEEN_OF,
  startHostileCaseSystem,
  unknownEntry,
  type HostileCaseSystem,
} from '../support/hostile-case-system';
import { rawReply, type RawAnswer } from '../support/raw-upstream';
import type { ErrorCode } from '../../src/vocabulary/errors';
import type { Reason } from '../../src/vocabulary/reasons';

const CAP = 1_048_576;
const NUMBER = '"ssn":"219-09-9987"';
const good = (id: string): string => recordText(id, NUMBER);
const as =
  (type: string | null, body: (id: string) => string | Buffer = good, headers: readonly string[] = []) =>
  (id: string): RawAnswer =>
    rawReply(body(id), { type, headers });
const encoded = (encoding: string, body: (id: string) => Buffer): ((id: string) => RawAnswer) =>
  as('application/json', body, [`Content-Encoding: ${encoding}`]);
const raw =
  (bytes: (id: string) => string) =>
  (_id: string): RawAnswer =>
    Buffer.from(bytes(_id), 'utf8');
const body = (text: (id: string) => string): ((id: string) => RawAnswer) => as('application/json', text);
const withLength = (id: string, length: number): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${good(id)}`;

type Row = readonly [name: string, answer: (id: string) => RawAnswer, code: ErrorCode, reason?: Reason];
const MALFORMED = 'upstream-malformed';

const UNSOUND: readonly Row[] = [
  ['BOD-01 a key twice', body((id) => recordText(id, '"ssn":"219-09-9987","ssn":null')), MALFORMED],
  [
    'BOD-01 the privacy indicator twice',
    body((id) => `{"privacy":{"indicator":true,"indicator":false},${recordText(id, NUMBER).slice(1)}`),
    MALFORMED,
  ],
  ['BOD-01 a key twice, once with an escape', body((id) => recordText(id, '"ssn":"219-09-9987","s\\u0073n":null')), MALFORMED],
  ['BOD-01 an unclassified key twice', body((id) => recordText(id, '"x":"219-09-9987","x":1')), MALFORMED],
  ['BOD-01 a key twice inside a note', body((id) => recordText(id, '"caseNotes":[{"text":"219-09-9987","text":""}]')), MALFORMED],
  ['BOD-02 __proto__', body((id) => recordText(id, '"__proto__":{"ssn":"219-09-9987"}')), MALFORMED],
  [
    'BOD-02 __proto__ with an escape, deep in a note',
    body((id) => recordText(id, '"caseNotes":[{"\\u005f_proto__":{"text":"219-09-9987"}}]')),
    MALFORMED,
  ],
  ['BOD-04 200,000 brackets', body((id) => recordText(id, `"x":${'['.repeat(200_000)}`)), MALFORMED],
  ['BOD-04 one level too deep', body((id) => recordText(id, `"x":${'['.repeat(64)}"219-09-9987"${']'.repeat(64)}`)), MALFORMED],
  ['BOD-05 a number with a leading zero', body((id) => recordText(id, '"ssn":019099987')), MALFORMED],
  ['BOD-05 a number in hex', body((id) => recordText(id, '"pmi":0x1f,"ssn":"219-09-9987"')), MALFORMED],
  ['BOD-06 NaN', body((id) => recordText(id, `${NUMBER},"pmi":NaN`)), MALFORMED],
  ['BOD-06 Infinity', body((id) => recordText(id, `${NUMBER},"pmi":Infinity`)), MALFORMED],
  ['BOD-06 a comment', body((id) => recordText(id, `${NUMBER}/* 219-09-9987 */`)), MALFORMED],
  ['BOD-06 a trailing comma', body((id) => recordText(id, `${NUMBER},`)), MALFORMED],
  ['BOD-06 single quotes', body((id) => recordText(id, "'ssn':'219-09-9987'")), MALFORMED],
  ['BOD-06 a control character in a string', body((id) => recordText(id, '"ssn":"219-09-\n9987"')), MALFORMED],
  ['BOD-06 half of a surrogate pair', body((id) => recordText(id, `${NUMBER},"programName":"\\ud83d"`)), MALFORMED],
  ['BOD-06 two values', body((id) => `${good(id)}{"ssn":"219-09-9987"}`), MALFORMED],
  ['BOD-06 an array', body((id) => `[${good(id)}]`), MALFORMED],
  ['BOD-06 a string', body(() => '"219-09-9987"'), MALFORMED],
  ['BOD-06 nothing', body(() => ''), MALFORMED],
  ['BOD-06 another record than the one asked for', body(() => recordText('SOMEBODY-ELSE', NUMBER)), MALFORMED, 'record-id-mismatch'],
  [
    'BOD-06 a record without its number',
    body(() => '{"ssn":"219-09-9987","privacy":{"indicator":false}}'),
    MALFORMED,
    'record-id-mismatch',
  ],
  ['BOD-07 two byte order marks', as('application/json', (id) => Buffer.from(`\ufeff\ufeff${good(id)}`)), MALFORMED],
  ['BOD-08 UTF-16, said', as('application/json; charset=utf-16le', (id) => Buffer.from(good(id), 'utf16le')), MALFORMED],
  ['BOD-08 UTF-16, labelled utf-8', as('application/json; charset=utf-8', (id) => Buffer.from(good(id), 'utf16le')), MALFORMED],
  [
    'BOD-08 UTF-16 with its mark',
    as('application/json', (id) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good(id), 'utf16le')])),
    MALFORMED,
  ],
  ['BOD-08 UTF-32', as('application/json', (id) => Buffer.from([...good(id)].flatMap((one) => [0, 0, 0, one.charCodeAt(0)]))), MALFORMED],
  [
    'BOD-08 R28 bytes that are no UTF-8',
    as('application/json', (id) => Buffer.from(recordText(id, `${NUMBER},"programName":"caf\u00e9"`), 'latin1')),
    MALFORMED,
  ],
  [
    'BOD-08 overlong digits',
    as('application/json', (id) => bytesFor(recordText(id, '"programName":"@"'), Buffer.from([0xc0, 0xb2, 0xc0, 0xb1]))),
    MALFORMED,
  ],
  ['BOD-11 text/html', as('text/html'), MALFORMED],
  ['BOD-11 R28 text/plain', as('text/plain'), MALFORMED],
  ['BOD-11 R28 no type', as(null), MALFORMED],
  ['BOD-11 application/problem+json', as('application/problem+json'), MALFORMED],
  ['BOD-11 R28 vendor+json', as('application/vnd.case+json'), MALFORMED],
  ['BOD-11 text/json', as('text/json'), MALFORMED],
  ['BOD-13 one parameter too many', as('application/json; charset=utf-8; x="text/html"'), MALFORMED],
  ['BOD-13 two types', as('application/json,text/html'), MALFORMED],
  ['BOD-13 two headers', as('application/json', good, ['Content-Type: text/html']), MALFORMED],
  ['BOD-13 R28 another charset', as('application/json; charset=iso-8859-1'), MALFORMED],
  ['BOD-13 charset twice', as('application/json; charset=utf-8; charset=utf-16'), MALFORMED],
  ['BOD-13 an unquoted space', as('application/json; charset=utf-8 x'), MALFORMED],
  ['BOD-14 R28 deflate', encoded('deflate', (id) => deflateSync(good(id))), MALFORMED],
  ['BOD-14 zstd', encoded('zstd', (id) => Buffer.from(good(id))), MALFORMED],
  ['BOD-14 a name nobody knows', encoded('xyz', (id) => Buffer.from(good(id))), MALFORMED],
  ['BOD-14 gzip thirty times', encoded(Array.from({ length: 30 }, () => 'gzip').join(', '), (id) => gzipSync(good(id))), MALFORMED],
  ['BOD-14 gzip twice', encoded('gzip, gzip', (id) => gzipSync(gzipSync(good(id)))), MALFORMED],
  ['BOD-14 an empty encoding', encoded('', (id) => Buffer.from(good(id))), MALFORMED],
  [
    'BOD-14 two headers',
    as('application/json', (id) => gzipSync(good(id)), ['Content-Encoding: gzip', 'Content-Encoding: identity']),
    MALFORMED,
  ],
  ['BOD-14 gzip said, plain sent', encoded('gzip', (id) => Buffer.from(good(id))), MALFORMED],
  ['BOD-14 gzip sent, nothing said', as('application/json', (id) => gzipSync(good(id))), MALFORMED],
  [
    'BOD-14 bytes behind the end of the gzip',
    encoded('gzip', (id) => Buffer.concat([gzipSync(good(id)), Buffer.from('219-09-9987')])),
    MALFORMED,
  ],
  ['BOD-14 gzip cut off', encoded('gzip', (id) => gzipSync(good(id)).subarray(0, -9)), MALFORMED],
  ['BOD-15 a gzip bomb of 200 MB', encoded('gzip', () => BOMB), 'upstream-too-large'],
  ['BOD-15 a br bomb', encoded('br', () => brotliCompressSync(Buffer.alloc(CAP + 1, 0x20))), 'upstream-too-large'],
  ['BOD-16 one byte over the cap', body((id) => filledTo(id, CAP + 1)), 'upstream-too-large'],
  ['BOD-16 one byte over the cap, no length said', raw((id) => chunkedReply(filledTo(id, CAP + 1))), 'upstream-too-large'],
  ['BOD-16 one byte over the cap once decoded', encoded('gzip', (id) => gzipSync(filledTo(id, CAP + 1))), 'upstream-too-large'],
  ['BOD-16 a length over the cap, a small body', raw((id) => withLength(id, CAP + 1)), 'upstream-too-large'],
  ['BOD-16 a length that is too low', raw((id) => withLength(id, 20)), MALFORMED],
  ['BOD-16 two lengths', as('application/json', good, ['Content-Length: 4']), 'upstream-malformed'],
  [
    'BOD-16 neither length nor chunks, then the end',
    (id) => ({ pieces: [`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${good(id)}`], then: 'end' }),
    MALFORMED,
  ],
  [
    'BOD-20 multipart with JSON in it',
    as('multipart/mixed; boundary=b', (id) => `--b\r\nContent-Type: application/json\r\n\r\n${good(id)}\r\n--b--\r\n`),
    MALFORMED,
  ],
  [
    'BOD-21 R28 XML',
    as('application/xml', () => '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><ssn>219-<![CDATA[09]]>-9987</ssn>&x;</r>'),
    MALFORMED,
  ],
  ['BOD-21 XML under the name of JSON', body(() => '<r><ssn>219-09-9987</ssn></r>'), MALFORMED],
  ['BOD-22 R28 CSV', as('text/csv', () => 'recordId,ssn\r\nH,219-09-9987\r\n=HYPERLINK("http://x/219099987"),\r\n'), MALFORMED],
  ['BOD-23 a PDF', as('application/pdf', () => '%PDF-1.7 219-09-9987'), MALFORMED],
  ['BOD-23 an image', as('image/png', () => Buffer.from('89504e470d0a1a0a', 'hex')), MALFORMED],
  ['R28 NDJSON', as('application/x-ndjson', (id) => `${good(id)}\n${good(id)}\n`), MALFORMED],
  ['R28 NDJSON under the name of JSON', body((id) => `${good(id)}\n${good(id)}\n`), MALFORMED],
];

function bytesFor(text: string, at: Buffer): Buffer {
  const [before = '', after = ''] = text.split('@');
  return Buffer.concat([Buffer.from(before), at, Buffer.from(after)]);
}

const BOMB = gzipSync(Buffer.alloc(200_000_000), { level: 9 });

/** A sound record of exactly so many bytes. */
function filledTo(id: string, bytes: number): string {
  const bare = recordText(id, `${NUMBER},"filler":""`);
  return recordText(id, `${NUMBER},"filler":"${'x'.repeat(bytes - bare.length)}"`);
}

const chunkedReply = (text: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

const cut = (id: string, how: 'end' | 'reset'): RawAnswer => ({
  pieces: [`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n${good(id).slice(0, -1)},"b":`],
  then: how,
});
const cutChunked = (id: string, how: 'end' | 'reset'): RawAnswer => ({
  pieces: [
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${good(id).length.toString(16)}\r\n${good(id)}\r\n`,
  ],
  then: how,
});

describe.each(STORES)('on %s', (store) => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await startHostileCaseSystem({ store });
  });
  afterAll(() => hostile?.stop());
  // A case system whose connections break is not called for two seconds.
  afterEach(() => hostile.gateway.clock.forward(2_100));

  test.each(UNSOUND.map(([name, answer, code, reason]) => [name, answer, code, reason ?? code] as const))(
    '%s',
    async (_, answer, code, reason) => {
      const seen = await hostile.readPlanted(answer);
      expect(seen.json).toEqual(problem(code, seen));
      expect([seen.status, headersOf(seen)]).toEqual([502, headersOfProblem(seen.body.length)]);
      expect(await hostile.entryOf(seen)).toEqual(faultEntry(hostile, seen, seen.id, code, reason));
      expect(await hostile.leaks(seen)).toEqual([]);
    },
  );

  test.each<readonly [string, (id: string) => RawAnswer, ErrorCode]>([
    ['BOD-17 FIN in the middle of a body of known length', (id) => cut(id, 'end'), MALFORMED],
    ['BOD-17 RST in the middle of a body of known length', (id) => cut(id, 'reset'), MALFORMED],
    ['BOD-17 FIN before the last chunk, the record whole', (id) => cutChunked(id, 'end'), MALFORMED],
    ['BOD-17 RST before the last chunk, the record whole', (id) => cutChunked(id, 'reset'), MALFORMED],
    ['BOD-17 RST before a byte', () => ({ pieces: [], then: 'reset' }), 'upstream-unreachable'],
  ])('%s', async (_, answer, code) => {
    const seen = await hostile.readPlanted(answer);
    expect(seen.json).toEqual(problem(code, seen));
    expect([seen.status, headersOf(seen)]).toEqual([502, headersOfProblem(seen.body.length)]);
    expect(await hostile.entryOf(seen)).toEqual(faultEntry(hostile, seen, seen.id, code));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test.each([
    ['1e400', '1e400'],
    ['-0', '-0'],
    ['a number of 400 digits', '7'.repeat(400)],
    ['9007199254740993', '9007199254740993'],
    ['1.10', '1.10'],
    ['1E+2', '1E+2'],
    ['20 digits', '12345678901234567890'],
    ['0.1e-7', '0.1e-7'],
  ])('BOD-05 %s keeps its digits', async (_, number) => {
    const inside = `"pmi":${number},"activities":[{"weeklyHours":${number}}]`;
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.text).toBe(recordText(seen.id, inside));
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id));
  });

  test.each([
    [
      'BOD-04 exactly 64 levels',
      (id: string) => rawReply(recordText(id, `"x":${'['.repeat(63)}"219-09-9987"${']'.repeat(63)},${NUMBER}`)),
      1,
    ],
    ['BOD-07 one byte order mark', (id: string) => rawReply(Buffer.from(`\ufeff${good(id)}`)), 0],
    ['BOD-13 a charset in another case', as('application/json;charset="UTF-8"'), 0],
    ['BOD-13 the type in another case', as('Application/JSON'), 0],
    ['BOD-14 R28 gzip', encoded('gzip', (id) => gzipSync(good(id))), 0],
    ['BOD-14 R28 br', encoded('br', (id) => brotliCompressSync(good(id))), 0],
    ['BOD-14 GZIP', encoded('GZIP', (id) => gzipSync(good(id))), 0],
    ['BOD-14 identity', encoded('identity', (id) => Buffer.from(good(id))), 0],
    ['BOD-16 a body of exactly the cap', (id: string) => rawReply(filledTo(id, CAP)), 1],
    ['BOD-16 a chunked body of exactly the cap', raw((id) => chunkedReply(filledTo(id, CAP))), 1],
    ['BOD-16 a body of exactly the cap once decoded', encoded('gzip', (id) => gzipSync(filledTo(id, CAP))), 1],
    ['R28 chunked', raw((id) => chunkedReply(good(id))), 0],
  ])('%s is read, shaped and sent under our own headers', async (_, answer, unclassifiedFields) => {
    const seen = await hostile.readPlanted(answer as (id: string) => RawAnswer);
    expect(seen.text).toBe(recordText(seen.id, '"ssn":"XXX-XX-9987"'));
    expect(headersOf(seen)).toEqual(headersOfAnswer('full', seen.body.length));
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields }));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test.each(['ssn2', 'SSN', 'Ssn', 'social_security_no', 'taxId', 's\\u0073n2'])(
    'BOD-24 a new field %s is left out, counted, and its number known where its name tells it',
    async (key) => {
      const seen = await hostile.readPlanted(
        recordWith(`"${key}":"219-09-9987","programName":"MFIP","documents":[{"link":"/d/219099987"}]`),
      );
      expect(seen.json).toEqual({ ...SEEN_OF(seen.id), programName: 'MFIP', documents: [{ link: '/d/XXX-XX-9987' }] });
      expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 1 }));
      expect(await hostile.leaks(seen)).toEqual([]);
    },
  );

  test.each(['{"value":"219-09-9987"}', '["219-09-9987"]', '[[219099987]]', 'true', 'false'])(
    'BOD-25 an ssn that became %s is left out',
    async (value) => {
      const seen = await hostile.readPlanted(recordWith(`"ssn":${value},"programName":"x"`));
      expect(seen.text).toBe(recordText(seen.id, '"programName":"x"'));
      expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 1 }));
      expect(await hostile.leaks(seen)).toEqual([]);
    },
  );

  test.each([
    ['a number', '"privacy":{"indicator":0}'],
    ['a word nobody declared', '"privacy":{"indicator":"no"}'],
    ['null', '"privacy":{"indicator":null}'],
    ['an empty text', '"privacy":{"indicator":""}'],
    ['missing', '"privacy":{}'],
    ['a text in place of the object', '"privacy":"N"'],
    ['a list', '"privacy":[{"indicator":false}]'],
  ])('BOD-25 a privacy indicator that became %s closes the record', async (_, privacy) => {
    const seen = await hostile.readPlanted(
      (id: string) =>
        rawReply(
          `{"recordId":"${id}",${privacy},"assignment":{"staffId":"S1001","agency":"AG-NORTH","county":"62"},"contact":{"phone":"1"}}`,
        ),
      'other-counselor',
    );
    expect([seen.status, seen.text]).toEqual([200, `{"recordId":"${seen.id}"}`]);
    expect(await hostile.entryOf(seen)).toMatchObject({ records: [{ disclosure: 'basic', keys: [{ privacy: 'private' }] }] });
  });

  test('BOD-30 an embedded person’s number is masked in its place and wherever else it stands, shown or not', async () => {
    const inside =
      '"relatives":[{"relation":"child","name":{"first":"Bo 219-09-9987"},"ssn":219099987,"household":[{"members":[{"ssn":"900-12-3456"}]}]}],' +
      '"programName":"for 900123456 and 219099987"';
    const full = await hostile.readPlanted(recordWith(inside, true));
    expect(full.json).toEqual({
      ...SEEN_OF(full.id, true),
      relatives: [{ relation: 'child', name: { first: 'Bo XXX-XX-9987' }, ssn: 'XXX-XX-9987' }],
      programName: 'for XXX-XX-3456 and XXX-XX-9987',
    });
    expect(await hostile.entryOf(full)).toEqual(fullEntry(hostile, full, full.id, { isPrivate: true, unclassifiedFields: 1 }));
    const basic = await hostile.read(full.id, 'other-counselor');
    expect(basic.text).toBe(`{"recordId":"${full.id}","programName":"for XXX-XX-3456 and XXX-XX-9987"}`);
    expect([...(await hostile.leaks(full)), ...(await hostile.leaks(basic))]).toEqual([]);
  });

  const ERROR_PAGE = '<html>Ramona Sampleton: SELECT * FROM person WHERE ssn = 219-09-9987 -- ORA-00942 at com.case.Dao:57</html>';
  test.each([
    '500 Internal Server Error',
    '503 219-09-9987',
    '400 Bad Request',
    '401 Unauthorized',
    '403 Forbidden',
    '409 Conflict',
    '429 Too Many',
    '206 Partial',
    '201 Created',
    '204 No Content',
    '302 Found',
    '304 Not Modified',
  ])('BOD-31 R25 an answer %s is replaced by our own document', async (status) => {
    const seen = await hostile.readPlanted(() =>
      rawReply(/^(204|304)/.test(status) ? '' : ERROR_PAGE, {
        status,
        type: 'text/html',
        headers: ['Location: /people/219099987', 'Retry-After: 219099987'],
      }),
    );
    expect(seen.json).toEqual(problem('upstream-failed', seen));
    expect([seen.status, headersOf(seen)]).toEqual([502, headersOfProblem(seen.body.length)]);
    expect(await hostile.entryOf(seen)).toEqual(faultEntry(hostile, seen, seen.id, 'upstream-failed'));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test.each(['application/json', 'text/html'])('BOD-31 R25 a 404 page of type %s is our own 404', async (type) => {
    const seen = await hostile.readPlanted(() => rawReply(ERROR_PAGE, { status: '404 Ramona 219-09-9987', type }));
    expect(seen.json).toEqual(problem('record-hidden', seen));
    expect([seen.status, headersOf(seen)]).toEqual([404, headersOfProblem(seen.body.length)]);
    expect(await hostile.entryOf(seen)).toEqual(unknownEntry(hostile, seen, seen.id));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('BOD-32 not one header of the case system passes', async () => {
    const headers = [
      'Set-Cookie: ssn=219099987',
      'X-Person-SSN: 219-09-9987',
      'Content-Disposition: attachment; filename="219-09-9987.pdf"',
      'Link: </people/219099987>; rel=self',
      'Warning: 199 - "219-09-9987"',
      'Server: CaseServer/219099987',
      'Refresh: 0; url=/people/219099987',
      'ETag: "219099987"',
      'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT',
      'Cache-Control: public, max-age=31536000',
      'Vary: *',
      'Access-Control-Allow-Origin: *',
      'Casegate-View: full',
      'Casegate-Access-Id: 219-09-9987',
      'Location: /people/219099987',
      'Content-Language: en',
      'Content-Location: /people/219099987',
      'Trailer: X-SSN',
      'X-Powered-By: 219099987',
      'Strict-Transport-Security: max-age=0',
    ];
    const seen = await hostile.readPlanted(as('application/json; charset=utf-8', good, headers), 'counselor');
    expect(seen.text).toBe(recordText(seen.id, '"ssn":"XXX-XX-9987"'));
    expect([seen.statusLine, headersOf(seen)]).toEqual(['HTTP/1.1 200 OK', headersOfAnswer('full', seen.body.length)]);
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('BOD-32 nor its words on the status line', async () => {
    const seen = await hostile.readPlanted((id: string) => rawReply(good(id), { status: '200 Ramona 219-09-9987' }));
    expect([seen.statusLine, seen.text]).toEqual(['HTTP/1.1 200 OK', recordText(seen.id, '"ssn":"XXX-XX-9987"')]);
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  const bodies: readonly (readonly [string, string, string])[] = [
    ['BOD-33 null', 'application/json', 'null'],
    ['BOD-33 an array', 'application/json', '[]'],
    ['BOD-33 a string', 'application/json', '"x"'],
    ['BOD-33 JSON as text', 'text/plain', '{"ssn":"219-09-9987"}'],
    ['BOD-33 a large one', 'application/json', `{"a":"${'x'.repeat(100_000)}"}`],
    ['BOD-10 utf-7', 'application/json; charset=utf-7', '+AHs-"ssn":"219-09-9987"+AH0-'],
    ['BOD-10 utf-16', 'application/json; charset=utf-16', 'x'],
  ];
  test.each(bodies)('%s with a read is refused before anything is looked at', async (_, type, sent) => {
    const id = hostile.plant(rawReply('{}'));
    const before = hostile.gateway.upstream.requests.length;
    // Each from a source of its own: beyond twenty a minute refusals are tallied (GW-03).
    const seen = await hostile.read(id, 'counselor', { headers: [`Content-Type: ${type}`, `Content-Length: ${sent.length}`], sends: sent });
    expect(seen.json).toEqual(problem('body-not-allowed', seen));
    expect([seen.status, headersOf(seen)]).toEqual([400, headersOfProblem(seen.body.length)]);
    expect(await hostile.entryOf(seen)).toEqual({
      format: 1,
      accessId: seen.accessId,
      kind: 'refusal',
      at: expect.any(String),
      source: { address: '127.0.0.1' },
      who: null,
      system: null,
      environment: 'production',
      route: null,
      method: 'GET',
      action: null,
      records: [],
      outcome: { status: 400, code: 'body-not-allowed', reasons: ['body-not-allowed'] },
      upstream: null,
      policyVersion: null,
      directoryVersion: null,
      registryVersion: null,
    });
    expect(hostile.gateway.upstream.requests.length).toBe(before);
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('TO-01 R27 nothing of all this stands in an answer, an entry, a line or a metric', async () => {
    expect(await hostile.leaksAnywhere()).toEqual([]);
    expect(await hostile.gateway.isWhole()).toBe(true);
  });
});

describe('a case system that takes its time', () => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await startHostileCaseSystem({ caseSystem: { limits: { deadlineMs: 400 } } });
  });
  afterAll(() => hostile?.stop());
  afterEach(() => hostile.gateway.clock.forward(2_100));

  const drip = (text: string): RawAnswer => ({
    pieces: [
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      ...[...text].map((one) => `1\r\n${one}\r\n`),
    ],
    pauseMs: 20,
    forever: true,
  });
  test.each([
    ['BOD-18 chunks of one byte for ever', (id: string): RawAnswer => drip(good(id))],
    ['BOD-18 spaces for ever', (id: string): RawAnswer => drip(`${' '.repeat(3)}${good(id)}`)],
    [
      'BOD-18 LOD-05 headers, then silence',
      (): RawAnswer => ({ pieces: ['HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n'], then: 'stay' }),
    ],
    ['BOD-18 LOD-05 silence', (): RawAnswer => ({ pieces: [], then: 'stay' })],
    ['BOD-16 a length that is too high', (id: string): RawAnswer => withLength(id, good(id).length + 1)],
  ])('%s ends at the deadline', async (_, answer) => {
    const started = performance.now();
    const seen = await hostile.readPlanted(answer);
    const tookMs = performance.now() - started;
    expect(seen.json).toEqual(problem('upstream-timeout', seen));
    expect([seen.status, headersOf(seen)]).toEqual([504, headersOfProblem(seen.body.length)]);
    expect(await hostile.entryOf(seen)).toEqual(faultEntry(hostile, seen, seen.id, 'upstream-timeout'));
    expect(tookMs).toBeGreaterThanOrEqual(395);
    expect(tookMs).toBeLessThan(4_000);
    expect(await hostile.leaks(seen)).toEqual([]);
  });
});

test('BOD-34 a limit that is no number keeps the gateway from starting', async () => {
  const mistyped = startHostileCaseSystem({ caseSystem: { limits: { maxBodyBytes: '1mbb' } } });
  await expect(mistyped).rejects.toThrow('maxBodyBytes');
});
