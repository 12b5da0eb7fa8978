import { describeWithMariadb, freshDatabase } from './mariadb';

describeWithMariadb('the private MariaDB of the suite', () => {
  test('flushes at every commit, and compares bytes', async () => {
    const database = await freshDatabase();
    try {
      const [row] = await database.run(
        "SELECT @@innodb_flush_log_at_trx_commit AS flushes, 'a' = 'a ' AS pads, 'a' = 'A' AS folds, @@bind_address AS address",
      );
      expect(row).toEqual({ flushes: 1, pads: expect.any(Number), folds: expect.any(Number), address: '127.0.0.1' });
      await database.run('CREATE TABLE t (id VARCHAR(10) PRIMARY KEY)');
      await database.run('INSERT INTO t VALUES (?)', ['alice']);
      expect(await database.run("SELECT id FROM t WHERE id IN ('alice ', 'ALICE')")).toEqual([]);
    } finally {
      await database.drop();
    }
  });
});
