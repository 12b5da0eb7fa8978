import type { EntryKey } from '../../vocabulary/access-entry';
import type { PolicyCheck, PolicyTest } from './policy-files';
import type { SettingsChoice } from './settings-choice';

/** One row of policy.csv made wrong on purpose, and what became of it. */
export interface TriedMutation {
  readonly system: string;
  readonly line: number;
  readonly kind: 'flip' | 'delete' | 'widen';
  /** 'deny instead of allow', 'relation * instead of assigned'. */
  readonly change: string;
  /** The row as it stands. */
  readonly row: string;
  /** refused: by the compiler. equivalent: it changes no answer. missed: it changes an answer, and no case notices. */
  readonly outcome: 'refused' | 'equivalent' | 'missed';
  /** refused: what the compiler says. */
  readonly says?: string;
}

export interface CoveredRow {
  readonly system: string;
  readonly line: number;
  /** Names of the cases in which the row is the line that decides. */
  readonly decided: readonly string[];
  /** Names of the cases that expect its refusal. */
  readonly refused: readonly string[];
}

export interface MutationTotals {
  readonly system: string;
  readonly rows: number;
  readonly tried: number;
  readonly caught: number;
  readonly refused: number;
  readonly equivalent: number;
  readonly missed: number;
}

/** Where the files are not good or a case fails, nothing is mutated. */
export interface PolicyMutations extends PolicyTest {
  readonly totals: readonly MutationTotals[];
  /** Those that no case caught. */
  readonly mutations: readonly TriedMutation[];
  readonly rows: readonly CoveredRow[];
}

export interface MatrixLineTold {
  readonly workgroup: string;
  readonly relation: string;
  readonly privacy: 'open' | 'private';
  /** Empty for always. */
  readonly when: readonly string[];
  readonly section: string;
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

export interface SystemMatrix {
  readonly system: string;
  /** matrix.csv of the system, as a path. */
  readonly file: string;
  readonly lines: readonly MatrixLineTold[];
  /** As matrix.csv holds it. */
  readonly text: string;
  /** Lines of the file as it stands that are not so any more, and lines that it lacks; both empty where it is up to date. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
}

export interface PolicyMatrix extends PolicyCheck {
  /** Empty where something was found. */
  readonly matrices: readonly SystemMatrix[];
}

/** Every combination of the words is meant; ['*'] is all. */
export interface AccessStatement {
  readonly workgroup: string;
  readonly relations: readonly string[];
  readonly privacies: readonly ('open' | 'private')[];
  /** All of which must hold; empty for always. */
  readonly when: readonly string[];
  readonly sections: readonly string[];
  readonly actions: readonly string[];
}

export interface SystemDiff {
  readonly system: string;
  readonly state: 'added' | 'gone' | 'changed';
  readonly gains: readonly AccessStatement[];
  readonly loses: readonly AccessStatement[];
  /** Taken away from what another relation or membership of the same person shows. */
  readonly denied: readonly AccessStatement[];
  readonly deniedNoMore: readonly AccessStatement[];
  /** What record.yaml means otherwise: access may change by it without any row. null: it is not there. */
  readonly changes: readonly { readonly what: string; readonly name: string; readonly was: string | null; readonly is: string | null }[];
}

export interface PolicyDiff {
  readonly before: { readonly name: string; readonly version: string };
  readonly after: { readonly name: string; readonly version: string };
  /** Systems that differ in access or in the meaning of record.yaml; empty where none does. */
  readonly systems: readonly SystemDiff[];
}

export interface ToldReason {
  readonly word: string;
  readonly says: string;
  /** What would have to be otherwise, where it is not the policy; null where the sections tell. */
  readonly needed: string | null;
}

/** One word that would have to hold (or, with `holds` false, no longer hold) for the membership of that workgroup; '' is the record itself. */
export interface NeededWord {
  readonly what: 'relation' | 'condition' | 'privacy';
  readonly word: string;
  readonly holds: boolean;
  readonly says: string;
  readonly workgroup: string;
}

export interface SectionExplanation {
  readonly section: string;
  readonly isShown: boolean;
  /** The row of policy.csv that allows it or denies it; null where no row speaks. */
  readonly row: RowTold | null;
  /** null where it is shown. */
  readonly reason: ToldReason | null;
  /** Each of these by itself would show it, with as few words as possible. */
  readonly needs: readonly (readonly NeededWord[])[];
  /** Workgroups that some row allows it. */
  readonly workgroups: readonly string[];
}

/** What the policy was asked about, for one membership. */
export type KeyFacts = Pick<EntryKey, 'workgroup' | 'relations' | 'privacy' | 'when'>;

/** The policy that answered, and where its files were found. */
interface AskedPolicy {
  readonly version: string;
  readonly from: 'folder' | 'store';
}

/** A row of policy.csv as it stands there. */
interface RowTold {
  readonly line: number;
  readonly text: string;
}

export interface RecordExplanation {
  /** The id; for a record of which nothing may be said, the digest. */
  readonly record: string;
  readonly disclosure: string;
  /** Empty where it was refused before the policy was asked. */
  readonly keys: readonly KeyFacts[];
  readonly sections: readonly SectionExplanation[];
  /** Sections about which the entry says another thing than the policy of its version; empty in a sound log. */
  readonly contradicts: readonly string[];
}

export interface AccessExplanation {
  readonly accessId: string;
  readonly at: string;
  readonly kind: string;
  readonly who: {
    readonly person: string;
    readonly account: string;
    readonly application: string | null;
    readonly actor: string | null;
  } | null;
  readonly system: string | null;
  readonly route: string | null;
  readonly action: string | null;
  readonly status: number;
  readonly code: string;
  readonly reasons: readonly ToldReason[];
  /** The version that decided; null where no policy was asked. */
  readonly policy: AskedPolicy | null;
  readonly records: readonly RecordExplanation[];
}

export interface FactsQuestion {
  readonly system: string;
  readonly workgroup: string;
  readonly relations: readonly string[];
  readonly privacy: string;
  readonly when: readonly string[];
  readonly action: string;
  /** undefined: all that routes of the action show. */
  readonly section: string | undefined;
}

export interface FactsExplanation {
  readonly system: string;
  readonly version: string;
  readonly action: string;
  readonly key: KeyFacts;
  readonly sections: readonly SectionExplanation[];
}

/** A moment, and under which policy to ask. */
export interface PeopleOptions {
  /** RFC 3339; undefined is now. */
  readonly at: string | undefined;
  /** Folder or kept version; undefined is the policy in force, or the folder of the settings where none ever was. */
  readonly policies: string | undefined;
}

export interface WhoCanQuestion extends PeopleOptions {
  readonly system: string;
  readonly record: string;
  readonly section: string;
  readonly action: string;
  /** File with the record as the case system sends it. */
  readonly body: string | undefined;
  /** Codes by fact, as the case system or the registry would say them; an empty list: nothing stands there. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
  readonly privacy: 'open' | 'private' | undefined;
  /** Of this calling application alone. */
  readonly application: string | undefined;
  /** At most so many accounts are told. */
  readonly limit: number;
}

export interface WhoCanAccount {
  readonly account: string;
  readonly person: string;
  readonly organization: string;
  /** The registered applications through which it is shown. */
  readonly applications: readonly string[];
  readonly route: string;
  /** The row that allows it. */
  readonly row: RowTold;
  /** The membership that the row allows it. */
  readonly key: KeyFacts;
}

export interface WhoCanSummary {
  readonly system: string;
  readonly record: string;
  readonly section: string;
  readonly action: string;
  readonly at: string;
  readonly policy: AskedPolicy;
  /** Accounts of the environment that were looked at. */
  readonly looked: number;
  readonly found: number;
  /** There are more: the limit was reached. */
  readonly isCut: boolean;
  /** Why the others do not see it, with the number of accounts. */
  readonly others: readonly { readonly reason: ToldReason; readonly accounts: number }[];
}

export interface WhatCanQuestion extends PeopleOptions {
  /** Account id, or person. */
  readonly person: string;
  readonly system: string | undefined;
}

export interface SaidWord {
  readonly what: 'relation' | 'condition';
  readonly word: string;
  readonly says: string;
}

export interface MembershipRights {
  readonly membership: string;
  readonly workgroup: string;
  readonly staffId: string;
  readonly scopes: Readonly<Record<string, readonly string[]>>;
  readonly privileges: readonly string[];
  readonly from: string;
  readonly to: string | null;
  /** False: it has not begun, has ended, or counts for nothing beside another one. Nothing is said of it then. */
  readonly isInForce: boolean;
  readonly may: readonly AccessStatement[];
  /** Whatever another membership of the same person shows. */
  readonly denied: readonly AccessStatement[];
  readonly words: readonly SaidWord[];
  /** What the rows of the workgroup ask for and this membership can never have as it stands. */
  readonly lacks: readonly SaidWord[];
}

export interface SystemRights {
  readonly system: string;
  /** Applications through which it may ask there, and what these carry; ['*'] is all. */
  readonly applications: readonly {
    readonly application: string;
    readonly actions: readonly string[];
    readonly sections: readonly string[];
  }[];
  /** Why nothing is shown there at all; null where something may be. */
  readonly refused: ToldReason | null;
  readonly memberships: readonly MembershipRights[];
}

export interface AccountRights {
  readonly account: string;
  readonly kind: string;
  readonly person: string;
  readonly organization: string;
  readonly environment: string;
  readonly standing: string;
  readonly organizationStanding: string;
  readonly systems: readonly SystemRights[];
}

export interface PersonRights {
  readonly at: string;
  readonly policy: AskedPolicy;
  /** Empty: nobody of that name. */
  readonly accounts: readonly AccountRights[];
}

/** Told while long work goes on. */
export type Progress = (system: string, done: number, all: number) => void;

/** What people ask to review a policy. `folder`: as in PolicyFileServices. */
export interface PolicyReviewServices {
  mutatePolicies(folder: string | undefined, onProgress: Progress, choice: SettingsChoice): Promise<PolicyMutations>;
  /** `system`: undefined is all. `write`: bring matrix.csv up to date; `gone` and `added` tell what was changed. */
  policyMatrix(
    folder: string | undefined,
    options: { readonly system: string | undefined; readonly write: boolean },
    choice: SettingsChoice,
  ): Promise<PolicyMatrix>;
  /** Takes folders, or versions that the store keeps. `after`: undefined is the folder of the settings. */
  comparePolicies(
    before: string,
    after: string | undefined,
    options: { readonly system: string | undefined },
    choice: SettingsChoice,
  ): Promise<PolicyDiff>;
  /** null where the log has no such entry. Explained by the policy that decided: that of the folder, or one that the store keeps, or not at all. */
  explainAccess(accessId: string, folder: string | undefined, choice: SettingsChoice): Promise<AccessExplanation | null>;
  explainFacts(question: FactsQuestion, folder: string | undefined, choice: SettingsChoice): Promise<FactsExplanation>;
  /** Each account as it is found. Rejects naming the facts that are missing. */
  whoCan(question: WhoCanQuestion, onFound: (found: WhoCanAccount) => void, choice: SettingsChoice): Promise<WhoCanSummary>;
  whatCan(question: WhatCanQuestion, choice: SettingsChoice): Promise<PersonRights>;
}
