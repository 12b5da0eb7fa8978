import type { PolicyFiles } from '../policy-store';

/** A candidate that runs, or ran, beside the policy in force. */
export interface ShadowRun {
  /** Of the start or the stop; runs are numbered without a gap. */
  readonly number: number;
  /** null: stopped. */
  readonly version: string | null;
  readonly account: string;
  readonly atMs: number;
}

/** A difference between what was decided and what the candidate would have decided, counted. */
export interface ShadowCount {
  /**
   * compared: the candidate was asked. gained, lost: sections more or fewer, see `sections`. not-comparable: it could not be asked, see `why`.
   * One request can count in more than one line.
   */
  readonly kind: 'compared' | 'gained' | 'lost' | 'not-comparable';
  readonly system: string;
  readonly action: string;
  /** The decision key in words, one for each membership; '' for kinds that need none. */
  readonly key: string;
  /** Names of sections, or the reason why there is no comparison. */
  readonly words: readonly string[];
  readonly count: number;
  /** One access that did it. */
  readonly example: string;
}

/** Where runs and their counts are kept, for all processes; `storage` fulfils it. */
export interface ShadowStore {
  /** The newest start or stop; null where there never was one. */
  newest(): Promise<ShadowRun | null>;
  /** false: another start or stop came first, and nothing was done. */
  begin(run: ShadowRun, files: PolicyFiles | null): Promise<boolean>;
  filesOf(version: string): Promise<PolicyFiles | null>;
  /** Adds to what this process has counted for that run. */
  add(run: number, process: string, counts: readonly ShadowCount[]): Promise<void>;
  /** Over all processes, most first. */
  counts(run: number): Promise<readonly ShadowCount[]>;
}
