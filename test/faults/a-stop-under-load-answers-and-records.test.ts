import { expectWholeLog, RECORD } from '../support/faults';
import { RECORDS } from '../support/agency';
import { STORES } from '../support/gateway';
import { getBytes, startLoad } from '../support/load';
import { freshDatabase } from '../support/mariadb';
import { rawReply } from '../support/raw-upstream';
import { servedGateways } from '../support/served-gateway';

const DRAIN_MS = 5_000;

test.each(STORES)(
  'LOD-15 on %s: a stop with a hundred requests under way lets each end, and each has its entry and its delivery note',
  async (store) => {
    const database = store === 'mariadb' ? await freshDatabase() : null;
    const around = await servedGateways({
      config: { limits: { drainMs: DRAIN_MS } },
      ...(database === null ? {} : { databaseUrl: database.url }),
    });
    try {
      const gateway = await around.start();
      const requests = await Promise.all(['counselor', 'other-counselor'].map(async (one) => getBytes(RECORD, await around.token(one))));
      const load = startLoad(gateway.dataPort, 100, (connection) => requests[connection % 2] as string);
      await load.answered(300);
      // From here on the case system takes its time, so that many are under way when the stop comes.
      const body = rawReply(JSON.stringify(RECORDS['P1']));
      around.upstream.answers((socket, _request) => void setTimeout(() => socket.write(body), 300));
      await around.upstream.seen(around.upstream.requests.length + 50);
      const began = performance.now();
      const ended = await gateway.end('SIGTERM');
      expect(ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - began).toBeLessThan(DRAIN_MS);
      await load.over();
      expect(load.answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
      const shown = load.answers.filter(({ status }) => status === 200).map(({ accessId }) => accessId);
      expect(shown.length).toBeGreaterThan(300);
      const entries = await expectWholeLog(around, { answered: shown });
      const notes = entries.flatMap(({ kind, details }) => (kind === 'delivery' ? (details?.['notes'] as [string, string, number][]) : []));
      const noted = new Map(notes.map(([accessId, outcome]) => [accessId, outcome]));
      expect(noted.size).toBe(notes.length);
      expect(shown.filter((accessId) => noted.get(accessId) !== 'sent')).toEqual([]);
      // Nothing was decided for somebody and then forgotten: an access without its answer is the caller's own doing, and says so.
      const access = entries.filter(({ kind }) => kind === 'access').map(({ accessId }) => accessId);
      expect(access.filter((accessId) => !noted.has(accessId))).toEqual([]);
    } finally {
      await around.close();
      await database?.drop();
    }
  },
  60_000,
);
