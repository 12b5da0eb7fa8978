import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openAccessLog } from '../../src/audit/access-log';
import type { LogStore } from '../../src/audit/log-store';
import { uuidV7Maker } from '../../src/audit/uuid-v7';
import { openMariadbLogStore } from '../../src/storage/mariadb-log-store';
import { openSqliteLogStore } from '../../src/storage/sqlite-log-store';
import { sampleEntry } from './sample-log';

/** A process of its own: 16 callers append to the log named by the first argument; every answered access id goes to stdout at once. */
async function main(place: string, most: number): Promise<void> {
  const store: LogStore = place.startsWith('mysql://')
    ? await openMariadbLogStore({ kind: 'mariadb', url: place, tls: null })
    : openSqliteLogStore(place);
  const newAccessId = uuidV7Maker(Date.now);
  const log = await openAccessLog({ store, freshness: null, clock: Date.now, newAccessId, newChain: randomUUID, deadlineMs: 1_000 });
  let left = most;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const entry = sampleEntry({ accessId: newAccessId() });
      await log.append(entry, { reply: null, isStale: () => false }).then(
        () => writeSync(1, `${entry.accessId}\n`),
        () => writeSync(1, `refused ${log.state().lastFault ?? ''}\n`),
      );
    }
  };
  await Promise.all(Array.from({ length: most < 16 ? 1 : 16 }, caller));
  await log.drain();
  await store.close();
}

void main(process.argv[2] ?? '', Number(process.argv[3] ?? Infinity)).catch((fault: unknown) => {
  writeSync(1, `cannot open ${String((fault as { code?: unknown }).code)}\n`);
  process.exit(2);
});
