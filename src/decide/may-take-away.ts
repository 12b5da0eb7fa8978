import type { PolicyRow } from './policy-row';

/**
 * Whether a deny row could ever take away what an allow row gives.
 *
 * Privacy, section and action are of the record and the request; workgroup, relation and conditions are of a membership, and what one
 * membership is denied no other shows. isAlone: nobody holds two memberships, so both rows must be met by the same one.
 */
export function mayTakeAway(deny: PolicyRow, allow: PolicyRow, isAlone: boolean): boolean {
  if (!mayMeet(deny.privacy, allow.privacy) || !mayMeet(deny.section, allow.section) || !mayMeet(deny.action, allow.action)) return false;
  return !isAlone || (mayMeet(deny.workgroup, allow.workgroup) && mayRelate(deny.relation, allow.relation));
}

const mayMeet = (a: string, b: string): boolean => a === '*' || b === '*' || a === b;

/** Several relations may hold at once; `none` is their absence. */
const mayRelate = (a: string, b: string): boolean => mayMeet(a, b) || (a !== 'none' && b !== 'none');
