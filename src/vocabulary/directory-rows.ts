import type { Account, Application, Environment, Membership, RegistryRow, Standing } from './access';

/** From a moment (inclusive) to a moment (exclusive; null is open-ended), epoch ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** The supervisor directly supervises the supervisee; both are account ids and never the same person. */
export interface SupervisionEdge extends Span {
  readonly supervisor: string;
  readonly supervisee: string;
}

/** A service account (`actor`) may act for a person's account (RFC 8693 `act`). */
export interface Delegation extends Span {
  readonly actor: string;
  readonly account: string;
}

/** A right on the admin plane, such as `auditor` or `feed:workforce-one`. */
export interface AdminRight extends Span {
  readonly account: string;
  readonly right: string;
}

/** The standing of an organization, an application or an account, as one line of the directory. */
export interface StandingRow {
  readonly of: 'organization' | 'application' | 'account';
  readonly id: string;
  readonly standing: Standing;
  readonly fromMs: number;
}

/** An account and everything that hangs on it. */
export interface AccountFile {
  readonly account: Account;
  readonly memberships: readonly Membership[];
  /** Edges in which the account is the supervisor. */
  readonly supervises: readonly SupervisionEdge[];
  /** Delegations in which others act for the account. */
  readonly actors: readonly Delegation[];
  readonly rights: readonly AdminRight[];
}

/** One line of a change log: at `version` the thing of that kind with that key was touched. */
export interface ChangeRow {
  readonly version: number;
  readonly kind: 'organization' | 'application' | 'account' | 'record';
  readonly key: string;
}

/** A record as it is named across systems. */
export interface RecordName {
  readonly system: string;
  readonly environment: Environment;
  readonly recordId: string;
}

/** `look` is the id as it looks to a person (case, accents and what cannot be seen left out); no two rows have the same. */
interface Lookalike {
  readonly look: string;
}

/** A privacy transaction as it was taken in (WF1-06). */
export interface PrivacyTransaction extends RecordName {
  readonly transactionId: string;
  readonly action: 'set' | 'clear';
  readonly effectiveMs: number;
  readonly sourceSequence: number;
  readonly receivedMs: number;
}

/** The rows of the store, by kind: what is written, and what is read back to compare. */
export interface StoreRows {
  readonly organizations: Lookalike & { readonly id: string; readonly name: string };
  readonly applications: Lookalike & Omit<Application, 'standings'>;
  readonly accounts: Lookalike & Omit<Account, 'standings'> & { readonly subjectLook: string };
  readonly standings: StandingRow;
  readonly memberships: Lookalike & Membership & { readonly staffLook: string };
  readonly supervision: SupervisionEdge;
  readonly delegations: Delegation;
  readonly rights: AdminRight;
  /** `last`: the privacy transaction that decided `isPrivate`; null where none has spoken yet. */
  readonly records: Omit<RegistryRow, 'registryVersion'> & {
    readonly last: { readonly effectiveMs: number; readonly sourceSequence: number } | null;
  };
  readonly transactions: PrivacyTransaction;
}

export type StoreKind = keyof StoreRows;
