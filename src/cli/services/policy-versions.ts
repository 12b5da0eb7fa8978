import type { PolicyFinding } from './policy-files';
import type { SettingsChoice } from './settings-choice';

export interface PolicyPublication {
  readonly outcome: 'in-force' | 'unchanged' | 'waiting' | 'refused' | 'moved';
  readonly version: string | null;
  /** Of the change in force. */
  readonly number: number | null;
  readonly changed: readonly string[];
  /** So many more people must approve. */
  readonly lacking: number;
  readonly findings: readonly PolicyFinding[];
}

export interface PolicyVersionList {
  readonly changes: readonly {
    readonly number: number;
    readonly version: string;
    readonly at: string;
    readonly account: string | null;
    readonly origin: string;
    readonly host: string;
    readonly reason: string;
    readonly changed: readonly string[];
    readonly approvedBy: readonly string[];
  }[];
  readonly waiting: readonly {
    readonly version: string;
    readonly from: number;
    readonly at: string;
    readonly account: string | null;
    readonly origin: string;
    readonly changed: readonly string[];
    readonly approvals: readonly string[];
  }[];
}

export interface ShadowReport {
  readonly isRunning: boolean;
  readonly version: string | null;
  readonly since: string | null;
  readonly by: string | null;
  readonly counts: readonly {
    readonly kind: 'compared' | 'gained' | 'lost' | 'not-comparable';
    readonly system: string;
    readonly action: string;
    readonly key: string;
    readonly words: readonly string[];
    readonly count: number;
    readonly example: string;
  }[];
}

/** Which policy version is in force, and bringing another. */
export interface PolicyVersionServices {
  /** `source`: a folder, or a kept version by the first digits of its hash; undefined is the folder of the settings. */
  publishPolicy(
    source: string | undefined,
    options: { readonly from: number | null; readonly ends: readonly string[]; readonly reason: string },
    choice: SettingsChoice,
  ): Promise<PolicyPublication>;
  approvePolicy(version: string, choice: SettingsChoice): Promise<PolicyPublication>;
  /** `source` as for publishing. Gives what is wrong with the files; empty: it runs. */
  startShadow(
    source: string,
    choice: SettingsChoice,
  ): Promise<{ readonly version: string | null; readonly findings: readonly PolicyFinding[] }>;
  /** null: none ran. */
  stopShadow(choice: SettingsChoice): Promise<{ readonly version: string | null }>;
  reportShadow(choice: SettingsChoice): Promise<ShadowReport>;
  /** Newest first. */
  listPolicyVersions(limit: number, choice: SettingsChoice): Promise<PolicyVersionList>;
}
