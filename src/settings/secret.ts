import { inspect } from 'node:util';

export type SecretSource = { readonly file: string } | { readonly value: string };

/**
 * A secret setting. It shows itself as '(secret)' wherever it is printed, logged or written as JSON; only `reveal` gives it.
 *
 * `source` tells a room that re-reads its secrets where this one stands.
 */
export class Secret {
  readonly #value: string;
  readonly #file: string | null;

  constructor(value: string, file: string | null) {
    this.#value = value;
    this.#file = file;
  }

  reveal(): string {
    return this.#value;
  }

  source(): SecretSource {
    return this.#file === null ? { value: this.#value } : { file: this.#file };
  }

  toJSON(): string {
    return '(secret)';
  }

  toString(): string {
    return '(secret)';
  }

  [inspect.custom](): string {
    return '(secret)';
  }
}
