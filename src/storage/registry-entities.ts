import { EntitySchema } from 'typeorm';
import type { StoreRows } from '../vocabulary/directory-rows';
import { environmentWord, flagOrNull, identity, json, oneOf, whole, wholeNullable, word } from './directory-columns';

/** A record of the registry as it stands in columns; `version` is that of the registry at its last change. */
export interface RecordColumns {
  readonly system: string;
  readonly environment: StoreRows['records']['environment'];
  readonly recordId: string;
  readonly isPrivate: boolean | null;
  readonly codes: StoreRows['records']['codes'];
  readonly lastEffectiveMs: number | null;
  readonly lastSequence: number | null;
  readonly version: number;
}

export const RecordRegistryEntity = new EntitySchema<RecordColumns>({
  name: 'record_registry',
  tableName: 'record_registry',
  columns: {
    system: identity('system', 64, { primary: true }),
    environment: word('environment', 16, environmentWord, { primary: true }),
    recordId: identity('record_id', 64, { primary: true }),
    // TypeORM itself writes true as 1; a transformer that did it before would make true a 0.
    isPrivate: { name: 'is_private', type: 'boolean', nullable: true, transformer: { from: flagOrNull, to: (value: unknown) => value } },
    codes: json('codes'),
    lastEffectiveMs: wholeNullable('last_effective_ms'),
    lastSequence: wholeNullable('last_sequence'),
    version: whole('version'),
  },
});

export const RegistryChangeEntity = new EntitySchema<{ version: number; kind: string; key: string }>({
  name: 'registry_change',
  tableName: 'registry_change',
  columns: {
    version: whole('version', { primary: true }),
    kind: identity('change_kind', 16, { primary: true }),
    key: identity('change_key', 192, { primary: true }),
  },
});

export const PrivacyTransactionEntity = new EntitySchema<StoreRows['transactions']>({
  name: 'privacy_transaction',
  tableName: 'privacy_transaction',
  columns: {
    system: identity('system', 64, { primary: true }),
    environment: word('environment', 16, environmentWord, { primary: true }),
    transactionId: identity('transaction_id', 128, { primary: true }),
    recordId: identity('record_id', 64),
    action: word('action', 8, oneOf('set', 'clear')),
    effectiveMs: whole('effective_ms'),
    sourceSequence: whole('source_sequence'),
    receivedMs: whole('received_ms'),
  },
});

export const registryEntities: readonly EntitySchema[] = [
  RecordRegistryEntity,
  RegistryChangeEntity,
  PrivacyTransactionEntity,
] as unknown as readonly EntitySchema[];
