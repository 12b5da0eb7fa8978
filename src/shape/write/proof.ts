import { EACH, type Place } from '../../vocabulary/case-system';
import { isList, isObject, parseTree, printTree, valueAt, type Json } from './json-tree';

/**
 * How a record shows that a write was done; kept with the intent as places and a keyed digest, never a value.
 * values: at these places stand the values of which `text` is made. element: the list has more elements than `before` with these values.
 * gone: the record is not there.
 */
export type Proof =
  | { readonly kind: 'values'; readonly places: readonly Place[]; readonly text: string }
  | { readonly kind: 'element'; readonly into: Place; readonly places: readonly Place[]; readonly text: string; readonly before: number }
  | { readonly kind: 'gone' };

export function proofOfValues(record: Json, places: readonly Place[]): Proof {
  return { kind: 'values', places, text: textOf(record, places) };
}

/** `places` are those inside the element. */
export function proofOfElement(current: Json, into: Place, element: ReadonlyMap<string, Json>): Proof {
  const places = [...element.keys()].map((name) => [name]);
  const text = textOf(element, places);
  return { kind: 'element', into, places, text, before: countOf(current, into, places, (one) => one === text) };
}

/**
 * Whether the record shows it.
 * Takes   body: the case system's record, null where it has none. isText: whether a text is the one of the proof; a digest is compared elsewhere.
 */
export function isShownBy(
  proof: { readonly kind: Proof['kind']; readonly places?: readonly Place[]; readonly into?: Place; readonly before?: number },
  body: Buffer | null,
  isText: (text: string) => boolean,
): boolean {
  if (proof.kind === 'gone' || body === null) return (proof.kind === 'gone') === (body === null);
  const record = parseTree(body.toString('utf8').replace(/^\uFEFF/, ''));
  const { places = [], into = [], before = 0 } = proof;
  if (proof.kind === 'element') return countOf(record, into, places, isText) > before;
  return isText(textOf(record, places));
}

const textOf = (tree: Json, places: readonly Place[]): string =>
  JSON.stringify(places.map((place) => [place, valuesAt(tree, place).map(printTree)]));

function valuesAt(tree: Json | undefined, place: Place): readonly Json[] {
  const [step, ...rest] = place;
  if (tree === undefined) return [];
  if (step === undefined) return [tree];
  if (step === EACH) return isList(tree) ? tree.flatMap((one) => valuesAt(one, rest)) : [];
  return isObject(tree) ? valuesAt(tree.get(step), rest) : [];
}

function countOf(record: Json, into: Place, places: readonly Place[], isText: (text: string) => boolean): number {
  const list = valueAt(record, into);
  return isList(list) ? list.filter((one) => isText(textOf(one, places))).length : 0;
}
