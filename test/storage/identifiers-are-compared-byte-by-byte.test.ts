import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from '../../migrations/columns';
import { migrate } from '../../src/storage/migrate';
import { openDataSource } from '../../src/storage/open-data-source';
import type { StoreSettings } from '../../src/storage/store-settings';
import { describeWithMariadb, freshDatabase } from '../support/mariadb';
import { temporaryFolder } from './test-stores';

class People0000000009001 implements MigrationInterface {
  readonly name = 'People0000000009001';
  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(new Table({ name: 'people', columns: [column.identity('id', 64, { isPrimary: true })] }), true);
  }
  async down(): Promise<void> {}
}

const looksAlike = ['alice', 'ALICE', 'alice ', 'álice', 'alice\u200b', 'ａlice', 'alice😀'];

async function areTold(settings: StoreSettings): Promise<void> {
  const options = { steps: [People0000000009001], entities: [] };
  await migrate(settings, options);
  const store = await openDataSource(settings, options);
  for (const id of looksAlike) await store.inTransaction((manager) => manager.query('INSERT INTO people (id) VALUES (?)', [id]));
  for (const id of looksAlike) {
    expect(await store.read((manager) => manager.query('SELECT id FROM people WHERE id = ?', [id]))).toEqual([{ id }]);
  }
  await store.close();
}

test('STO-09 STO-10 names that look alike are different people on SQLite', () => areTold({ kind: 'sqlite', folder: temporaryFolder() }));

describeWithMariadb('on MariaDB', () => {
  test('STO-09 STO-10 names that look alike are different people, whatever the database was made with', async () => {
    const database = await freshDatabase();
    await database.run('ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci');
    await areTold({ kind: 'mariadb', url: database.url, tls: null });
    await database.drop();
  });

  test('STO-09 a column that compares loosely stops the start', async () => {
    const database = await freshDatabase();
    const settings: StoreSettings = { kind: 'mariadb', url: database.url, tls: null };
    await migrate(settings);
    await database.run('ALTER TABLE access_entry MODIFY access_id varchar(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL');
    await expect(openDataSource(settings)).rejects.toThrow(
      'these columns do not compare byte by byte: access_entry.access_id (utf8mb4_bin)',
    );
    await database.drop();
  });
});
