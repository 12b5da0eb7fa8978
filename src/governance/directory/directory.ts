import type { Account, Application, Environment, Membership, Organization } from '../../vocabulary/access';
import type { FollowState } from '../follow-changes';

/**
 * The accounts, organizations and applications as they stand now, in memory.
 * Every lookup compares exactly and throws GatewayError('directory-unavailable') while the directory is not loaded.
 */
export interface Directory {
  /** The version of the store that memory holds. */
  readonly version: number;
  findAccount(issuer: string, subject: string, environment: Environment): Account | undefined;
  account(id: string): Account | undefined;
  organization(id: string): Organization | undefined;
  findApplication(issuer: string, clientId: string, environment: Environment): Application | undefined;
  /** All, whatever their dates. */
  memberships(accountId: string, system: string, environment: Environment): readonly Membership[];
  /**
   * One direct dated edge, never oneself, never another account of the same person.
   * The staff id counts for the one account whose membership carries it at that moment; carried by two, for none.
   * The supervisee's standing does not matter: WF1-09 speaks of the absent counselor.
   */
  supervises(supervisorAccountId: string, staffId: string, system: string, environment: Environment, atMs: number): boolean;
  /** A registered pair at that moment, and the actor's account and organization are active. */
  isDelegated(actorAccountId: string, personAccountId: string, atMs: number): boolean;
  /**
   * The next moment after `atMs` at which a supervision by this account or a delegation of it begins or ends, or a staff id that it
   * supervises may change hands; Infinity for none.
   */
  nextRelationChange(accountId: string, atMs: number): number;
  /** Only while the account and its organization are active. */
  hasRight(accountId: string, right: string, atMs: number): boolean;
  /** Of applications that are active now. */
  origins(): ReadonlySet<string>;
  /** True if one of the keys ('account:x', 'organization:x', 'application:x') was touched after that version, or if that cannot be told. */
  changedSince(version: number, keys: readonly string[]): boolean;
}

/** The directory with what keeps it in step with the store. */
export interface LiveDirectory extends Directory {
  start(): Promise<void>;
  catchUp(atLeast?: number): Promise<void>;
  poll(everyMs: number): () => void;
  state(): FollowState & { readonly accounts: number };
}
