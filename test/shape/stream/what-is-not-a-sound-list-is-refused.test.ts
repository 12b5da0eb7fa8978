import { GatewayError } from '../../../src/vocabulary/errors';
import { CANARY, BASIC } from '../sample-system';
import type { ListFormat } from '../../../src/shape/stream/open-stream';
import { cut, CSV, JSON_LIST, NDJSON, streamOf } from './stream-of';

const AT_ITEMS: ListFormat = { format: 'json', listPlace: ['data', 'items'] };
const A = `{"id":"A","name":"x","ssn":"${CANARY}"}`;

/** Tried whole, byte by byte, and in threes: a fault does not depend on where chunks are cut. */
function refusals(body: Buffer | string, from: ListFormat, limits = {}): readonly string[] {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  return [[], [1], [3]].map((sizes) => {
    try {
      streamOf(cut(bytes, sizes), { from, limits });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      expect(error.message).not.toMatch(/219|9987|secret/i);
      return error.code;
    }
    return 'taken';
  });
}

const times = (code: string): readonly string[] => [code, code, code];
const MALFORMED = times('upstream-malformed');

test.each<[string, string]>([
  ['nothing', ''],
  ['BOD-17 cut off before the first record', '['],
  ['BOD-17 cut off in a record', `[${A},{"id":"B","na`],
  ['BOD-17 cut off behind a record', `[${A}`],
  ['BOD-17 cut off behind a comma', `[${A},`],
  ['a comma before the end', `[${A},]`],
  ['a comma before the first', `[,${A}]`],
  ['no comma', `[${A}${A}]`],
  ['a colon for a comma', `[${A}:${A}]`],
  ['a second list', `[${A}][${A}]`],
  ['text behind the list', `[${A}] secret`],
  ['an object and no list', A],
  ['a word', 'null'],
  ['an element that is a string', `[${A},"secret"]`],
  ['an element that is null', `[null]`],
  ['an element that is a list', `[[${A}]]`],
  ['the wrong bracket', `[${A}}`],
  ['BOD-01 a key twice in a record', `[{"id":"A","ssn":"${CANARY}","ssn":null}]`],
  ['BOD-01 a key twice, once with an escape', `[{"id":"A","name":"x","n\\u0061me":"y"}]`],
  ['BOD-02 __proto__', `[{"id":"A","__proto__":{"ssn":"${CANARY}"}}]`],
  ['BOD-04 too deep', `[{"id":"A","x":${'['.repeat(100)}${']'.repeat(100)}}]`],
  ['BOD-06 a comment', `[${A}/* secret */]`],
  ['BOD-06 NaN', `[{"id":"A","name":NaN}]`],
  ['BOD-08 Latin-1', `[{"id":"A","name":"\xe9"}]`],
  ['BOD-08 an encoded surrogate', `[{"id":"A","name":"\xed\xa0\x80"}]`],
  ['BOD-07 a byte order mark twice', `\xef\xbb\xbf\xef\xbb\xbf[${A}]`],
  ['BOD-08 UTF-16', `\xff\xfe[\x00]\x00`],
  ['a character that is not whole', `[${A}]\xe2\x82`],
  ['a record without its number', `[{"name":"x"}]`],
  ['a record with null for its number', `[{"id":null}]`],
  ['NDJSON where a list is declared', `${A}\n${A}\n`],
])('JSON: %s is refused', (_, body) => expect(refusals(body, JSON_LIST)).toEqual(MALFORMED));

test.each<[string, string]>([
  ['no such place', `{"data":{"rows":[${A}]}}`],
  ['the place in another object', `{"items":[${A}],"data":{}}`],
  ['the list in a list', `{"data":[{"items":[${A}]}]}`],
  ['null for the list', '{"data":{"items":null}}'],
  ['an object for the list', '{"data":{"items":{"0":1}}}'],
  ['null on the way', '{"data":null}'],
  ['the list twice', `{"data":{"items":[${A}],"items":[${A}]}}`],
  ['the list twice, once with an escape', `{"data":{"items":[${A}],"\\u0069tems":[${A}]}}`],
  ['the way twice', `{"data":{"items":[${A}]},"data":{"items":[]}}`],
  ['a key twice before the list', `{"total":1,"total":2,"data":{"items":[${A}]}}`],
  ['a key twice behind the list', `{"data":{"items":[${A}]},"total":1,"total":2}`],
  ['no comma before the list', `{"total":1 "data":{"items":[${A}]}}`],
  ['something unsound behind the list', `{"data":{"items":[${A}]},"total":01}`],
  ['what is open is not closed', `{"data":{"items":[${A}]}`],
  ['more is closed than was open', `{"data":{"items":[${A}]}}}`],
  ['the wrong bracket', `{"data":{"items":[${A}]}]`],
  ['BOD-31 an error in place of the list', `{"error":"lookup failed for ${CANARY}"}`],
  ['nothing', ''],
  ['cut off before the list', '{"data":{'],
])('JSON at a place: %s is refused', (_, body) => expect(refusals(body, AT_ITEMS)).toEqual(MALFORMED));

test.each<[string, string]>([
  ['a key twice', `{"id":"A","ssn":"${CANARY}","ssn":null}\n`],
  ['two objects on a line', `${A}${A}\n`],
  ['two objects on a line, a comma between', `${A},${A}\n`],
  ['a list', `[${A}]\n`],
  ['a string', '"secret"\n'],
  ['an object on two lines', '{"id":"A",\n"name":"x"}\n'],
  ['cut off in a record', `${A}\n{"id":"B","na`],
  ['Latin-1', '{"id":"A","name":"\xe9"}\n'],
  ['a record without its number', '{"name":"x"}\n'],
])('NDJSON: %s is refused', (_, body) => expect(refusals(body, NDJSON)).toEqual(MALFORMED));

test.each<[string, string]>([
  ['nothing', ''],
  ['no column for the number', 'name,ssn\nx,y\n'],
  ['a column twice', 'id,name,name\nA,x,y\n'],
  ['a column without a name', 'id,,name\nA,x,y\n'],
  ['a column of that name', 'id,__proto__\nA,x\n'],
  ['BOD-02 a place and what is in it', 'id,contact,contact.email\nA,x,y\n'],
  ['a row that is longer', 'id,name\nA,x,secret\n'],
  ['a row that is shorter', 'id,name\nA\n'],
  ['an empty row', 'id,name\n\nA,x\n'],
  ['BOD-22 another delimiter', 'id;name\nA;x\n'],
  ['a quote inside a cell', 'id,name\nA,x"secret"\n'],
  ['something behind a closing quote', 'id,name\nA,"x"y\n'],
  ['a quote that does not close', `id,name\nA,"x ${CANARY}\n`],
  ['a line end of CR alone', 'id,name\rA,x\r'],
  ['BOD-08 UTF-16 without a mark', 'i\0d\0\n\0A\0\n\0'],
  ['BOD-08 UTF-16', '\xff\xfei\0d\0\n\0'],
  ['Latin-1', 'id,name\nA,\xe9\n'],
  ['a control character', 'id,name\nA,x\x1by\n'],
])('BOD-22 CSV: %s is refused', (_, body) => expect(refusals(body, CSV)).toEqual(MALFORMED));

describe('caps', () => {
  const long = `{"id":"A","name":"${'x'.repeat(500)}"}`;
  test.each<[string, string, ListFormat]>([
    ['JSON', `[${long}]`, JSON_LIST],
    ['JSON, not yet whole', `[${long.slice(0, -2)}`, JSON_LIST],
    ['NDJSON', `${long}\n`, NDJSON],
    ['NDJSON, not yet whole', long, NDJSON],
    ['CSV', `id,name\nA,${'x'.repeat(500)}\n`, CSV],
    ['CSV, a quote never closed', `id,name\nA,"${'x\n'.repeat(300)}`, CSV],
  ])('BOD-16 a record over the cap is refused: %s', (_, body, from) =>
    expect(refusals(body, from, { maxRecordBytes: 400 })).toEqual(times('upstream-too-large')),
  );
  test.each<[string, string, ListFormat]>([
    ['JSON', `[${A},${A},${A}]`, JSON_LIST],
    ['NDJSON', `${A}\n${A}\n${A}\n`, NDJSON],
    ['CSV', 'id\nA\nB\nC\n', CSV],
  ])('BOD-27 more records than declared are refused: %s', (_, body, from) => {
    expect(refusals(body, from, { maxRecords: 2 })).toEqual(times('upstream-too-large'));
    expect(refusals(body, from, { maxRecords: 3 })).toEqual(times('taken'));
  });
  test('what stands around the list has a cap', () => {
    expect(refusals(`{"more":"${'x'.repeat(70_000)}","data":{"items":[]}}`, AT_ITEMS)).toEqual(times('upstream-too-large'));
    expect(refusals(`{"data":{"items":[]},"more":"${'x'.repeat(70_000)}"}`, AT_ITEMS)).toEqual(times('upstream-too-large'));
    expect(refusals(`{"data":{"items":[${Array(2_000).fill(A).join(',')}]},"more":"${'x'.repeat(60_000)}"}`, AT_ITEMS)).toEqual(
      times('taken'),
    );
  });
});

describe('what is taken', () => {
  test.each<[string, string, ListFormat, string]>([
    ['no record', ' [ ] ', JSON_LIST, '[]'],
    ['BOD-07 a byte order mark', '\ufeff[{"id":"A"}]', JSON_LIST, '[{"id":"A"}]'],
    [
      'BOD-05 numbers as they are written',
      '[{"id":10,"name":9007199254740993,"file":-0.10}]',
      JSON_LIST,
      '[{"id":10,"name":9007199254740993,"file":-0.10}]',
    ],
    [
      'what stands around the list is not shown',
      '{"total":37,"data":{"first":{"items":[1]},"items":[{"id":"A"}],"next":"secret"},"é":[{}]}',
      AT_ITEMS,
      '{"data":{"items":[{"id":"A"}]}}',
    ],
    ['a place that is spelled with escapes', '{"d\\u0061ta":{"items":[]}}', AT_ITEMS, '{"data":{"items":[]}}'],
    ['no line', '', NDJSON, ''],
    ['blank lines, CRLF, no last line end', '\n{"id":"A"}\r\n  \r\n{"id":"B"}', NDJSON, '{"id":"A"}\n{"id":"B"}\n'],
  ])('%s', (_, body, from, text) => {
    for (const sizes of [[], [1], [2], [5]]) expect(streamOf(cut(Buffer.from(body), sizes), { from }).text).toBe(text);
  });
  test('BOD-22 CSV: quoted line ends, doubled quotes, a column by place and one that nobody classified', () => {
    const body = '\ufeffid,contact.email,secret,name\r\nA,a@b.c,219,"x ""y"", z\r\nw"\r\n"B",,,\r\n';
    for (const sizes of [[], [1], [2], [5]]) {
      const got = streamOf(cut(Buffer.from(body), sizes), { from: CSV, to: NDJSON });
      expect(got.text).toBe(
        '{"id":"A","name":"x \\"y\\", z\\r\\nw","contact":{"email":"a@b.c"}}\n{"id":"B","name":"","contact":{"email":""}}\n',
      );
      expect(got.read.map(({ unclassifiedFields }) => unclassifiedFields)).toEqual([1, 1]);
    }
  });
  test('BOD-22 ASVS 1.2.10: no cell begins a formula, NUL, tab and full-width signs included; SSNs are masked by their column and in notes', () => {
    const names = ['=1', '+1', '-1', '@x', '\t=1', '\r=1', '\0=1', '＝1', '1=1', ' =1'];
    const list = names.map((name, n) => ({ id: `R${n}`, name, ssn: CANARY, file: -5, summary: `of ${CANARY}`, lastFour: '9987' }));
    const got = streamOf([JSON.stringify(list)], { from: JSON_LIST, to: CSV });
    const lines = got.text.split('\r\n');
    expect(lines[0]).toBe('id,name,ssn,lastFour,maxisCase,case.status,case.remark,contact.email,contact.phone,file,payload,summary,setBy');
    expect(lines.slice(1, 12)).toEqual([
      "R0,'=1,XXX-XX-9987,XXX-XX-9987,,,,,,-5,,of XXX-XX-9987,",
      ...["'+1", "'-1", "'@x", "'\t=1", '"\'\r=1"', "'\0=1", "'＝1", '1=1', ' =1'].map(
        (name, n) => `R${n + 1},${name},XXX-XX-9987,XXX-XX-9987,,,,,,-5,,of XXX-XX-9987,`,
      ),
      '',
    ]);
  });
  test('RED-23 CSV: a cell that is not granted is as empty as one without a value', () => {
    const row = (record: object): string =>
      streamOf([JSON.stringify([{ id: 'A', ...record }])], { from: JSON_LIST, to: CSV, judge: () => BASIC }).text;
    expect(row({ contact: { email: 'a@b.c' }, summary: 'x' })).toBe(row({}));
  });
  test('RED-13: another record’s SSN in a note is found by its pattern, wherever chunks are cut', () => {
    const body = Buffer.from(`[{"id":"A","ssn":"${CANARY}"},{"id":"B","summary":"mother is 219-09-9987"}]`);
    for (let at = 1; at < body.length; at++)
      expect(streamOf([body.subarray(0, at), body.subarray(at)]).text).toBe(
        '[{"id":"A","ssn":"XXX-XX-9987"},{"id":"B","summary":"mother is XXX-XX-9987"}]',
      );
  });
});

describe('batches', () => {
  test('a batch has at most 1,000 records', () => {
    const body = `[${Array.from({ length: 2_500 }, (_, n) => `{"id":"${n}"}`).join(',')}]`;
    expect(streamOf([body]).batches.map(({ records }) => records)).toEqual([1_000, 1_000, 500]);
  });
  test('a batch has at most 256 KiB, and one record may be larger', () => {
    const record = (n: number, bytes: number): string => `{"id":"${n}","name":"${'x'.repeat(bytes)}"}`;
    const body = `[${[...Array(100).keys()].map((n) => record(n, 10_000)).join(',')},${record(100, 400_000)},${record(101, 5)}]`;
    const { batches } = streamOf([body]);
    expect(batches.filter(({ bytes }) => bytes > 256 * 1024 + 1)).toEqual([{ records: 1, bytes: expect.any(Number) as number }]);
    expect(batches.reduce((sum, { records }) => sum + records, 0)).toBe(102);
  });
  test('records that are left out leave no trace, and are not held without end', () => {
    const body = `[${Array.from({ length: 3_000 }, (_, n) => `{"id":"${n}","name":"${'x'.repeat(1_000)}"}`).join(',')}]`;
    const got = streamOf([body], { judge: (record) => (record.id === '2999' ? BASIC : null) });
    expect(JSON.parse(got.text)).toEqual([{ id: '2999', name: 'x'.repeat(1_000) }]);
    expect(got.batches.map(({ records }) => records)).toEqual([0, 0, 1]);
  });
});
