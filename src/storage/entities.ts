import type { EntitySchema } from 'typeorm';
import { directoryEntities } from './directory-entities';
import { DriftEntity } from './drift-entity';
import { policyEntities } from './policy-entities';
import { registryEntities } from './registry-entities';
import { WriteKeyEntity } from './write-key-entities';

/** Every TypeORM entity of the governance store; each room of storage appends its own. The access log has none: it is not hydrated. */
export const entities: readonly (EntitySchema | (new () => object))[] = [
  ...directoryEntities,
  ...registryEntities,
  ...policyEntities,
  DriftEntity,
  WriteKeyEntity as unknown as EntitySchema,
];
