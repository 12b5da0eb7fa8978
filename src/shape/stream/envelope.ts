import { GatewayError } from '../../vocabulary/errors';
import type { Place, RecordRoute } from '../../vocabulary/case-system';
import { compileProjection, type PlaceTree } from '../compile-projection';
import { scanRecord } from '../scan-record';
import { isSpace, type ByteWindow } from './byte-window';

/** What may stand around a list, bytes: nothing of it is shown, but all of it is held to be read strictly. */
const MOST_ENVELOPE_BYTES = 1 << 16;
const EMPTY = Buffer.alloc(0);

/** What stands before and behind the list of a streamed answer. */
export class Envelope {
  #before = EMPTY;
  #rest = EMPTY;
  // How far the way to the list was read: bytes, open brackets, keys of the place that were entered; and where the last key or word began.
  #seen = 0;
  #depth = 0;
  #entered = 0;
  #stringStart = -1;
  #isEscaped = false;
  #wantsKey = false;
  /** The value that comes stands at the next key of the place. */
  #isNext = true;

  constructor(
    private readonly tree: PlaceTree,
    private readonly place: Place,
    private readonly window: ByteWindow,
  ) {}

  /** Takes all up to the list and its opening bracket; false where that has not come. */
  open(): boolean {
    const { window } = this;
    const { bytes, at } = window;
    let i = at + this.#seen;
    for (; i < bytes.length; i++) {
      if (i - at > MOST_ENVELOPE_BYTES) throw tooLarge();
      if (!this.#step(bytes, i)) continue;
      this.#before = Buffer.from(bytes.subarray(at, i));
      window.at = i + 1;
      // Read as if the list were empty and nothing came behind it: before the first record leaves it is certain that it is one.
      this.#readStrictly(Buffer.from('}'.repeat(this.place.length)));
      return true;
    }
    this.#seen = i - at;
    return false;
  }

  /** Looks at one byte of the way; true where it opens the list. */
  #step(bytes: Buffer, i: number): boolean {
    const byte = bytes[i] as number;
    if (this.#stringStart >= 0) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === 0x5c) this.#isEscaped = true;
      else if (byte === 0x22) {
        if (this.#wantsKey && this.#depth === this.#entered)
          this.#isNext = this.#isKeyOfPlace(bytes, this.window.at + this.#stringStart, i);
        this.#wantsKey = false;
        this.#stringStart = -1;
      }
      return false;
    }
    if (isSpace(byte) || byte === 0x3a) return false;
    if (this.#isNext) {
      if (this.#entered === this.place.length) {
        if (byte !== 0x5b) this.window.refuse('no list at its place', i);
        return true;
      }
      if (byte !== 0x7b) this.window.refuse('no object on the way to the list', i);
      this.#entered++;
      this.#isNext = false;
      this.#wantsKey = true;
      this.#depth++;
      return false;
    }
    switch (byte) {
      case 0x22:
        this.#stringStart = i - this.window.at;
        break;
      case 0x7b:
      case 0x5b:
        this.#depth++;
        break;
      case 0x7d:
      case 0x5d:
        // No key may stand twice, so it will not come any more.
        if (this.#depth-- === this.#entered) this.window.refuse('no list at its place', i);
        break;
      case 0x2c:
        this.#wantsKey = this.#depth === this.#entered;
        break;
      default:
    }
    return false;
  }

  #isKeyOfPlace(bytes: Buffer, start: number, end: number): boolean {
    try {
      return JSON.parse(bytes.toString('utf8', start, end + 1)) === this.place[this.#entered - 1];
    } catch {
      return this.window.refuse('no key', start);
    }
  }

  /** Takes what stands behind the list. */
  keepRest(): void {
    const { bytes, at } = this.window;
    if (at === bytes.length) return;
    if (this.place.length === 0) {
      if (this.window.skipSpace() >= 0) this.window.refuse('more than one value');
      return;
    }
    if (this.#before.length + this.#rest.length + bytes.length - at > MOST_ENVELOPE_BYTES) throw tooLarge();
    this.#rest = Buffer.concat([this.#rest, bytes.subarray(at)]);
    this.window.at = bytes.length;
  }

  /** All has come. */
  close(): void {
    this.#readStrictly(this.#rest);
  }

  /** Strictly as a record is read, so that a list that stands there twice is refused too. */
  #readStrictly(rest: Buffer): void {
    if (this.place.length === 0) return;
    const whole = Buffer.concat([this.#before, Buffer.from('[]'), rest]);
    const { end } = scanRecord(whole, 0, unclassified(this.tree));
    for (let i = end; i < whole.length; i++) if (!isSpace(whole[i] as number)) this.window.refuse('more than one value');
  }
}

const tooLarge = (): GatewayError => new GatewayError('upstream-too-large', 'too much stands around the list');

/** A tree in which no place is classified: for what is read strictly and of which nothing is shown. */
function unclassified({ system, route }: PlaceTree): PlaceTree {
  const record: RecordRoute = { ...route, answer: 'record', index: 0, idPlace: ['id'] };
  return compileProjection({ ...system, fields: [], facts: [], embedded: [], routes: [record] }).trees[0] as PlaceTree;
}
