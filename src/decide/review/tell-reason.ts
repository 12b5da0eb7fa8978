import { ERROR_TABLE } from '../../vocabulary/errors';
import { isReason, type Reason, REASONS } from '../../vocabulary/reasons';

/** A reason word with its meaning, and what would have to be otherwise where the policy is not what stood in the way. */
export interface ReasonTold {
  readonly word: string;
  readonly says: string;
  readonly needed: string | null;
}

export function tellReason(word: string): ReasonTold {
  if (!isReason(word)) return { word, says: 'A word of another release.', needed: null };
  const says = Object.hasOwn(REASONS, word) ? REASONS[word as keyof typeof REASONS] : ERROR_TABLE[word as keyof typeof ERROR_TABLE].says;
  return { word, says, needed: NEEDED[word] ?? null };
}

const NEW_TOKEN = 'A new access token of a configured issuer, for this gateway.';
const SYSTEM_AGAIN = 'Nothing of the caller or the policy: the same request, once the fault is mended.';

const READ_AGAIN = 'A read of the record, which shows what became of it.';

const QUERY = 'A query of the words that record.yaml declares for the route, each at most once.';
const FIRST_PAGE = 'The list from its first page on: a cursor is for one caller, one query and a quarter of an hour.';

const NEEDED: Readonly<Partial<Record<Reason, string>>> = {
  'token-missing': NEW_TOKEN,
  'token-invalid': NEW_TOKEN,
  'token-not-bearer': NEW_TOKEN,
  'token-malformed': NEW_TOKEN,
  'token-algorithm': NEW_TOKEN,
  'token-issuer': NEW_TOKEN,
  'token-audience': NEW_TOKEN,
  'token-type': NEW_TOKEN,
  'token-signature': NEW_TOKEN,
  'token-expired': NEW_TOKEN,
  'token-not-yet-valid': NEW_TOKEN,
  'token-claims': NEW_TOKEN,
  'account-unknown': 'An account in the directory for exactly this issuer, subject and environment.',
  'account-not-active': 'An account and an organization whose standing is active.',
  'account-pending': 'The account to become active: its request is not finished.',
  'account-suspended': 'The suspension of the account to be lifted.',
  'account-terminated': 'Another account: one that was terminated stays so until the directory says otherwise.',
  'organization-not-active': "The organization's standing to become active.",
  'no-membership': 'A membership in this system and environment that holds at that moment.',
  'too-many-roles': 'Fewer memberships in this system: record.yaml says how many a person may hold.',
  'application-not-registered': 'A calling application that is registered here for this system and action.',
  'application-not-active': "The calling application's standing to become active.",
  'application-missing': 'A token that names the calling application.',
  'application-narrows': 'The registration of the calling application to carry this section and action.',
  'actor-not-registered': 'A registered delegation between the acting service and this person.',
  'actor-narrows': 'A membership of the acting service that may see it, too.',
  'action-not-permitted': 'A row of policy.csv that allows the action to the workgroup in any case at all.',
  'field-not-writable': 'A row of policy.csv that allows the action on the section of each field, in a route that declares it.',
  'query-malformed': QUERY,
  'query-word-repeated': QUERY,
  'query-word-unknown': QUERY,
  'query-field-not-readable': 'A query without that word: it tells of a field that is not shown on every record it could touch.',
  'query-page-not-countable': QUERY,
  'cursor-not-sound': FIRST_PAGE,
  'cursor-of-another': FIRST_PAGE,
  'cursor-expired': FIRST_PAGE,
  'export-limit': 'Fewer records in one answer, or a limit for the workgroup under mostRecords in record.yaml.',
  'reader-left': 'A reader that takes the answer in time.',
  'right-missing': 'The right in the directory.',
  'record-unknown': 'A record of that number in the case system.',
  'facts-missing': 'The case system or the registry to say the facts that record.yaml calls must.',
  'record-id-mismatch': 'The case system to answer with the record that was asked for.',
  'rate-limited': 'Fewer requests in the same time.',
  'policy-unavailable': 'Policy files of this system that pass `casegate policy check`.',
  'engine-error': 'A look at the operational log: the policy engine failed, and closed.',
  'decision-unsettled': SYSTEM_AGAIN,
  'stale-decision': SYSTEM_AGAIN,
  'audit-unavailable': 'A log that can be written: without an entry there is no answer.',
  'directory-unavailable': SYSTEM_AGAIN,
  'keys-unavailable': SYSTEM_AGAIN,
  'identity-unavailable': SYSTEM_AGAIN,
  'write-applied': 'Nothing: it was written.',
  'write-absent': 'The write, once more: the record does not show it.',
  'write-unreadable': READ_AGAIN,
  'write-not-applied': 'A case system that does what it says, or another form of the change in record.yaml.',
  'outcome-unrecorded': READ_AGAIN,
  'outcome-unknown': READ_AGAIN,
  'upstream-failed': SYSTEM_AGAIN,
  'upstream-malformed': SYSTEM_AGAIN,
  'upstream-too-large': SYSTEM_AGAIN,
  'upstream-unreachable': SYSTEM_AGAIN,
  'upstream-timeout': SYSTEM_AGAIN,
  'shaping-failed': SYSTEM_AGAIN,
  'internal-fault': SYSTEM_AGAIN,
  'shutting-down': SYSTEM_AGAIN,
};
