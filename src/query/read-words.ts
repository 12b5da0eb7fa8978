import type { QueryPair } from '../vocabulary/access';
import type { CompareHow, FieldRule, ListRoute, QueryWord } from '../vocabulary/case-system';

/** A query that is well formed for its route. Whether the caller may ask it is another question. */
export interface AskedList {
  readonly size: number;
  /** From 1; null where the caller names no page. */
  readonly page: number | null;
  readonly cursor: string | null;
  /** Words that compare or choose, as they are sent on, in the order of record.yaml. */
  readonly words: readonly QueryPair[];
  /** Fields on whose values the answer depends; numbers into CaseSystem.fields. */
  readonly fields: ReadonlySet<number>;
  readonly isSorted: boolean;
}

export type QueryFault = 'query-malformed' | 'query-word-unknown';

/** The query word of ours: where a list goes on. */
export const CURSOR_WORD = 'casegate-cursor';

/**
 * Reads a list's query by the route's grammar.
 *
 * Takes   words and values, each word once.
 * Gives   what is asked, or the rule that is broken.
 *         like and search take letters, digits and a few signs: a case system may read the rest as a pattern (json-server takes a regular
 *         expression, which may also run for ever). Of free text, in which Social Security numbers are masked, nothing with a digit is asked.
 * Source  attacks PTH-18, PTH-20, INF-01 … INF-03; acceptance R105.
 */
export function readWords(route: ListRoute, fields: readonly FieldRule[], pairs: readonly QueryPair[]): AskedList | QueryFault {
  const { page: rule } = route;
  const given = new Map(pairs);
  const size = given.has(rule.size) ? wholeNumber(given.get(rule.size) as string, rule.mostSize) : rule.usualSize;
  const page = given.has(rule.number) ? wholeNumber(given.get(rule.number) as string, MOST_PAGE) : null;
  const cursor = given.get(CURSOR_WORD) ?? null;
  if (size === 0 || page === 0 || (cursor !== null && page !== null)) return 'query-malformed';
  for (const own of [rule.size, rule.number, CURSOR_WORD]) given.delete(own);

  const words: QueryPair[] = [];
  const touched = new Set<number>();
  let isSorted = false;
  for (const word of route.words) {
    const value = given.get(word.word);
    if (value === undefined) continue;
    given.delete(word.word);
    const touches = touchedBy(word, value, fields);
    if (touches === null) return 'query-malformed';
    for (const field of touches) touched.add(field);
    isSorted ||= word.how === 'sort';
    words.push([word.word, value]);
  }
  if (given.size > 0) return 'query-word-unknown';
  return { size, page, cursor, words, fields: touched, isSorted };
}

const MOST_PAGE = 1_000_000;

/** 0 for anything but a number from 1 to `most`, written plainly. */
function wholeNumber(text: string, most: number): number {
  const value = /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : 0;
  return value <= most ? value : 0;
}

/** null where the word does not take the value. */
function touchedBy(word: QueryWord, value: string, fields: readonly FieldRule[]): readonly number[] | null {
  switch (word.how) {
    case 'order':
      return /^(?:asc|desc)(?:,(?:asc|desc)){0,3}$/.test(value) ? [] : null;
    case 'sort':
    case 'project':
    case 'group':
    case 'expand': {
      const chosen = value.split(',').map((one) => word.choices.find((choice) => choice.value === one));
      if (chosen.length > MOST_CHOICES || new Set(chosen).size < chosen.length) return null;
      return chosen.every((one) => one !== undefined) ? chosen.flatMap((one) => one.fields) : null;
    }
    default:
      return isAskable(
        word.how,
        value,
        word.fields.some((field) => fields[field]?.kind === 'text'),
      )
        ? word.fields
        : null;
  }
}

const MOST_CHOICES = 4;

function isAskable(how: CompareHow, value: string, isText: boolean): boolean {
  if (value.length > 120 || (isText && /\p{N}/u.test(value))) return false;
  return how === 'like' || how === 'search' ? /^[\p{L}\p{M}\p{N} '’,-]+$/u.test(value) : true;
}
