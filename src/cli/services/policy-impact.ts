import type { KeyFacts } from './policy-review';
import type { SettingsChoice } from './settings-choice';

export interface ImpactQuestion {
  /** Folder with the policies that might come into force. */
  readonly candidate: string;
  /** As written: 30d, 12h, a date; undefined for the whole history. */
  readonly since: string | undefined;
  readonly system: string | undefined;
  /** Read every entry, for people and records, instead of the roll-ups. */
  readonly byEntries: boolean;
  /** Conditions such as `gains: ssn`. */
  readonly failIf: readonly string[];
}

/** How often something would have been gained or lost. */
export interface ImpactLine {
  readonly system: string;
  readonly change: 'gained' | 'lost';
  readonly decisions: number;
  /** Most often first; a field that changes alone stands as its JSON pointer. */
  readonly sections: readonly { readonly section: string; readonly decisions: number }[];
  /** Access ids, at most three. */
  readonly examples: readonly string[];
}

export interface PolicyImpact {
  readonly candidate: { readonly folder: string; readonly version: string };
  /** RFC 3339, UTC, inclusive; null: the whole history. */
  readonly since: string | null;
  readonly countedFrom: 'roll-ups' | 'entries';
  /** Decisions about one record each: changed, unchanged, or not to be said in part or whole (which may be changed as well). */
  readonly decisions: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly unsettled: number;
  readonly workgroups: readonly (ImpactLine & { readonly environment: string; readonly keys: readonly KeyFacts[] })[];
  /** null where only the roll-ups were read. */
  readonly people: readonly (ImpactLine & { readonly account: string; readonly person: string })[] | null;
  readonly records: readonly (ImpactLine & { readonly environment: string; readonly record: string })[] | null;
  readonly notReplayed: readonly {
    readonly system: string;
    readonly why: string;
    readonly words: readonly string[];
    readonly sections: readonly string[];
    readonly decisions: number;
  }[];
  /** Records that were named and never decided about, by reason; null where only the roll-ups were read. */
  readonly neverDecided: Readonly<Record<string, number>> | null;
  /** Flushes whose roll-ups do not count what their entries say; null where only the roll-ups were read. */
  readonly mismatchedFlushes: number | null;
  readonly conditions: readonly {
    readonly condition: string;
    /** Decisions that meet it. */
    readonly met: number;
    /** Decisions of which it cannot be said that they do not. */
    readonly open: number;
  }[];
}

/** What a policy that is not in force would have changed. */
export interface PolicyImpactServices {
  /** Reads the access log beside a running gateway. Rejects where the candidate would be refused, and for words that nobody knows. */
  policyImpact(question: ImpactQuestion, choice: SettingsChoice): Promise<PolicyImpact>;
}
