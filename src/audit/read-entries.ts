import type { AccessEntry } from '../vocabulary/access-entry';
import type { LogReader, StoredRow } from './log-reader';

/** All that is given must hold. */
export interface EntryFilter {
  readonly recordId?: string;
  readonly account?: string;
  readonly accessId?: string;
  readonly kind?: AccessEntry['kind'];
  /** Inclusive, epoch ms. */
  readonly sinceMs?: number;
  /** Exclusive, epoch ms. */
  readonly untilMs?: number;
}

export interface EntryPage {
  readonly entries: readonly ListedEntry[];
  /** Hand it in as `before` for the next page; null at the end. */
  readonly next: string | null;
}

export interface ListedEntry {
  readonly chain: string;
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
  readonly entry: AccessEntry;
}

const PAGE = 500;

/**
 * Entries, newest first (by access id, which sorts by time). It reads the log from the newest on and so takes as long as the log is
 * large when little fits the filter.
 *
 * Fails   Error naming the entry whose bytes cannot be read; the verifier says more.
 */
export async function readEntries(
  reader: LogReader,
  filter: EntryFilter,
  page: { readonly limit: number; readonly before?: string | null },
): Promise<EntryPage> {
  const entries: ListedEntry[] = [];
  const containing = textsOf(filter);
  let before = page.before ?? null;
  for (;;) {
    const rows = await reader.newest(before, containing, PAGE);
    for (const row of rows) {
      const entry = parse(row);
      if (!fits(entry, row, filter)) continue;
      if (entries.length === page.limit) return { entries, next: entries[entries.length - 1]?.entry.accessId ?? null };
      entries.push({ chain: row.chain, seq: row.seq, hash: row.hash.toString('hex'), entry });
    }
    const last = rows[rows.length - 1];
    if (rows.length < PAGE || last === undefined) return { entries, next: null };
    before = last.accessId;
  }
}

/** What the bytes of a fitting row must contain: the store leaves the rest out. */
function textsOf(filter: EntryFilter): readonly string[] {
  const texts: string[] = [];
  if (filter.recordId !== undefined) texts.push(`"id":${JSON.stringify(filter.recordId)}`);
  if (filter.account !== undefined) texts.push(`"account":${JSON.stringify(filter.account)}`);
  if (filter.accessId !== undefined) texts.push(JSON.stringify(filter.accessId));
  if (filter.kind !== undefined) texts.push(`"kind":${JSON.stringify(filter.kind)}`);
  return texts;
}

function fits(entry: AccessEntry, row: StoredRow, filter: EntryFilter): boolean {
  if (filter.recordId !== undefined && !entry.records.some((record) => record.id === filter.recordId)) return false;
  if (filter.account !== undefined && entry.who?.account !== filter.account) return false;
  if (filter.accessId !== undefined && entry.accessId !== filter.accessId) return false;
  if (filter.kind !== undefined && entry.kind !== filter.kind) return false;
  return (filter.sinceMs === undefined || row.atMs >= filter.sinceMs) && (filter.untilMs === undefined || row.atMs < filter.untilMs);
}

function parse(row: StoredRow): AccessEntry {
  try {
    return JSON.parse(row.bytes) as AccessEntry;
  } catch (cause) {
    throw new Error(`the entry ${row.seq} of chain ${row.chain} cannot be read`, { cause });
  }
}
