import type { Ask, Caller } from '../vocabulary/access';
import type { AccessEntry, EntryWho } from '../vocabulary/access-entry';
import { toMoment } from '../vocabulary/moment';
import type { Now } from './steps';

/** The entry of what was decided as of one moment; `of`: what differs from answer to answer. */
// Every field is named, spread nowhere: an object that is copied and added to is built slowly, and each request builds one.
export const answerEntry = (
  ask: Ask,
  { caller, policy, route, versions, atMs }: Now,
  of: Pick<AccessEntry, 'accessId' | 'kind' | 'records' | 'outcome' | 'upstream' | 'details'>,
): AccessEntry => ({
  format: 1,
  accessId: of.accessId,
  kind: of.kind,
  at: toMoment(atMs),
  source: ask.source,
  who: whoOf(caller),
  system: ask.system,
  environment: ask.environment,
  route: route.name,
  method: ask.method,
  action: route.action,
  records: of.records,
  outcome: of.outcome,
  upstream: of.upstream,
  policyVersion: policy.version,
  directoryVersion: caller.directoryVersion,
  registryVersion: versions.registry,
  details: of.details,
});

/** A caller is one object while nothing about them changes. What is frozen is spelled once by the log. */
const NAMED = new WeakMap<Caller, EntryWho>();

function whoOf(caller: Caller): EntryWho {
  const known = NAMED.get(caller);
  if (known !== undefined) return known;
  const who: EntryWho = Object.freeze({
    account: caller.account.id,
    person: caller.account.person,
    organization: caller.account.organization,
    issuer: caller.account.issuer,
    application: caller.application.id,
    actor: caller.actor === null ? null : caller.actor.account.id,
    memberships: caller.memberships.map((one) => one.id),
  });
  NAMED.set(caller, who);
  return who;
}
