import type { Membership } from '../vocabulary/access';
import type { RoleCollapse } from '../vocabulary/case-system';

/**
 * What a person holds after workgroups that collapse have become one.
 *
 * Takes   memberships of one account in one system and environment, all holding now.
 * Gives   those left: where all workgroups of a collapse are held, only the memberships of `into` remain of them, as they stand.
 *         Nothing is merged: where scopes, staff ids or privileges differ, those of the others are lost, for they were given for
 *         another role. Every collapse looks at what the person really holds, so their order is no matter; two that contradict
 *         each other leave nothing. The rows of a workgroup that is lost are lost whole, deny rows too.
 * Source  WWP-03: FEP together with Supervisor collapses to Supervisor.
 */
export function collapseMemberships(held: readonly Membership[], collapses: readonly RoleCollapse[]): readonly Membership[] {
  if (collapses.length === 0 || held.length < 2) return held;
  const met = collapses.filter(({ these }) => these.every((word) => held.some((one) => one.workgroup === word)));
  if (met.length === 0) return held;
  return held.filter((one) => !met.some(({ these, into }) => one.workgroup !== into && these.includes(one.workgroup)));
}
