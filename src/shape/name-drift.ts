import { MOST_INSIDE, MOST_PLACE_CHARACTERS, UNTOLD_KEY, type Holds } from '../vocabulary/drift';
import { toPointer } from '../vocabulary/to-pointer';
import type { PlaceNode, PlaceTree } from './compile-projection';
import { findLeaves, startOfValue } from './find-leaves';
import { isCapitalised, mayTellKey } from './may-tell-key';
import type { ReadReply } from './read-reply';
import { DRIFT_STEP } from './scan-record';
import { valueWords, wordsIn } from './value-words';

/** Who counts what is found. `place` null: fields whose place is not told by name; the array is empty where nothing was looked for. */
export interface DriftCounter {
  add(place: string | null, holds: Holds, fields: number, inside: readonly string[]): void;
}

/**
 * Names the places of a record's unclassified fields, for the drift list.
 *
 * A key may itself be a value, a number or a person's name. So it is told only where it looks like the name of a field (mayTellKey) and its
 * words do not stand in this record as values; `?` stands for the others. Places that are known already cost a look into a table.
 *
 * Gives   each place once, with the number of its fields; what stands in an object or list is looked at in the 1st, 2nd, 4th, 8th … record.
 */
export function nameDrift(read: ReadReply, counter: DriftCounter): void {
  let rest = read.unclassifiedFields;
  if (rest === 0) return;
  const { driftSpans: spans } = read;
  const names = namesOf(read.tree);
  const record: NamedRecord = { read, words: null };
  for (let i = 0; i < spans.length; i += DRIFT_STEP) {
    const fields = spans[i + 4] as number;
    rest -= fields;
    names.name(record, i, fields, counter);
  }
  if (rest > 0) counter.add(null, 'value', rest, NOTHING);
}

/** Of one tree; more places are counted and not told. */
const MOST_NAMES = 400;
/** Records whose values are searched for a key in vain: where keys are people, not every record is searched for its own. */
const MOST_SEARCHES = 1_000;
const NOTHING: readonly string[] = [];

const remembered = new WeakMap<PlaceTree, TreeNames>();

function namesOf(tree: PlaceTree): TreeNames {
  let names = remembered.get(tree);
  if (names === undefined) remembered.set(tree, (names = new TreeNames(tree)));
  return names;
}

interface NamedRecord {
  readonly read: ReadReply;
  /** Looked for where a key is met that nobody knows yet. */
  words: ReadonlySet<string> | null;
}

interface Name {
  /** As it stood in the body; null for a node's own place. */
  readonly key: Buffer | null;
  readonly place: string | null;
  looks: number;
}

class TreeNames {
  private readonly known = new Map<number, Name>();
  private readonly hasCapitals: boolean;
  private searchesLeft = MOST_SEARCHES;

  constructor(private readonly tree: PlaceTree) {
    this.hasCapitals = tree.nodes.some((node) => isCapitalised(node.word));
  }

  name(record: NamedRecord, span: number, fields: number, counter: DriftCounter): void {
    const { body, driftSpans: spans } = record.read;
    const from = spans[span + 1] as number;
    const isOwn = from < 0;
    const at = isOwn ? -1 - from : startOfValue(body, (spans[span + 2] as number) + 1);
    const holds = holdsAt(body[at]);
    const name = this.find(record, span, isOwn);
    const isContainer = holds === 'object' || holds === 'list';
    const place = name.place;
    if (!isContainer || place === null || place.endsWith(UNTOLD) || !isPowerOfTwo(++name.looks))
      return counter.add(place, holds, fields, NOTHING);
    const mayTell = (key: string): boolean => this.mayTell(record, key);
    const leaves = findLeaves(body, at, place, { mayTell, most: MOST_INSIDE });
    counter.add(
      place,
      holds,
      fields,
      leaves.filter((leaf) => leaf.length <= MOST_PLACE_CHARACTERS),
    );
  }

  private find(record: NamedRecord, span: number, isOwn: boolean): Name {
    const { body, driftSpans: spans } = record.read;
    const id = spans[span] as number;
    // Node and hash as one number that a double holds exactly; a node's own place has no hash.
    const number = isOwn ? -1 - id : id * 2 ** 32 + ((spans[span + 3] as number) >>> 0);
    const [start, end] = [spans[span + 1] as number, spans[span + 2] as number];
    const known = this.known.get(number);
    if (known !== undefined && (known.key === null || body.compare(known.key, 0, known.key.length, start, end) === 0)) return known;
    const node = this.tree.nodes[id] as PlaceNode;
    if (isOwn) return this.keep(number, null, placeOf(node));
    const key = body.toString('utf8', start, end);
    // Not kept: the next record may tell what this one does not.
    if (!this.mayTell(record, key)) return { key: null, place: short(placeOf(node) + UNTOLD), looks: 0 };
    return this.keep(number, Buffer.from(body.subarray(start, end)), `${placeOf(node)}/${key}`);
  }

  private keep(number: number, key: Buffer | null, place: string): Name {
    const name: Name = { key, place: short(place), looks: 0 };
    if (this.known.size >= MOST_NAMES) return { ...name, place: null };
    this.known.set(number, name);
    return name;
  }

  private mayTell(record: NamedRecord, key: string): boolean {
    if (!mayTellKey(key, this.hasCapitals) || this.searchesLeft === 0) return false;
    const words = (record.words ??= valueWords(record.read));
    const isValue = wordsIn(key).every((word) => words.has(word));
    if (isValue) this.searchesLeft--;
    return !isValue;
  }
}

const UNTOLD = `/${UNTOLD_KEY}`;
const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;
const short = (place: string): string | null => (place.length > MOST_PLACE_CHARACTERS ? null : place);

function holdsAt(byte: number | undefined): Holds {
  if (byte === 0x7b) return 'object';
  if (byte === 0x5b) return 'list';
  return byte === 0x74 || byte === 0x66 ? 'flag' : 'value';
}

function placeOf(node: PlaceNode): string {
  const words: string[] = [];
  for (let at = node; at.parent !== null; at = at.parent) words.unshift(at.word);
  return toPointer(words);
}
