import fc from 'fast-check';
import { STORES } from '../support/gateway';
import {
  basicEntry,
  headersOf,
  headersOfAnswer,
  problem,
  recordText,
  startHostileCaseSystem,
  type HostileCaseSystem,
  type Seen,
} from '../support/hostile-case-system';
import { rawReply } from '../support/raw-upstream';

const json = JSON.stringify;
const WITHHELD =
  'contact=not-granted, demographics=not-granted, relatives=not-granted, activities=not-granted, assessments=not-granted, ' +
  'employment-plans=not-granted, case-notes=not-granted, documents=not-granted';
/** What WF1-05 lists, and nothing more. */
const BASIC_KEYS = ['recordId', 'name', 'birthDate', 'ssn', 'maxisCaseNumber', 'pmi', 'programName', 'caseStatus'];
const BASIC =
  '"name":{"first":"Ramona","middle":"J","last":"Sampleton","suffix":null},"birthDate":"1987-04-12","ssn":"219-09-9987",' +
  '"maxisCaseNumber":"01934567","pmi":4210987,"programName":"MFIP-ES","caseStatus":"Active"';
const SHOWN = BASIC.replace('219-09-9987', 'XXX-XX-9987');

/** All of an answer that may not differ. */
const whole = (seen: Seen): unknown => [seen.statusLine, headersOf(seen), seen.text];

// Values that stand in sections which a basic view leaves out: anything, SSN-like texts and numbers among it.
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom('219-09-9987', '219099987', '321-54-9876', 'see 900 12 3456', ''),
  fc.stringMatching(/^[0-9 -]{0,24}$/),
);
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom(219099987, 321549876, 1e21, 0.1));
const anything: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/), scalar, { maxKeys: 4 }),
);
const note = fc.record({ noteId: scalar, date: scalar, author: scalar, subject: text, text: anything }, { requiredKeys: [] });
const hiddenParts = fc.record(
  {
    contact: fc.oneof(anything, fc.record({ phone: scalar, email: text, safeToCall: text })),
    demographics: anything,
    activities: fc.oneof(anything, fc.array(fc.record({ title: text, comment: text }), { maxLength: 5 })),
    assessments: anything,
    employmentPlans: anything,
    caseNotes: fc.oneof(anything, fc.array(note, { maxLength: 6 })),
    documents: fc.oneof(anything, fc.array(fc.record({ fileName: text, link: text }), { maxLength: 4 })),
    internalFlags: anything,
    facets: anything,
  },
  { requiredKeys: [] },
);

describe.each(STORES)('on %s', (store) => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await startHostileCaseSystem({ store });
  });
  afterAll(() => hostile?.stop());

  describe('RED-22 a private record is reduced to exactly the basic fields', () => {
    const WITHOUT: readonly (readonly [string, string])[] = [
      ['nothing more', ''],
      [
        'present',
        '"contact":{"phone":"651-555-0142"},"caseNotes":[{"text":"x"}],"activities":[{"title":"y"}],"employmentPlans":[{"goal":"z"}]',
      ],
      ['null', '"contact":null,"caseNotes":null,"activities":null,"employmentPlans":null'],
      ['empty', '"contact":{},"caseNotes":[],"activities":[],"employmentPlans":[]'],
      ['of another type', '"contact":[1],"caseNotes":"all of them","activities":7,"employmentPlans":true'],
      ['renamed', '"contacts":{"phone":"651-555-0142"},"case_notes":[{"text":"x"}],"Activities":[1],"employment-plan":{"goal":"z"}'],
      ['in other case', '"CONTACT":{"phone":"651-555-0142"},"casenotes":[{"text":"x"}],"SSN":"219-09-9987"'],
    ];
    test.each(WITHOUT)('RED-22 R02 R30 optional parts %s', async (_, more) => {
      const inside = more === '' ? BASIC : `${more},${BASIC}`;
      hostile.plant(rawReply(recordText('H-one', inside, true)), 'H-one');
      const seen = await hostile.read('H-one', 'other-counselor');
      expect(Object.keys(seen.json as object)).toEqual(BASIC_KEYS);
      expect(seen.text).toBe(`{"recordId":"H-one",${SHOWN}}`);
      expect(headersOf(seen)).toEqual(headersOfAnswer('basic', seen.body.length, WITHHELD));
      const entry = await hostile.entryOf(seen);
      expect(entry).toEqual(basicEntry(hostile, seen, 'H-one', { unclassifiedFields: entry.records[0]?.unclassifiedFields ?? -1 }));
      expect(await hostile.leaks(seen)).toEqual([]);
    });
  });

  test('RED-23 RED-24 what is hidden changes neither a byte nor a header of the answer, whatever it is', async () => {
    let id = 0;
    const answerTo = async (parts: Record<string, unknown>): Promise<unknown> => {
      const name = `H-${100_000 + (id += 1)}`;
      const inside = json(parts).slice(1, -1);
      hostile.plant(rawReply(recordText(name, `${BASIC}${inside === '' ? '' : `,${inside}`}`, true)), name);
      const seen = await hostile.read(name, 'other-counselor');
      return json(whole(seen)).replaceAll(name, 'H-100000');
    };
    const bare = await answerTo({});
    await fc.assert(
      fc.asyncProperty(hiddenParts, async (parts) => {
        expect(await answerTo(parts)).toBe(bare);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 12_000, markInterruptAsFailure: false },
    );
  });

  test('RED-23 RED-24 nor does an SSN of somebody who is not shown: its digits are not those of a shown field', async () => {
    const seen: unknown[] = [];
    for (const relatives of [
      undefined,
      null,
      [],
      [{ ssn: '900-12-3456' }],
      Array.from({ length: 40 }, () => ({ ssn: 666123456, remark: 'x' })),
    ]) {
      hostile.plant(
        rawReply(recordText('H-rel', `${BASIC}${relatives === undefined ? '' : `,"relatives":${json(relatives)}`}`, true)),
        'H-rel',
      );
      seen.push(whole(await hostile.read('H-rel', 'other-counselor')));
    }
    expect(seen).toEqual(seen.map(() => seen[0]));
  });

  test('RED-24 a list of which only some fields are granted would tell its length: no section here shares a list', async () => {
    const lengths: unknown[] = [];
    for (const notes of [0, 1, 30]) {
      hostile.plant(
        rawReply(recordText('H-len', `"caseNotes":${json(Array.from({ length: notes }, () => ({ text: 'x' })))},${BASIC}`, true)),
        'H-len',
      );
      const { headers, body } = await hostile.read('H-len', 'monitor');
      lengths.push([headers.find(([name]) => name === 'Content-Length')?.[1], body.length]);
    }
    expect(lengths).toEqual(lengths.map(() => lengths[0]));
  });

  test.each([
    ['missing', ''],
    ['null', '"ssn":null'],
    ['empty', '"ssn":""'],
    ['unreadable', '"ssn":"unknown"'],
    ['masked already', '"ssn":"XXX-XX-XXXX"'],
  ])('RED-23 an ssn field that is there has one form, whatever it holds: %s', async (what, field) => {
    hostile.plant(rawReply(recordText('H-ssn', field, true)), 'H-ssn');
    const seen = await hostile.read('H-ssn', 'other-counselor');
    expect(seen.text).toBe(what === 'missing' ? '{"recordId":"H-ssn"}' : '{"recordId":"H-ssn","ssn":"XXX-XX-XXXX"}');
  });
});

describe('RED-18 name, birth date, last four and record number together', () => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await startHostileCaseSystem({ config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 3 } } });
  });
  afterAll(() => hostile?.stop());

  test('RED-18 leave one record a call, each with its own entry, and only so many a minute', async () => {
    const ids = ['A-1', 'A-2', 'A-3', 'A-4'];
    for (const id of ids) hostile.plant(rawReply(recordText(id, BASIC, true)), id);
    for (const id of ids.slice(0, 3)) {
      const seen = await hostile.read(id, 'other-counselor');
      expect([seen.status, seen.text]).toEqual([200, `{"recordId":"${id}",${SHOWN}}`]);
      expect(await hostile.entryOf(seen)).toEqual(basicEntry(hostile, seen, id));
    }
    const fourth = await hostile.read('A-4', 'other-counselor');
    expect(fourth.json).toEqual(problem('rate-limited', fourth));
    expect(Number(fourth.header('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await hostile.entryOf(fourth)).toEqual({
      format: 1,
      accessId: fourth.accessId,
      kind: 'refusal',
      at: expect.any(String),
      source: { address: '127.0.0.1' },
      who: {
        account: 'other-counselor',
        person: 'person-other-counselor',
        organization: 'north',
        issuer: hostile.gateway.issuer.issuer,
        application: 'portal',
        actor: null,
        memberships: [],
      },
      system: 'workforce-one',
      environment: 'production',
      route: 'read-record',
      method: 'GET',
      action: null,
      records: [],
      outcome: { status: 429, code: 'rate-limited', reasons: ['rate-limited'] },
      upstream: null,
      policyVersion: null,
      directoryVersion: null,
      registryVersion: null,
    });
    expect(hostile.gateway.upstream.requests.map(({ target }) => target)).toEqual(['/records/A-1', '/records/A-2', '/records/A-3']);
  });

  test('RED-18 there is no route that gives them in bulk but the list, a hundred at a time', async () => {
    const report = await hostile.gateway.get('/workforce-one/exports/records', 'monitor');
    expect(report.json).toEqual(problem('route-unknown', report as unknown as Seen));
    const list = await hostile.gateway.get('/workforce-one/records?_limit=101', 'monitor');
    expect(list.json).toEqual(problem('query-not-allowed', list as unknown as Seen));
    const query = await hostile.gateway.get('/workforce-one/records/A-1?fields=basic&all=1', 'monitor');
    expect(query.json).toEqual(problem('query-not-allowed', query as unknown as Seen));
    expect(hostile.gateway.upstream.requests.length).toBe(3);
  });
});
