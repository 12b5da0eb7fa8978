import type { Decision, DecisionKey, Membership } from '../vocabulary/access';
import type { Now, Steps } from './steps';

/** Relates each membership to the record and asks the policy once for all of them. */
export function decideOn(steps: Pick<Steps, 'relate'>, now: Now, facts: Parameters<Steps['relate']>[0]['facts']): Decision {
  const keyOf = (membership: Membership): DecisionKey =>
    steps.relate({
      system: now.policy.system,
      membership,
      facts,
      applicationClass: now.caller.application.applicationClass,
      atMs: now.atMs,
    });
  const [first, ...others] = now.caller.memberships;
  return now.policy.decide({
    route: now.route,
    keys: [keyOf(first), ...others.map(keyOf)],
    grant: now.grant,
    actorKeys: now.caller.actor === null ? null : now.caller.actor.memberships.map(keyOf),
  });
}
