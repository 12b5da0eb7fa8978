import type { ReadReply } from './read-reply';
import { decodeString, IS_STRING, TYPE_MASK } from './scan-record';

const MOST_VALUE_BYTES = 64;

/** The words that stand as values in plain fields of a record: the names of the people in it are among them. */
export function valueWords({ body, tape, tree }: Pick<ReadReply, 'body' | 'tape' | 'tree'>): ReadonlySet<string> {
  const words = new Set<string>();
  for (let entry = 0; entry < tape.length; entry += 4) {
    const type = tape[entry + 3] as number;
    if ((type & TYPE_MASK) !== IS_STRING || tree.nodes[tape[entry] as number]?.kind !== 'plain') continue;
    const [start, end] = [tape[entry + 1] as number, tape[entry + 2] as number];
    if (end - start > MOST_VALUE_BYTES) continue;
    for (const word of wordsIn(decodeString(body, start, end, type))) words.add(word);
  }
  return words;
}

/** `RamonaSampleton` and `ramona_sampleton` are two words. */
export const wordsIn = (text: string): readonly string[] =>
  text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
