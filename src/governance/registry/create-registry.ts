import type { Environment, RegistryRow } from '../../vocabulary/access';
import type { Clock } from '../../vocabulary/clock';
import type { RecordName } from '../../vocabulary/directory-rows';
import { followChanges } from '../follow-changes';
import { createInterner } from '../interner';
import { ShardedMap } from '../sharded-map';
import { readRecordKey, recordKey } from './record-key';
import type { LiveRegistry } from './registry';
import type { RegistryStore } from './registry-store';

const LOAD_PAGE = 1000;

/** The registry in memory: loaded once in pages, then kept in step by the change log. */
export function createRegistry(store: RegistryStore, clock: Clock): LiveRegistry {
  let table = emptyTable();
  const follower = followChanges({
    name: 'registry',
    log: store,
    clock,
    keyOf: (row) => row.key,
    async load() {
      table = await loadTable(store);
    },
    async replace(rows) {
      const names = [...new Set(rows.map((row) => row.key))].map(readRecordKey).filter((name) => name !== undefined);
      const found = new Map((await store.records(names)).map((row): [string, RegistryRow] => [recordKey(row), row]));
      for (const name of names) table.put(name, found.get(recordKey(name)));
    },
  });

  return {
    get version() {
      return follower.version;
    },
    find(system, environment, recordId) {
      follower.assertUsable();
      return typeof recordId === 'string' ? table.find(system, environment, recordId) : undefined;
    },
    changedSince: (version, key) => follower.changedSince(version, [key]),
    recordKey: (system, environment, recordId) => recordKey({ system, environment, recordId }),
    start: () => follower.start(),
    catchUp: (atLeast) => follower.catchUp(atLeast),
    poll: (everyMs) => follower.poll(everyMs),
    state: () => ({ ...follower.state(), records: table.size() }),
  };
}

interface RecordTable {
  find(system: string, environment: Environment, recordId: string): RegistryRow | undefined;
  put(name: RecordName, row: RegistryRow | undefined): void;
  size(): number;
}

function emptyTable(): RecordTable {
  const bySystem = new Map<string, Map<Environment, ShardedMap<RegistryRow>>>();
  const share = createInterner<RegistryRow['codes']>(65_536);
  const rowsOf = ({ system, environment }: RecordName): ShardedMap<RegistryRow> => {
    let byEnvironment = bySystem.get(system);
    if (byEnvironment === undefined) bySystem.set(system, (byEnvironment = new Map()));
    let rows = byEnvironment.get(environment);
    if (rows === undefined) byEnvironment.set(environment, (rows = new ShardedMap()));
    return rows;
  };
  return {
    find: (system, environment, recordId) => bySystem.get(system)?.get(environment)?.get(recordId),
    put(name, row) {
      if (row === undefined) rowsOf(name).delete(name.recordId);
      else rowsOf(name).set(name.recordId, { ...row, codes: share(JSON.stringify(row.codes), row.codes) });
    },
    size: () => [...bySystem.values()].flatMap((one) => [...one.values()]).reduce((sum, rows) => sum + rows.size, 0),
  };
}

async function loadTable(store: RegistryStore): Promise<RecordTable> {
  const table = emptyTable();
  for (let after: RecordName | null = null; ;) {
    const page: readonly RegistryRow[] = await store.recordPage(after, LOAD_PAGE);
    for (const row of page) table.put(row, row);
    after = page.at(-1) ?? null;
    if (page.length < LOAD_PAGE || after === null) return table;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
