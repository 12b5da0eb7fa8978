import type { Account, Environment, Source } from '../vocabulary/access';
import type { AccessEntry, EntryWho } from '../vocabulary/access-entry';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import type { DriftField } from '../vocabulary/drift';
import type { LimitVerdict } from '../vocabulary/limit-verdict';
import type { PolicyDeskParts } from './policy-desk-parts';

/** Who asks on the admin plane: an active account of an active organization, found by a token of the admin audience. */
export interface AdminCaller {
  readonly account: Account;
  readonly who: EntryWho;
}

/** A batch that was read; `apply` writes all of it or nothing. */
export interface FeedBatch {
  readonly systems: readonly string[];
  readonly transactions: number;
  readonly problems: readonly { readonly line: number; readonly column: string; readonly reason: string }[];
  apply(): Promise<{
    readonly outcome: 'applied' | 'refused';
    readonly rows: readonly { readonly line: number; readonly outcome: string }[];
    readonly problems: FeedBatch['problems'];
    readonly registryVersion: number;
  }>;
}

export interface ImportOutcome {
  readonly outcome: 'applied' | 'unchanged' | 'dry-run' | 'refused';
  readonly totals: Readonly<Record<string, number>>;
  readonly rows: readonly {
    readonly file: string;
    readonly line: number;
    readonly kind: string;
    readonly key: string;
    readonly outcome: string;
  }[];
  readonly problems: readonly { readonly file: string; readonly line: number; readonly column: string; readonly reason: string }[];
  readonly versions: { readonly directory: number; readonly registry: number };
}

export interface AccessLogQuery {
  readonly system: string | null;
  readonly record: string | null;
  readonly account: string | null;
  readonly accessId: string | null;
  /** As the page before gave it in `next`. */
  readonly after: string | null;
  readonly limit: number;
}

export interface AccessLogPage {
  /** Newest first. */
  readonly entries: readonly AccessEntry[];
  readonly next: string | null;
}

/** What the admin plane is handed. */
export interface AdminPlaneParts {
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  /** Counts one request of this address, before its token is looked at. */
  limitAddress(address: string): LimitVerdict | Promise<LimitVerdict>;
  /** Counts one request of this account, before its right is looked for. */
  limitCaller(accountId: string): LimitVerdict | Promise<LimitVerdict>;
  /** Fails GatewayError: token-invalid, account-unknown, account-not-active, application-not-registered, identity-unavailable … */
  authenticate(bearer: string): Promise<AdminCaller>;
  /** Whom a refused token names, for the entry alone. */
  readonly nameRefused?: (bearer: string) => EntryWho | null;
  readonly directory: {
    hasRight(accountId: string, right: string, atMs: number): boolean;
    account(id: string): Account | undefined;
  };
  /**
   * Resolves once the entry is durable; rejects GatewayError('audit-unavailable'), or 'right-missing' where `holdsStill` says no at the
   * flush. Entries without `who` are refusals before a caller is known: the log may tally them by their source, and 429s by caller (GW-03).
   */
  recordAdmin(entry: AccessEntry, holdsStill?: () => boolean): Promise<void>;
  /** Keyed digest of what was asked for; a filter may hold anything, a Social Security number included. */
  digestOf(text: string): string;
  versions(): { readonly directory: number; readonly registry: number; readonly policy: string | null };
  /** Where the request comes from, front proxies considered. */
  readSource(peer: string, forwardedFor: string | undefined): Source;
  /** Whether a Host header names this listener (HDR-06). */
  isKnownHost(host: string): boolean;
  /** Names of the case systems served: without a feed's right for one of them a feed is not even read. */
  systems(): readonly string[];
  isReady(): boolean;
  readiness(): Readonly<Record<string, unknown>>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  readPrivacyBatch(text: string, format: 'json' | 'ndjson'): FeedBatch;
  importDirectory(request: {
    readonly files: readonly { readonly name: string; readonly content: string }[];
    readonly dryRun: boolean;
    readonly timeZone?: string;
  }): Promise<ImportOutcome>;
  /** In the order of ids. */
  listAccounts(afterId: string | null, limit: number): Promise<readonly Account[]>;
  readAccessLog(query: AccessLogQuery): Promise<AccessLogPage>;
  readonly policy: PolicyDeskParts;
  /** In the order of system and place, compared with the policy in force. Fails GatewayError('query-not-allowed') for an `after` of another list. */
  listDrift(query: {
    readonly system: string | null;
    /** As the page before gave it in `next`. */
    readonly after: string | null;
    readonly limit: number;
  }): Promise<{ readonly fields: readonly DriftField[]; readonly next: string | null }>;
  /** Operations log: an event and fields, never of a record. */
  observe(event: 'admin-fault', fields: { readonly accessId: string; readonly message: string; readonly cause: unknown }): void;
}

/** One request, canonical and by a known caller, as a route's handler sees it. */
export interface Act {
  readonly accessId: string;
  readonly caller: AdminCaller;
  readonly environment: Environment;
  readonly nowMs: number;
  readonly query: Readonly<Record<string, string>>;
  readonly body: { readonly text: string; readonly format: 'json' | 'ndjson' } | null;
}

/** What a handler wants to answer, and what the entry says of it: names and counts, no values. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly json: unknown } | { readonly text: string; readonly mediaType: string };
  readonly details: Readonly<Record<string, unknown>>;
}

/** A handler that is about to change something says what, before it does it: the entry of the intention comes first. */
export interface Change {
  readonly intent: Readonly<Record<string, unknown>>;
  carryOut(): Promise<Answer>;
}
