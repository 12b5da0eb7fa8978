import type { AccessEntry } from '../vocabulary/access-entry';

/**
 * True for the entries of a write. It is decided twice, for what is written and for what is shown of it, so neither list of sections is that of
 * the entry's action: it is not rolled up and cannot be replayed.
 */
export const isOfAWrite = ({ details }: AccessEntry): boolean => details?.['write'] !== undefined;
