import { createHash } from 'node:crypto';
import type { ShadowCount, ShadowRun, ShadowStore } from '../decide/shadow/shadow-store';
import type { GovernanceStore } from './open-data-source';
import { PolicyShadowEntity, ShadowCountEntity } from './policy-entities';
import { createPolicyStore, isDuplicate, keepFiles } from './policy-store';

/** Keeps runs of candidates in the shadow and what they counted, on both engines. */
export function createShadowStore(store: Pick<GovernanceStore, 'read' | 'inTransaction'>): ShadowStore {
  return {
    newest: () =>
      store.read(async (manager) => {
        const [row] = await manager.find(PolicyShadowEntity, { order: { number: 'DESC' }, take: 1 });
        return row ?? null;
      }),

    begin: async (run, files) => {
      try {
        await store.inTransaction(async (manager) => {
          if (run.version !== null && files !== null) await keepFiles(manager, run.version, files, run.atMs);
          const row: ShadowRun = { ...run };
          await manager.insert(PolicyShadowEntity, row);
        });
        return true;
      } catch (fault) {
        if (isDuplicate(fault)) return false;
        throw fault;
      }
    },

    filesOf: (version) => createPolicyStore(store).filesOf(version),

    add: (run, process, counts) =>
      store.inTransaction(async (manager) => {
        for (const one of counts) {
          const { kind, system, action, key, words, count, example } = one;
          const line = lineOf(one);
          const at = { run, process, line };
          const known = await manager.findOneBy(ShadowCountEntity, at);
          if (known === null) await manager.insert(ShadowCountEntity, { ...at, kind, system, action, key, words, count, example });
          else await manager.update(ShadowCountEntity, at, { count: known.count + count });
        }
      }),

    counts: (run) =>
      store.read(async (manager) => {
        const sums = new Map<string, ShadowCount>();
        for (const { line, kind, system, action, key, words, count, example } of await manager.findBy(ShadowCountEntity, { run })) {
          const known = sums.get(line);
          sums.set(line, { kind, system, action, key, words, count: count + (known?.count ?? 0), example: known?.example ?? example });
        }
        return [...sums.values()].sort((a, b) => b.count - a.count || (lineOf(a) < lineOf(b) ? -1 : 1));
      }),
  };
}

const lineOf = ({ kind, system, action, key, words }: ShadowCount): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, system, action, key, words]))
    .digest('hex');
