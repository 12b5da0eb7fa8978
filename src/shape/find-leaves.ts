import { UNTOLD_KEY } from '../vocabulary/drift';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface LeafRules {
  /** Whether a key may be told; the others stand as `?`. */
  readonly mayTell: (key: string) => boolean;
  /** Most leaves, each place once. */
  readonly most: number;
}

/**
 * Finds the places of the leaves of one object or list, for whoever wants to classify them.
 *
 * Takes   JSON that was found sound; `at` is where its value starts, `pointer` the place of that value.
 * Gives   pointers from the root of the record, `*` for every element of a list. Names alone: no value is looked at.
 */
export function findLeaves(body: Buffer, at: number, pointer: string, rules: LeafRules): readonly string[] {
  const walk = new LeafWalk(body, rules);
  walk.value(at, pointer);
  return [...walk.leaves];
}

class LeafWalk {
  readonly leaves = new Set<string>();

  constructor(
    private readonly body: Buffer,
    private readonly rules: LeafRules,
  ) {}

  /** Gives the offset behind the value. The scan has bounded how deep it goes. */
  value(at: number, pointer: string): number {
    const { body } = this;
    const byte = body[at];
    if (byte === 0x7b) return this.members(at, pointer);
    if (byte === 0x5b) return this.elements(at, pointer);
    if (this.leaves.size < this.rules.most) this.leaves.add(pointer);
    if (byte === QUOTE) return endOfString(body, at);
    let end = at;
    while (end < body.length && !isEnd(body[end] as number)) end++;
    return end;
  }

  private members(at: number, pointer: string): number {
    const { body } = this;
    let next = skipSpace(body, at + 1);
    while (body[next] !== 0x7d) {
      const end = endOfString(body, next);
      const key = body.toString('utf8', next + 1, end - 1);
      const value = startOfValue(body, end);
      next = skipSpace(body, this.value(value, `${pointer}/${this.rules.mayTell(key) ? key : UNTOLD_KEY}`));
      if (body[next] === 0x2c) next = skipSpace(body, next + 1);
    }
    return next + 1;
  }

  private elements(at: number, pointer: string): number {
    const { body } = this;
    let next = skipSpace(body, at + 1);
    while (body[next] !== 0x5d) {
      next = skipSpace(body, this.value(next, `${pointer}/*`));
      if (body[next] === 0x2c) next = skipSpace(body, next + 1);
    }
    return next + 1;
  }
}

/** Takes the offset behind a key's closing quote; gives that of its value. */
export const startOfValue = (body: Buffer, behindKey: number): number => skipSpace(body, skipSpace(body, behindKey) + 1);

function endOfString(body: Buffer, at: number): number {
  let end = at + 1;
  while (body[end] !== QUOTE) end += body[end] === BACKSLASH ? 2 : 1;
  return end + 1;
}

function skipSpace(body: Buffer, at: number): number {
  while (at < body.length && (body[at] as number) <= 0x20) at++;
  return at;
}

/** Comma, closing brackets, white space. */
const isEnd = (byte: number): boolean => byte === 0x2c || byte === 0x5d || byte === 0x7d || byte <= 0x20;
