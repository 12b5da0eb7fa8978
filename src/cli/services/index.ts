import type { AccessEntry } from '../../vocabulary/access-entry';
import type { DriftServices } from './drift';
import type { PolicyFileServices } from './policy-files';
import type { PolicyVersionServices } from './policy-versions';
import type { PolicyReviewServices } from './policy-review';
import type { PolicyImpactServices } from './policy-impact';
import type { SettingsChoice } from './settings-choice';

export type { SettingsChoice };

export interface LogVerdict {
  readonly chains: number;
  readonly entries: number;
  /** What was altered, removed or cannot be read; empty: the log is whole. */
  readonly faults: readonly { readonly chain: string; readonly seq: number | null; readonly message: string }[];
}

export interface LogQuestion {
  readonly system: string | undefined;
  readonly record: string | undefined;
  /** Account or person. */
  readonly person: string | undefined;
  readonly limit: number;
}

export interface FoundEntry {
  readonly chain: string;
  readonly seq: number;
  readonly entry: AccessEntry;
}

export interface ImportReport {
  readonly outcome: 'applied' | 'unchanged' | 'dry-run' | 'refused';
  readonly totals: Readonly<Record<'added' | 'changed' | 'unchanged' | 'refused', number>>;
  readonly rows: readonly {
    readonly file: string;
    readonly line: number;
    readonly kind: string;
    readonly key: string;
    readonly outcome: string;
  }[];
  readonly problems: readonly { readonly file: string; readonly line: number; readonly column: string; readonly reason: string }[];
}

export interface DirectoryList {
  readonly version: number;
  readonly accounts: readonly {
    readonly id: string;
    readonly kind: string;
    readonly environment: string;
    readonly organization: string;
    readonly standing: string;
    readonly memberships: readonly { readonly system: string; readonly workgroup: string; readonly agency: string }[];
  }[];
}

/**
 * What the commands ask for. `compose` fulfils it; a command only parses its words and prints the answer.
 * Each rejects with a plain Error whose message is for people where it cannot do its work (exit 2).
 */
export interface Services extends PolicyFileServices, PolicyReviewServices, PolicyImpactServices, PolicyVersionServices, DriftServices {
  readonly version: string;
  /** Runs the gateway until it is told to stop. */
  serve(choice: SettingsChoice): Promise<void>;
  /** Reads the settings and starts nothing. Fails with all problems in the message. Gives them with secrets hidden. */
  checkSettings(choice: SettingsChoice): Promise<unknown>;
  /** Brings the demo up and prints the tour; without `once` it stays until it is told to stop. */
  demo(options: { readonly once: boolean }): Promise<void>;
  demoToken(person: string, audience: 'data' | 'admin'): Promise<string>;
  verifyLog(choice: SettingsChoice): Promise<LogVerdict>;
  /** Newest first. */
  searchLog(question: LogQuestion, choice: SettingsChoice): Promise<readonly FoundEntry[]>;
  importDirectory(files: readonly string[], options: { readonly dryRun: boolean }, choice: SettingsChoice): Promise<ImportReport>;
  listDirectory(question: { readonly organization: string | undefined }, choice: SettingsChoice): Promise<DirectoryList>;
  /** Gives the names of the steps that ran. */
  migrate(choice: SettingsChoice): Promise<readonly string[]>;
}
