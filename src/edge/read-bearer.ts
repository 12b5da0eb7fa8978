/**
 * The one bearer token of an Authorization line: undefined where none was sent, 'not-bearer' for any other scheme, a token outside the
 * token68 charset or over 8 KB. Scheme in any case (RFC 9110, 11.1), one blank, nothing after.
 */
export function readBearer(authorization: string | undefined): { readonly bearer: string | undefined } | 'not-bearer' {
  if (authorization === undefined) return { bearer: undefined };
  if (authorization.length > MOST_CHARACTERS + SCHEME_CHARACTERS || !BEARER.test(authorization)) return 'not-bearer';
  return { bearer: authorization.slice(SCHEME_CHARACTERS) };
}

/** An Authorization line that `readBearer` has read, and what it read. */
export interface SoundBearer {
  readonly authorization: string;
  readonly bearer: string;
}

const MOST_CHARACTERS = 8_192;
const SCHEME_CHARACTERS = 'Bearer '.length;
const BEARER = /^Bearer [A-Za-z0-9\-._~+/]+=*$/i;
