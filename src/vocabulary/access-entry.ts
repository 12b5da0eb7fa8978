import type { Disclosure, Environment, Source } from './access';

/**
 * One entry of the access log. No values of a record, no query text, no token.
 * Key order is the order below: the log stores and hashes the bytes of JSON.stringify of this object.
 */
export interface AccessEntry {
  readonly format: 1;
  readonly accessId: string;
  readonly kind: EntryKind;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly source: Source | null;
  readonly who: EntryWho | null;
  readonly system: string | null;
  readonly environment: Environment | null;
  readonly route: string | null;
  readonly method: string | null;
  readonly action: string | null;
  readonly records: readonly EntryRecord[];
  readonly outcome: EntryOutcome;
  readonly upstream: EntryUpstream | null;
  readonly policyVersion: string | null;
  readonly directoryVersion: number | null;
  readonly registryVersion: number | null;
  /**
   * Only for kinds that need it: tally counts, delivery notes, what an administrator did (names and counts, no values); of a list how
   * many records were left out, how often the case system was asked, whether its query was narrowed.
   * On any kind `clock_regressed: true`: `at` lies before that of an earlier entry of the chain, whose order is that of `seq`.
   */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * intent: what is about to be written, durable before it goes to the case system; the access entry of the answer names it in its details.
 * outcome: what became of an intent whose answer could not say.
 * access: a caller was identified (whatever the answer). refusal: refused before a caller was known, or 429.
 * access-part, access-end: of a streamed answer whose opening entry is an access entry; `details.of` is that entry's access id. A part names the
 * records that leave next, the end says how many there were and what became of the stream.
 * preflight: a browser's CORS question, answered without a record.
 * tally-open, tally-close: GW-03. delivery: what became of earlier answers. admin: an act on the admin plane. system: start, stop, policy swap, restore.
 */
export type EntryKind =
  | 'access'
  | 'access-part'
  | 'access-end'
  | 'intent'
  | 'outcome'
  | 'refusal'
  | 'preflight'
  | 'tally-open'
  | 'tally-close'
  | 'delivery'
  | 'admin'
  | 'system';

export interface EntryWho {
  readonly account: string;
  readonly person: string;
  readonly organization: string;
  readonly issuer: string;
  readonly application: string | null;
  readonly actor: string | null;
  readonly memberships: readonly string[];
}

/** `id` once the facts know the record; otherwise `digest`, an HMAC-SHA-256 hex of what was asked for. */
export interface EntryRecord {
  readonly id?: string;
  readonly digest?: string;
  readonly disclosure: Disclosure;
  /** Section name to the line of policy.csv that allowed it. */
  readonly disclosed: Readonly<Record<string, number>>;
  /** Section name to reason. */
  readonly withheld: Readonly<Record<string, string>>;
  readonly keys: readonly EntryKey[];
  /** Only where the calling application may not carry every section, or a service acted for the person. */
  readonly narrowing?: EntryNarrowing;
  /** Fields that record.yaml does not classify, left out of this answer. */
  readonly unclassifiedFields: number;
}

export interface EntryKey {
  readonly environment: Environment;
  readonly application: string;
  readonly workgroup: string;
  readonly relations: readonly string[];
  readonly privacy: 'open' | 'private';
  readonly when: readonly string[];
}

/** What was taken away from that which the keys were granted. With the keys it is all that the decision stood on, so that it can be replayed. */
export interface EntryNarrowing {
  /** Sections that the application may carry, as registered then; '*' is all. */
  readonly carries: readonly string[];
  /** Keys of the acting service; null where nobody acted. */
  readonly actorKeys: readonly EntryKey[] | null;
}

export interface EntryOutcome {
  readonly status: number;
  /** An ErrorCode for a problem document; 'ok' for an answer. */
  readonly code: string;
  readonly reasons: readonly string[];
}

export interface EntryUpstream {
  /** answered, not-found, or the error code. */
  readonly outcome: string;
  readonly durationMs: number;
}
