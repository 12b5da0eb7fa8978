import { findSsns } from './find-ssns';
import type { ReadList } from './read-list';

/** The same lists, each knowing the SSNs of all: a number that one record masks is masked in every other one of the answer. */
export function joinLists(lists: readonly ReadList[]): readonly ReadList[] {
  if (lists.length < 2) return lists;
  const all = new Set(lists.flatMap((list) => [...list.known.values]));
  return lists.map((list) => ({ ...list, ...findSsns(list.body, list.scan, list.tree, all) }));
}
