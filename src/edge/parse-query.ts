import type { QueryPair } from '../vocabulary/access';

export type ParsedQuery = readonly QueryPair[] | 'query-malformed' | 'query-word-repeated';

/**
 * Reads what stands behind the question mark in the one way it can be read: `word=value&word=value`.
 *
 * Gives   words as they are written and values decoded once (percent signs as UTF-8, + as a blank), in their order.
 * Refuses all else, and a word that stands twice: one reader would take the first, another the last, a third both (E04, PTH-18).
 */
export function parseQuery(query: string): ParsedQuery {
  const pairs: QueryPair[] = [];
  const words = new Set<string>();
  const parts = query.split('&');
  if (parts.length > MOST_WORDS) return 'query-malformed';
  for (const part of parts) {
    const [whole, word, written] = PAIR.exec(part) ?? [];
    const value = written === undefined ? null : decode(written);
    if (whole === undefined || word === undefined || value === null || UNSEEN.test(value)) return 'query-malformed';
    if (words.has(word)) return 'query-word-repeated';
    words.add(word);
    pairs.push([word, value]);
  }
  return pairs;
}

const MOST_WORDS = 24;
const PAIR = /^([A-Za-z_][A-Za-z0-9_.-]{0,63})=((?:[A-Za-z0-9_.~!*'(),:@/?$-]|\+|%[0-9A-Fa-f]{2}){1,2048})$/;
/** Controls, and what the eye does not see: two values that look alike must not be two. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;

function decode(written: string): string | null {
  try {
    return decodeURIComponent(written.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
