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
  /** The last sequence number of a chain; 0 where it has no entry. */
  lastSeqOf(chain: string): Promise<number>;
  /** How often each decision was taken, over all flushes written at `sinceMs` or later (null: over all), counted by the store in one statement. */
  rolledUp(sinceMs: number | null): Promise<readonly StoredCount[]>;
  /** Flushes of one chain in which something was decided, in their order, each with the number of its decisions. */
  decidingFlushesOf(chain: string): Promise<readonly StoredFlush[]>;
  close(): Promise<void>;
}

/** The roll-ups of one key digest, added up. */
export interface StoredCount {
  readonly system: string;
  readonly environment: string;
  readonly route: string;
  readonly action: string;
  readonly policyVersion: string;
  readonly keyJson: string;
  readonly grantedJson: string;
  readonly count: number;
  /** Two flushes in which it was taken; the same one twice where there is no other. */
  readonly flushes: readonly [FlushPlace, FlushPlace];
}

export interface FlushPlace {
  readonly chain: string;
  readonly firstSeq: number;
}

export interface StoredFlush {
  readonly firstSeq: number;
  readonly atMs: number;
  readonly decisions: number;
}

export interface StoredChain {
  readonly chain: string;
  /** null: entries stand in it, but it was never opened. */
  readonly startedAtMs: number | null;
}
