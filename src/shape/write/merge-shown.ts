import { EACH } from '../../vocabulary/case-system';
import { isList, isObject, isSame, type Json } from './json-tree';

/** A leaf, or an empty container, that is written: where it is classified, and what stands there afterwards. */
export interface Change {
  /** With EACH for the elements of a list, as record.yaml names places. */
  readonly place: readonly string[];
  /** undefined: it is taken away. */
  readonly after: Json | undefined;
}

/** An element of a list that is added, changed or taken away. */
export interface Touched {
  /** Of the element, with EACH at its end. */
  readonly place: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface Merged {
  /** The record as it is to stand in the case system; undefined where nothing is left of it. */
  readonly record: Json | undefined;
  readonly changes: readonly Change[];
  readonly touched: readonly Touched[];
  /** Places where the change would meet a value that the caller is not shown as it is. */
  readonly unseen: readonly (readonly string[])[];
}

/**
 * Brings what a caller made of what was shown to them into the record as it is.
 *
 * Takes   current: the case system's record. shown: what this caller sees of it, masks and gaps included. wanted: what the caller sent.
 * Gives   the record in which exactly that is different in which `wanted` differs from `shown`. What was not shown stays as it is. A place
 *         where a masked value would be overwritten or erased, or of which it cannot be said where in `current` it stands, is `unseen`: then the
 *         record must not be used. `changes` depend on `shown` and `wanted` alone, so what is refused by them tells nothing of what is hidden.
 */
export function mergeShown(current: Json, shown: Json, wanted: Json): Merged {
  const merge = new Merge();
  const record = merge.value(current, shown, wanted, []);
  return { record, changes: merge.changes, touched: merge.touched, unseen: merge.unseen };
}

type Place = readonly string[];

class Merge {
  readonly changes: Change[] = [];
  readonly touched: Touched[] = [];
  readonly unseen: Place[] = [];

  value(current: Json | undefined, shown: Json | undefined, wanted: Json | undefined, place: Place): Json | undefined {
    if (isSame(shown, wanted)) return current;
    if (isObject(wanted) && (shown === undefined || isObject(shown))) return this.#object(current, shown, wanted, place);
    if (wanted === undefined && isObject(shown)) return this.#object(current, shown, new Map(), place);
    if (isList(wanted) && (shown === undefined || isList(shown))) return this.#list(current, shown, wanted, place);
    if (wanted === undefined && isList(shown)) return this.#list(current, shown, undefined, place);
    this.#note(shown, wanted, place);
    // Masked, or hidden by a change of type: not what is overwritten here.
    if (!isSame(current, shown)) this.unseen.push(place);
    return wanted;
  }

  #object(
    current: Json | undefined,
    shown: ReadonlyMap<string, Json> | undefined,
    wanted: ReadonlyMap<string, Json>,
    place: Place,
  ): Json | undefined {
    if (current !== undefined && !isObject(current)) this.unseen.push(place);
    const before = isObject(current) ? current : new Map<string, Json>();
    const result = new Map(before);
    for (const name of new Set([...(shown?.keys() ?? []), ...wanted.keys()])) {
      const after = this.value(before.get(name), shown?.get(name), wanted.get(name), [...place, name]);
      if (after === undefined) result.delete(name);
      else result.set(name, after);
    }
    if (shown === undefined && wanted.size === 0) this.#note(undefined, wanted, place);
    // Taken away whole, and nothing hidden stands in it.
    const isGone = wanted.size === 0 && result.size === 0 && shown !== undefined && place.length > 0;
    return isGone ? undefined : result;
  }

  /** Elements have no names: those before and behind what is different are the same ones, those between are paired off one by one. */
  #list(
    current: Json | undefined,
    shown: readonly Json[] | undefined,
    wanted: readonly Json[] | undefined,
    place: Place,
  ): Json | undefined {
    const [old, next] = [shown ?? [], wanted ?? []];
    if (old.length === 0 && next.length === 0) this.#note(shown, wanted, place);
    const most = Math.min(old.length, next.length);
    let head = 0;
    while (head < most && isSame(old[head], next[head])) head += 1;
    let tail = 0;
    while (tail < most - head && isSame(old[old.length - 1 - tail], next[next.length - 1 - tail])) tail += 1;
    const oldMiddle = old.slice(head, old.length - tail);
    const nextMiddle = next.slice(head, next.length - tail);

    const real = isList(current) ? current : [];
    // An element of which nothing is shown was left out: the numbers of those that are shown are not theirs in the record.
    if (real.length !== old.length || (current !== undefined && !isList(current))) this.unseen.push(place);
    const realMiddle = real.slice(head, real.length - tail);
    const middle = this.#elements(realMiddle, oldMiddle, nextMiddle, [...place, EACH]);
    if (wanted === undefined && middle.length === 0) return undefined;
    return [...real.slice(0, head), ...middle, ...real.slice(real.length - tail)];
  }

  #elements(real: readonly Json[], old: readonly Json[], next: readonly Json[], place: Place): readonly Json[] {
    const isWhole = old.every((one, i) => isSame(one, real[i]));
    // With hidden values inside, one element may be changed in place; which of several belongs to which cannot be known.
    if (!isWhole && !(old.length === 1 && next.length === 1)) this.unseen.push(place);
    const result: Json[] = [];
    for (let i = 0; i < Math.max(old.length, next.length); i += 1) {
      const before = i < old.length ? real[i] : undefined;
      const after = this.value(before, old[i], next[i], place);
      if (!isSame(old[i], next[i])) this.touched.push({ place, before, after });
      if (after !== undefined && i < next.length) result.push(after);
    }
    return result;
  }

  /** Notes every leaf of both sides: what is taken away is written as well. */
  #note(shown: Json | undefined, wanted: Json | undefined, place: Place): void {
    for (const gone of leavesOf(shown, place)) if (typeof wanted !== 'string') this.changes.push({ place: gone.place, after: undefined });
    for (const { place: at, value } of leavesOf(wanted, place)) this.changes.push({ place: at, after: value });
  }
}

/** Scalars and empty containers, each with its place. */
export function leavesOf(tree: Json | undefined, place: Place): readonly { readonly place: Place; readonly value: Json }[] {
  if (tree === undefined) return [];
  if (isObject(tree) && tree.size > 0) return [...tree].flatMap(([name, value]) => leavesOf(value, [...place, name]));
  if (isList(tree) && tree.length > 0) return tree.flatMap((value) => leavesOf(value, [...place, EACH]));
  return [{ place, value: tree }];
}
