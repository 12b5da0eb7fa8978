/** The files of one version: system -> file name -> bytes. A file that is not there has no name. */
export type PolicyFiles = ReadonlyMap<string, Readonly<Record<string, Buffer>>>;

/** Which version is in force: that of the newest change. Number 0, version null: there never was one. */
export interface InForce {
  readonly number: number;
  readonly version: string | null;
}

/** Who wants a version in force, and from where. */
export interface PolicyAct {
  /** start: the folder as a gateway found it on an empty store. folder: the folder was changed. publish: somebody asked for it. */
  readonly origin: 'start' | 'folder' | 'publish';
  /** null where files on a host speak, and nobody who signed in. */
  readonly account: string | null;
  readonly person: string | null;
  readonly host: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface Proposal {
  readonly version: string;
  /** The change that it follows. When another follows that one, the proposal is void. */
  readonly from: number;
  readonly act: Omit<PolicyAct, 'person'>;
  /** Systems whose files are others than before. */
  readonly changed: readonly string[];
}

export interface Approval {
  readonly account: string;
  readonly person: string;
  readonly atMs: number;
}

export interface PolicyChange extends Omit<Proposal, 'from'> {
  readonly number: number;
  /** Accounts that vouched for it. */
  readonly approvedBy: readonly string[];
}

export interface WaitingProposal extends Proposal {
  readonly approvals: readonly Approval[];
}

export interface VouchingRule {
  /** People who must vouch for a version. */
  readonly needed: number;
  /** Whether an account's vote counts now. */
  readonly mayVouch: (account: string) => boolean;
}

/** in-force: it is, under that number. moved: another change came first. waiting: so many more people must approve. */
export type Brought =
  | { readonly kind: 'in-force'; readonly number: number }
  | { readonly kind: 'moved' }
  | { readonly kind: 'waiting'; readonly lacking: number };

/**
 * Where policy versions are kept and which one is in force, for every process on the store; `storage` fulfils it.
 * Every method fails with an Error where the store does not do it.
 *
 * Source  issue of the five systems' policies, Change in force; POL-20 … POL-24.
 */
export interface PolicyStore {
  inForce(): Promise<InForce>;
  /** null where no such version was ever kept. Fails with code POLICY_SPOILT where a file is not as it was kept. */
  filesOf(version: string): Promise<PolicyFiles | null>;
  /** The whole names of kept versions that begin so, at most two. */
  versionsLike(start: string): Promise<readonly string[]>;
  /** Keeps files and proposal, and the approval of whoever signed in to propose it. Again it changes nothing. */
  propose(proposal: Proposal, files: PolicyFiles, person: string | null): Promise<void>;
  /** One a person; again it changes nothing. Fails where no such proposal waits. */
  approve(version: string, from: number, approval: Approval): Promise<void>;
  /**
   * Brings a proposed version into force if nothing came since and enough people vouch for it: all in one transaction, which only one
   * of two such calls can win.
   */
  bring(version: string, from: number, rule: VouchingRule, atMs: number): Promise<Brought>;
  /** Proposals that follow the change in force and are not in force. */
  waiting(): Promise<readonly WaitingProposal[]>;
  /** Newest first, before that number. */
  history(before: number | null, limit: number): Promise<readonly PolicyChange[]>;
}
