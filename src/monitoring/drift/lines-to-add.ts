import { EACH } from '../../vocabulary/case-system';
import { UNTOLD_KEY, type DriftRow } from '../../vocabulary/drift';
import { speaksOfSsn } from '../../vocabulary/speaks-of-ssn';

/**
 * The lines that classify the fields of a row, to be put under `fields` in record.yaml, in the section that fits.
 *
 * Gives   a line for the place, or for each leaf that was seen in an object or list. The kind is `text`, the careful one, and `ssn` where the
 *         key speaks of a Social Security number. Empty where a key is not told, or nothing has stood in the object yet.
 */
export function linesToAdd({ place, holds, inside }: Pick<DriftRow, 'place' | 'holds' | 'inside'>): readonly string[] {
  const leaves = holds === 'value' || holds === 'flag' ? [place] : inside;
  return withoutClashes(leaves.filter((leaf) => leaf !== '' && !leaf.split('/').includes(UNTOLD_KEY))).map(
    (leaf) => `${PLAIN.test(leaf) ? leaf : JSON.stringify(leaf)}: ${speaksOfSsn(lastKey(leaf)) ? 'ssn' : 'text'}`,
  );
}

/** YAML takes these without quotes. */
const PLAIN = /^[A-Za-z0-9/_.*~-]+$/;

const lastKey = (leaf: string): string =>
  leaf
    .split('/')
    .filter((word) => word !== EACH)
    .at(-1) ?? '';

/** record.yaml takes no leaf above another, and no list where another line has an object: what goes deeper stays, and the list. */
function withoutClashes(leaves: readonly string[]): readonly string[] {
  return leaves.filter((leaf) => {
    const words = leaf.split('/');
    return !leaves.some((other) => {
      if (other.startsWith(`${leaf}/`)) return true;
      const theirs = other.split('/');
      const fork = words.findIndex((word, i) => word !== theirs[i]);
      return fork > 0 && theirs[fork] === EACH;
    });
  });
}
