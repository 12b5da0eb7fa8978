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

/** Which policy version is in force, and bringing another. */
export interface PolicyVersionServices {
  /** `source`: a folder, or a kept version by the first digits of its hash; undefined is the folder of the settings. */
  publishPolicy(
    source: string | undefined,
    options: { readonly from: number | null; readonly reason: string },
    choice: SettingsChoice,
  ): Promise<PolicyPublication>;
  approvePolicy(version: string, choice: SettingsChoice): Promise<PolicyPublication>;
  /** Newest first. */
  listPolicyVersions(limit: number, choice: SettingsChoice): Promise<PolicyVersionList>;
}
