import { createConnection } from 'mysql2/promise';
import { canonicalBytes } from '../../src/audit/canonical-bytes';
import { firstPrevHash } from '../../src/audit/chain-hash';
import { packEntries } from '../../src/audit/pack-entries';
import { openMariadbLogStore } from '../../src/storage/mariadb-log-store';
import { migrate } from '../../src/storage/migrate';
import { fresh, openLog, sampleEntry } from '../audit/sample-log';
import { describeWithMariadb } from '../support/mariadb';
import { engines, mariadbTestStore, privateMariadb, sqliteTestStore } from './test-stores';

test('STO-19 on SQLite triggers refuse every update and delete', async () => {
  const store = await sqliteTestStore();
  const logStore = await store.openLogStore();
  const log = await openLog(logStore);
  await log.append(sampleEntry(), fresh);
  await log.drain();
  await logStore.close();
  for (const table of ['access_entry', 'log_chain', 'log_flush', 'decision_rollup']) {
    expect(await store.sql(`SELECT * FROM ${table}`)).not.toHaveLength(0);
    for (const act of [`DELETE FROM ${table}`, `UPDATE ${table} SET chain = 'x'`]) {
      expect(() => store.sql(act)).toThrow('the access log is append-only');
    }
  }
  await store.dispose();
});

describe.each(engines)('on %s', (_engine, make) => {
  test('an access id, a place in a chain, and what a flush goes on from stand in the log once', async () => {
    const store = await make();
    const logStore = await store.openLogStore();
    const log = await openLog(logStore);
    await log.append(sampleEntry(), fresh);
    await log.drain();
    const again = (seq: number, accessId: string) =>
      `INSERT INTO access_entry SELECT chain, ${seq}, ${accessId}, at_ms, kind, prev_hash, hash, bytes FROM access_entry WHERE seq = 1`;
    await expect((async () => store.sql(again(2, 'access_id')))()).rejects.toThrow(/UNIQUE|Duplicate/);
    await expect((async () => store.sql(again(1, `'other'`)))()).rejects.toThrow(/UNIQUE|Duplicate/);
    const fork = `INSERT INTO log_flush (prev_hash, chain, first_seq) SELECT prev_hash, 'other', 1 FROM log_flush`;
    await expect((async () => store.sql(fork))()).rejects.toThrow(/UNIQUE|Duplicate/);
    await logStore.close();
    await store.dispose();
  });

  test('AUD-15 two writers that go on from one entry: the second is refused whole', async () => {
    const store = await make();
    const [one, other] = [await store.openLogStore(), await store.openLogStore()];
    await one.openChain('chain-one', 1);
    await other.openChain('chain-two', 1);
    const batch = (chain: string, accessId: string) => {
      const bytes = canonicalBytes(sampleEntry({ accessId }));
      const packed = packEntries({ seq: 0, hash: firstPrevHash('chain-one') }, [{ accessId, atMs: 1, kind: 'access', bytes }]);
      return { ...packed, chain, rollups: [], expect: null };
    };
    await one.flush(batch('chain-one', 'id-1'));
    await expect(other.flush(batch('chain-two', 'id-2'))).rejects.toMatchObject({ conflict: true });
    expect(await other.tail('chain-two')).toBeNull();
    expect(await store.sql('SELECT access_id FROM access_entry')).toEqual([{ access_id: 'id-1' }]);
    await one.close();
    await other.close();
    await store.dispose();
  });
});

describeWithMariadb('on MariaDB', () => {
  test('STO-19 an account that may only select and insert is enough, and may not update or delete', async () => {
    const store = await mariadbTestStore();
    if (store.settings.kind !== 'mariadb') throw new Error('not MariaDB');
    const url = new URL(store.settings.url);
    const database = url.pathname.slice(1);
    const account = `log_${database.slice(-6)}`;
    await store.sql(`CREATE USER ${account}@'127.0.0.1' IDENTIFIED BY 'p'`);
    for (const table of ['access_entry', 'log_chain', 'log_flush', 'decision_rollup'])
      await store.sql(`GRANT SELECT, INSERT ON ${table} TO ${account}@'127.0.0.1'`);
    await store.sql(`GRANT SELECT ON store_version TO ${account}@'127.0.0.1'`);
    url.username = account;
    url.password = 'p';
    const logStore = await openMariadbLogStore({ kind: 'mariadb', url: url.toString(), tls: null });
    const freshness = { versions: () => ({ directory: 5, registry: 5, policy: 5 }), catchUp: () => Promise.resolve() };
    const log = await openLog(logStore, { freshness });
    await log.append(sampleEntry(), fresh);
    const chain = (await store.sql('SELECT chain FROM log_chain'))[0]?.['chain'] as string;
    expect(await logStore.tail(chain)).toMatchObject({ seq: 1 });
    await log.drain();
    await logStore.close();
    const connection = await createConnection({ uri: url.toString() });
    await expect(connection.query(`UPDATE access_entry SET kind = 'x'`)).rejects.toThrow('command denied');
    await expect(connection.query('DELETE FROM access_entry')).rejects.toThrow('command denied');
    await connection.end();
    await store.sql(`DROP USER ${account}@'127.0.0.1'`);
    await store.dispose();
  });

  test('STO-13 a server that does not fsync its commits is refused', async () => {
    const server = await privateMariadb();
    const settings = { kind: 'mariadb', url: server.url, tls: null } as const;
    await migrate(settings);
    const root = await createConnection({ uri: server.url });
    await root.query('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
    await expect(openMariadbLogStore(settings)).rejects.toThrow('innodb_flush_log_at_trx_commit must be 1');
    await root.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    const store = await openMariadbLogStore(settings);
    await store.close();
    await root.end();
    await server.stop();
  });
});
