import { describeWithMariadb } from '../support/mariadb';
import { mariadbTestStore } from '../storage/test-stores';
import { fresh, openLog, sampleEntry } from './sample-log';

describeWithMariadb('on MariaDB', () => {
  test('TO-01 a version ahead of ours stops the flush: we catch up, the stale entry goes back, the others are written', async () => {
    const store = await mariadbTestStore();
    const logStore = await store.openLogStore();
    let versions = { directory: 0, registry: 0, policy: 0 };
    const seen: unknown[] = [];
    const freshness = {
      versions: () => versions,
      catchUp: (ahead: typeof versions) => {
        seen.push(ahead);
        versions = ahead;
        return Promise.resolve();
      },
    };
    const log = await openLog(logStore, { freshness });
    await log.append(sampleEntry(), fresh);
    await store.sql(`UPDATE store_version SET version = 3 WHERE name = 'directory'`);
    const stale = { reply: null, isStale: () => versions.directory === 3 };
    const outcomes = await Promise.all([log.append(sampleEntry(), fresh), log.append(sampleEntry(), stale)]);
    expect(outcomes.map((outcome) => outcome === 'stale')).toEqual([false, true]);
    expect(seen).toEqual([{ directory: 3, registry: 0, policy: 0 }]);
    expect(await store.sql('SELECT count(*) AS n FROM access_entry')).toEqual([{ n: '2' }].map(({ n }) => ({ n: Number(n) })));
    expect(log.state()).toMatchObject({ healthy: true, lastFault: null });
    await log.drain();
    await logStore.close();
    await store.dispose();
  });

  test('INF-10 while catching up fails nothing is written; later the log goes on', async () => {
    const store = await mariadbTestStore();
    const logStore = await store.openLogStore();
    let versions = { directory: 0, registry: 0, policy: 0 };
    let isReadable = false;
    const freshness = {
      versions: () => versions,
      catchUp: (ahead: typeof versions) => {
        if (!isReadable) return Promise.reject(new Error('directory unreadable'));
        versions = ahead;
        return Promise.resolve();
      },
    };
    const log = await openLog(logStore, { freshness, deadlineMs: 200 });
    await store.sql(`UPDATE store_version SET version = 9 WHERE name = 'registry'`);
    await expect(log.append(sampleEntry(), fresh)).rejects.toMatchObject({ code: 'audit-unavailable' });
    expect(await store.sql('SELECT seq FROM access_entry')).toEqual([]);
    isReadable = true;
    while (!log.state().healthy) await new Promise((resolve) => setTimeout(resolve, 10));
    await log.append(sampleEntry(), fresh);
    await log.drain();
    await logStore.close();
    await store.dispose();
  });
});
