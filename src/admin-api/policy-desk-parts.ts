import type { AdminCaller } from './admin-plane-parts';

export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly word: string;
  readonly rule: string;
  readonly message: string;
  readonly nearest?: string;
}

/** What became of a wish to have a version in force. */
export type PolicyOutcome =
  | { readonly kind: 'in-force'; readonly version: string; readonly number: number; readonly changed: readonly string[] }
  | { readonly kind: 'unchanged'; readonly version: string; readonly number: number }
  | { readonly kind: 'waiting'; readonly version: string; readonly number: number; readonly lacking: number }
  | { readonly kind: 'refused'; readonly findings: readonly PolicyProblem[] }
  | { readonly kind: 'moved'; readonly number: number }
  | { readonly kind: 'vouched' }
  | { readonly kind: 'unknown' };

export interface PolicyChangeLine {
  readonly number: number;
  readonly version: string;
  readonly changed: readonly string[];
  readonly approvedBy: readonly string[];
  readonly account: string | null;
  readonly origin: string;
  readonly host: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface PolicyProposalLine extends Omit<PolicyChangeLine, 'number' | 'approvedBy'> {
  readonly from: number;
  readonly approvals: readonly { readonly account: string; readonly atMs: number }[];
}

export interface SentFile {
  readonly system: string;
  readonly file: string;
  readonly content: string;
}

export interface ShadowLine {
  readonly kind: 'compared' | 'gained' | 'lost' | 'not-comparable';
  readonly system: string;
  readonly action: string;
  readonly key: string;
  readonly words: readonly string[];
  readonly count: number;
  readonly example: string;
}

export interface ShadowRunLine {
  readonly number: number;
  readonly version: string | null;
  readonly account: string;
  readonly atMs: number;
}

export type ShadowStart =
  | { readonly kind: 'running'; readonly run: ShadowRunLine }
  | { readonly kind: 'refused'; readonly findings: readonly PolicyProblem[] }
  | { readonly kind: 'unknown' };

/** What the admin plane asks of the policy desk. */
export interface PolicyDeskParts {
  publish(
    source: { readonly version: string } | { readonly files: readonly SentFile[] } | 'folder',
    how: { readonly from: number | null; readonly ends: readonly string[]; readonly reason: string },
    by: AdminCaller,
  ): Promise<PolicyOutcome>;
  approve(version: string, by: AdminCaller): Promise<PolicyOutcome>;
  /** Newest first. */
  changes(before: number | null, limit: number): Promise<readonly PolicyChangeLine[]>;
  waiting(): Promise<readonly PolicyProposalLine[]>;
  startShadow(source: { readonly version: string } | { readonly files: readonly SentFile[] }, by: AdminCaller): Promise<ShadowStart>;
  /** null where none runs. */
  stopShadow(by: AdminCaller): Promise<ShadowRunLine | null>;
  shadowReport(): Promise<{ readonly run: ShadowRunLine | null; readonly isRunning: boolean; readonly counts: readonly ShadowLine[] }>;
}
