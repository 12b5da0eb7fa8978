import { rmSync, existsSync } from 'node:fs';
import { governanceSteps, logSteps } from '../../migrations';
import { migrate, schemaState } from '../../src/storage/migrate';
import { openDataSource } from '../../src/storage/open-data-source';
import type { StoreSettings } from '../../src/storage/store-settings';
import { describeWithMariadb, freshDatabase } from '../support/mariadb';
import { temporaryFolder } from './test-stores';

const allSteps = [...logSteps, ...governanceSteps].map((Step) => new Step().name);

test('on SQLite the schema goes from empty to current, and again changes nothing', async () => {
  const settings: StoreSettings = { kind: 'sqlite', folder: temporaryFolder() };
  expect(await schemaState(settings)).toEqual({ kind: 'empty', names: [] });
  expect(existsSync(`${settings.folder}/governance.db`)).toBe(false);
  expect(await migrate(settings)).toEqual(allSteps);
  expect(await schemaState(settings)).toEqual({ kind: 'current', names: [] });
  expect(await migrate(settings)).toEqual([]);
  rmSync(settings.folder, { recursive: true });
});

test('STO-08 a store of a newer program is refused and left alone', async () => {
  const settings: StoreSettings = { kind: 'sqlite', folder: temporaryFolder() };
  await migrate(settings);
  const store = await openDataSource(settings);
  await store.inTransaction((manager) => manager.query(`INSERT INTO schema_step (timestamp, name) VALUES (9001, 'Later0000000009001')`));
  await store.close();
  expect(await schemaState(settings)).toEqual({ kind: 'newer', names: ['Later0000000009001'] });
  await expect(migrate(settings)).rejects.toThrow('made by a newer Casegate');
  rmSync(settings.folder, { recursive: true });
});

describeWithMariadb('on MariaDB', () => {
  test('STO-07 two that migrate at once follow one another', async () => {
    const database = await freshDatabase();
    const settings: StoreSettings = { kind: 'mariadb', url: database.url, tls: null };
    expect(await schemaState(settings)).toEqual({ kind: 'empty', names: allSteps });
    const ran = await Promise.all([migrate(settings), migrate(settings)]);
    expect(ran.flat()).toEqual(allSteps);
    expect(await schemaState(settings)).toEqual({ kind: 'current', names: [] });
    await database.drop();
  });

  test('STO-06 a migration that stopped halfway is seen, and run again to its end', async () => {
    const database = await freshDatabase();
    const settings: StoreSettings = { kind: 'mariadb', url: database.url, tls: null };
    await migrate(settings);
    // The table was made, the process died before the step was noted.
    await database.run(`DELETE FROM schema_step WHERE name = 'AccessEntry0000000001002'`);
    expect(await schemaState(settings)).toEqual({ kind: 'half', names: ['AccessEntry0000000001002'] });
    expect(await migrate(settings)).toEqual(['AccessEntry0000000001002']);
    expect(await schemaState(settings)).toEqual({ kind: 'current', names: [] });
    await database.run('DROP TABLE schema_step');
    expect((await schemaState(settings)).kind).toBe('foreign');
    await expect(migrate(settings)).rejects.toThrow('no record of who made them');
    await database.drop();
  });
});
