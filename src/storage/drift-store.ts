import type { EntityManager } from 'typeorm';
import type { DriftStore } from '../monitoring/drift/drift-store';
import type { DriftRow } from '../vocabulary/drift';
import { DriftEntity } from './drift-entity';
import type { GovernanceStore } from './open-data-source';

/** The drift list on both engines. */
export function createDriftStore(store: Pick<GovernanceStore, 'engine' | 'read' | 'inTransaction'>): DriftStore {
  const change: DriftStore['change'] = (systems, changed) =>
    store.inTransaction(async (manager) => {
      // On SQLite one process writes, one transaction after the other. On MariaDB a row that is not there yet cannot be locked; this one is.
      if (store.engine === 'mariadb') await manager.query(`SELECT version FROM store_version WHERE name = 'drift' FOR UPDATE`);
      for (const system of systems) {
        const kept = await manager.find(DriftEntity, { where: { system } });
        await write(manager, kept, changed(system, kept));
      }
    });

  return {
    change,
    page: (system, after, limit) =>
      store.read((manager) => {
        const asked = manager.createQueryBuilder(DriftEntity, 'row').orderBy('row.system').addOrderBy('row.place').addOrderBy('row.holds');
        if (system !== null) asked.andWhere('row.system = :system', { system });
        if (after !== null) asked.andWhere(`(${BEHIND})`, { afterSystem: after.system, afterPlace: after.place, afterHolds: after.holds });
        return asked.limit(limit).getMany();
      }),
  };
}

const BEHIND =
  'row.system > :afterSystem OR (row.system = :afterSystem AND (row.place > :afterPlace OR (row.place = :afterPlace AND row.holds > :afterHolds)))';

async function write(manager: EntityManager, before: readonly DriftRow[], after: readonly DriftRow[]): Promise<void> {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  for (const row of after) {
    const known = old.get(keyOf(row));
    old.delete(keyOf(row));
    const { system, place, holds, ...values } = row;
    if (known === undefined) await manager.insert(DriftEntity, { ...row, inside: [...row.inside] });
    else if (known !== row) await manager.update(DriftEntity, { system, place, holds }, { ...values, inside: [...values.inside] });
    await letOthersRun();
  }
  for (const { system, place, holds } of old.values()) {
    await manager.delete(DriftEntity, { system, place, holds });
    await letOthersRun();
  }
}

/** SQLite answers without leaving the loop: a long list would hold every request until its end. */
const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const keyOf = ({ place, holds }: DriftRow): string => `${holds} ${place}`;
