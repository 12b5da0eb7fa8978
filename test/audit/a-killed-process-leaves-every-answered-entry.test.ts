import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { verifyChains } from '../../src/audit/verify-chain';
import { openLogReader } from '../../src/storage/log-reader';
import { engines } from '../storage/test-stores';

const ROUNDS = 20;
const LOADER = join(__dirname, '../support/typescript-on-the-fly.cjs');

/** Appends in another process, kills it after some answers; gives the access ids it answered. */
function killWhileAppending(place: string, afterAnswers: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--require', LOADER, join(__dirname, 'append-in-a-loop.ts'), place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.split('\n').length > afterAnswers) child.kill('SIGKILL');
    });
    child.once('close', () => resolve(said.split('\n').slice(0, -1)));
  });
}

describe.each(engines)('on %s', (_engine, make) => {
  test('AUD-06 STO-01 twenty kills: every answered entry stands in the log and every chain is whole', async () => {
    const store = await make();
    const place = store.settings.kind === 'sqlite' ? join(store.settings.folder, 'access-log.db') : store.settings.url;
    const answered: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) answered.push(...(await killWhileAppending(place, 1 + ((round * 37) % 300))));
    const reader = openLogReader(store.settings);
    const reports = await verifyChains(reader);
    await reader.close();
    expect(reports.map((report) => report.fault)).toEqual(Array(ROUNDS).fill(null));
    const rows = new Set((await store.sql('SELECT access_id FROM access_entry')).map((row) => row['access_id']));
    expect(answered.length).toBeGreaterThan(ROUNDS);
    expect(answered.filter((accessId) => !rows.has(accessId))).toEqual([]);
    // What was written and not answered was in flight: at most the callers of each round.
    expect(rows.size - answered.length).toBeLessThanOrEqual(ROUNDS * 16);
    await store.dispose();
  }, 120_000);
});
