import * as crypto from 'node:crypto';

/** What stands before the first entry of a chain; made of the chain's id, so that no two chains begin alike. */
export const firstPrevHash = (chain: string): Buffer => crypto.createHash('sha256').update(`casegate-chain:${chain}`).digest();

/**
 * The hash of an entry: sha256(prevHash || bytes), bytes in UTF-8. 32 bytes.
 */
export function linkHash(prevHash: Buffer, bytes: string): Buffer {
  const needed = 32 + bytes.length * 3;
  if (scratch.length < needed) scratch = Buffer.allocUnsafeSlow(needed * 2);
  prevHash.copy(scratch, 0, 0, 32);
  const length = 32 + scratch.write(bytes, 32, 'utf8');
  return oneShot(scratch.subarray(0, length));
}

/** The same for bytes that stand in `packed` behind the hash before them, from `start` to before `end`; it is written behind them. */
export function linkInto(packed: Buffer, start: number, end: number): Buffer {
  const hash = oneShot(packed.subarray(start, end));
  packed.set(hash, end);
  return hash;
}

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** crypto.hash exists from Node 20.12 on and makes no Hash object. */
const oneShot: (data: Buffer) => Buffer =
  typeof crypto.hash === 'function'
    ? (data) => crypto.hash('sha256', data, 'buffer')
    : (data) => crypto.createHash('sha256').update(data).digest();
