/** An Authorization line that was read, and the token in it. One object for as long as one connection sends the same line. */
export interface SoundBearer {
  readonly authorization: string;
  readonly bearer: string;
}

/**
 * The one bearer token of an Authorization line: undefined where none was sent, 'not-bearer' for any other scheme, a token outside the
 * token68 charset or over 8 KB. Scheme in any case (RFC 9110, 11.1), one blank, nothing after.
 */
export function readBearer(authorization: string | undefined): SoundBearer | undefined | 'not-bearer' {
  if (authorization === undefined) return undefined;
  if (authorization.length > MOST_CHARACTERS + SCHEME_CHARACTERS || !BEARER.test(authorization)) return 'not-bearer';
  return { authorization, bearer: authorization.slice(SCHEME_CHARACTERS) };
}

const MOST_CHARACTERS = 8_192;
const SCHEME_CHARACTERS = 'Bearer '.length;
const BEARER = /^Bearer [A-Za-z0-9\-._~+/]+=*$/i;
