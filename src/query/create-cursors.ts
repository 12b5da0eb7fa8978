import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Where a list goes on. */
export interface Position {
  /** Which of the queries that make up the list, from 0. */
  readonly part: number;
  /** Rows of that query which are behind, as the case system counts them, shown or not. */
  readonly row: number;
}

export type CursorFault = 'cursor-not-sound' | 'cursor-of-another' | 'cursor-expired';

export interface Cursors {
  /** `bound`: who asks and what, as words; the cursor opens for nothing else. */
  seal(position: Position, bound: readonly string[], atMs: number): string;
  /** Fails never. */
  open(cursor: string, bound: readonly string[], atMs: number): Position | CursorFault;
}

/** A cursor is good for so long. */
export const CURSOR_MS = 15 * 60_000;
/** How far the clock of another gateway may be ahead. */
const AHEAD_MS = 60_000;

/**
 * Makes and opens page cursors: sealed with AES-256-GCM under a key of its own, derived from the log's digest key, which is the same on every
 * gateway. So a caller reads in it neither how many rows are hidden nor where, and cannot make one.
 *
 * It is written in letters alone: a number that looks like an SSN never stands in an address.
 */
export function createCursors(digestKey: string): Cursors {
  const key = Buffer.from(hkdfSync('sha256', digestKey, '', 'casegate page cursor 1', 32));
  return {
    seal: ({ part, row }, bound, atMs) => {
      const plain = Buffer.alloc(PLAIN_BYTES);
      plain.writeUIntBE(atMs, 0, 6);
      plain.writeUInt8(part, 6);
      plain.writeUInt32BE(row, 7);
      digestOf(bound).copy(plain, 11);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return Array.from(sealed, (byte) => LETTERS[byte >> 4]! + LETTERS[byte & 15]!).join('');
    },
    open: (cursor, bound, atMs) => {
      const plain = unseal(key, cursor);
      if (plain === null) return 'cursor-not-sound';
      if (!plain.subarray(11).equals(digestOf(bound))) return 'cursor-of-another';
      const sealedAtMs = plain.readUIntBE(0, 6);
      if (atMs - sealedAtMs > CURSOR_MS || sealedAtMs - atMs > AHEAD_MS) return 'cursor-expired';
      return { part: plain.readUInt8(6), row: plain.readUInt32BE(7) };
    },
  };
}

const LETTERS = 'abcdefghijklmnop';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Moment, part, row, digest of what it is bound to. */
const PLAIN_BYTES = 6 + 1 + 4 + 32;
const SEALED_LETTERS = 2 * (IV_BYTES + PLAIN_BYTES + TAG_BYTES);

const digestOf = (bound: readonly string[]): Buffer => createHash('sha256').update(JSON.stringify(bound)).digest();

function unseal(key: Buffer, cursor: string): Buffer | null {
  if (cursor.length !== SEALED_LETTERS || !/^[a-p]+$/.test(cursor)) return null;
  const sealed = Buffer.alloc(SEALED_LETTERS / 2);
  for (let i = 0; i < sealed.length; i++) sealed[i] = ((cursor.charCodeAt(2 * i) - 97) << 4) | (cursor.charCodeAt(2 * i + 1) - 97);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
