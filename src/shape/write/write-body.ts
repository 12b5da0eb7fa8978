import type { Place } from '../../vocabulary/case-system';
import { toPointer } from '../../vocabulary/to-pointer';
import type { WriteRule } from '../../vocabulary/write-rule';
import { isList, isObject, isSame, printTree, valueAt, type Json } from './json-tree';

export interface WriteBody {
  readonly bytes: Buffer | null;
  readonly mediaType: string;
  /**
   * Values that would go along because the case system takes nothing smaller, and that the caller is not shown: where nothing keeps two
   * writers apart, they would take back what somebody else has just written.
   */
  readonly unseen: readonly Place[];
}

/**
 * What is sent, in the form that the case system takes.
 * Takes   current and shown: before. record: as it is to stand; for an element, the element.
 */
export function writeBody(
  rule: WriteRule,
  { current, shown, record }: { readonly current: Json; readonly shown: Json; readonly record: Json },
): WriteBody {
  const whole = new Wholes(rule.concurrency === 'none', shown);
  switch (rule.sends) {
    case 'whole':
    case 'element':
      return { bytes: bytesOf(record), mediaType: 'application/json', unseen: [] };
    case 'members': {
      const members = new Map<string, Json>();
      for (const [name, value] of membersOf(record))
        if (!isSame(value, valueAt(current, [name]))) members.set(name, whole.taken([name], current, value));
      for (const name of membersOf(current).keys())
        if (!membersOf(record).has(name)) members.set(name, whole.taken([name], current, 'null'));
      return { bytes: bytesOf(versioned(members, rule, current)), mediaType: 'application/json', unseen: whole.unseen };
    }
    case 'merge-patch': {
      const patch = mergePatch(current, record, [], whole);
      return { bytes: bytesOf(versioned(patch, rule, current)), mediaType: 'application/merge-patch+json', unseen: whole.unseen };
    }
    case 'json-patch': {
      const operations: Json[] = [];
      if (rule.versionPlace !== null) test(operations, rule.versionPlace, valueAt(current, rule.versionPlace));
      jsonPatch(operations, current, record, [], whole);
      return { bytes: bytesOf(operations), mediaType: 'application/json-patch+json', unseen: whole.unseen };
    }
    case 'nothing':
      return { bytes: null, mediaType: '', unseen: [] };
  }
}

const bytesOf = (tree: Json): Buffer => Buffer.from(printTree(tree), 'utf8');
const membersOf = (tree: Json | undefined): ReadonlyMap<string, Json> => (isObject(tree) ? tree : new Map());

/** Notes what is sent whole although the caller is not shown all of it. */
class Wholes {
  readonly unseen: Place[] = [];

  constructor(
    private readonly isUnguarded: boolean,
    private readonly shown: Json,
  ) {}

  taken(path: Place, current: Json, value: Json): Json {
    const before = valueAt(current, path);
    if (this.isUnguarded && before !== undefined && !isSame(before, valueAt(this.shown, path))) this.unseen.push(path);
    return value;
  }
}

function mergePatch(before: Json | undefined, after: Json, path: Place, whole: Wholes, current: Json = before ?? 'null'): Json {
  if (!isObject(before) || !isObject(after)) return whole.taken(path, current, after);
  const patch = new Map<string, Json>();
  for (const name of before.keys()) if (!after.has(name)) patch.set(name, 'null');
  for (const [name, value] of after)
    if (!isSame(before.get(name), value)) patch.set(name, mergePatch(before.get(name), value, [...path, name], whole, current));
  return patch;
}

function jsonPatch(operations: Json[], current: Json, record: Json, path: Place, whole: Wholes): void {
  const [before, after] = [valueAt(current, path), valueAt(record, path)];
  if (isSame(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...before.keys(), ...after.keys()])) jsonPatch(operations, current, record, [...path, name], whole);
    return;
  }
  if (isList(before) && isList(after)) {
    // Elements that go behind the others touch nothing that stands there.
    const isAppended = after.length > before.length && before.every((one, i) => isSame(one, after[i]));
    if (isAppended) return void after.slice(before.length).forEach((one) => operations.push(operation('add', [...path, '-'], one)));
    if (after.length === before.length)
      return void after.forEach((_, i) => jsonPatch(operations, current, record, [...path, String(i)], whole));
  }
  if (before === undefined) return void operations.push(operation('add', path, after as Json));
  whole.taken(path, current, before);
  test(operations, path, before);
  operations.push(after === undefined ? operation('remove', path) : operation('replace', path, after));
}

/** What is replaced or taken away is what was read a moment ago, or the case system refuses the whole patch. */
function test(operations: Json[], path: Place, value: Json | undefined): void {
  if (value !== undefined) operations.push(operation('test', path, value));
}

function operation(op: string, path: Place, value?: Json): Json {
  const members: [string, Json][] = [
    ['op', JSON.stringify(op)],
    ['path', JSON.stringify(toPointer(path))],
  ];
  if (value !== undefined) members.push(['value', value]);
  return new Map(members);
}

/** The version that was read goes along, so that the case system can refuse an older one. */
function versioned(patch: Json, { versionPlace }: WriteRule, current: Json): Json {
  if (versionPlace === null) return patch;
  const version = valueAt(current, versionPlace);
  return version === undefined ? patch : setAt(patch, versionPlace, version);
}

function setAt(tree: Json, [step, ...rest]: Place, value: Json): Json {
  if (step === undefined) return value;
  const members = membersOf(tree);
  return new Map(members).set(step, setAt(members.get(step) ?? new Map(), rest, value));
}
