import type { EntryWho } from '../vocabulary/access-entry';
import type { Caller, Environment, VerifiedToken } from '../vocabulary/access';
import { findAccount, findApplication, type CallerDirectory } from './recognise';

/** Who a caller is, as the access log names them. */
export function nameCaller(caller: Caller): EntryWho {
  return {
    account: caller.account.id,
    person: caller.account.person,
    organization: caller.account.organization,
    issuer: caller.account.issuer,
    application: caller.application.id,
    actor: caller.actor?.account.id ?? null,
    memberships: caller.memberships.map(({ id }) => id),
  };
}

/** Who stands behind a token that `recognise` refused, as far as the directory knows them, for the entry alone; null for nobody. Grants nothing. */
export function nameRefused(token: VerifiedToken, environment: Environment, directory: CallerDirectory): EntryWho | null {
  const account = findAccount(token, environment, directory);
  if (account === undefined) return null;
  const actor = token.actor === undefined ? undefined : findAccount(token.actor, environment, directory);
  return {
    account: account.id,
    person: account.person,
    organization: account.organization,
    issuer: account.issuer,
    application: findApplication(token, environment, directory)?.id ?? null,
    actor: actor?.id ?? null,
    memberships: [],
  };
}
