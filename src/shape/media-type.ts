const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*)"/y;
const SPACE = /[ \t]*/y;

export interface MediaType {
  /** Lower case, `type/subtype`. */
  readonly essence: string;
  /** Names in lower case, in order; values without quotes. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** Reads a Content-Type value (RFC 9110, 8.3.1); `null` for anything that is not exactly one media type. */
export function readMediaType(value: string): MediaType | null {
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(value);
    if (found === null) return null;
    at += found[0].length;
    return found[1] ?? found[0];
  };
  const type = take(TOKEN);
  if (type === null || value[at++] !== '/') return null;
  const subtype = take(TOKEN);
  if (subtype === null) return null;
  const parameters: (readonly [string, string])[] = [];
  for (;;) {
    take(SPACE);
    if (at === value.length) return { essence: `${type}/${subtype}`.toLowerCase(), parameters };
    if (value[at++] !== ';') return null;
    take(SPACE);
    if (at === value.length || value[at] === ';') continue;
    const name = take(TOKEN);
    if (name === null || value[at++] !== '=') return null;
    const text = value[at] === '"' ? take(QUOTED) : take(TOKEN);
    if (text === null) return null;
    parameters.push([name.toLowerCase(), text.replace(/\\(.)/g, '$1')]);
  }
}

/** Values that were found good, by the list they were held against: a case system sends the same one with every answer. */
const FOUND_GOOD = new WeakMap<readonly string[], Set<string>>();
const MOST_REMEMBERED = 32;

/** Whether a body under this Content-Type is one of the declared types, in UTF-8, and says nothing more about itself. */
export function isDeclaredMediaType(value: string, declared: readonly string[]): boolean {
  const good = FOUND_GOOD.get(declared) ?? new Set(declared);
  if (good.has(value)) return true;
  const media = readMediaType(value);
  if (media === null || media.parameters.length > 1 || !declared.includes(media.essence)) return false;
  if (!media.parameters.every(([name, text]) => name === 'charset' && text.toLowerCase() === 'utf-8')) return false;
  if (good.size < MOST_REMEMBERED) FOUND_GOOD.set(declared, good.add(value));
  return true;
}
