import type { ChangeRow, StoreKind, StoreRows } from '../vocabulary/directory-rows';

export interface GovernanceVersions {
  readonly directory: number;
  readonly registry: number;
}

/** Rows by exact comparison. `fixed` are further words that must be equal; only words that an index begins with are asked for. */
export interface RowReader {
  find<K extends StoreKind>(
    kind: K,
    column: keyof StoreRows[K] & string,
    values: readonly string[],
    fixed?: Partial<StoreRows[K]>,
  ): Promise<readonly StoreRows[K][]>;
  versions(): Promise<GovernanceVersions>;
}

export interface RowTransaction extends RowReader {
  insert<K extends StoreKind>(kind: K, rows: readonly StoreRows[K][]): Promise<void>;
  /** By natural key; a row that is not there is a fault. */
  update<K extends StoreKind>(kind: K, rows: readonly StoreRows[K][]): Promise<void>;
  /** Raises the version by one and writes what was touched under it; gives the new version. At most once a transaction and store. */
  publish(store: keyof GovernanceVersions, touched: readonly Omit<ChangeRow, 'version'>[]): Promise<number>;
}

/**
 * The directory and the registry as they are written.
 *
 * `changing` holds the lock of both versions from its first statement to its commit, so versions are committed in their order and
 * nothing that was checked can have changed when it is written. `work` may run again after a deadlock. A throw undoes all.
 * Both reject with GatewayError('directory-unavailable') where the store fails.
 */
export interface RowStore {
  reading<T>(work: (reader: RowReader) => Promise<T>): Promise<T>;
  changing<T>(work: (transaction: RowTransaction) => Promise<T>): Promise<T>;
}
