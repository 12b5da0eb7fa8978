import { join } from 'node:path';
import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from '../../migrations/columns';
import { migrate } from '../../src/storage/migrate';
import { openDataSource } from '../../src/storage/open-data-source';
import { SqliteDriver } from '../../src/storage/sqlite-driver';
import type { StoreSettings } from '../../src/storage/store-settings';
import { freshDatabase } from '../support/mariadb';
import type { TestDatabase } from '../support/mariadb';
import { temporaryFolder } from './test-stores';

class Notes0000000009002 implements MigrationInterface {
  readonly name = 'Notes0000000009002';
  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({ name: 'note', columns: [column.whole('id', { isPrimary: true }), column.whole('total')] }),
      true,
    );
  }
  async down(): Promise<void> {}
}
const options = { steps: [Notes0000000009002], entities: [] };
const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map((database) => database.drop())));

async function inMariadb(): Promise<StoreSettings> {
  const database = await freshDatabase();
  databases.push(database);
  return { kind: 'mariadb', url: database.url, tls: null };
}

const stores: readonly (readonly [string, () => Promise<StoreSettings>])[] = [
  ['SQLite', () => Promise.resolve({ kind: 'sqlite', folder: temporaryFolder() })],
  ...(process.env['CASEGATE_TEST_MARIADB'] ? ([['MariaDB', inMariadb]] as const) : []),
];

describe.each(stores)('%s', (_engine, make) => {
  test('transactions that overlap keep every write, and one that fails takes none along', async () => {
    const settings = await make();
    await migrate(settings, options);
    const store = await openDataSource(settings, options);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, id) =>
        store.inTransaction(async (manager) => {
          await manager.query('INSERT INTO note (id, total) VALUES (?, ?)', [id, 0]);
          await new Promise((resolve) => setImmediate(resolve));
          if (id % 5 === 0) throw new Error('changed my mind');
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(4);
    const rows = await store.read((manager) => manager.query<{ id: unknown }[]>('SELECT id FROM note ORDER BY id'));
    expect(rows.map((row) => Number(row.id))).toEqual(Array.from({ length: 20 }, (_, id) => id).filter((id) => id % 5 !== 0));
    await store.close();
  });

  test('a read does not see what is not committed', async () => {
    const settings = await make();
    await migrate(settings, options);
    const store = await openDataSource(settings, options);
    await store.inTransaction(async (manager) => {
      await manager.query('INSERT INTO note (id, total) VALUES (?, ?)', [1, 1]);
      expect(await store.read((reader) => reader.query('SELECT id FROM note'))).toEqual([]);
    });
    expect(await store.read((reader) => reader.query('SELECT id FROM note'))).toHaveLength(1);
    await store.close();
    const looking = await openDataSource(settings, { ...options, readOnly: true });
    await expect(looking.inTransaction((manager) => manager.query('DELETE FROM note'))).rejects.toThrow('opened for reading alone');
    expect(await looking.read((reader) => reader.query('SELECT id FROM note'))).toHaveLength(1);
    await looking.close();
  });
});

test('the writer fsyncs every commit, the reader cannot write', async () => {
  const folder = temporaryFolder();
  await migrate({ kind: 'sqlite', folder }, options);
  const store = await openDataSource({ kind: 'sqlite', folder }, options);
  const inForce = async (name: string) => Object.values((await store.dataSource.query<object[]>(`PRAGMA ${name}`))[0] ?? {})[0];
  expect([await inForce('journal_mode'), await inForce('synchronous'), await inForce('foreign_keys')]).toEqual(['wal', 2, 1]);
  await expect(store.read((manager) => manager.query('INSERT INTO note (id, total) VALUES (1, 1)'))).rejects.toThrow('readonly database');
  await store.close();
  const file = new SqliteDriver(join(folder, 'governance.db'));
  expect(file.pragma('journal_mode', { simple: true })).toBe('wal');
  file.close();
});
