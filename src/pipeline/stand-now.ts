import type { Ask, ApplicationGrant, Caller, Membership, VerifiedToken } from '../vocabulary/access';
import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { Now, PolicyInForce, Steps } from './steps';

/**
 * Who asks and under which policy, at this moment; and that the account alone does not settle it.
 * Fails   GatewayError: what `recognise` refuses, policy-unavailable, route-unknown, application-not-registered, action-not-permitted.
 */
export function standNow(steps: Pick<Steps, 'versions' | 'policy' | 'nowMs' | 'recognise'>, ask: Ask, token: VerifiedToken): Now {
  const versions = steps.versions();
  const policy = steps.policy(ask.system);
  if (policy === undefined) throw new GatewayError('policy-unavailable', `no policy in force for ${ask.system}`);
  const route = policy.system === ask.caseSystem ? ask.route : policy.system.routes.find((one) => one.name === ask.route.name);
  if (route === undefined) throw new GatewayError('route-unknown', 'the route left with a policy change');
  const atMs = steps.nowMs();
  const caller = steps.recognise(token, {
    system: ask.system,
    environment: ask.environment,
    atMs,
    mostMemberships: policy.system.mostMemberships,
    collapses: policy.system.collapses,
  });
  return { caller, policy, route, grant: permit(policy, route, caller), versions, atMs };
}

/** What the account alone settles: nothing is sent to the case system then. */
function permit(policy: PolicyInForce, route: Route, caller: Caller): ApplicationGrant {
  const grant = caller.application.grants.find(
    (one) => one.system === policy.system.name && (one.actions.includes('*') || one.actions.includes(route.action)),
  );
  if (grant === undefined)
    throw new GatewayError('application-not-registered', 'no grant for this system and action', { reason: 'application-narrows' });
  const may = (memberships: readonly Membership[]) => {
    for (const one of memberships) if (policy.mayEver(one.workgroup, route.action)) return true;
    return false;
  };
  if (!may(caller.memberships)) throw new GatewayError('action-not-permitted', 'no row could ever allow it', { reason: 'not-granted' });
  if (caller.actor !== null && !may(caller.actor.memberships)) {
    throw new GatewayError('action-not-permitted', 'no row could ever allow it to the actor', { reason: 'actor-narrows' });
  }
  return grant;
}
