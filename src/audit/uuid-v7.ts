import { randomFillSync } from 'node:crypto';
import type { Clock, NewAccessId } from '../vocabulary/clock';

/**
 * Makes access ids: UUID version 7 (RFC 9562, method 1): milliseconds, a 12-bit counter within one millisecond, 62 random bits.
 *
 * Gives   ids that only grow within a process, even if the clock goes back; so the log's index of them grows at its end.
 */
export function uuidV7Maker(clock: Clock): NewAccessId {
  const random = Buffer.alloc(RANDOM_BYTES);
  let tails = '';
  let place = 0;
  let lastMs = 0;
  let time = timeText(0);
  let counter = 0;
  return () => {
    const nowMs = clock();
    if (nowMs > lastMs) {
      time = timeText((lastMs = nowMs));
      counter = 0;
    } else if (++counter > 0xfff) {
      time = timeText((lastMs += 1));
      counter = 0;
    }
    if (place === tails.length) {
      tails = randomFillSync(random).toString('hex');
      place = 0;
    }
    const at = place;
    place += TAIL_DIGITS;
    // The first random digit keeps two of its bits and says which variant of UUID this is.
    const variant = VARIANTS[Number.parseInt(tails.charAt(at), 16) & 3] as string;
    const count = counter.toString(16).padStart(3, '0');
    return `${time}-7${count}-${variant}${tails.slice(at + 1, at + 4)}-${tails.slice(at + 4, at + TAIL_DIGITS)}`;
  };
}

const RANDOM_BYTES = 4_096;
const TAIL_DIGITS = 16;
const VARIANTS = ['8', '9', 'a', 'b'];

function timeText(ms: number): string {
  const digits = ms.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
