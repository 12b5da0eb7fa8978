import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../vocabulary/errors';

const EMPTY = Buffer.alloc(0);
const LEAST_ROOM_BYTES = 1 << 16;

/**
 * The bytes of a stream that are at hand: those that came and were not yet taken, sound UTF-8, without a byte order mark.
 * Bytes that were handed out are never written again, so a record may be held while the stream goes on.
 *
 * Fails   GatewayError 'upstream-malformed' for what is not UTF-8, at the chunk in which that shows, wherever chunks are cut.
 */
export class ByteWindow {
  bytes: Buffer = EMPTY;
  /** The first byte that is not taken. */
  at = 0;
  hasEnded = false;
  /** Bytes that were dropped in front of `bytes`. */
  #dropped = 0;
  /** What we allocated ourselves, with room behind `bytes`. */
  #room: Buffer | null = null;
  /** The first bytes of a character whose rest comes with the next chunk. */
  #begun: Buffer = EMPTY;
  #isStarted = false;

  push(chunk: Buffer): void {
    if (this.hasEnded) throw new GatewayError('internal-fault', 'bytes after the end of a stream');
    const whole = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    const end = completeEnd(whole);
    const sound = end === whole.length ? whole : whole.subarray(0, end);
    if (!isUtf8(sound)) this.refuse('not UTF-8', this.bytes.length);
    this.#begun = end === whole.length ? EMPTY : Buffer.from(whole.subarray(end));
    if (sound.length === 0) return;
    this.#append(sound);
    if (!this.#isStarted && sound[0] === 0xef && sound[1] === 0xbb && sound[2] === 0xbf) this.at = 3;
    this.#isStarted = true;
  }

  end(): void {
    this.hasEnded = true;
    if (this.#begun.length > 0) this.refuse('cut off', this.bytes.length);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Takes white space as JSON knows it; gives the byte behind it, -1 where there is none yet. */
  skipSpace(): number {
    const { bytes } = this;
    let { at } = this;
    while (at < bytes.length && isSpace(bytes[at] as number)) at++;
    this.at = at;
    return at < bytes.length ? (bytes[at] as number) : -1;
  }

  /** `what` is ours: nothing of the data goes into the message. */
  refuse(what: string, at = this.at): never {
    throw new GatewayError('upstream-malformed', `stream refused at byte ${this.#dropped + at}: ${what}`);
  }

  #append(chunk: Buffer): void {
    const left = this.bytes.length - this.at;
    if (left === 0) {
      this.#restart(chunk, null);
      return;
    }
    const room = this.#room;
    const used = this.bytes.length;
    if (room !== null && used + chunk.length <= room.length) {
      chunk.copy(room, used);
      this.bytes = room.subarray(0, used + chunk.length);
      return;
    }
    // Twice what is needed, so that a record that comes in many chunks is not copied with each of them.
    const larger = Buffer.allocUnsafeSlow(
      Math.max(LEAST_ROOM_BYTES, left > chunk.length ? (left + chunk.length) * 2 : left + chunk.length),
    );
    this.bytes.copy(larger, 0, this.at);
    chunk.copy(larger, left);
    this.#restart(larger.subarray(0, left + chunk.length), larger);
  }

  #restart(bytes: Buffer, room: Buffer | null): void {
    this.#dropped += this.at;
    this.bytes = bytes;
    this.#room = room;
    this.at = 0;
  }
}

export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Where the last whole character ends: what is behind it are one to three bytes of one that may still become whole. */
function completeEnd(bytes: Buffer): number {
  const end = bytes.length;
  for (let at = end - 1; at >= 0 && at >= end - 3; at--) {
    const byte = bytes[at] as number;
    if (byte < 0x80) return end;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return at + length > end ? at : end;
  }
  return end;
}
