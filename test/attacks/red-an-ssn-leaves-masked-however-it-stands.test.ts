import { findsCanary } from '../support/finds-canary';
import { STORES } from '../support/gateway';
import {
  basicEntry,
  fullEntry,
  headersOf,
  headersOfAnswer,
  recordText,
  recordWith,
  SEEN_OF,
  startHostileCaseSystem,
  T1_PATH,
  type HostileCaseSystem,
} from '../support/hostile-case-system';
import { trackOneRecord } from '../support/agency';
import { rawReply } from '../support/raw-upstream';
import { SPELLINGS } from '../support/spellings';

const MASK = 'XXX-XX-9987';
const masked = (after: string): string => after.replace('*', MASK);
const json = JSON.stringify;

/** Every character as its JSON escape. */
const escaped = (text: string): string =>
  `"${[...text].map((one) => (one.length > 1 ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('')}"`;

test.each(SPELLINGS)('the searcher of these tests finds %s by itself', (_, before) => {
  expect([findsCanary(before).length > 0, findsCanary(json({ a: json(before) })).length > 0]).toEqual([true, true]);
  expect(findsCanary('XXX-XX-9987, 219-09-998, 651-555-0142, 21909998')).toEqual([]);
});

describe.each(STORES)('on %s', (store) => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await startHostileCaseSystem({ store });
  });
  afterAll(() => hostile?.stop());

  describe('in texts and other fields', () => {
    test.each(SPELLINGS)('TO-01 %s, known from the ssn field', async (_, before, after) => {
      const fields = (text: string) => ({
        programName: text,
        contact: { email: text, safeToCall: text },
        caseNotes: [{ noteId: 1, subject: text, text: `She said ${text}.` }],
        documents: [{ title: text, fileName: text, link: text }],
      });
      const inside = json({ ssn: '219-09-9987', ...fields(before) }).slice(1, -1);
      const seen = await hostile.readPlanted(recordWith(inside));
      expect(seen.json).toEqual({ ...SEEN_OF(seen.id), ssn: MASK, ...fields(masked(after)) });
      expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id));
      expect(await hostile.leaks(seen)).toEqual([]);
    });

    test.each(SPELLINGS)('TO-01 %s, by its look alone in free text', async (_, before, after) => {
      const seen = await hostile.readPlanted(recordWith(`"caseNotes":[{"noteId":1,"text":${json(before)}}]`));
      expect(seen.json).toEqual({ ...SEEN_OF(seen.id), caseNotes: [{ noteId: 1, text: masked(after) }] });
      expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id));
      expect(await hostile.leaks(seen)).toEqual([]);
    });

    test.each(SPELLINGS)('TO-01 %s, known from a section that is not shown, every character escaped', async (_, before, after) => {
      const inside = `"relatives":[{"relation":"child","ssn":219099987}],"programName":${escaped(before)}`;
      const seen = await hostile.readPlanted(recordWith(inside, true), 'other-counselor');
      expect(seen.json).toEqual({ recordId: seen.id, programName: masked(after) });
      expect(await hostile.entryOf(seen)).toEqual(basicEntry(hostile, seen, seen.id));
      expect(await hostile.leaks(seen)).toEqual([]);
    });
  });

  describe('in the ssn field', () => {
    test.each([
      ['RED-06 a number', '219099987', MASK],
      ['RED-06 a number that lost its zero', '12345678', 'XXX-XX-5678'],
      ['RED-06 an exponent', '2.19099987e8', MASK],
      ['RED-06 a fraction', '219099987.0', MASK],
      ['RED-06 a negative number', '-219099987', MASK],
      ['RED-07 four digits', '"9987"', 'XXX-XX-XXXX'],
      ['RED-07 two digits', '"87"', 'XXX-XX-XXXX'],
      ['RED-07 nothing', '""', 'XXX-XX-XXXX'],
      ['RED-07 null', 'null', 'XXX-XX-XXXX'],
      ['RED-07 R21 masked already', '"XXX-XX-9987"', MASK],
      ['RED-15 R24 an ITIN', '"912-70-1234"', 'XXX-XX-1234'],
      ['RED-15 R24 area 000', '"000-12-3456"', 'XXX-XX-3456'],
      ['RED-15 R24 area 666', '"666-12-3456"', 'XXX-XX-3456'],
      ['RED-15 R24 area 900', '"900-12-3456"', 'XXX-XX-3456'],
      ['RED-15 R24 a voided number', '"078-05-1120"', 'XXX-XX-1120'],
      ['RED-15 R24 all equal', '"111-11-1111"', 'XXX-XX-1111'],
    ])('%s (%s)', async (_, before, after) => {
      const seen = await hostile.readPlanted(recordWith(`"ssn":${before}`));
      expect(seen.text).toBe(recordText(seen.id, `"ssn":"${after}"`));
      expect(headersOf(seen)).toEqual(headersOfAnswer('full', seen.body.length));
      expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id));
      expect(await hostile.leaks(seen)).toEqual([]);
    });

    test.each([
      ['"9987"', MASK],
      ['9987', MASK],
      ['87', 'XXX-XX-0087'],
      ['"87"', 'XXX-XX-XXXX'],
      ['""', 'XXX-XX-XXXX'],
      ['null', 'XXX-XX-XXXX'],
      ['"XXX-XX-9987"', MASK],
      ['"219-09-9987"', MASK],
      ['219099987', MASK],
    ])('RED-07 %s in a field declared ssn-last4', async (before, after) => {
      const id = hostile.plant(
        rawReply(json(trackOneRecord('T1-200041')).replace('"ssnLast4":"9987"', `"ssnLast4":${before}`)),
        'T1-200041',
      );
      const seen = await hostile.read(id, 'counselor', { path: T1_PATH });
      expect([seen.status, (seen.json as { ssnLast4: string }).ssnLast4]).toEqual([200, after]);
      expect(await hostile.leaks(seen)).toEqual([]);
    });
  });

  test.each([
    ['RED-15 R24 an ITIN', 'ITIN 912-70-1234.', 'ITIN XXX-XX-1234.'],
    ['RED-15 R24 area 000', '000-12-3456', 'XXX-XX-3456'],
    ['RED-15 R24 area 666', '666 12 3456', 'XXX-XX-3456'],
    ['RED-15 R24 all equal', '111-11-1111 999999999', 'XXX-XX-1111 XXX-XX-9999'],
    ['RED-17 behind a date', '2024-01-15 219-09-9987', '2024-01-15 XXX-XX-9987'],
    ['RED-17 nine digits that nobody declared', 'Case 555667777', 'Case XXX-XX-7777'],
  ])('%s in free text', async (_, before, after) => {
    const seen = await hostile.readPlanted(recordWith(`"caseNotes":[{"text":${json(before)}}]`));
    expect(seen.text).toBe(recordText(seen.id, `"caseNotes":[{"text":${json(after)}}]`));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('RED-09 a map keyed by SSN is nobody’s field: it is left out whole, and counted', async () => {
    const inside =
      '"219-09-9987":{"name":"x"},"byNumber":{"219099987":{"first":"Ann"}},"contact":{"phone":"651-555-0142","219 09 9987":"x"}';
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.text).toBe(recordText(seen.id, '"contact":{"phone":"651-555-0142"}'));
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 3 }));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('RED-10 a string of JSON in a field that nobody classified is dropped; in one that is, it is searched to any depth', async () => {
    const deep = (levels: number): string => (levels === 0 ? '219-09-9987' : json({ ssn: deep(levels - 1) }));
    const maskedDeep = (levels: number): string => (levels === 0 ? MASK : json({ ssn: maskedDeep(levels - 1) }));
    const inside = `"payload":${json(deep(3))},"documents":[{"title":${json(deep(3))},"fileName":${json(deep(6))}}]`;
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.json).toEqual({ ...SEEN_OF(seen.id), documents: [{ title: maskedDeep(3), fileName: maskedDeep(6) }] });
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 1 }));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('RED-13 the body cut in two anywhere, and every byte a chunk of its own, is one body', async () => {
    const text = (id: string): string => recordText(id, '"ssn":"219-09-9987","caseNotes":[{"text":"she said 219-09-9987 – é"}]');
    const expected = (id: string): string => recordText(id, '"ssn":"XXX-XX-9987","caseNotes":[{"text":"she said XXX-XX-9987 – é"}]');
    const chunk = (part: Buffer): Buffer => Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
    const chunked = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const readCut = async (cut: number): Promise<readonly boolean[]> => {
      const [plain, inChunks] = [`CUT-${1000 + cut}`, `CHUNK-${1000 + cut}`];
      const whole = Buffer.from(text(plain));
      const reply = rawReply(whole);
      const at = reply.length - whole.length + cut;
      hostile.plant({ pieces: [reply.subarray(0, at), reply.subarray(at)], pauseMs: 1 }, plain);
      const other = Buffer.from(text(inChunks));
      hostile.plant({ pieces: [chunked, chunk(other.subarray(0, cut)), chunk(other.subarray(cut)), '0\r\n\r\n'], pauseMs: 1 }, inChunks);
      return [
        (await hostile.read(plain, 'counselor')).text === expected(plain),
        (await hostile.read(inChunks, 'counselor')).text === expected(inChunks),
      ];
    };
    const sample = text('CUT-1000');
    const cuts = Array.from({ length: Buffer.byteLength(sample) - sample.indexOf('"ssn"') - 1 }, (_, i) => sample.indexOf('"ssn"') + i);
    const wrong: number[] = [];
    const next = async (): Promise<void> => {
      for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) if ((await readCut(cut)).includes(false)) wrong.push(cut);
    };
    await Promise.all(Array.from({ length: 12 }, next));
    expect(wrong).toEqual([]);

    const id = 'BYTEWISE';
    const bytes = [...Buffer.from(text(id))].map((byte) => chunk(Buffer.from([byte])));
    hostile.plant(Buffer.concat([Buffer.from(chunked), ...bytes, Buffer.from('0\r\n\r\n')]), id);
    const bytewise = await hostile.read(id, 'counselor');
    expect(bytewise.text).toBe(expected(id));
    expect(await hostile.leaks(bytewise)).toEqual([]);
  });

  test('RED-14 self links and cursors that nobody classified are left out; a declared link is masked', async () => {
    const inside =
      '"ssn":"219-09-9987","self":"/people/219099987","href":"/people/219-09-9987","nextCursor":"eyJzc24iOiIyMTktMDktOTk4NyJ9",' +
      '"contact":{"_links":{"self":"/contact?ssn=219099987"},"email":"a@example.org"},"documents":[{"link":"https://d.example/219099987/lease"}]';
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.text).toBe(
      recordText(
        seen.id,
        '"ssn":"XXX-XX-9987","contact":{"email":"a@example.org"},"documents":[{"link":"https://d.example/XXX-XX-9987/lease"}]',
      ),
    );
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 4 }));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('RED-16 other numbers go by their own field: shown where their section is, absent where it is not, never taken for an SSN', async () => {
    const inside =
      '"ssn":"219-09-9987","maxisCaseNumber":"123456789","pmi":87654321,"contact":{"phone":"219-099-988"},' +
      '"demographics":{"monthsOnCash":"000-12-3456"},"assessments":[{"assessmentId":"A01928374","score":"900-12-345"}],' +
      '"driverLicense":"D123456789012","bankAccount":"000123456789","medicaidId":"M1234567"';
    const full = await hostile.readPlanted(recordWith(inside, true));
    expect(full.text).toBe(
      recordText(
        full.id,
        '"ssn":"XXX-XX-9987","maxisCaseNumber":"123456789","pmi":87654321,"contact":{"phone":"219-099-988"},' +
          '"demographics":{"monthsOnCash":"000-12-3456"},"assessments":[{"assessmentId":"A01928374","score":"900-12-345"}]',
        true,
      ),
    );
    expect(await hostile.entryOf(full)).toEqual(fullEntry(hostile, full, full.id, { isPrivate: true, unclassifiedFields: 3 }));
    const basic = await hostile.read(full.id, 'other-counselor');
    expect(basic.text).toBe(`{"recordId":"${full.id}","ssn":"XXX-XX-9987","maxisCaseNumber":"123456789","pmi":87654321}`);
    expect(await hostile.leaks(basic)).toEqual([]);
  });

  test('RED-17 R23 what only looks like an SSN leaves byte for byte', async () => {
    const inside =
      '"maxisCaseNumber":"123456789","contact":{"phone":"608-266-1234","mobile":6515550143,"address":{"zip":"53708-8916"}},' +
      '"caseNotes":[' +
      [
        'call 608-266-1234 or (608) 266-1234, 6082661234, +1 608 266 1234',
        'Madison WI 53708-8916, 53708 8916',
        '2024-01-15, 2024-01-15T10:30:00.123Z, 20240115, 01/15/2024',
        '550e8400-e29b-41d4-a716-446655440000',
        '$1,234,567.89, $350.00 2024, USD 1234567.89',
        'Case 123456789, invoice 2025-000123, 10.20.30.40',
      ]
        .map((text) => `{"text":${json(text)}}`)
        .join(',') +
      ']';
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.text).toBe(recordText(seen.id, inside));
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id));
  });

  test('RED-17 R23 a known SSN is masked even where it looks like a declared identifier, a ZIP or a telephone number', async () => {
    const inside =
      '"ssn":"219-09-9987","maxisCaseNumber":"219099987","pmi":219099987,"contact":{"phone":"219-099-987","address":{"zip":"21909-9987"}}';
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.text).toBe(
      recordText(
        seen.id,
        `"ssn":"${MASK}","maxisCaseNumber":"${MASK}","pmi":"${MASK}","contact":{"phone":"${MASK}","address":{"zip":"${MASK}"}}`,
      ),
    );
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('RED-20 facets, scores and sort words are left out', async () => {
    const inside =
      '"facets":{"ssn":{"219-09-9987":1}},"_score":219099987,"sort":["219099987"],"highlight":{"text":["219-<em>09</em>-9987"]}';
    const seen = await hostile.readPlanted(recordWith(inside));
    expect(seen.text).toBe(recordText(seen.id));
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 4 }));
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test.each([
    ['1-1-1-1', '1-'.repeat(500_000)],
    ['(((', '('.repeat(1_000_000)],
    ['digits', '1234567890'.repeat(100_000)],
    ['3-2-4 without end', '123-45-6789-'.repeat(80_000)],
    ['percent signs', '%25'.repeat(330_000)],
  ])('RED-25 a megabyte of %s costs time in proportion to its length', async (_, text) => {
    const cpuMillis = async (part: string): Promise<number> => {
      const id = hostile.plant(recordWith(`"ssn":"219-09-9987","caseNotes":[{"text":${json(part)}}]`));
      let best = Infinity;
      for (let i = 0; i < 3; i += 1) {
        const started = process.cpuUsage();
        const seen = await hostile.read(id, 'counselor');
        const used = process.cpuUsage(started);
        expect(seen.status).toBe(200);
        best = Math.min(best, (used.user + used.system) / 1000);
      }
      return best;
    };
    const whole = await cpuMillis(text);
    const quarter = await cpuMillis(text.slice(0, text.length >> 2));
    // Both ends of both sockets are in this process; quadratic cost would be 16 times a quarter's, and seconds.
    expect(whole).toBeLessThan(Math.max(3_000, quarter * 12));
  });

  test('RED-27 R27 the drift of hostile keys is a number in the metrics, and no number of anybody', async () => {
    const before = countOf(await hostile.metrics());
    const seen = await hostile.readPlanted(
      recordWith('"219-09-9987":1,"ssn_219099987":"219-09-9987","caseNotes":[{"219099987":"x"}],"ssn":["219-09-9987"]'),
    );
    expect(seen.text).toBe(recordText(seen.id, '"caseNotes":[{}]'));
    expect(await hostile.entryOf(seen)).toEqual(fullEntry(hostile, seen, seen.id, { unclassifiedFields: 4 }));
    const metrics = await hostile.metrics();
    expect(countOf(metrics) - before).toBe(4);
    expect(findsCanary(metrics)).toEqual([]);
  });

  test('RED-27 R27 TO-01 nothing that was answered, recorded, said or counted meanwhile holds the number', async () => {
    expect(await hostile.leaksAnywhere()).toEqual([]);
    expect(await hostile.gateway.isWhole()).toBe(true);
  });
});

const countOf = (metrics: string): number =>
  Number(/^casegate_unclassified_fields_total\{system="workforce-one"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
