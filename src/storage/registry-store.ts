import type { EntityManager } from 'typeorm';
import type { RegistryRow } from '../vocabulary/access';
import type { RecordName } from '../vocabulary/directory-rows';
import { createChangeLog } from './directory-change-log';
import { environmentWord, flagOrNull, fromJson, wholeNumber, words } from './directory-columns';
import type { GovernanceStore } from './open-data-source';

type Row = Readonly<Record<string, unknown>>;

const RECORDS = 'SELECT system, environment, record_id, is_private, codes, version FROM record_registry';
const PIECE = 400;

/** What the registry in memory is read from, on both engines. */
export function createRegistryStore(store: Pick<GovernanceStore, 'read'>) {
  return {
    ...createChangeLog(store, 'registry'),

    records: (names: readonly RecordName[]): Promise<readonly RegistryRow[]> =>
      store.read(async (manager) => {
        const found: RegistryRow[] = [];
        for (const group of bySystem(names).values()) {
          const [first] = group;
          const wanted = new Set(group.map((name) => name.recordId));
          for (let i = 0; i < group.length; i += PIECE) {
            const ids = group.slice(i, i + PIECE).map((name) => name.recordId);
            const rows = await manager.query<Row[]>(
              `${RECORDS} WHERE system = ? AND environment = ? AND record_id IN (${ids.map(() => '?').join()})`,
              [first?.system, first?.environment, ...ids],
            );
            found.push(...rows.map(registryRow).filter((row) => wanted.has(row.recordId)));
          }
        }
        return found;
      }),

    recordPage: (after: RecordName | null, limit: number): Promise<readonly RegistryRow[]> =>
      store.read(async (manager) => {
        const page: RegistryRow[] = [];
        let group: Group | undefined = after ?? (await nextGroup(manager, { system: '', environment: '' }));
        for (let lastId = after?.recordId ?? ''; group !== undefined && page.length < limit; lastId = '') {
          const rows = await manager.query<Row[]>(
            `${RECORDS} WHERE system = ? AND environment = ? AND record_id > ? ORDER BY record_id LIMIT ${wholeNumber(limit - page.length)}`,
            [group.system, group.environment, lastId],
          );
          page.push(...rows.map(registryRow));
          if (page.length < limit) group = await nextGroup(manager, group);
        }
        return page;
      }),
  };
}

interface Group {
  readonly system: string;
  readonly environment: string;
}

/** Step by step along the primary key: neither engine finds its way by one condition over three columns. */
async function nextGroup(manager: EntityManager, { system, environment }: Group): Promise<Group | undefined> {
  const columns = 'SELECT system, environment FROM record_registry';
  const [same] = await manager.query<Row[]>(`${columns} WHERE system = ? AND environment > ? ORDER BY environment LIMIT 1`, [
    system,
    environment,
  ]);
  const [row] = same ? [same] : await manager.query<Row[]>(`${columns} WHERE system > ? ORDER BY system, environment LIMIT 1`, [system]);
  return row && { system: words(row['system']), environment: words(row['environment']) };
}

const registryRow = (row: Row): RegistryRow => ({
  system: words(row['system']),
  environment: environmentWord(row['environment']),
  recordId: words(row['record_id']),
  isPrivate: flagOrNull(row['is_private']),
  codes: fromJson(row['codes']),
  registryVersion: wholeNumber(row['version']),
});

function bySystem(names: readonly RecordName[]): ReadonlyMap<string, readonly RecordName[]> {
  const groups = new Map<string, RecordName[]>();
  for (const name of names) {
    const key = JSON.stringify([name.system, name.environment]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  return groups;
}
