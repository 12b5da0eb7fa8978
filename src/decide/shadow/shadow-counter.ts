import type { ShadowCount } from './shadow-store';

/** Differences that are kept apart between two writings; more of them count together. */
const MOST_LINES = 5_000;

interface Access {
  readonly accessId: string;
  readonly system: { readonly name: string };
  readonly route: { readonly action: string };
}

/** Counts differences between two writings to the store. */
export class ShadowCounter {
  readonly #lines = new Map<string, ShadowCount>();

  note({ accessId, system, route }: Access, kind: ShadowCount['kind'], words: readonly string[], key = ''): void {
    this.add({ kind, system: system.name, action: route.action, key, words, count: 1, example: accessId });
  }

  add(one: ShadowCount): void {
    const isFull = this.#lines.size >= MOST_LINES;
    const line = isFull && !this.#lines.has(nameOf(one)) ? { ...one, key: '(more)', words: ['(more)'] } : one;
    const known = this.#lines.get(nameOf(line));
    this.#lines.set(nameOf(line), known === undefined ? line : { ...known, count: known.count + line.count });
  }

  counts(): readonly ShadowCount[] {
    return [...this.#lines.values()];
  }
}

const nameOf = ({ kind, system, action, key, words }: ShadowCount): string => JSON.stringify([kind, system, action, key, words]);
