import type { EntryKind } from '../vocabulary/access-entry';

/** Versions of what decisions stand on; each only grows. */
export interface Versions {
  readonly directory: number;
  readonly registry: number;
  /** Number of the policy change in force. */
  readonly policy: number;
}

/** One entry as the store keeps it. Its text stands in `packed`, `length` bytes of UTF-8 from `start` on. */
export interface LogRow {
  readonly seq: number;
  readonly accessId: string;
  readonly atMs: number;
  readonly kind: EntryKind;
  readonly start: number;
  readonly length: number;
}

/**
 * Entries in the order of their chain. `packed` is the hash before the first, then each entry's text and its hash, 32 bytes:
 * sha256(hash before || text). So the hash before a text stands in front of it, its own behind it.
 */
export interface PackedRows {
  readonly rows: readonly LogRow[];
  readonly packed: Buffer;
}

/** How often one decision was taken in one flush. */
export interface RollupDelta {
  /** sha256 of the JSON list of what was counted together: system, environment, route, action, policy version, keys with what narrowed them, sections with their lines. */
  readonly keyDigest: Buffer;
  readonly system: string;
  readonly environment: string;
  readonly route: string;
  readonly action: string;
  readonly policyVersion: string;
  /** JSON list of the decision keys that the decision stood on (one for each membership); where something narrowed them, `{keys, narrowing}`. */
  readonly keyJson: string;
  /** JSON list of the sections that were disclosed. */
  readonly grantedJson: string;
  readonly count: number;
  readonly atMs: number;
}

/**
 * Where entries are kept; `storage` fulfils it with SQLite and MariaDB. The log makes one call at a time.
 *
 * Every method fails with an Error when the store does not do it; the error's `code` is named in the log's state. After a failed
 * flush the log asks for the tail before anything else.
 */
export interface LogStore {
  openChain(chain: string, atMs: number): Promise<void>;
  /**
   * Writes all or nothing; durable means fsynced. `packed` is the store's from then on. `behind`: a version in the store is ahead of `expect`; nothing was written.
   * An Error with `conflict: true` says that a unique constraint refused (nothing was written); any other leaves the outcome open.
   */
  flush(batch: LogBatch): Promise<{ readonly kind: 'durable' } | { readonly kind: 'behind'; readonly versions: Versions }>;
  /**
   * The last entry of a chain, durable, its hash made anew from its bytes; null where there is none. Settles every flush before it:
   * what is not there then will not come later.
   */
  tail(chain: string): Promise<Tail | null>;
  close(): Promise<void>;
}

export interface LogBatch extends PackedRows {
  readonly chain: string;
  readonly rollups: readonly RollupDelta[];
  /** null where the versions in memory are those of the store. */
  readonly expect: Versions | null;
}

export interface Tail {
  readonly seq: number;
  readonly hash: Buffer;
}

/** What the log asks about freshness; on SQLite the versions are those in memory and catchUp is never called. */
export interface Freshness {
  versions(): Versions;
  catchUp(seen: Versions): Promise<void>;
}
