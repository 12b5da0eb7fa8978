import { randomBytes } from 'node:crypto';

/** Where every hash starts: another number in every process, so that nobody can prepare keys that collide. */
export const HASH_START = randomBytes(4).readInt32LE();
export const HASH_PRIME = 0x01000193;

/** FNV-1a over the UTF-8 bytes of a key. The scan repeats these lines in its loop over a key. */
export function hashOf(bytes: Uint8Array): number {
  let hash = HASH_START;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), HASH_PRIME);
  return finishHash(hash);
}

/** Brings the high bits down: tables look at the low ones. */
export function finishHash(hash: number): number {
  return hash ^ (hash >>> 15);
}
