import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';

/** A route as it is called: its path around the record id, and the media types asked for. */
export interface UpstreamTarget {
  /** For a list: takes '' and the query, null for none. */
  readonly pathOf: (recordId: string, query: UpstreamQuery | null) => string;
  readonly accept: string;
}

/** Query words and values as they are sent, in their order; a word may stand several times. */
export type UpstreamQuery = readonly (readonly [word: string, value: string])[];

const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * Builds the upstream path from the route's own segments and the record id that was decided on; nothing of the caller's text is in it.
 *
 * The query of a list is written anew from words that record.yaml declares and values that were checked.
 *
 * Fails   with a plain Error for a route whose segments are not plain; internal-fault for a record id that is not.
 * Source  library-pitfalls.md 5: a path handed on as text is normalised again, and another record is fetched than was authorised.
 */
export function upstreamTarget(route: Route, basePath: string): UpstreamTarget {
  for (const segment of route.segments) if (segment !== null) checkSegment(segment);
  const accept = route.mediaTypes.join(', ');
  const hole = route.segments.indexOf(null);
  if (route.answer !== 'record') {
    if (hole !== -1) throw new Error(`Route ${route.name} is a list and holds no record id.`);
    const path = `${basePath}/${route.segments.join('/')}`;
    return { accept, pathOf: (_, query) => (query === null || query.length === 0 ? path : `${path}?${written(query)}`) };
  }
  if (hole === -1 || route.segments.lastIndexOf(null) !== hole)
    throw new Error(`Route ${route.name} must hold the record id exactly once.`);
  const before = `${basePath}/${route.segments
    .slice(0, hole)
    .map((segment) => `${segment}/`)
    .join('')}`;
  const after = route.segments
    .slice(hole + 1)
    .map((segment) => `/${segment}`)
    .join('');
  return {
    accept,
    pathOf(recordId) {
      if (!RECORD_ID.test(recordId)) throw new GatewayError('internal-fault', 'a record id of a form that is never called');
      return before + recordId + after;
    },
  };
}

function written(query: UpstreamQuery): string {
  for (const [word] of query)
    if (!QUERY_WORD.test(word)) throw new GatewayError('internal-fault', 'a query word of a form that is never sent');
  return query.map(([word, value]) => `${word}=${encodeURIComponent(value)}`).join('&');
}
const QUERY_WORD = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** Takes '' or '/a/b' of plain segments; fails with a plain Error for anything else. */
export function checkedBasePath(path: string): string {
  if (path === '' || path === '/') return '';
  if (!path.startsWith('/') || path.endsWith('/')) throw new Error('A base path starts with a slash and does not end with one.');
  path.slice(1).split('/').forEach(checkSegment);
  return path;
}

function checkSegment(segment: string): void {
  if (!/^[A-Za-z0-9._~-]+$/.test(segment) || segment === '.' || segment === '..')
    throw new Error(`The path segment ${JSON.stringify(segment)} is not plain.`);
}
