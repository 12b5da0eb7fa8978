import type { EntryKey, EntryNarrowing } from './access-entry';

/** One decision about one record, as the access log remembers it: all that it stood on, and what it granted. */
export interface PastDecision {
  readonly system: string;
  readonly environment: string;
  readonly route: string;
  readonly action: string;
  readonly policyVersion: string;
  /** One for each membership; never empty. */
  readonly keys: readonly EntryKey[];
  /** null: the application may carry every section, and nobody acted for the caller. */
  readonly narrowing: EntryNarrowing | null;
  /** Sections that were granted. */
  readonly granted: readonly string[];
}
