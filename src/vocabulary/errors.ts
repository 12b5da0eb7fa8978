/**
 * Every problem that Casegate answers with: HTTP status and what a person reads.
 * The code is the stable name for machines (RFC 9457 `code`); nothing of the request is ever echoed.
 */
export const ERROR_TABLE = {
  'request-malformed': { status: 400, title: 'Malformed request', says: 'The request is not well formed HTTP/1.1.' },
  'path-not-canonical': { status: 400, title: 'Ambiguous path', says: 'The path can be read in more than one way. Write it plainly.' },
  'query-not-allowed': { status: 400, title: 'Query not allowed', says: 'This route does not take these query words.' },
  'ssn-in-url': { status: 400, title: 'Number in the address', says: 'A Social Security number must never stand in an address.' },
  'body-not-allowed': { status: 400, title: 'Body not allowed', says: 'This request must not carry a body.' },
  'body-malformed': {
    status: 400,
    title: 'Malformed body',
    says: 'The body is no strict JSON in UTF-8, or not of the form that this route takes.',
  },
  'header-not-allowed': { status: 400, title: 'Ambiguous header', says: 'A header stands twice or has a value that cannot be accepted.' },
  'token-missing': { status: 401, title: 'Sign in', says: 'Sign in to continue.' },
  'token-invalid': { status: 401, title: 'Sign in again', says: 'The access token is not accepted.' },
  'account-unknown': { status: 403, title: 'No account', says: 'There is no account for you here. Ask your security officer.' },
  'account-not-active': { status: 403, title: 'Account not active', says: 'Your account is not active. Ask your security officer.' },
  'no-membership': { status: 403, title: 'No membership', says: 'Your account has no workgroup in this system.' },
  'application-not-registered': {
    status: 403,
    title: 'Application not registered',
    says: 'The calling application is not registered for this.',
  },
  'action-not-permitted': { status: 403, title: 'Not permitted', says: 'Your workgroup does not permit this action.' },
  'field-not-writable': {
    status: 403,
    title: 'Field not writable',
    says: 'You may not write some of these fields. Nothing was written.',
  },
  'right-missing': { status: 403, title: 'Right missing', says: 'This needs a right that your account does not hold.' },
  'record-hidden': { status: 404, title: 'Not available', says: 'No record is available to you under this number.' },
  'route-unknown': { status: 404, title: 'Unknown route', says: 'This gateway carries no such route.' },
  'version-unknown': {
    status: 404,
    title: 'Unknown version',
    says: 'No policy version of that name is kept here, or none waits for approval.',
  },
  'method-not-allowed': { status: 405, title: 'Method not allowed', says: 'This route does not take this method.' },
  'not-acceptable': { status: 406, title: 'Not acceptable', says: 'This route answers in none of the media types that you accept.' },
  'request-timeout': { status: 408, title: 'Too slow', says: 'The request did not arrive in time.' },
  conflict: { status: 409, title: 'Conflict', says: 'What you sent does not fit the present state.' },
  'unseen-values': {
    status: 409,
    title: 'Values not shown',
    says: 'This would overwrite or erase values that you are not shown. Nothing was written.',
  },
  'write-open': {
    status: 409,
    title: 'Write under way',
    says: 'A write with this Idempotency-Key is under way, or its outcome is not known yet. Read the record before you write again.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Record changed',
    says: 'The record is not the one that you read. Read it again. Nothing was written.',
  },
  'payload-too-large': { status: 413, title: 'Too large', says: 'The request is larger than this gateway takes.' },
  'media-type-not-supported': {
    status: 415,
    title: 'Media type not supported',
    says: 'The body must be of a media type that this route takes, in UTF-8.',
  },
  'expectation-failed': { status: 417, title: 'Expectation failed', says: 'This gateway does not meet that expectation.' },
  'host-unknown': { status: 421, title: 'Misdirected', says: 'This gateway does not answer for that host.' },
  'input-invalid': { status: 422, title: 'Input not valid', says: 'Some of what you sent is not valid.' },
  'idempotency-key-reused': {
    status: 422,
    title: 'Key used before',
    says: 'This Idempotency-Key was used for another request. Nothing was written.',
  },
  'outside-window': {
    status: 422,
    title: 'Date outside the window',
    says: 'A date lies too far back to be entered. Nothing was written.',
  },
  'write-refused': { status: 422, title: 'Not taken', says: 'The case system did not take what you sent. Nothing was written.' },
  'precondition-required': {
    status: 428,
    title: 'If-Match needed',
    says: 'Send If-Match with the ETag that you read, so that nobody overwrites what somebody else has just written.',
  },
  'upgrade-refused': { status: 426, title: 'Upgrade refused', says: 'This gateway speaks HTTP/1.1 alone.' },
  'rate-limited': { status: 429, title: 'Too many requests', says: 'Too many requests. Wait, then try again.' },
  'headers-too-large': { status: 431, title: 'Headers too large', says: 'The header block or the address is too long.' },
  'internal-fault': { status: 500, title: 'Fault', says: 'The gateway failed. Nothing was disclosed.' },
  'upstream-failed': { status: 502, title: 'Case system failed', says: 'The case system answered in a way that cannot be passed on.' },
  'upstream-malformed': {
    status: 502,
    title: 'Case system unreadable',
    says: 'The answer of the case system cannot be read safely, so nothing of it is shown.',
  },
  'upstream-too-large': {
    status: 502,
    title: 'Case system answer too large',
    says: 'The answer of the case system is larger than this gateway takes.',
  },
  'upstream-unreachable': { status: 502, title: 'Case system unreachable', says: 'The case system cannot be reached.' },
  'shaping-failed': {
    status: 502,
    title: 'Answer not shown',
    says: 'The answer of the case system could not be made safe to show, so nothing of it is shown.',
  },
  'write-not-applied': {
    status: 502,
    title: 'Not written',
    says: 'The case system said that it took the write, but the record does not show it.',
  },
  'outcome-unrecorded': {
    status: 503,
    title: 'Outcome not recorded',
    says: 'The case system took the write, but its outcome could not be recorded. Read the record before you write again.',
  },
  'audit-unavailable': { status: 503, title: 'Log unavailable', says: 'The access log cannot be written, so records cannot be shown.' },
  'keys-unavailable': {
    status: 503,
    title: 'Keys unavailable',
    says: 'Whether this Idempotency-Key was used before cannot be told now. Nothing was written.',
  },
  'directory-unavailable': {
    status: 503,
    title: 'Directory unavailable',
    says: 'The directory of accounts cannot be read, so records cannot be shown.',
  },
  'identity-unavailable': {
    status: 503,
    title: 'Sign-on unavailable',
    says: 'The keys of the identity provider cannot be had, so nobody can be identified.',
  },
  'policy-unavailable': { status: 503, title: 'No policy', says: 'No checked policy is in force for this system.' },
  'decision-unsettled': { status: 503, title: 'Changing', says: 'Accounts or records changed while you asked. Try again.' },
  'shutting-down': { status: 503, title: 'Closing', says: 'This gateway is closing. Try again.' },
  'outcome-unknown': {
    status: 504,
    title: 'Outcome unknown',
    says: 'The write was sent, and the case system did not say whether it took it. Read the record before you write again.',
  },
  'upstream-timeout': { status: 504, title: 'Case system too slow', says: 'The case system did not answer in time.' },
} as const satisfies Record<string, { status: number; title: string; says: string }>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/**
 * What stops a request. The code has a public face in ERROR_TABLE; message and cause are for us alone and never leave.
 * `reason` is the word for the access log where it is more exact than the code.
 */
export class GatewayError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: {
      readonly cause?: unknown;
      readonly reason?: string;
      /** Seconds, sent as Retry-After. */
      readonly retryAfterSeconds?: number;
      /** Extra members of the problem document; must hold no value of the request or of a record. */
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
  }
}
