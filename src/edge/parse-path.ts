import { holdsSsn } from './holds-ssn';

export type ParsedPath =
  | {
      readonly kind: 'path';
      readonly system: string;
      readonly segments: readonly string[];
      /** What stands behind the question mark, as it came; null where there is none. Only lists take a query. */
      readonly query: string | null;
    }
  | { readonly kind: 'refused'; readonly code: 'path-not-canonical' | 'ssn-in-url' | 'headers-too-large' };

/**
 * Reads the target of a request line, as it came, in the one way it can be read.
 *
 * Takes   '/<system>/<segment>/…': words of letters, digits, '_' and '-', with single dots inside; '/' alone is system ''.
 * Gives   the words; the upstream path is never built from them but from the route and the record id.
 * Refuses all else, rather than to decode, merge or trim: absolute, authority and asterisk form, '//', a backslash, '.' and '..', any
 *         percent sign, ';', '#', controls, anything that is not ASCII, a dot, a blank or a slash at the end; digits that look like an
 *         SSN, wherever they stand.
 * Source  attacks PTH-01 … PTH-15, E02, E03; acceptance R26.
 */
export function parsePath(target: string): ParsedPath {
  if (target.length > MOST_CHARACTERS) return { kind: 'refused', code: 'headers-too-large' };
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  if (holdsSsn(path, queryAt < 0 ? '' : target.slice(queryAt + 1))) return { kind: 'refused', code: 'ssn-in-url' };
  if (!CANONICAL.test(path)) return { kind: 'refused', code: 'path-not-canonical' };
  const [system = '', ...segments] = path.slice(1).split('/');
  return { kind: 'path', system, segments, query: queryAt < 0 ? null : target.slice(queryAt + 1) };
}

const MOST_CHARACTERS = 8_192;
const CANONICAL = /^(?:\/|(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)+)$/;
