/**
 * A JSON value whose numbers are kept as they are written (BOD-05) and whose keys cannot reach a prototype (BOD-02).
 * A scalar is its JSON text; strings are spelled in one way, so that two equal ones are equal texts.
 */
export type Json = string | readonly Json[] | ReadonlyMap<string, Json>;

/**
 * Builds the tree of a text that the strict scan has accepted.
 * Fails   with a plain Error where one value does not end the text: the scan looked at it inside a wrapper.
 */
export function parseTree(text: string): Json {
  const reader = new TreeReader(text);
  return reader.whole();
}

class TreeReader {
  #at = 0;

  constructor(private readonly text: string) {}

  whole(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at !== this.text.length) throw new Error('more than one value');
    return value;
  }

  #value(): Json {
    this.#space();
    const first = this.text[this.#at];
    if (first === '{') return this.#object();
    if (first === '[') return this.#array();
    if (first === '"') return this.#spelled();
    return this.#take(/[^\s,\]}]+/y);
  }

  #object(): Json {
    const members = new Map<string, Json>();
    this.#at += 1;
    for (this.#space(); this.text[this.#at] !== '}'; this.#space()) {
      if (this.text[this.#at] === ',') this.#at += 1;
      this.#space();
      const name = this.#string();
      this.#space();
      this.#at += 1;
      members.set(name, this.#value());
    }
    this.#at += 1;
    return members;
  }

  #array(): Json {
    const elements: Json[] = [];
    this.#at += 1;
    for (this.#space(); this.text[this.#at] !== ']'; this.#space()) {
      if (this.text[this.#at] === ',') this.#at += 1;
      elements.push(this.#value());
    }
    this.#at += 1;
    return elements;
  }

  #string(): string {
    return JSON.parse(this.#spelled()) as string;
  }

  /** Without escapes there is one spelling; with some, JSON.stringify has one. No pattern: a text may be a megabyte long. */
  #spelled(): string {
    const from = this.#at;
    let hasEscapes = false;
    for (this.#at += 1; this.text[this.#at] !== '"'; this.#at += 1) {
      if (this.#at >= this.text.length) throw new Error('the text is not the one that was scanned');
      if (this.text[this.#at] !== '\\') continue;
      hasEscapes = true;
      this.#at += 1;
    }
    const raw = this.text.slice(from, (this.#at += 1));
    return hasEscapes ? JSON.stringify(JSON.parse(raw)) : raw;
  }

  #space(): void {
    while (this.#at < this.text.length && ' \t\r\n'.includes(this.text[this.#at] as string)) this.#at += 1;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) throw new Error('the text is not the one that was scanned');
    this.#at = pattern.lastIndex;
    return found[0];
  }
}

export function printTree(tree: Json): string {
  if (typeof tree === 'string') return tree;
  if (isList(tree)) return `[${tree.map(printTree).join(',')}]`;
  return `{${[...tree].map(([name, value]) => `${JSON.stringify(name)}:${printTree(value)}`).join(',')}}`;
}

export const isList = (tree: Json | undefined): tree is readonly Json[] => Array.isArray(tree);
export const isObject = (tree: Json | undefined): tree is ReadonlyMap<string, Json> => tree instanceof Map;

/** Equal in everything but the order of members. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (!isObject(a) || !isObject(b) || a.size !== b.size) return false;
  for (const [name, value] of a) if (!b.has(name) || !isSame(value, b.get(name))) return false;
  return true;
}

/** Whether a tree has at most so many values, and no more levels than are ever read. Looks no further than that. */
export function isWithin(tree: Json, mostValues: number, mostDepth: number): boolean {
  let left = mostValues;
  const fits = (at: Json, depth: number): boolean => {
    if ((left -= 1) < 0 || depth > mostDepth) return false;
    if (typeof at === 'string') return true;
    for (const one of at.values()) if (!fits(one, depth + 1)) return false;
    return true;
  };
  return fits(tree, 0);
}

/** The value at a path of member names and element numbers; undefined where nothing stands. */
export function valueAt(tree: Json | undefined, path: readonly string[]): Json | undefined {
  let at = tree;
  for (const step of path) {
    if (isObject(at)) at = at.get(step);
    else if (isList(at)) at = /^(?:0|[1-9]\d{0,8})$/.test(step) ? at[Number(step)] : undefined;
    else return undefined;
  }
  return at;
}
