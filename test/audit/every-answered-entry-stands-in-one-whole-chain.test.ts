import { createHash } from 'node:crypto';
import { AccessReceipt } from '../../src/audit/access-receipt';
import type { Covered } from '../../src/audit/access-receipt';
import { canonicalBytes } from '../../src/audit/canonical-bytes';
import { verifyChains } from '../../src/audit/verify-chain';
import { readEntries } from '../../src/audit/read-entries';
import { openLogReader } from '../../src/storage/log-reader';
import type { LogStore } from '../../src/audit/log-store';
import { engines } from '../storage/test-stores';
import type { TestStore } from '../storage/test-stores';
import { fresh, newAccessId, openLog, sampleEntry } from './sample-log';

describe.each(engines)('on %s', (_engine, make) => {
  let store: TestStore;
  let logStore: LogStore;
  beforeEach(async () => {
    store = await make();
    logStore = await store.openLogStore();
  });
  afterEach(async () => {
    await logStore.close();
    await store.dispose();
  });

  const verify = async () => {
    const reader = openLogReader(store.settings);
    const reports = await verifyChains(reader);
    await reader.close();
    return reports;
  };

  test('AUD-15 appends from two logs at once: no fork, no gap, no lost entry', async () => {
    const otherStore = await store.openLogStore();
    const logs = [await openLog(logStore), await openLog(otherStore)] as const;
    const entries = Array.from({ length: 1_000 }, (_, number) => sampleEntry({ registryVersion: number }));
    const replies = entries.map(({ accessId }) => ({ accessId, status: 200 }));
    const receipts = await Promise.all(
      entries.map((entry, number) => logs[number % 2 === 0 ? 0 : 1].append(entry, { ...fresh, reply: replies[number] ?? null })),
    );
    replies.forEach((reply, number) => expect(AccessReceipt.covers(receipts[number], reply)).toBe(true));
    const reports = await verify();
    expect(reports).toEqual([
      { chain: expect.any(String), entries: 500, lastHash: expect.any(String), fault: null },
      { chain: expect.any(String), entries: 500, lastHash: expect.any(String), fault: null },
    ]);
    const stored = await store.sql('SELECT access_id, bytes FROM access_entry ORDER BY access_id');
    expect(stored.map((row) => row['bytes'])).toEqual(entries.map(canonicalBytes));
    for (const log of logs) await log.drain();
    await otherStore.close();
    expect(logs[0].state()).toMatchObject({ healthy: false, waiting: 0, lastFault: null });
  });

  test('AUD-14 an access id that stands in the log already is refused alone; its neighbours are written', async () => {
    const log = await openLog(logStore);
    const first = sampleEntry();
    await log.append(first, fresh);
    const outcomes = await Promise.allSettled([sampleEntry(), first, sampleEntry()].map((entry) => log.append(entry, fresh)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'audit-unavailable' } });
    expect(log.state()).toMatchObject({ healthy: true, lastFault: 'access-id-twice' });
    await log.drain();
    expect(await verify()).toMatchObject([{ entries: 3, fault: null }]);
  });

  test('decision keys are rolled up in the flush that carries them, one row for each key', async () => {
    const log = await openLog(logStore);
    const other = sampleEntry({ route: 'notes' });
    await Promise.all([sampleEntry(), sampleEntry(), other, sampleEntry({ policyVersion: null })].map((entry) => log.append(entry, fresh)));
    await log.drain();
    const rows = await store.sql(
      'SELECT first_seq, system, environment, route, action, policy_version, key_json, granted_json, count FROM decision_rollup ORDER BY route',
    );
    const common = { system: 'workforce-one', environment: 'production', action: 'read', policy_version: 'f'.repeat(64) };
    const shared = { ...common, key_json: JSON.stringify(other.records[0]?.keys), granted_json: '["basic","contact"]' };
    expect(rows.map((row) => ({ ...row, first_seq: Number(row['first_seq']), count: Number(row['count']) }))).toEqual([
      { ...shared, first_seq: 1, route: 'notes', count: 1 },
      { ...shared, first_seq: 1, route: 'person', count: 2 },
    ]);
  });

  test('a decision that something narrowed is rolled up with what narrowed it; where the engine failed, none was taken', async () => {
    const log = await openLog(logStore);
    const [record] = sampleEntry().records;
    if (record === undefined) throw new Error('the sample names a record');
    const narrowing = { carries: ['basic'], actorKeys: null };
    const narrowed = sampleEntry({ records: [{ ...record, narrowing }] });
    const failed = sampleEntry({ records: [{ ...record, disclosed: {}, withheld: { basic: 'engine-error', contact: 'engine-error' } }] });
    await Promise.all([narrowed, sampleEntry({ records: [record] }), failed].map((entry) => log.append(entry, fresh)));
    await log.drain();
    const rows = await store.sql('SELECT key_json, count FROM decision_rollup');
    const texts = rows.map((row) => [row['key_json'], Number(row['count'])]).sort();
    expect(texts).toEqual([
      [JSON.stringify(record.keys), 1],
      [JSON.stringify({ keys: record.keys, narrowing }), 1],
    ]);
  });

  test('AUD-08 what became of an answer joins the log at the latest at the stop', async () => {
    const log = await openLog(logStore);
    const [entry, other] = [sampleEntry(), sampleEntry()];
    await Promise.all([log.append(entry, fresh), log.append(other, fresh)]);
    log.noteDelivery(entry.accessId, 'sent', 2_048);
    log.noteDelivery(other.accessId, 'aborted', 10);
    // Said twice, or of an answer without an entry of its own: no note.
    log.noteDelivery(other.accessId, 'sent', 10);
    log.noteDelivery('tallied', 'sent', 10);
    await log.drain();
    const reader = openLogReader(store.settings);
    const { entries } = await readEntries(reader, { kind: 'delivery' }, { limit: 10 });
    expect(entries.map(({ seq, entry: { details } }) => ({ seq, details }))).toEqual([
      {
        seq: 3,
        details: {
          notes: [
            [entry.accessId, 'sent', 2_048],
            [other.accessId, 'aborted', 10],
          ],
        },
      },
    ]);
    await reader.close();
  });

  test('AUD-08 a note is written within about a second though nothing else is', async () => {
    const log = await openLog(logStore);
    const entry = sampleEntry();
    await log.append(entry, fresh);
    log.noteDelivery(entry.accessId, 'sent', 1);
    const kinds = async () => (await store.sql('SELECT kind FROM access_entry ORDER BY seq')).map((row) => row['kind']);
    while ((await kinds()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await kinds()).toEqual(['access', 'delivery']);
    await log.drain();
  });

  test('AUD-11 entries keep their order when the clock is set back, and say so', async () => {
    const log = await openLog(logStore);
    const at = (second: number) => `2026-01-05T10:00:0${second}.000Z`;
    const given = [5, 4, 5, 3].map((second) => sampleEntry({ at: at(second) }));
    const noted = sampleEntry({ at: at(1), details: { event: 'noted' } });
    await Promise.all([...given, noted].map((entry) => log.append(entry, fresh)));
    await log.drain();
    const rows = (await store.sql('SELECT bytes FROM access_entry ORDER BY seq')).map((row) => JSON.parse(String(row['bytes'])) as unknown);
    const flagged = { clock_regressed: true };
    const [first, second, third, fourth] = given;
    expect(rows).toEqual([
      first,
      { ...second, details: flagged },
      third,
      { ...fourth, details: flagged },
      { ...noted, details: { event: 'noted', ...flagged } },
    ]);
  });

  test('an entry whose decision went stale is handed back and not written; the others are', async () => {
    const log = await openLog(logStore);
    const outcomes = await Promise.all([
      log.append(sampleEntry(), fresh),
      log.append(sampleEntry(), { reply: null, isStale: () => true }),
      log.append(sampleEntry(), {
        reply: null,
        isStale: () => {
          throw new Error('cannot say');
        },
      }),
    ]);
    expect(outcomes.map((outcome) => outcome === 'stale')).toEqual([false, true, true]);
    await log.drain();
    expect(await verify()).toMatchObject([{ entries: 1, fault: null }]);
  });

  test('entries are listed newest first, by record, account, id, kind and time, page by page', async () => {
    const log = await openLog(logStore);
    const at = (minute: number) => `2026-01-05T10:0${minute}:00.000Z`;
    const entries = [0, 1, 2, 3].map((minute) => sampleEntry({ at: at(minute) }));
    const records = [{ ...(entries[0]?.records[0] as object), id: 'B"9' }] as never;
    const odd = sampleEntry({ at: at(4), records, who: { ...(entries[0]?.who as object), account: 'bob' } as never });
    for (const entry of [...entries, odd]) await log.append(entry, fresh);
    await log.drain();
    const reader = openLogReader(store.settings);
    const list = async (filter: object, limit = 10, before: string | null = null) => {
      const page = await readEntries(reader, filter, { limit, before });
      return { ids: page.entries.map(({ entry }) => entry.accessId), next: page.next };
    };
    const [e0, e1, e2, e3] = entries.map((entry) => entry.accessId) as [string, string, string, string];
    expect(await list({})).toEqual({ ids: [odd.accessId, e3, e2, e1, e0], next: null });
    expect(await list({}, 2)).toEqual({ ids: [odd.accessId, e3], next: e3 });
    expect(await list({}, 3, e3)).toEqual({ ids: [e2, e1, e0], next: null });
    expect(await list({ recordId: 'B"9' })).toEqual({ ids: [odd.accessId], next: null });
    expect(await list({ recordId: 'A17', sinceMs: Date.parse(at(1)), untilMs: Date.parse(at(3)) })).toEqual({ ids: [e2, e1], next: null });
    expect(await list({ account: 'bob' })).toEqual({ ids: [odd.accessId], next: null });
    expect(await list({ accessId: e1 })).toEqual({ ids: [e1], next: null });
    expect(await list({ accessId: newAccessId() })).toEqual({ ids: [], next: null });
    expect((await readEntries(reader, { accessId: e1 }, { limit: 1 })).entries[0]?.entry).toEqual(entries[1]);
    await reader.close();
  });
});

test('AUD-12 the hashed text is JSON in the declared order of keys, whatever order the object had', () => {
  const entry = sampleEntry({ accessId: 'id-1', details: { z: 1, a: 2 } });
  const shuffled = Object.fromEntries(Object.entries(entry).reverse()) as unknown as typeof entry;
  expect(canonicalBytes(shuffled)).toBe(canonicalBytes(entry));
  expect(canonicalBytes({ ...entry, extra: 'not ours' } as typeof entry)).toBe(JSON.stringify(entry));
});

test('a receipt covers its own answer alone, and an unlogged one a 503 alone', () => {
  const [told, shown, alike] = [503, 200, 503].map((status) => ({ accessId: 'id', status })) as [Covered, Covered, Covered];
  expect(AccessReceipt.covers(AccessReceipt.unlogged(told), told)).toBe(true);
  expect(AccessReceipt.covers(AccessReceipt.unlogged(told), alike)).toBe(false);
  expect(AccessReceipt.covers(AccessReceipt.unlogged(shown), shown)).toBe(false);
  for (const forged of [null, undefined, {}, 'x', Object.create(AccessReceipt.prototype)])
    expect(AccessReceipt.covers(forged, told)).toBe(false);
});

test('access ids are version 7 UUIDs that only grow, even if the clock goes back', () => {
  const ids = Array.from({ length: 10_000 }, newAccessId);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids.slice(0, 100)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('the first previous hash is made of the chain id, each hash of the one before and the bytes', async () => {
  const [, make] = engines[0] as (typeof engines)[0];
  const store = await make();
  const logStore = await store.openLogStore();
  const log = await openLog(logStore, { newChain: () => 'chain-one' });
  await log.append(sampleEntry(), fresh);
  await log.append(sampleEntry(), fresh);
  await log.drain();
  await logStore.close();
  let prev = createHash('sha256').update('casegate-chain:chain-one').digest();
  for (const row of await store.sql('SELECT prev_hash, hash, bytes FROM access_entry ORDER BY seq')) {
    expect(row['prev_hash']).toEqual(prev);
    prev = createHash('sha256').update(prev).update(String(row['bytes'])).digest();
    expect(row['hash']).toEqual(prev);
  }
  await store.dispose();
});
