import fc from 'fast-check';
import { createDirectory } from '../../src/governance/directory/create-directory';
import type { DirectoryStore } from '../../src/governance/directory/directory-store';
import { ShardedMap } from '../../src/governance/sharded-map';
import { createDirectoryStore } from '../../src/storage/directory-store';
import { trimChangeLogs } from '../../src/storage/trim-change-logs';
import { ISSUER, type Office, onBothStores, openMariadbOffice, openSqliteOffice, SMALL_OFFICE } from './on-both-stores';
import { describeWithMariadb } from '../support/mariadb';

describeWithMariadb('two gateway processes on one MariaDB', () => {
  let here: Office;
  let there: Office;
  beforeAll(async () => {
    here = await openMariadbOffice();
    there = await here.another();
  });
  afterAll(async () => {
    await there.close();
    await here.close();
  });

  test('a change committed by one is seen by the other after it caught up, and touches only its own keys', async () => {
    await here.bring({ 'office.yaml': SMALL_OFFICE });
    expect(there.directory.findAccount(ISSUER, 'sub-counselor', 'production')).toBeUndefined();
    await Promise.all([there.directory.catchUp(1), there.registry.catchUp(1)]);
    expect(there.directory.account('counselor')).toEqual(here.directory.account('counselor'));
    expect(there.registry.find('workforce-one', 'production', 'A17')).toEqual(here.registry.find('workforce-one', 'production', 'A17'));

    await there.bring({ 'standings.csv': 'of,id,standing,from\naccount,counselor,terminated,2026-05-31\n' });
    expect(here.directory.changedSince(1, ['account:counselor'])).toBe(false);
    await here.directory.catchUp(2);
    expect(here.directory.version).toBe(2);
    expect(here.directory.account('counselor')?.standings.map((span) => span.standing)).toEqual(['active', 'terminated']);
    expect(here.directory.changedSince(1, ['account:counselor'])).toBe(true);
    expect(here.directory.changedSince(1, ['account:supervisor', 'organization:example-county'])).toBe(false);
    expect(here.directory.changedSince(0, ['account:counselor'])).toBe(true);
  });

  test('imports from both at once follow one another: every version once, every row there', async () => {
    const before = here.directory.version;
    const reports = await Promise.all(
      Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? here : there).bring({ 'organizations.csv': `id,name\nboth-${i},Org ${i}\n` })),
    );
    expect(reports.map((report) => report.versions.directory).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, i) => before + 1 + i),
    );
    await Promise.all([here.directory.catchUp(), there.directory.catchUp()]);
    for (let i = 0; i < 16; i++) {
      expect([here, there].map((office) => office.directory.organization(`both-${i}`)?.name)).toEqual([`Org ${i}`, `Org ${i}`]);
    }
  });

  test('the same new id from both at once is added by one and a change of the other', async () => {
    const reports = await Promise.all([
      here.bring({ 'organizations.csv': 'id,name\nsame,One\n' }),
      there.bring({ 'organizations.csv': 'id,name\nsame,Two\n' }),
    ]);
    expect(reports.map((report) => report.rows[0]?.outcome).sort()).toEqual(['added', 'changed']);
  });
});

onBothStores('a change log read late', (open) => {
  test('memory that follows change by change equals memory that loads everything anew', async () => {
    const office = await open();
    try {
      await office.bring({ 'office.yaml': SMALL_OFFICE });
      const late = createDirectory(createDirectoryStore(office.store), () => office.clock.nowMs);
      await late.start();
      for (let i = 0; i < 12; i++) {
        await office.bring({
          'accounts.csv':
            'id,kind,person,issuer,subject,environment,organization\n' +
            `extra-${i % 5},person,p-${100 + (i % 5)},${ISSUER},sub-extra-${i},production,example-county\n`,
          'memberships.csv': `id,account,system,environment,workgroup,staff_id,from,to\nm-extra-${i % 5},extra-${i % 5},workforce-one,production,w-${i},E${i % 5},2026-01-01,\n`,
        });
      }
      await late.catchUp();
      const fresh = createDirectory(createDirectoryStore(office.store), () => office.clock.nowMs);
      await fresh.start();
      expect([late.version, fresh.version, office.directory.version]).toEqual([13, 13, 13]);
      for (let i = 0; i < 12; i++) {
        const subject = `sub-extra-${i}`;
        expect(late.findAccount(ISSUER, subject, 'production')).toEqual(fresh.findAccount(ISSUER, subject, 'production'));
        expect(late.findAccount(ISSUER, subject, 'production') !== undefined).toBe(i >= 7);
        expect(late.memberships(`extra-${i % 5}`, 'workforce-one', 'production')).toEqual(
          fresh.memberships(`extra-${i % 5}`, 'workforce-one', 'production'),
        );
      }
      expect(late.state()).toMatchObject({ isLoaded: true, version: 13, accounts: 9, lastFault: null });
    } finally {
      await office.close();
    }
  });
});

onBothStores('a change log that is trimmed', (open) => {
  let office: Office;
  beforeEach(async () => {
    office = await open();
    await office.bring({ 'office.yaml': SMALL_OFFICE });
  });
  afterEach(() => office.close());

  /** Another process's directory: how often it loaded everything, and what is done between its pages. */
  const another = async (betweenPages: () => Promise<void> = async () => undefined) => {
    const real = createDirectoryStore(office.store);
    const loads = { count: 0 };
    const store: DirectoryStore = {
      ...real,
      accountPage: (after, limit) => {
        if (after === null) loads.count += 1;
        return real.accountPage(after, limit);
      },
      changes: async (after, limit) => {
        const rows = await real.changes(after, limit);
        if (rows.length === limit) await betweenPages();
        return rows;
      },
    };
    const directory = createDirectory(store, () => office.clock.nowMs);
    await directory.start();
    return { directory, loads };
  };
  const organizations = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 1) await office.bring({ 'organizations.csv': `id,name\norg-${i},Org ${i}\n` });
  };
  const accounts = (count: number) =>
    office.bring({
      'accounts.csv': [
        'id,kind,person,issuer,subject,environment,organization',
        ...Array.from({ length: count }, (_, i) => `many-${i},person,p-many-${i},${ISSUER},sub-many-${i},production,example-county`),
      ].join('\n'),
    });
  const versionsLeft = async (table: 'directory_change' | 'registry_change') =>
    (await office.store.read((manager) => manager.query<{ version: unknown }[]>(`SELECT version FROM ${table} ORDER BY version`))).map(
      (row) => Number(row.version),
    );

  test('whoever is behind what went loads everything anew, whoever is not reads on; nobody misses a change', async () => {
    const [near, far] = [await another(), await another()];
    await organizations(0, 12);
    await near.directory.catchUp();
    await organizations(12, 16);
    await trimChangeLogs(office.store, { keptVersions: 5 });
    expect([await versionsLeft('directory_change'), await versionsLeft('registry_change')]).toEqual([[13, 14, 15, 16, 17], [1]]);
    await Promise.all([near.directory.catchUp(), far.directory.catchUp()]);
    expect([near.loads.count, far.loads.count]).toEqual([1, 2]);
    for (const { directory } of [near, far]) {
      expect([directory.version, directory.state().isLoaded]).toEqual([17, true]);
      for (let i = 0; i < 16; i += 1) expect(directory.organization(`org-${i}`)?.name).toBe(`Org ${i}`);
    }
    // What was decided before is told from what is not: it cannot be known what was touched.
    expect([near, far].map(({ directory }) => directory.changedSince(13, ['account:counselor']))).toEqual([false, true]);
  });

  test('rows that go between two pages of one reading are not missed', async () => {
    const reader = await another(() => trimChangeLogs(office.store, { keptVersions: 1 }));
    await accounts(600);
    await organizations(0, 3);
    await reader.directory.catchUp();
    expect(await versionsLeft('directory_change')).toEqual([5]);
    expect([reader.loads.count, reader.directory.version]).toEqual([2, 5]);
    for (let i = 0; i < 600; i += 1) expect(reader.directory.account(`many-${i}`)?.person).toBe(`p-many-${i}`);
    expect([0, 1, 2].map((i) => reader.directory.organization(`org-${i}`)?.name)).toEqual(['Org 0', 'Org 1', 'Org 2']);
  });

  test('one call takes so many rows and no more; half a version that is left is no whole one', async () => {
    const reader = await another();
    await accounts(1_200);
    await organizations(0, 2);
    const before = (await versionsLeft('directory_change')).length;
    await trimChangeLogs(office.store, { keptVersions: 1, mostPieces: 1 });
    const left = await versionsLeft('directory_change');
    expect([before - left.length, left[0]]).toEqual([500, 2]);
    await reader.directory.catchUp();
    expect([reader.loads.count, reader.directory.state().accounts]).toEqual([2, 1_204]);
    await trimChangeLogs(office.store);
    expect(await versionsLeft('directory_change')).toEqual(left);
  });

  test('while it loads anew everybody is still known, as of before', async () => {
    const { directory } = await another();
    await organizations(0, 8);
    await trimChangeLogs(office.store, { keptVersions: 1 });
    const caughtUp = directory.catchUp();
    let isDone = false;
    void caughtUp.then(() => (isDone = true));
    while (!isDone) {
      expect([directory.account('counselor')?.id, directory.state().isLoaded]).toEqual(['counselor', true]);
      await new Promise((turn) => setImmediate(turn));
    }
    await caughtUp;
    expect(directory.version).toBe(9);
  });
});

describe('a directory whose store fails', () => {
  let office: Office;
  beforeAll(async () => {
    office = await openSqliteOffice();
    await office.bring({ 'office.yaml': SMALL_OFFICE });
  });
  afterAll(() => office.close());

  const failing = (): { store: DirectoryStore; fault: { on: boolean } } => {
    const real = createDirectoryStore(office.store);
    const fault = { on: true };
    const guard =
      <A extends unknown[], R>(work: (...all: A) => Promise<R>) =>
      (...all: A): Promise<R> =>
        fault.on ? Promise.reject(new Error('no connection')) : work(...all);
    const store: DirectoryStore = {
      version: guard(real.version),
      changes: guard(real.changes),
      oldestVersion: guard(real.oldestVersion),
      organizations: guard(real.organizations),
      applications: guard(real.applications),
      accounts: guard(real.accounts),
      accountPage: guard(real.accountPage),
    };
    return { store, fault };
  };

  test('nobody is known while it could not be loaded; the next try loads it', async () => {
    const { store, fault } = failing();
    const directory = createDirectory(store, () => office.clock.nowMs);
    await directory.start();
    expect(directory.state()).toMatchObject({ isLoaded: false, version: -1, lastFault: 'no connection' });
    expect(() => directory.account('counselor')).toThrow(expect.objectContaining({ code: 'directory-unavailable' }));
    expect(() => directory.origins()).toThrow(expect.objectContaining({ code: 'directory-unavailable' }));
    fault.on = false;
    await directory.catchUp();
    expect(directory.account('counselor')?.person).toBe('p-1');
  });

  test('a version that is known and cannot be read closes the directory; a poll that fails does not', async () => {
    const { store, fault } = failing();
    fault.on = false;
    const directory = createDirectory(store, () => office.clock.nowMs);
    await directory.start();
    fault.on = true;
    await expect(directory.catchUp()).rejects.toMatchObject({ code: 'directory-unavailable' });
    expect(directory.account('counselor')?.id).toBe('counselor');
    await expect(directory.catchUp(directory.version + 1)).rejects.toMatchObject({ code: 'directory-unavailable' });
    expect(() => directory.account('counselor')).toThrow(expect.objectContaining({ code: 'directory-unavailable' }));
  });

  test('changes older than ten minutes are forgotten, and what cannot be told counts as changed', async () => {
    const from = office.directory.version;
    await office.bring({ 'organizations.csv': 'id,name\none,One\n' });
    expect(office.directory.changedSince(from, ['account:counselor'])).toBe(false);
    office.clock.nowMs += 11 * 60_000;
    await office.bring({ 'organizations.csv': 'id,name\ntwo,Two\n' });
    expect(office.directory.changedSince(from, ['account:counselor'])).toBe(true);
    expect(office.directory.changedSince(from + 1, ['account:counselor'])).toBe(false);
    expect(office.directory.changedSince(from + 1, ['organization:two'])).toBe(true);
  });
});

test('a sharded map is a map', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('set', 'delete'), fc.string({ maxLength: 2 }), fc.nat())), (steps) => {
      const sharded = new ShardedMap<number>();
      const plain = new Map<string, number>();
      for (const [step, key, value] of steps) {
        if (step === 'set') {
          sharded.set(key, value);
          plain.set(key, value);
        } else {
          sharded.delete(key);
          plain.delete(key);
        }
        expect([sharded.get(key), sharded.size]).toEqual([plain.get(key), plain.size]);
      }
    }),
  );
});
