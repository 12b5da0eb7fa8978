import type { PlaceNode, PlaceTree } from './compile-projection';
import type { View } from './plan-view';
import { nineDigitValues } from './nine-digit-values';
import {
  maskNumber,
  masksFor,
  maskSsn,
  maskSsnLastFour,
  maskSsnNumber,
  searchText,
  writeMask,
  type Find,
  type KnownSsns,
  type Mask,
} from './rules/ssn';
import {
  CLOSES,
  decodeString,
  FINDS_SHIFT,
  IS_NUMBER,
  IS_STRING,
  MOST_DEPTH,
  NEEDS_SEARCH,
  OPENS_ARRAY,
  OPENS_OBJECT,
  TAPE_STEP,
  TYPE_MASK,
} from './scan-record';
import { keepBytes } from './slab';

/** A mask is at most this much longer than what it replaces: `""` becomes "XXX-XX-XXXX". */
const MOST_GROWTH_BYTES = 16;
const MOST_KEPT_BYTES = 1 << 20;
let shared = Buffer.allocUnsafeSlow(1 << 16);
/** Three numbers a container: length, from and to, as they were before it was opened, and behind its opening bracket. */
const beforeOpening = new Int32Array((MOST_DEPTH + 1) * 3);
const behindOpening = new Int32Array((MOST_DEPTH + 1) * 3);

/** A body that was read, as far as it is needed to show something of it. */
export interface Shown {
  readonly tree: PlaceTree;
  readonly body: Buffer;
  readonly tape: Int32Array;
  readonly candidates: readonly number[];
  readonly known: KnownSsns;
  readonly finds: readonly (readonly Find[])[];
}

/** Writes an answer out of the bytes of one or several bodies. One is under way at a time, from start to end without a pause. */
export class Emission {
  #read: Shown;
  #view: View;
  /** The candidates of the record that is being written. */
  #candidatesFrom = 0;
  #candidatesTo = 0;
  #out: Buffer;
  /** Bytes written; what is shown and not yet written stands in the body from `#from` to before `#to`, in one piece. */
  #length = 0;
  #from = 0;
  #to = 0;
  #identifiers: ReadonlySet<number> | null = null;

  /** `bodies`: all that are going to be written from. */
  constructor(bodies: readonly Shown[], moreBytes = 0) {
    this.#read = bodies[0] as Shown;
    this.#view = NOTHING_SHOWN;
    // Bounds every answer: text grows from nine bytes to eleven at most, a scalar by MOST_GROWTH_BYTES.
    let most = moreBytes;
    for (const { body, tape } of bodies) most += body.length * 2 + (tape.length / TAPE_STEP) * MOST_GROWTH_BYTES;
    if (most > shared.length && most <= MOST_KEPT_BYTES) shared = Buffer.allocUnsafeSlow(most);
    this.#out = most <= shared.length ? shared : Buffer.allocUnsafeSlow(most);
  }

  /** Bytes of ours, between records. */
  literal(text: string): void {
    this.#flush();
    this.#length += this.#out.write(text, this.#length, 'utf8');
  }

  /** What follows is written from this body. */
  turnTo(read: Shown): void {
    this.#flush();
    this.#read = read;
    this.#from = this.#to = 0;
  }

  /** Writes of the record between two entries of the tape, both included, what `view` shows; the candidates are its own. `persons`: by where they open, how each embedded person is shown; null where the system has none. */
  write(view: View, from: number, to: number, candidatesFrom: number, candidatesTo: number, persons: PersonViews = null): void {
    this.#view = view;
    let { showsLeaf, showsInside } = view;
    let personEnds = -1;
    this.#candidatesFrom = candidatesFrom;
    this.#candidatesTo = candidatesTo;
    this.#identifiers = null;
    const { tape, tree } = this.#read;
    const nodes = tree.nodes;
    const whole = tree.element.id;
    let depth = 0;
    for (let entry = from; entry <= to; entry += TAPE_STEP) {
      const id = tape[entry] as number;
      const type = tape[entry + 3] as number;
      const bare = type & TYPE_MASK;
      if (bare === OPENS_OBJECT || bare === OPENS_ARRAY) {
        if (persons !== null && (nodes[id] as PlaceNode).person !== 0 && bare === OPENS_OBJECT) {
          // Whoever has a record of their own is shown by their own decision; of whom none is known, nothing is.
          const own = persons.get(entry);
          this.#view = own ?? nothingOf(view);
          ({ showsLeaf, showsInside } = this.#view);
          personEnds = tape[entry + 1] as number;
        }
        if (showsInside[id] === 0) {
          entry = tape[entry + 1] as number;
          if (entry === personEnds) ({ showsLeaf, showsInside } = this.#view = view);
          continue;
        }
        this.#keepPlace(beforeOpening, ++depth);
        this.#take(nodes[id] as PlaceNode, tape[entry + 2] as number, (tape[entry + 2] as number) + 1);
        this.#keepPlace(behindOpening, depth);
      } else if (bare === CLOSES) {
        // Nothing shown inside, and something there that is not shown: whether it was empty is not told.
        if (showsInside[id] === 1 && id !== whole && this.#isAtPlace(behindOpening, depth)) this.#goToPlace(beforeOpening, depth);
        else this.#close(tape[entry + 2] as number);
        depth--;
        if (entry === personEnds) ({ showsLeaf, showsInside } = this.#view = view);
      } else if (showsLeaf[id] === 1) {
        this.#writeLeaf(nodes[id] as PlaceNode, tape[entry + 1] as number, tape[entry + 2] as number, type);
      }
    }
  }

  /** A copy of all that was written. */
  bytes(): Buffer {
    this.#flush();
    return keepBytes(this.#out, this.#length);
  }

  #keepPlace(places: Int32Array, depth: number): void {
    places[depth * 3] = this.#length;
    places[depth * 3 + 1] = this.#from;
    places[depth * 3 + 2] = this.#to;
  }

  #goToPlace(places: Int32Array, depth: number): void {
    this.#length = places[depth * 3] as number;
    this.#from = places[depth * 3 + 1] as number;
    this.#to = places[depth * 3 + 2] as number;
  }

  #isAtPlace(places: Int32Array, depth: number): boolean {
    return this.#length === places[depth * 3] && this.#to === places[depth * 3 + 2];
  }

  /**
   * Shows what stands in the body from `start` to before `end`, under its key. Where it stands right behind what was shown last, with
   * nothing between them but a comma and the key, the piece only grows: most of an answer is copied in a few pieces.
   */
  #take(node: PlaceNode, start: number, end: number): void {
    const distance = start - this.#to;
    const isNext = this.#isOpen() ? distance === node.gap - 1 : distance === node.gap;
    if (!isNext || this.#to === 0) {
      this.#writeKey(node);
      this.#from = start;
    }
    this.#to = end;
  }

  #close(at: number): void {
    if (at === this.#to) {
      this.#to = at + 1;
      return;
    }
    this.#flush();
    this.#from = at;
    this.#to = at + 1;
  }

  /** True where a bracket was opened and nothing is shown in it yet. */
  #isOpen(): boolean {
    const last = this.#to > this.#from ? this.#read.body[this.#to - 1] : this.#out[this.#length - 1];
    return last === 0x7b || last === 0x5b;
  }

  #flush(): void {
    if (this.#to > this.#from) this.#copy(this.#read.body, this.#from, this.#to);
    this.#from = this.#to;
  }

  #writeKey(node: PlaceNode): void {
    this.#flush();
    const out = this.#out;
    const key = node.key;
    let at = this.#length;
    if (at > 0) {
      const last = out[at - 1];
      if (last !== 0x7b && last !== 0x5b) out[at++] = 0x2c;
    }
    for (let i = 0; i < key.length; i++) out[at++] = key[i] as number;
    this.#length = at;
  }

  #writeLeaf(node: PlaceNode, start: number, end: number, type: number): void {
    if (node.kind === 'ssn' || node.kind === 'ssn-last4') return this.#writeQuoted(node, end, this.#maskOfSsn(node.kind, start, end, type));
    if ((type & NEEDS_SEARCH) === 0) return this.#take(node, start, end);
    if ((type & TYPE_MASK) === IS_NUMBER) {
      const { body, known } = this.#read;
      const mask = maskNumber(body, start, end, known, node.kind === 'text', this.#isIdentifier);
      return mask === null ? this.#take(node, start, end) : this.#writeQuoted(node, end, mask);
    }
    const masks = masksFor(this.#findsIn(node, start, end, type), this.#isIdentifier);
    if (masks.length === 0) this.#take(node, start, end);
    else this.#writeMasked(node, start, end, masks);
  }

  #findsIn(node: PlaceNode, start: number, end: number, type: number): readonly Find[] {
    const { body, known, finds } = this.#read;
    return finds[(type >> FINDS_SHIFT) - 1] ?? searchText(body, start + 1, end - 1, known, node.kind === 'text');
  }

  // Only fields that are shown in this answer: a note must not tell that a hidden one holds the same number.
  readonly #isIdentifier = (value: number): boolean =>
    (this.#identifiers ??= nineDigitValues(
      this.#read,
      this.#candidatesFrom,
      this.#candidatesTo,
      (node) => this.#view.showsLeaf[node] === 1,
    )).has(value);

  /** `mask` is plain ASCII; `end` is where the value ends that it stands for. */
  #writeQuoted(node: PlaceNode, end: number, mask: string): void {
    this.#writeKey(node);
    const out = this.#out;
    let at = this.#length;
    out[at++] = 0x22;
    for (let i = 0; i < mask.length; i++) out[at++] = mask.charCodeAt(i);
    out[at++] = 0x22;
    this.#length = at;
    this.#from = this.#to = end;
  }

  /** The string from quote to quote, with masks in it. */
  #writeMasked(node: PlaceNode, start: number, end: number, masks: readonly Mask[]): void {
    const { body } = this.#read;
    this.#writeKey(node);
    let from = start;
    for (const mask of masks) {
      this.#copy(body, from, mask.start);
      this.#length = writeMask(this.#out, this.#length, mask.lastFour);
      from = mask.end;
    }
    this.#copy(body, from, end);
    this.#from = this.#to = end;
  }

  #maskOfSsn(kind: 'ssn' | 'ssn-last4', start: number, end: number, type: number): string {
    const { body } = this.#read;
    const bare = type & TYPE_MASK;
    if (bare === IS_NUMBER) {
      const text = body.toString('latin1', start, end);
      return kind === 'ssn' ? maskSsnNumber(text) : lastFourOfNumber(text);
    }
    const text = bare === IS_STRING ? decodeString(body, start, end, type) : null;
    return kind === 'ssn' ? maskSsn(text) : maskSsnLastFour(text);
  }

  #copy(from: Buffer, start: number, end: number): void {
    const out = this.#out;
    let at = this.#length;
    if (end - start > 48) {
      this.#length = at + from.copy(out, at, start, end);
      return;
    }
    for (let i = start; i < end; i++) out[at++] = from[i] as number;
    this.#length = at;
  }
}

/** A number in a field of last fours: 87 has lost its leading zeros. */
const lastFourOfNumber = (text: string): string =>
  /^[0-9]{1,4}$/.test(text) ? maskSsnLastFour(text.padStart(4, '0')) : maskSsnNumber(text);

/** By where a person opens on the tape. */
export type PersonViews = ReadonlyMap<number, View> | null;

const nothingOf = ({ showsLeaf, showsInside }: View): View => ({
  showsLeaf: new Uint8Array(showsLeaf.length),
  showsInside: new Uint8Array(showsInside.length),
  headers: [],
});

const NOTHING_SHOWN: View = { showsLeaf: new Uint8Array(0), showsInside: new Uint8Array(0), headers: [] };
