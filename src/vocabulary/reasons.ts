import { ERROR_TABLE } from './errors';

/**
 * Why an access ended as it did: the one list of words that entries, metrics, tests and explanations use.
 * Every error code is a reason as well; the words below are the more exact ones that stand in entries alone.
 */
export const REASONS = {
  granted: 'A policy row allows it.',
  'right-held': 'The account holds the right that this needs.',
  'not-granted': 'No policy row allows it.',
  'denied-by-rule': 'A policy row denies it.',
  'private-record': 'It would be shown if the record were open.',
  'out-of-scope': 'It would be shown if the record lay in the scope of the membership.',
  'no-private-privilege': "It would be shown if the caller's membership carried the private-record privilege.",
  'application-narrows': 'The calling application may not carry it.',
  'actor-narrows': 'The acting service may not see it.',
  'record-unknown': 'The case system knows no such record.',
  'facts-missing': 'A fact that the record must carry is missing or unreadable.',
  'record-id-mismatch': 'The case system answered with another record.',
  'no-section-granted': 'Not one section of the record is granted.',
  'token-not-bearer': 'The Authorization header is no single bearer token.',
  'token-malformed': 'The token is no compact JWS of acceptable size and form.',
  'token-algorithm': 'The token names an algorithm that is not accepted.',
  'token-issuer': 'The token names no configured issuer.',
  'token-audience': 'The token is for another audience.',
  'token-type': 'The token is of another type.',
  'token-signature': 'The signature does not verify, or its key is unknown.',
  'token-expired': 'The token has expired.',
  'token-not-yet-valid': 'The token is not valid yet.',
  'token-claims': 'A claim is missing, of a wrong type, or out of bounds.',
  'account-pending': 'The account is not active yet.',
  'account-suspended': 'The account is suspended.',
  'account-terminated': 'The account has been terminated.',
  'organization-not-active': "The account's organization is not active.",
  'application-not-active': 'The calling application is not active.',
  'application-missing': 'The token names no calling application.',
  'actor-not-registered': 'The acting service is not registered for this person.',
  'too-many-roles': 'The directory lists more memberships than the system allows.',
  'engine-error': 'The policy engine failed.',
  'query-malformed': 'The query is not written as words and values, or a value has a form that this word does not take.',
  'query-word-repeated': 'A query word stands twice.',
  'query-word-unknown': 'The route declares no such query word.',
  'query-field-not-readable': 'The query would tell of a field that the caller may not read on every record it touches.',
  'query-page-not-countable': 'Pages are counted only for callers who see every record; others follow the cursor.',
  'cursor-not-sound': 'The cursor is not one of ours.',
  'cursor-of-another': 'The cursor was made for another caller or another query.',
  'cursor-expired': 'The cursor is too old.',
  'write-applied': 'The record shows what was written.',
  'write-absent': 'The record does not show what was to be written.',
  'write-unreadable': 'The record could not be read again, so nobody knows whether it was written.',
  'export-limit': 'The answer would hold more records than the workgroup may export at once, or it may export none.',
  'reader-left': 'Whoever read the stream went away, or was too slow.',
  'stale-decision': 'What decided was changed before the entry was written.',
} as const satisfies Record<string, string>;

export type Reason = keyof typeof REASONS | keyof typeof ERROR_TABLE;
export const isReason = (word: string): word is Reason => Object.hasOwn(REASONS, word) || Object.hasOwn(ERROR_TABLE, word);
