import { LessThan, QueryFailedError } from 'typeorm';
import type { WriteKeys } from '../pipeline/write/write-keys';
import type { GovernanceStore } from './open-data-source';
import { WriteKeyEntity } from './write-key-entities';

/** Keeps Idempotency-Keys, on both engines. */
export function createWriteKeyStore(store: Pick<GovernanceStore, 'read' | 'inTransaction'>): WriteKeys {
  const find: WriteKeys['find'] = (key) => store.read((manager) => manager.findOneBy(WriteKeyEntity, { key }));
  return {
    find,

    claim: async (kept) => {
      try {
        await store.inTransaction((manager) => manager.insert(WriteKeyEntity, { ...kept }));
        return true;
      } catch (error) {
        // The primary key refused: somebody else has it. Anything else that fails is a fault.
        if (error instanceof QueryFailedError && (await find(kept.key)) !== null) return false;
        throw error;
      }
    },

    settle: ({ key, accessId }, status) =>
      store.inTransaction(async (manager) => void (await manager.update(WriteKeyEntity, { key, accessId }, { status }))),

    release: ({ key, accessId }) => store.inTransaction(async (manager) => void (await manager.delete(WriteKeyEntity, { key, accessId }))),

    trim: (beforeMs) => store.inTransaction(async (manager) => void (await manager.delete(WriteKeyEntity, { atMs: LessThan(beforeMs) }))),
  };
}
