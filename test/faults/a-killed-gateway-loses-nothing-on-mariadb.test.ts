import { describeWithMariadb, freshDatabase } from '../support/mariadb';
import { killOften } from './kill-often';

describeWithMariadb('with MariaDB', () => {
  test('STO-01 ten kills under load, every answered request is in the log and every chain is whole', async () => {
    const database = await freshDatabase();
    const tally = await killOften(database.url, 10);
    expect(tally.answered).toBeGreaterThan(10);
    await database.drop();
  }, 120_000);
});
