/** One stored row as it was read, believed in nothing: a changed store may hold anything. */
export interface StoredRow {
  readonly chain: string;
  readonly seq: number;
  readonly accessId: string;
  readonly atMs: number;
  readonly kind: string;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
  readonly bytes: string;
}

/** Reads a log and cannot change it; `storage` fulfils it for both engines. Pages, so that any size can be read. */
export interface LogReader {
  /** Every chain that the log knows of or that has an entry, in order of its id. */
  chains(): Promise<readonly StoredChain[]>;
  /** Entries of one chain with a sequence number greater than `afterSeq` (null: from the very first), lowest first. */
  rowsOf(chain: string, afterSeq: number | null, limit: number): Promise<readonly StoredRow[]>;
  /**
   * Entries with an access id lower than `before` (null: from the newest), highest first; access ids sort by time. `containing`: only
   * rows whose bytes contain each of these texts.
   */
  newest(before: string | null, containing: readonly string[], limit: number): Promise<readonly StoredRow[]>;
  close(): Promise<void>;
}

export interface StoredChain {
  readonly chain: string;
  /** null: entries stand in it, but it was never opened. */
  readonly startedAtMs: number | null;
}
