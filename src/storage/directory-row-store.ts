import type { EntityManager, EntitySchema, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { In } from 'typeorm';
import type { ChangeRow, StoreKind, StoreRows } from '../vocabulary/directory-rows';
import { GatewayError } from '../vocabulary/errors';
import { wholeNumber } from './directory-columns';
import {
  AccountEntity,
  AdminRightEntity,
  ApplicationEntity,
  DelegationEntity,
  DirectoryChangeEntity,
  MembershipEntity,
  OrganizationEntity,
  StandingEntity,
  SupervisionEntity,
} from './directory-entities';
import type { GovernanceStore } from './open-data-source';
import { PrivacyTransactionEntity, type RecordColumns, RecordRegistryEntity, RegistryChangeEntity } from './registry-entities';

/** Values bound in one statement stay well under what either engine takes. */
const PIECE = 200;

type Versions = { readonly directory: number; readonly registry: number };

/**
 * The directory and the registry as administrators and feeds write them, on both engines.
 *
 * A changing transaction locks the two version rows first, always in the same order; versions are therefore committed in their order.
 * Rows that come back are compared with what was asked for, byte by byte, once more (library-pitfalls.md, 3).
 * Fails   GatewayError('directory-unavailable') where the database does; a GatewayError of the caller's own passes through.
 */
export function createRowStore(store: Pick<GovernanceStore, 'engine' | 'read' | 'inTransaction'>) {
  // They would wait for the lock anyway: here they wait without holding a connection, and without MariaDB's lock time-out.
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    reading: <T>(work: (reader: ReturnType<typeof rowsThrough>) => Promise<T>): Promise<T> =>
      orUnavailable(() => store.read((manager) => work(rowsThrough(manager)))),

    changing: <T>(work: (transaction: ReturnType<typeof rowsInto>) => Promise<T>): Promise<T> =>
      orUnavailable(() =>
        oneByOne(() =>
          store.inTransaction(async (manager) => {
            const lock = store.engine === 'mariadb' ? ' FOR UPDATE' : '';
            await manager.query(`SELECT version FROM store_version WHERE name = 'directory'${lock}`);
            await manager.query(`SELECT version FROM store_version WHERE name = 'registry'${lock}`);
            return work(rowsInto(manager));
          }),
        ),
      ),
  };
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('directory-unavailable', 'the governance store failed', { cause });
  }
}

function rowsThrough(manager: EntityManager) {
  return {
    async find<K extends StoreKind>(
      kind: K,
      column: keyof StoreRows[K] & string,
      values: readonly string[],
      fixed: Partial<StoreRows[K]> = {},
    ): Promise<readonly StoreRows[K][]> {
      if (!values.every((value) => typeof value === 'string')) throw new TypeError('rows are looked up by text alone');
      const found: StoreRows[K][] = [];
      const wanted = new Set(values);
      for (const piece of pieces([...wanted])) {
        const where = { ...fixed, [column]: In([...piece]) } as FindOptionsWhere<ObjectLiteral>;
        const rows = await manager.getRepository(entityOf(kind)).find({ where });
        found.push(...rows.map((row) => fromColumns(kind, row)).filter((row) => wanted.has(row[column] as string)));
        await letOthersRun();
      }
      return found;
    },

    async versions(): Promise<Versions> {
      const rows = await manager.query<{ name: string; version: unknown }[]>('SELECT name, version FROM store_version');
      const version = (name: string): number => wholeNumber(rows.find((row) => row.name === name)?.version);
      return { directory: version('directory'), registry: version('registry') };
    },
  };
}

function rowsInto(manager: EntityManager) {
  const reader = rowsThrough(manager);
  return {
    ...reader,

    async insert<K extends StoreKind>(kind: K, rows: readonly StoreRows[K][]): Promise<void> {
      const next = (await reader.versions()).registry + 1;
      for (const piece of pieces(rows)) {
        const columns = piece.map((row) => toColumns(kind, row, next));
        await insertRows(manager, entityOf(kind), columns);
      }
    },

    async update<K extends StoreKind>(kind: K, rows: readonly StoreRows[K][]): Promise<void> {
      const next = (await reader.versions()).registry + 1;
      const entity = entityOf(kind);
      const keys = manager.connection.getMetadata(entity).primaryColumns.map((column) => column.propertyName);
      for (const row of rows) {
        const columns = toColumns(kind, row, next);
        const isKey = ([name]: [string, unknown]): boolean => keys.includes(name);
        const criteria = Object.fromEntries(Object.entries(columns).filter(isKey));
        const values = Object.fromEntries(Object.entries(columns).filter((entry) => !isKey(entry)));
        const { affected } = await manager.update(entity, criteria, values);
        if (affected !== 1) throw new Error(`a row of ${kind} that was read is not there`);
        await letOthersRun();
      }
    },

    async publish(name: keyof Versions, touched: readonly Omit<ChangeRow, 'version'>[]): Promise<number> {
      const version = (await reader.versions())[name] + 1;
      await manager.query('UPDATE store_version SET version = ? WHERE name = ?', [version, name]);
      const entity = (name === 'directory' ? DirectoryChangeEntity : RegistryChangeEntity) as unknown as EntitySchema<ObjectLiteral>;
      for (const piece of pieces(touched)) {
        await insertRows(
          manager,
          entity,
          piece.map(({ kind, key }) => ({ version, kind, key })),
        );
      }
      return version;
    },
  };
}

/** Only ever inserts: TypeORM's save() would overwrite a row that is there. */
async function insertRows(manager: EntityManager, entity: EntitySchema<ObjectLiteral>, rows: readonly ObjectLiteral[]): Promise<void> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(entity)
    .values([...rows])
    .updateEntity(false)
    .execute();
  await letOthersRun();
}

/** SQLite answers without leaving the loop: a large import would hold every request until its end. */
const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const ENTITIES: { readonly [K in StoreKind]: unknown } = {
  organizations: OrganizationEntity,
  applications: ApplicationEntity,
  accounts: AccountEntity,
  standings: StandingEntity,
  memberships: MembershipEntity,
  supervision: SupervisionEntity,
  delegations: DelegationEntity,
  rights: AdminRightEntity,
  records: RecordRegistryEntity,
  transactions: PrivacyTransactionEntity,
};

const entityOf = (kind: StoreKind): EntitySchema<ObjectLiteral> => ENTITIES[kind] as EntitySchema<ObjectLiteral>;

function toColumns<K extends StoreKind>(kind: K, row: StoreRows[K], registryVersion: number): ObjectLiteral {
  if (kind !== 'records') return { ...row };
  const { last, ...record } = row as StoreRows['records'];
  const columns: RecordColumns = {
    ...record,
    lastEffectiveMs: last?.effectiveMs ?? null,
    lastSequence: last?.sourceSequence ?? null,
    version: registryVersion,
  };
  return columns;
}

function fromColumns<K extends StoreKind>(kind: K, row: ObjectLiteral): StoreRows[K] {
  if (kind !== 'records') return { ...row } as StoreRows[K];
  const { lastEffectiveMs, lastSequence, version: _, ...record } = row as RecordColumns;
  const last = lastEffectiveMs === null || lastSequence === null ? null : { effectiveMs: lastEffectiveMs, sourceSequence: lastSequence };
  const whole: StoreRows['records'] = { ...record, last };
  return whole as StoreRows[K];
}

function pieces<T>(values: readonly T[]): readonly (readonly T[])[] {
  const cut: (readonly T[])[] = [];
  for (let i = 0; i < values.length; i += PIECE) cut.push(values.slice(i, i + PIECE));
  return cut;
}
