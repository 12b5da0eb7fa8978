import fc from 'fast-check';
import { Tally } from '../../src/audit/tally';
import { readEntries } from '../../src/audit/read-entries';
import { openLogReader } from '../../src/storage/log-reader';
import { sqliteTestStore } from '../storage/test-stores';
import { openLog, refusal } from './sample-log';

const newTally = (mostSources = 3) => {
  let last = 0;
  return new Tally({ mostSources, newId: () => `t${(last += 1)}` });
};
const kinds = (tally: Tally, source: string, count: number, nowMs: number) =>
  Array.from({ length: count }, () => {
    const place = tally.admit(source, ['token-missing'], nowMs);
    return place.kind === 'own' ? 'own' : place.isNew ? 'opens' : 'tallied';
  });

test('GW-03 twenty own entries per source and minute, then a tally', () => {
  const tally = newTally();
  expect(kinds(tally, 'a', 20, 0)).toEqual(Array(20).fill('own'));
  expect(kinds(tally, 'a', 3, 59_999)).toEqual(['opens', 'tallied', 'tallied']);
  expect(kinds(tally, 'b', 1, 59_999)).toEqual(['own']);
  expect(kinds(tally, 'a', 21, 60_000)).toEqual([...Array<string>(20).fill('own'), 'tallied']);
});

test('GW-03 a tally is closed after ten seconds with count, first, last and reasons; the next request opens another', () => {
  const tally = newTally();
  kinds(tally, 'a', 21, 1_000);
  tally.admit('a', ['token-expired'], 3_000);
  expect(tally.takeDue(10_999)).toEqual([]);
  expect(tally.takeDue(11_000)).toEqual([
    {
      id: 't1',
      sourceKey: 'a',
      openedAtMs: 1_000,
      count: 2,
      firstAtMs: 1_000,
      lastAtMs: 3_000,
      reasons: { 'token-missing': 1, 'token-expired': 1 },
    },
  ]);
  expect(kinds(tally, 'a', 2, 11_500)).toEqual(['opens', 'tallied']);
  expect(tally.takeDue(11_600, true)).toMatchObject([{ id: 't2', count: 2 }]);
});

test('AUD-11 a clock that was set back closes what is open and begins a new minute', () => {
  const tally = newTally();
  expect(kinds(tally, 'a', 21, 86_400_000).slice(-2)).toEqual(['own', 'opens']);
  expect(tally.takeDue(5)).toMatchObject([{ id: 't1', count: 1 }]);
  expect(kinds(tally, 'a', 21, 6).slice(-2)).toEqual(['own', 'opens']);
});

test('GW-03 sources beyond the cap share one tally, and the cap is free again after a minute', () => {
  const tally = newTally(2);
  kinds(tally, 'a', 1, 0);
  kinds(tally, 'b', 1, 0);
  expect([...kinds(tally, 'c', 1, 5), ...kinds(tally, 'd', 2, 6)]).toEqual(['opens', 'tallied', 'tallied']);
  expect(tally.takeDue(20_000)).toMatchObject([{ sourceKey: null, count: 3 }]);
  tally.takeDue(60_000);
  expect(tally.size).toBe(0);
  expect(kinds(tally, 'c', 1, 60_001)).toEqual(['own']);
});

test('AUD-28 whatever the flood, memory is bounded, each request is counted once, and own entries keep to their share', () => {
  const flood = fc.array(fc.record({ source: fc.integer({ min: 0, max: 40 }), afterMs: fc.integer({ min: 0, max: 4_000 }) }), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(flood, (requests) => {
      const tally = newTally(8);
      let nowMs = 0;
      let own = 0;
      let counted = 0;
      for (const { source, afterMs } of requests) {
        nowMs += afterMs;
        for (const closed of tally.takeDue(nowMs)) counted += closed.count;
        if (tally.admit(`s${source}`, [], nowMs).kind === 'own') own += 1;
        expect(tally.size).toBeLessThanOrEqual(8);
      }
      for (const closed of tally.takeDue(nowMs, true)) counted += closed.count;
      expect(own + counted).toBe(requests.length);
      expect(own).toBeLessThanOrEqual(8 * 20 * (1 + Math.floor(nowMs / 60_000)) * 2);
    }),
  );
});

test('GW-03 in the log: twenty refusals, an opening entry before the first tallied answer, a closing one at the stop', async () => {
  const store = await sqliteTestStore();
  const logStore = await store.openLogStore();
  const log = await openLog(logStore);
  const bind = { reply: null, sourceKey: '10.0.0.9' };
  await Promise.all(Array.from({ length: 20 }, () => log.appendEarly(refusal(), bind)));
  await log.appendEarly(refusal(), bind);
  expect(await store.sql(`SELECT kind FROM access_entry WHERE kind <> 'refusal'`)).toEqual([{ kind: 'tally-open' }]);
  await Promise.all(Array.from({ length: 1_000 }, () => log.appendEarly(refusal(), bind)));
  await log.drain();
  await logStore.close();
  const reader = openLogReader(store.settings);
  const { entries } = await readEntries(reader, {}, { limit: 100 });
  await reader.close();
  expect(entries.map(({ entry }) => entry.kind)).toEqual(expect.arrayContaining(['tally-close', 'tally-open', 'refusal']));
  expect(entries).toHaveLength(22);
  const [close, open] = ['tally-close', 'tally-open'].map((kind) => entries.find(({ entry }) => entry.kind === kind)?.entry);
  expect(open).toMatchObject({ source: { address: '10.0.0.9' }, details: { sourceKey: '10.0.0.9' } });
  expect(close?.details).toEqual({
    tally: open?.details?.['tally'],
    sourceKey: '10.0.0.9',
    count: 1_001,
    first: expect.any(String),
    last: expect.any(String),
    reasons: { 'token-missing': 1_001 },
  });
  await store.dispose();
});
