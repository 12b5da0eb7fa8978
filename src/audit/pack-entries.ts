import { linkInto } from './chain-hash';
import type { LogRow, PackedRows, Tail } from './log-store';
import type { EntryKind } from '../vocabulary/access-entry';

/** What is known of an entry before it has its place in the chain. `bytes` is its canonical text. */
export interface Unlinked {
  readonly accessId: string;
  readonly atMs: number;
  readonly kind: EntryKind;
  readonly bytes: string;
}

/**
 * Links entries to the end of a chain and packs them as the store takes them: each entry's text is encoded once, where it is hashed and
 * from where it is stored.
 *
 * Gives   the rows, and the chain's tail behind them.
 */
export function packEntries(tail: Tail, entries: readonly Unlinked[]): PackedRows & { readonly tail: Tail } {
  let size = HASH_BYTES;
  for (const { bytes } of entries) size += Buffer.byteLength(bytes, 'utf8') + HASH_BYTES;
  // Memory of its own: a store may hand it to another thread.
  const packed = Buffer.allocUnsafeSlow(size);
  let hash = tail.hash;
  packed.set(hash, 0);
  let at = HASH_BYTES;
  let { seq } = tail;
  const rows: LogRow[] = [];
  for (const { accessId, atMs, kind, bytes } of entries) {
    const length = packed.write(bytes, at, 'utf8');
    hash = linkInto(packed, at - HASH_BYTES, at + length);
    rows.push({ seq: (seq += 1), accessId, atMs, kind, start: at, length });
    at += length + HASH_BYTES;
  }
  return { rows, packed, tail: { seq, hash } };
}

const HASH_BYTES = 32;
