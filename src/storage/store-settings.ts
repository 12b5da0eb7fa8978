/** Where the store stands. One of the two; the log and the directory go together. */
export type StoreSettings = SqliteStoreSettings | MariadbStoreSettings;

export interface SqliteStoreSettings {
  readonly kind: 'sqlite';
  /** Absolute path of a folder on a local disk; made where it is missing. Holds governance.db, access-log.db and lock.db. */
  readonly folder: string;
}

export interface MariadbStoreSettings {
  readonly kind: 'mariadb';
  /** mysql://user:password@host:port/database */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate; undefined takes the system's. null sends everything in the clear. */
  readonly tls: { readonly ca?: string } | null;
  /** Most connections of one pool (there is one for the directory and one for the log). */
  readonly connections?: number;
}
