import type { SettingsChoice } from './settings-choice';

export interface PolicyFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly word: string;
  readonly rule: string;
  /** An error refuses the version, a warning does not. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly nearest?: string;
}

export interface PolicyCheck {
  readonly folder: string;
  readonly version: string;
  readonly systems: readonly string[];
  /** Errors. Empty: the folder would come into force. */
  readonly findings: readonly PolicyFinding[];
  readonly warnings: readonly PolicyFinding[];
}

export interface PolicyTest extends PolicyCheck {
  readonly cases: readonly { readonly system: string; readonly line: number; readonly name: string; readonly isPassed: boolean }[];
}

/** What can be said of policy files as they stand in a folder. `folder`: undefined takes the one in the settings, or ./policies where there are none. */
export interface PolicyFileServices {
  checkPolicies(folder: string | undefined, choice: SettingsChoice): Promise<PolicyCheck>;
  testPolicies(folder: string | undefined, choice: SettingsChoice): Promise<PolicyTest>;
}
