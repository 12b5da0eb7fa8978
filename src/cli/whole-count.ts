import { InvalidArgumentError } from 'commander';

/** Reads a count from 1 to `most` for an option. The parser fails InvalidArgumentError for anything else. */
export const wholeCount =
  (most: number) =>
  (text: string): number => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > most) throw new InvalidArgumentError(`expected a whole number from 1 to ${most}`);
    return count;
  };
