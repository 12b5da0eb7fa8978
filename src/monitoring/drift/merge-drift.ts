import { MOST_INSIDE, type DriftRow } from '../../vocabulary/drift';

/** Places of one system that are kept by name. */
export const MOST_PLACES = 200;

export interface MergeRules {
  /** A row that was not seen since then is forgotten. */
  readonly forgetBeforeMs: number;
  /** Whether the policy in force leaves these fields out; a place that was classified since is forgotten. */
  readonly isDrift: (row: DriftRow) => boolean;
}

/**
 * Adds what one process noted to what is kept of one system.
 *
 * Gives   one row a place and kind of value, MOST_PLACES at most; what is beyond them is counted in the row whose place is ''.
 */
export function mergeDrift(kept: readonly DriftRow[], noted: readonly DriftRow[], rules: MergeRules): readonly DriftRow[] {
  const rows = new Map<string, DriftRow>();
  const stays = (row: DriftRow): boolean => row.lastSeenMs >= rules.forgetBeforeMs && (row.place === '' || rules.isDrift(row));
  for (const row of kept) if (stays(row)) rows.set(keyOf(row), row);
  for (const row of noted) {
    if (!stays(row)) continue;
    const isNew = !rows.has(keyOf(row));
    const isFull = rows.size - (rows.has(keyOf(beyond(row))) ? 1 : 0) >= MOST_PLACES;
    add(rows, isNew && isFull ? beyond(row) : row);
  }
  return [...rows.values()];
}

function add(rows: Map<string, DriftRow>, row: DriftRow): void {
  const before = rows.get(keyOf(row));
  rows.set(
    keyOf(row),
    before === undefined
      ? row
      : {
          ...before,
          inside: together(before.inside, row.inside),
          count: Math.min(before.count + row.count, Number.MAX_SAFE_INTEGER),
          firstSeenMs: Math.min(before.firstSeenMs, row.firstSeenMs),
          lastSeenMs: Math.max(before.lastSeenMs, row.lastSeenMs),
        },
  );
}

function together(one: readonly string[], other: readonly string[]): readonly string[] {
  const all = [...new Set([...one, ...other])].sort();
  return all.length === one.length ? one : all.slice(0, MOST_INSIDE);
}

const keyOf = ({ place, holds }: DriftRow): string => `${holds} ${place}`;
const beyond = (row: DriftRow): DriftRow => ({ ...row, place: '', holds: 'value', inside: [] });
