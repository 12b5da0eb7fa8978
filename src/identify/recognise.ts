import type { Account, Actor, Application, Caller, Environment, Membership, Organization, VerifiedToken } from '../vocabulary/access';
import { GatewayError, type ErrorCode } from '../vocabulary/errors';
import type { Reason } from '../vocabulary/reasons';
import type { RoleCollapse } from '../vocabulary/case-system';
import { collapseMemberships } from './collapse-memberships';
import { nextStandingChange, standingAt } from './standing';

/** What this room asks of the directory; governance's directory fulfils it. */
export interface CallerDirectory {
  readonly version: number;
  findAccount(issuer: string, subject: string, environment: Environment): Account | undefined;
  organization(id: string): Organization | undefined;
  findApplication(issuer: string, clientId: string, environment: Environment): Application | undefined;
  memberships(accountId: string, system: string, environment: Environment): readonly Membership[];
  isDelegated(actorAccountId: string, personAccountId: string, atMs: number): boolean;
  nextRelationChange(accountId: string, atMs: number): number;
}

/** For what the caller is to be recognised. */
export interface Wanted {
  readonly system: string;
  readonly environment: Environment;
  readonly atMs: number;
  readonly mostMemberships: number;
  /** Of the system; the same list for as long as its record.yaml is in force. */
  readonly collapses: readonly RoleCollapse[];
}

/**
 * Finds who a verified token names, as the directory knows them now. Nothing that the token says of roles is looked at (TOK-18).
 *
 * Fails   token-invalid for one that expired since it was verified, account-unknown, account-not-active, application-not-registered, no-membership, action-not-permitted (an actor that sees nothing here),
 *         each with its reason.
 * Source  design.md, Who; TOK-15, TOK-16, TOK-18, TOK-25, TOK-27; WWP-03; CT-06.
 */
export function recognise(token: VerifiedToken, wanted: Wanted, directory: CallerDirectory): Caller {
  if (wanted.atMs >= token.expiresAtMs) throw refusal('token-invalid', 'token-expired', 'the token expired since it was verified');
  const directoryVersion = directory.version;
  const { account, application } = recogniseAccount(token, wanted, directory);
  const memberships = membershipsNow(account, wanted, directory);
  if (memberships.length > wanted.mostMemberships)
    throw refusal('no-membership', 'too-many-roles', 'more memberships than the system allows');
  if (!isFilled(memberships)) throw refusal('no-membership', 'no-membership', 'no membership holds now');
  const actor = token.actor === undefined ? null : findActor(token.actor, account, wanted, directory);
  const holdsUntilMs = Math.min(token.expiresAtMs, factsHoldUntil({ account, application, actor }, wanted, directory));
  return { account, application, memberships, actor, directoryVersion, holdsUntilMs };
}

/** The account and the application alone, both active now: what the admin plane asks before it looks for a right. Fails as `recognise`. */
export function recogniseAccount(
  token: VerifiedToken,
  wanted: Pick<Wanted, 'environment' | 'atMs'>,
  directory: CallerDirectory,
): { readonly account: Account; readonly application: Application } {
  const account = findAccount(token, wanted.environment, directory);
  if (account === undefined) throw refusal('account-unknown', 'account-unknown', 'no account under issuer, subject and environment');
  checkStanding(account, wanted.atMs, directory);
  // A client that took a person's subject for its own name would be that person (RFC 9068, 5); a person is never the client itself.
  if (account.kind === 'person' && token.subject === token.clientId)
    throw refusal('account-unknown', 'account-unknown', "a client's own token under a person's subject");
  return { account, application: findActiveApplication(token, wanted, directory) };
}

/** The next moment after `atMs` at which a dated fact behind the caller begins or ends; Infinity for none. */
function factsHoldUntil(
  { account, application, actor }: Pick<Caller, 'account' | 'application' | 'actor'>,
  wanted: Wanted,
  directory: CallerDirectory,
): number {
  return Math.min(
    nextStandingChange(application.standings, wanted.atMs),
    accountHoldsUntil(account, wanted, directory),
    actor === null ? Infinity : accountHoldsUntil(actor.account, wanted, directory),
  );
}

function accountHoldsUntil(account: Account, { system, environment, atMs }: Wanted, directory: CallerDirectory): number {
  const organization = directory.organization(account.organization);
  let until = Math.min(
    nextStandingChange(account.standings, atMs),
    nextStandingChange(organization?.standings ?? [], atMs),
    directory.nextRelationChange(account.id, atMs),
  );
  for (const { fromMs, toMs } of directory.memberships(account.id, system, environment)) {
    if (fromMs > atMs && fromMs < until) until = fromMs;
    if (toMs !== null && toMs > atMs && toMs < until) until = toMs;
  }
  return until;
}

/** The account of exactly these three; compared again here, because a store may find by a looser equality than ours (STO-09). */
export function findAccount(
  who: { readonly issuer: string; readonly subject: string },
  environment: Environment,
  directory: CallerDirectory,
): Account | undefined {
  const found = directory.findAccount(who.issuer, who.subject, environment);
  const isSame = found !== undefined && found.issuer === who.issuer && found.subject === who.subject && found.environment === environment;
  return isSame ? found : undefined;
}

/** The application of exactly issuer, client id and environment. */
export function findApplication(token: VerifiedToken, environment: Environment, directory: CallerDirectory): Application | undefined {
  if (token.clientId === undefined) return undefined;
  const found = directory.findApplication(token.issuer, token.clientId, environment);
  const isSame =
    found !== undefined && found.issuer === token.issuer && found.clientId === token.clientId && found.environment === environment;
  return isSame ? found : undefined;
}

function checkStanding(account: Account, atMs: number, directory: CallerDirectory): void {
  const standing = standingAt(account.standings, atMs);
  if (standing !== 'active') throw refusal('account-not-active', `account-${standing}`, `the account is ${standing}`);
  const organization = directory.organization(account.organization);
  if (organization === undefined || organization.id !== account.organization || standingAt(organization.standings, atMs) !== 'active') {
    throw refusal('account-not-active', 'organization-not-active', 'the organization is not active');
  }
}

function findActiveApplication(
  token: VerifiedToken,
  wanted: Pick<Wanted, 'environment' | 'atMs'>,
  directory: CallerDirectory,
): Application {
  if (token.clientId === undefined) throw refusal('application-not-registered', 'application-missing', 'the token names no client');
  const application = findApplication(token, wanted.environment, directory);
  if (application === undefined)
    throw refusal('application-not-registered', 'application-not-registered', 'no application under issuer, client id and environment');
  if (standingAt(application.standings, wanted.atMs) !== 'active')
    throw refusal('application-not-registered', 'application-not-active', 'the application is not active');
  return application;
}

/** Those that hold now, collapsed: what a person holds together counts once and opens as one (WWP-03). */
function membershipsNow(account: Account, wanted: Wanted, directory: CallerDirectory): readonly Membership[] {
  const held = directory
    .memberships(account.id, wanted.system, wanted.environment)
    .filter(
      (one) =>
        one.account === account.id &&
        one.system === wanted.system &&
        one.environment === wanted.environment &&
        one.fromMs <= wanted.atMs &&
        (one.toMs === null || wanted.atMs < one.toMs),
    );
  return collapseMemberships(held, wanted.collapses);
}

function findActor(
  named: { readonly issuer: string; readonly subject: string },
  person: Account,
  wanted: Wanted,
  directory: CallerDirectory,
): Actor {
  const account = findAccount(named, wanted.environment, directory);
  const isRegistered =
    account !== undefined &&
    account.kind === 'service' &&
    person.kind === 'person' &&
    directory.isDelegated(account.id, person.id, wanted.atMs);
  if (!isRegistered) throw refusal('action-not-permitted', 'actor-not-registered', 'the actor is not registered for this person');
  checkStanding(account, wanted.atMs, directory);
  const memberships = membershipsNow(account, wanted, directory);
  if (memberships.length > wanted.mostMemberships)
    throw refusal('action-not-permitted', 'too-many-roles', 'the actor has more memberships than the system allows');
  // An actor narrows what the person may see; one without a membership leaves nothing.
  if (memberships.length === 0) throw refusal('action-not-permitted', 'actor-narrows', 'the actor has no membership here');
  return { account, memberships };
}

const isFilled = (list: readonly Membership[]): list is readonly [Membership, ...Membership[]] => list.length > 0;

const refusal = (code: ErrorCode, reason: Reason, message: string): GatewayError => new GatewayError(code, message, { reason });
