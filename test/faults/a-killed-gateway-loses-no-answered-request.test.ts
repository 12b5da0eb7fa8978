import { killOften } from './kill-often';

test('AUD-06 on SQLite: fifty kills under load, every answered request is in the log and every chain is whole', async () => {
  const tally = await killOften(undefined, 50);
  expect(tally.answered).toBeGreaterThan(50);
}, 300_000);
