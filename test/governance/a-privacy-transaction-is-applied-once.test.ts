import fc from 'fast-check';
import { type Office, onBothStores, openSqliteOffice, SMALL_OFFICE } from './on-both-stores';

interface Sent {
  readonly transactionId: string;
  readonly action: 'set' | 'clear';
  readonly effectiveAt: string;
  readonly sourceSequence: number;
  readonly recordId?: string;
  readonly [other: string]: unknown;
}

const ndjson = (...rows: readonly Sent[]): string =>
  rows.map((row) => JSON.stringify({ system: 'workforce-one', environment: 'production', recordId: 'A17', ...row })).join('\n');

const MORNING = '2026-06-01T06:30:00-05:00';
const NOON = '2026-06-01T11:00:00Z';

onBothStores('WF1-06 the privacy feed', (open) => {
  let office: Office;
  beforeEach(async () => {
    office = await open();
    await office.bring({ 'office.yaml': SMALL_OFFICE });
  });
  afterEach(() => office.close());

  const send = (...rows: readonly Sent[]) => office.feed.read(ndjson(...rows), 'ndjson').apply();
  const outcomes = async (...rows: readonly Sent[]): Promise<readonly string[]> => (await send(...rows)).rows.map((row) => row.outcome);
  const isPrivate = (recordId = 'A17') => office.registry.find('workforce-one', 'production', recordId)?.isPrivate;

  const set = (transactionId: string, effectiveAt: string, sourceSequence: number): Sent => ({
    transactionId,
    action: 'set',
    effectiveAt,
    sourceSequence,
  });
  const clear = (transactionId: string, effectiveAt: string, sourceSequence: number): Sent => ({
    transactionId,
    action: 'clear',
    effectiveAt,
    sourceSequence,
  });

  test('WF1-06 cleared and set, it takes effect at once', async () => {
    expect(isPrivate()).toBe(true);
    expect(await send(clear('t1', NOON, 1))).toEqual({
      outcome: 'applied',
      rows: [{ line: 1, outcome: 'applied' }],
      problems: [],
      registryVersion: 2,
    });
    expect(isPrivate()).toBe(false);
    expect(await outcomes(set('t2', NOON, 2))).toEqual(['applied']);
    expect(isPrivate()).toBe(true);
    expect(office.registry.changedSince(2, office.registry.recordKey('workforce-one', 'production', 'A17'))).toBe(true);
    expect(office.registry.changedSince(3, office.registry.recordKey('workforce-one', 'production', 'A17'))).toBe(false);
  });

  test('WF1-06 delivered twice it is applied once and raises no version', async () => {
    expect(await outcomes(clear('t1', NOON, 1), clear('t1', NOON, 1))).toEqual(['applied', 'duplicate']);
    expect(await send(clear('t1', NOON, 1))).toMatchObject({ rows: [{ outcome: 'duplicate' }], registryVersion: 2 });
    expect(isPrivate()).toBe(false);
  });

  test('WF1-06 out of order the later effective moment decides, and within it the later sequence', async () => {
    expect(await outcomes(set('t3', NOON, 7), clear('t1', NOON, 6), clear('t2', '2026-06-01T05:59:00-05:00', 99))).toEqual([
      'applied',
      'superseded',
      'superseded',
    ]);
    expect(isPrivate()).toBe(true);
    expect(await outcomes(clear('t4', NOON, 8))).toEqual(['applied']);
    expect(isPrivate()).toBe(false);
  });

  test('WF1-06 on a tie set wins, whichever comes first', async () => {
    expect(await outcomes(clear('t1', NOON, 1), set('t2', NOON, 1), clear('t3', NOON, 1))).toEqual(['applied', 'applied', 'superseded']);
    expect(isPrivate()).toBe(true);
    expect(await outcomes({ ...set('t4', NOON, 1), recordId: 'B2' }, { ...clear('t5', NOON, 1), recordId: 'B2' })).toEqual([
      'applied',
      'superseded',
    ]);
    expect(isPrivate('B2')).toBe(true);
  });

  test('WF1-06 a record that is not known yet is kept; what an extract says later does not lift it', async () => {
    expect(await outcomes({ ...set('t1', MORNING, 1), recordId: 'Z9' })).toEqual(['applied']);
    expect(office.registry.find('workforce-one', 'production', 'Z9')).toMatchObject({ isPrivate: true, codes: {} });
    const codes = 'system,environment,record_id,private,fact:agency\nworkforce-one,production,Z9,';
    const lifting = await office.bring({ 'records.csv': `${codes}false,A1\n` });
    expect(lifting.problems).toEqual([
      { file: 'records.csv', line: 2, column: 'private', reason: 'is told by the privacy feed for this record; leave it blank here' },
    ]);
    expect((await office.bring({ 'records.csv': `${codes},A1\n` })).outcome).toBe('applied');
    expect(office.registry.find('workforce-one', 'production', 'Z9')).toMatchObject({ isPrivate: true, codes: { agency: ['A1'] } });
    expect(await outcomes({ ...set('t1', MORNING, 1), recordId: 'Z9' })).toEqual(['duplicate']);
    expect(await outcomes({ ...clear('t0', '2026-05-31T00:00:00Z', 1), recordId: 'Z9' })).toEqual(['superseded']);
    expect(isPrivate('Z9')).toBe(true);
  });

  test('one bad line refuses the whole batch, each named; an id used before with other content too', async () => {
    const batch = office.feed.read(
      [
        ndjson(clear('t1', NOON, 1)),
        '{"transactionId":"t2","system":"workforce-one","environment":"production","recordId":"A17","action":"clear","action":"set","effectiveAt":"2026-06-01T11:00:00Z","sourceSequence":1}',
        ndjson({ ...clear('t3', '2026-06-01', 1.5), recordId: '../A17', note: 'x' }),
        '',
        ndjson(set('t4', '2026-06-01T12:06:00Z', 1)),
        'nonsense',
      ].join('\r\n'),
      'ndjson',
    );
    expect(batch.systems).toEqual(['workforce-one']);
    const report = await batch.apply();
    expect(report).toMatchObject({ outcome: 'refused', rows: [], registryVersion: 1 });
    expect([...report.problems].map((one) => `${one.line} ${one.column}: ${one.reason}`).sort()).toEqual([
      '2 : has a key that stands twice',
      '3 : has a key that is not known here',
      '3 recordId: expected letters, digits, - and _, at most 64',
      '3 sourceSequence: expected a whole number',
      '5 effectiveAt: lies in the future',
      '6 : is no JSON',
    ]);
    expect(isPrivate()).toBe(true);

    await send(clear('t1', NOON, 1));
    expect(await send(clear('t5', NOON, 9), set('t1', NOON, 3))).toEqual({
      outcome: 'refused',
      rows: [],
      problems: [{ line: 2, column: 'transactionId', reason: 'was used before with other content' }],
      registryVersion: 2,
    });
    expect(await outcomes(clear('t5', NOON, 9))).toEqual(['applied']);
  });

  test('a JSON array is as good; an empty batch and too large a one are not', async () => {
    const array = `[${ndjson(clear('t1', NOON, 1), set('t2', NOON, 2)).replace('\n', ',')}]`;
    expect((await office.feed.read(array, 'json').apply()).rows).toEqual([
      { line: 1, outcome: 'applied' },
      { line: 2, outcome: 'applied' },
    ]);
    expect(office.feed.read('[]', 'json').problems).toEqual([{ line: 0, column: '', reason: 'no transaction was sent' }]);
    expect(office.feed.read(`${'{}\n'.repeat(10_001)}`, 'ndjson').problems).toEqual([
      { line: 0, column: '', reason: 'more than 10000 transactions' },
    ]);
  });
});

test('WF1-06 whatever the order and however often, the end is the same', async () => {
  const office = await openSqliteOffice();
  let record = 0;
  const row = fc.record({
    action: fc.constantFrom('set' as const, 'clear' as const),
    minute: fc.integer({ min: 0, max: 3 }),
    sourceSequence: fc.integer({ min: 0, max: 2 }),
  });
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), async (rows, dice) => {
        const recordId = `R${++record}`;
        const sent = rows.map((one, i) => ({
          transactionId: `${recordId}-${i}`,
          action: one.action,
          effectiveAt: `2026-06-01T08:0${one.minute}:00Z`,
          sourceSequence: one.sourceSequence,
          recordId,
        }));
        const shuffled = [...sent, ...sent.slice(0, 3)]
          .map((one) => ({ one, at: dice.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        for (const one of shuffled) await office.feed.read(ndjson(one), 'ndjson').apply();
        const newest = Math.max(...rows.map((one) => one.minute * 10 + one.sourceSequence));
        const isSet = rows.some((one) => one.minute * 10 + one.sourceSequence === newest && one.action === 'set');
        expect(office.registry.find('workforce-one', 'production', recordId)?.isPrivate).toBe(isSet);
      }),
      { numRuns: 25 },
    );
  } finally {
    await office.close();
  }
});
