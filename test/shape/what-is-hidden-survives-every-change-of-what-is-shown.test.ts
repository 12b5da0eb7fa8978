import fc from 'fast-check';
import { isList, isObject, isSame, parseTree, printTree, type Json } from '../../src/shape/write/json-tree';
import { mergeShown } from '../../src/shape/write/merge-shown';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** Members named h… are hidden, those named m… leave masked; all others are shown as they are. */
const name = fc.constantFrom('a', 'b', 'c', 'h1', 'h2', 'm1');
const scalar = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('x', 'y', 'é\n"'), fc.boolean(), fc.constant(null));
const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  ),
})).value;
const record: fc.Arbitrary<Plain> = fc.dictionary(name, plain, { maxKeys: 6 });

/** A plain oracle of shaping: what is hidden is left out, and an element of which nothing is shown with it. */
function shown(value: Plain): Plain {
  if (Array.isArray(value))
    return value
      .map((one: Plain) => shown(one))
      .filter((one, i) => isPlainScalar(one) || hasMembers(one) || !hasMembers(value[i] as Plain));
  if (isPlainScalar(value)) return value;
  const members = Object.entries(value as Record<string, Plain>).filter(([key]) => !key.startsWith('h'));
  return Object.fromEntries(members.map(([key, one]) => [key, key.startsWith('m') ? 'MASK' : shown(one)]));
}

const isPlainScalar = (value: Plain): boolean => typeof value !== 'object' || value === null;
const hasMembers = (value: Plain): boolean => !isPlainScalar(value) && Object.keys(value as object).length > 0;

/** Everything that is hidden or masked, wherever it stands, in order. */
function hidden(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(hidden);
  if (!isObject(value)) return [];
  return [...value].flatMap(([key, one]) => (/^[hm]/.test(key) ? [`${key} ${printTree(one)}`] : hidden(one))).sort();
}

const tree = (value: Plain): Json => parseTree(JSON.stringify(value));

/** Something that a client might make of what it was given: some members and elements gone, others new, others otherwise. */
function edited(value: Plain, pick: () => number, fresh: () => Plain): Plain {
  if (isPlainScalar(value)) return pick() < 2 ? 'new' : value;
  if (Array.isArray(value)) {
    const kept = (value as readonly Plain[]).filter(() => pick() > 1).map((one) => edited(one, pick, fresh));
    return pick() < 2 ? [...kept, fresh()] : kept;
  }
  const kept = Object.entries(value as Record<string, Plain>).filter(() => pick() > 1);
  const members = kept.map(([key, one]): [string, Plain] => [key, key.startsWith('m') && pick() > 1 ? one : edited(one, pick, fresh)]);
  return Object.fromEntries(pick() < 2 ? [...members, ['c', fresh()]] : members);
}

test('PTH-26 of ten thousand changes, each is brought in whole or not at all, and nothing hidden moves', () => {
  let brought = 0;
  let refused = 0;
  fc.assert(
    fc.property(record, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 64, maxLength: 64 }), (current, picks) => {
      let at = 0;
      const pick = (): number => picks[(at += 1) % picks.length] as number;
      const view = shown(current);
      const wanted = edited(view, pick, () => ({ a: pick() }));
      const merged = mergeShown(tree(current), tree(view), tree(wanted));
      if (merged.unseen.length > 0) return void (refused += 1);
      brought += 1;
      const after = merged.record ?? new Map<string, Json>();
      const again = shown(JSON.parse(printTree(after)) as Plain);
      expect(bare(tree(again))).toBe(bare(tree(wanted)));
      expect(hidden(after)).toEqual(hidden(tree(current)));
    }),
    { numRuns: 10_000 },
  );
  expect([brought > 2_000, refused > 500]).toEqual([true, true]);
});

test('what is sent back as it was changes nothing, whatever is hidden', () => {
  fc.assert(
    fc.property(record, (current) => {
      const [before, view] = [tree(current), tree(shown(current))];
      const merged = mergeShown(before, view, view);
      expect([merged.changes, merged.unseen, isSame(merged.record, before)]).toEqual([[], [], true]);
    }),
    { numRuns: 2_000 },
  );
});

test('a tree is printed as it was read, numbers to the digit', () => {
  const text = '{"a":[1.10,-0,1e400,12345678901234567890],"é\\n":{"__proto":true},"":[null,{}]}';
  expect(printTree(parseTree(` ${text.replaceAll(',', ' ,\n')}\t`))).toBe(text);
  for (const bad of ['1 2', '{} {}', '1,2']) expect(() => parseTree(bad)).toThrow();
});

/** Without empty containers, whose coming and going tells nothing of a value, and with members in one order. */
function bare(value: Json): string {
  const without = (one: Json): Json | null => {
    if (isList(one)) {
      const elements = one.map(without).filter((element) => element !== null);
      return elements.length === 0 ? null : elements;
    }
    if (!isObject(one)) return one;
    const members = [...one].flatMap(([key, member]): [string, Json][] => {
      const rest = without(member);
      return rest === null ? [] : [[key, rest]];
    });
    return members.length === 0 ? null : new Map(members.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const rest = without(value);
  return rest === null ? '' : printTree(rest);
}
