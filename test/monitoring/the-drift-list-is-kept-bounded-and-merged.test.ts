import { createDriftList, type DriftList } from '../../src/monitoring/drift/drift-list';
import { readDrift, type DriftPage } from '../../src/monitoring/drift/read-drift';
import { createDriftStore } from '../../src/storage/drift-store';
import type { DriftRow } from '../../src/vocabulary/drift';
import { NOW, onBothStores, type Office } from '../governance/on-both-stores';
import { sampleSystem } from '../shape/sample-system';

const DAY_MS = 86_400_000;
const AT = '2026-06-01T12:00:00.000Z';

onBothStores('the drift list', (open) => {
  let office: Office;
  const faults: unknown[] = [];
  beforeEach(async () => {
    office = await open();
    faults.length = 0;
  });
  afterEach(() => office?.close());

  const list = (of: Office = office, more: Partial<Parameters<typeof createDriftList>[0]> = {}): DriftList =>
    createDriftList({
      store: createDriftStore(of.store),
      clock: () => office.clock.nowMs,
      isDrift: () => true,
      onFault: (cause) => faults.push(cause),
      newPlaceMs: 3_600_000,
      everyMs: 3_600_000,
      ...more,
    });
  const rows = (system: string | null = null): Promise<readonly DriftRow[]> => createDriftStore(office.store).page(system, null, 1_000);
  const row = (place: string, count: number, more: Partial<DriftRow> = {}): DriftRow => ({
    system: 'sample',
    place,
    holds: 'value',
    inside: [],
    count,
    firstSeenMs: Date.parse(NOW),
    lastSeenMs: Date.parse(NOW),
    ...more,
  });

  test('nothing is written before its time, then all at once: counts, first and last time, what was seen inside', async () => {
    const drift = list();
    const sample = drift.of('sample');
    sample.add('/fax', 'value', 1, []);
    sample.add('/visit', 'object', 1, ['/visit/room']);
    office.clock.nowMs += 60_000;
    sample.add('/fax', 'value', 3, []);
    sample.add('/fax', 'list', 1, []);
    sample.add('/visit', 'object', 1, ['/visit/floor']);
    sample.add(null, 'value', 68, []);
    drift.of('another').add('/fax', 'value', 1, []);
    expect(await rows()).toEqual([]);
    await drift.write();
    const later = Date.parse(NOW) + 60_000;
    expect(await rows()).toEqual([
      row('/fax', 1, { system: 'another', firstSeenMs: later, lastSeenMs: later }),
      row('', 68, { firstSeenMs: later, lastSeenMs: later }),
      row('/fax', 1, { holds: 'list', firstSeenMs: later, lastSeenMs: later }),
      row('/fax', 4, { lastSeenMs: later }),
      row('/visit', 2, { holds: 'object', inside: ['/visit/floor', '/visit/room'], lastSeenMs: later }),
    ]);
    expect(faults).toEqual([]);
  });

  test('it writes by itself: a new place soon, the counts of known ones later, the rest when it is closed', async () => {
    const written = async (count: number): Promise<void> => {
      while ((await rows())[0]?.count !== count) await new Promise((resolve) => setImmediate(resolve));
    };
    const soon = list(office, { newPlaceMs: 5 });
    soon.of('sample').add('/fax', 'value', 1, []);
    await written(1);
    soon.of('sample').add('/fax', 'value', 1, []);
    await soon.close();
    await written(2);
    const later = list(office, { everyMs: 5, newPlaceMs: 5 });
    later.of('sample').add('/fax', 'value', 1, []);
    await written(3);
    later.of('sample').add('/fax', 'value', 1, []);
    await written(4);
    later.of('sample').add('/fax', 'value', 1, []);
    await later.close();
    expect(await rows()).toEqual([row('/fax', 5)]);
  });

  test('processes that write at once lose nothing', async () => {
    const offices = [office, ...(await Promise.all([office.another(), office.another(), office.another()]))].slice(
      0,
      office.settings.kind === 'mariadb' ? 4 : 1,
    );
    const lists = offices.map((one) => list(one));
    for (let round = 0; round < 10; round += 1) {
      for (const one of lists) {
        one.of('sample').add('/fax', 'value', 1, []);
        one.of('sample').add('/visit', 'object', 1, [`/visit/of${round}`]);
        one.of('another').add('/fax', 'value', 2, []);
      }
      await Promise.all(lists.map((one) => one.write()));
    }
    await Promise.all(offices.slice(1).map((one) => one.store.close()));
    const times = lists.length * 10;
    expect([faults, await rows()]).toEqual([
      [],
      [
        row('/fax', 2 * times, { system: 'another' }),
        row('/fax', times),
        row('/visit', times, { holds: 'object', inside: Array.from({ length: 10 }, (_, i) => `/visit/of${i}`) }),
      ],
    ]);
  });

  test('at most 200 places of one system are kept by name, in memory and over restarts; what is beyond is counted', async () => {
    const places = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `/p${String(from + i).padStart(3, '0')}`);
    const [one, other] = [list(), list()];
    for (const place of places(0, 250)) one.of('sample').add(place, 'value', 1, []);
    await one.write();
    for (const place of places(100, 300)) other.of('sample').add(place, 'value', 1, []);
    await other.write();
    const kept = await rows();
    expect([kept.length, kept[0]]).toEqual([201, row('', 50 + 100)]);
    expect(kept.slice(1)).toEqual(places(0, 200).map((place, i) => row(place, i < 100 ? 1 : 2)));
  });

  test('what is classified meanwhile, or not seen for 90 days, makes room', async () => {
    const classified = new Set<string>();
    const drift = list(office, { isDrift: (one) => !classified.has(one.place) });
    const sample = drift.of('sample');
    for (const place of ['/old', '/classified', '/stays']) sample.add(place, 'value', 1, []);
    await drift.write();
    classified.add('/classified');
    office.clock.nowMs += 91 * DAY_MS;
    sample.add('/stays', 'value', 1, []);
    sample.add('/classified', 'value', 1, []);
    await drift.write();
    expect(await rows()).toEqual([row('/stays', 1, { firstSeenMs: office.clock.nowMs, lastSeenMs: office.clock.nowMs })]);
  });

  test('while the store fails nothing is lost, and memory stays bounded', async () => {
    const store = createDriftStore(office.store);
    let isDown = true;
    const change: typeof store.change = (systems, work) => (isDown ? Promise.reject(new Error('down')) : store.change(systems, work));
    const drift = list(office, { store: { ...store, change } });
    for (let round = 0; round < 5; round += 1) {
      for (let i = 0; i < 300; i += 1) drift.of('sample').add(`/p${String(i).padStart(3, '0')}`, 'value', 1, []);
      await drift.write();
    }
    expect([faults.length, await rows()]).toEqual([5, []]);
    isDown = false;
    await drift.write();
    const kept = await rows();
    expect([kept.length, kept[0], kept[1]]).toEqual([201, row('', 500), row('/p000', 5)]);
    expect(kept.reduce((sum, one) => sum + one.count, 0)).toBe(1_500);
  });

  test('it is read page by page, compared with the policy in force: each row once, with why and the lines to add', async () => {
    const system = sampleSystem();
    const drift = list();
    const sample = drift.of('sample');
    sample.add('/contact/fax', 'value', 2, []);
    sample.add('/contact/?', 'object', 1, []);
    sample.add('/contact/email', 'value', 1, []); // classified meanwhile
    sample.add('/contact', 'value', 1, []);
    sample.add('/name', 'object', 1, ['/name/first', '/name/last']);
    sample.add('/ssn', 'flag', 1, []);
    sample.add('/spouseSsn', 'value', 1, []);
    sample.add('/agency', 'value', 1, []); // a fact is no drift
    sample.add('/visit', 'object', 1, ['/visit/?/room', '/visit/by', '/visit/staff/*', '/visit/staff/*/code', '/visit/staff/name']);
    sample.add('/visits', 'list', 1, []);
    sample.add(null, 'value', 7, []);
    drift.of('unread').add('/fax', 'value', 1, []);
    await drift.write();
    const pages: DriftPage[] = [];
    for (let after: string | null = null; ;) {
      const page = await readDrift(createDriftStore(office.store), (name) => (name === 'sample' ? system : undefined), {
        system: null,
        after,
        limit: 3,
      });
      if (page === null) throw new Error('a cursor of its own was refused');
      pages.push(page);
      after = page.next;
      if (after === null) break;
    }
    const field = (place: string | null, more: object) => ({
      system: 'sample',
      place,
      holds: 'value',
      problem: 'unclassified',
      expected: null,
      count: 1,
      firstSeen: AT,
      lastSeen: AT,
      lines: [],
      ...more,
    });
    expect(pages.flatMap((page) => page.fields)).toEqual([
      field(null, { problem: 'beyond-the-list', count: 7 }),
      field('/contact', { problem: 'another-shape', expected: 'object', lines: ['/contact: text'] }),
      field('/contact/?', { holds: 'object' }),
      field('/contact/fax', { count: 2, lines: ['/contact/fax: text'] }),
      field('/name', { holds: 'object', problem: 'another-shape', expected: 'value', lines: ['/name/first: text', '/name/last: text'] }),
      field('/spouseSsn', { lines: ['/spouseSsn: ssn'] }),
      field('/ssn', { holds: 'flag', problem: 'another-shape', expected: 'value' }),
      field('/visit', { holds: 'object', lines: ['/visit/by: text', '/visit/staff/*/code: text'] }),
      field('/visits', { holds: 'list' }),
      field('/fax', { system: 'unread', lines: ['/fax: text'] }),
    ]);
    expect(pages.map((page) => page.fields.length)).toEqual([3, 3, 3, 1]);
    const ask = (question: object) =>
      readDrift(createDriftStore(office.store), () => system, { system: null, after: null, limit: 100, ...question });
    expect((await ask({ system: 'unread' }))?.fields.map((one) => one.place)).toEqual(['/fax']);
    expect(await ask({ after: 'bm9uc2Vuc2U' })).toBeNull();
  });
});
