import { GatewayError } from '../vocabulary/errors';
import { speaksOfSsn } from '../vocabulary/speaks-of-ssn';
import { BIT, FIRST, FOLLOWER, GUESS_STEP, IS_ALONE, KEY_END, KEY_START, NONE, type PlaceNode, type PlaceTree } from './compile-projection';
import { finishHash, HASH_PRIME, HASH_START, hashOf } from './key-hash';
import { KeyLedger } from './key-ledger';
import { keepNumbers } from './slab';

/** Deepest nesting of objects and arrays that is read. */
export const MOST_DEPTH = 64;
/**
 * The tape: four numbers an entry. Node, start and end in the body, and what it is. A container has two: its opening one holds the index of
 * its closing one and the offset of its bracket, and the other way round.
 */
export const TAPE_STEP = 4;
/**
 * Most classified values and containers of one record: a case system must not be able to make us keep the tape of a million. Looked at where the
 * tape is full, so it is a length that doubling FIRST_NUMBERS comes by.
 */
const MOST_ENTRIES = 1 << 18;
/** A longer tape is given back before the next record. */
const MOST_KEPT_NUMBERS = 1 << 18;

/** Numbers that a place of unclassified fields takes. */
export const DRIFT_STEP = 5;

export const IS_STRING = 1;
export const IS_NUMBER = 2;
export const IS_TRUE = 3;
export const IS_FALSE = 4;
export const IS_NULL = 5;
export const OPENS_OBJECT = 6;
export const OPENS_ARRAY = 7;
export const CLOSES = 8;
export const TYPE_MASK = 15;
/** A string with escapes. */
export const HAS_ESCAPES = 16;
/** Seven, or nine, characters or more that may be digits, in whatever spelling. */
export const MAY_HOLD_SEVEN = 32;
export const MAY_HOLD_NINE = 64;
/** Nine ASCII digits and nothing else. */
export const IS_NINE_DIGITS = 128;
/** Set by the reader, not the scan: a mask may be needed inside. */
export const NEEDS_SEARCH = 256;
/** What the reader found in it: above these bits stands 1 + its place among `ReadReply.finds`, or 0 where nobody has searched it yet. */
export const FINDS_SHIFT = 9;

/**
 * One record of a list is ELEMENT_STEP numbers: the entries of the tape at which it opens and closes; where its own begin, and behind which
 * they end, among the scan's factSpans, idSpans and candidates; how many fields of it are not classified.
 */
export const ELEMENT_STEP = 9;
export const OPENS = 0;
export const CLOSED = 1;
export const FACTS_FROM = 2;
export const FACTS_TO = 3;
export const IDS_FROM = 4;
export const IDS_TO = 5;
export const CANDIDATES_FROM = 6;
export const CANDIDATES_TO = 7;
export const UNCLASSIFIED = 8;

/**
 * One embedded person is PERSON_STEP numbers: their number in CaseSystem.embedded; the entries at which they open and close; where their
 * facts begin, and behind which they end, in factSpans (others may stand between); the span of their own record's number, or -1.
 */
export const PERSON_STEP = 8;
export const PERSON_NUMBER = 0;
export const PERSON_OPENS = 1;
export const PERSON_CLOSED = 2;
export const PERSON_FACTS_FROM = 3;
export const PERSON_FACTS_TO = 4;
export const PERSON_ID = 5;

/** What one pass over a record found. Spans are byte offsets into the body; a string's include its quotes. */
export interface Scan {
  /** Behind the closing brace. */
  readonly end: number;
  readonly tape: Int32Array;
  /** Entries of scalars that have MAY_HOLD_SEVEN; those with MAY_HOLD_NINE or IS_NINE_DIGITS are among them. */
  readonly candidates: readonly number[];
  /** Scalars at fact places: fact, start, end, type. */
  readonly factSpans: readonly number[];
  /** The records of a list, in their order, ELEMENT_STEP numbers each; empty where the answer is one record. */
  readonly elements: readonly number[];
  /** Embedded persons, in their order, PERSON_STEP numbers each. */
  readonly persons: readonly number[];
  /** Of a list: the scalar at the place of the total: start, end, type. */
  readonly totalSpans: readonly number[];
  /** Scalars at the place of the record's id: start, end, type. */
  readonly idSpans: readonly number[];
  /** Scalars that are SSNs by their place or by the name of their key: start, end, type. */
  readonly ssnSpans: readonly number[];
  /** Fields left out because record.yaml does not classify them. */
  readonly unclassifiedFields: number;
  /**
   * Where they stand, each place once, DRIFT_STEP numbers a place: node; start and end of the key below it that is not known, or, where
   * the node itself has another type, -1 minus where its value starts, and 0; what tells places of one node apart; fields.
   */
  readonly driftSpans: readonly number[];
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** More places of one record than this are counted and not noted. */
const MOST_DRIFT_NUMBERS = 32 * DRIFT_STEP;
const PROTO = Buffer.from('__proto__');
const PROTO_HASH = hashOf(PROTO);

/** In a string: 1 what may become a digit (ASCII digits, the first byte of every other character), 2 what ends or escapes, 0 the rest. */
const STRING_CLASS = new Uint8Array(256);
STRING_CLASS.fill(1, 0x30, 0x3a);
STRING_CLASS.fill(1, 0xc0);
STRING_CLASS.fill(2, 0, 0x20);
STRING_CLASS[QUOTE] = 2;
STRING_CLASS[BACKSLASH] = 2;

// One scan runs at a time, from start to end without a pause, so these are shared.
const ledger = new KeyLedger();
const frameNodes = new Array<PlaceNode | null>(MOST_DEPTH + 1).fill(null);
const frameIsObject = new Uint8Array(MOST_DEPTH + 1);
const frameIsSuspect = new Uint8Array(MOST_DEPTH + 1);
const frameObject = new Int32Array(MOST_DEPTH + 1);
/** Bits of the classified keys that were seen. */
const frameSeen = new Int32Array(MOST_DEPTH + 1);
const frameEntry = new Int32Array(MOST_DEPTH + 1);
/** Node of the classified key that was read last, or NONE. */
const frameLast = new Int32Array(MOST_DEPTH + 1);
const FIRST_NUMBERS = 4_096;
let sharedTape = new Int32Array(FIRST_NUMBERS);

/**
 * Reads one JSON object strictly (RFC 8259), once, and notes where its classified values stand. Builds no object and copies nothing.
 * Of a list it reads the whole body in the same way, and notes where each record begins and ends.
 *
 * Takes   bytes that are valid UTF-8; `from` is where the record begins, white space before it allowed.
 * Fails   GatewayError 'upstream-malformed' for whatever is not exactly one well-formed object, or a list of such: also a key that stands twice
 *         (however it is spelled), the key `__proto__`, half of a surrogate pair, nesting deeper than MOST_DEPTH.
 */
export function scanRecord(body: Buffer, from: number, tree: PlaceTree): Scan {
  ledger.startBody(body);
  if (sharedTape.length > MOST_KEPT_NUMBERS) sharedTape = new Int32Array(FIRST_NUMBERS);
  return new RecordScan(body, tree).run(from);
}

class RecordScan {
  readonly #body: Buffer;
  readonly #tree: PlaceTree;
  readonly #candidates: number[] = [];
  readonly #factSpans: number[] = [];
  readonly #idSpans: number[] = [];
  readonly #ssnSpans: number[] = [];
  readonly #driftSpans: number[] = [];
  readonly #elements: number[] = [];
  readonly #persons: number[] = [];
  readonly #totalSpans: number[] = [];
  #hasList = false;
  #unclassifiedFields = 0;
  #tapeEnd = 0;
  #depth = 0;
  /** What the value about to be read stands for, and whether its key speaks of an SSN. */
  #node: PlaceNode | null = null;
  #isSuspect = 0;
  /** Of the string just read. */
  #stringFlags = 0;

  constructor(body: Buffer, tree: PlaceTree) {
    this.#body = body;
    this.#tree = tree;
  }

  run(from: number): Scan {
    const start = this.#space(from);
    const { list, nodes } = this.#tree;
    const root = nodes[0] as PlaceNode;
    if (this.#body[start] !== (list === root ? OPEN_BRACKET : OPEN_BRACE)) this.#refuse(start, list === root ? 'no array' : 'no object');
    this.#node = root;
    const end = this.#value(start);
    if (list !== null && !this.#hasList) this.#refuse(end, 'no list in its place');
    return {
      end,
      tape: keepNumbers(sharedTape, this.#tapeEnd),
      candidates: this.#candidates,
      factSpans: this.#factSpans,
      elements: this.#elements,
      persons: this.#persons,
      totalSpans: this.#totalSpans,
      idSpans: this.#idSpans,
      ssnSpans: this.#ssnSpans,
      unclassifiedFields: this.#unclassifiedFields,
      driftSpans: this.#driftSpans,
    };
  }

  /** Reads the value at `at` with all that is in it; gives the offset behind it. A loop, so that nesting costs no stack. */
  #value(at: number): number {
    const body = this.#body;
    for (;;) {
      const byte = body[at];
      if (byte === OPEN_BRACE) {
        this.#enter(at, 1);
        at = this.#space(at + 1);
        if (body[at] !== CLOSE_BRACE) {
          at = this.#key(at);
          continue;
        }
      } else if (byte === OPEN_BRACKET) {
        this.#enter(at, 0);
        at = this.#space(at + 1);
        if (body[at] !== CLOSE_BRACKET) {
          this.#element();
          continue;
        }
      } else {
        at = this.#scalar(at, byte);
      }
      // Here a value has just ended, or a container is open and nothing stands in it.
      for (;;) {
        if (this.#depth === 0) return at;
        at = this.#space(this.#members(at));
        const isObject = frameIsObject[this.#depth] === 1;
        if (body[at] === COMMA) {
          at = this.#space(at + 1);
          if (isObject) at = this.#key(at);
          else this.#element();
          break;
        }
        if (body[at] !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) this.#refuse(at, 'neither comma nor end');
        this.#leave(at);
        at++;
      }
    }
  }

  /**
   * The short way through most of a record: members behind `at` whose key is the one that was guessed, whose value is a string without escapes,
   * and which are shown or not and nothing else. Gives the offset behind the last of them; the first that is different in anything is left to
   * be read from its comma on, so nothing has to be refused here.
   */
  #members(at: number): number {
    const depth = this.#depth;
    let last = frameLast[depth] as number;
    if (last === NONE) return at;
    const guesses = this.#tree.guesses;
    const body = this.#body;
    const length = body.length;
    let seen = frameSeen[depth] as number;
    while (at < length && body[at] === COMMA) {
      const node = guesses[last * GUESS_STEP + FOLLOWER] as number;
      if (node === NONE) break;
      const guess = node * GUESS_STEP;
      const bit = guesses[guess + BIT] as number;
      if (guesses[guess + IS_ALONE] === 0 || bit === 0 || (seen & bit) !== 0) break;
      const start = this.#behindKey(guess, at + 1);
      if (start < 0 || start >= length || body[start] !== QUOTE) break;
      let digits = 0;
      let end = start + 1;
      for (; end < length; end++) {
        const found = STRING_CLASS[body[end] as number] as number;
        if (found === 2) break;
        digits += found;
      }
      if (end >= length || body[end] !== QUOTE) break;
      seen |= bit;
      last = node;
      at = end + 1;
      const flags = digits < 7 ? 0 : digitFlags(digits, end - start - 1);
      const entry = this.#push(node, start, at, IS_STRING | flags);
      if (flags !== 0) this.#candidates.push(entry);
    }
    frameLast[depth] = last;
    frameSeen[depth] = seen;
    return at;
  }

  /** The offset behind the whole of the guessed key, quotes and colon, where it stands at `at`; -1 where it does not. */
  #behindKey(guess: number, at: number): number {
    const { keys, guesses } = this.#tree;
    const body = this.#body;
    const start = guesses[guess + KEY_START] as number;
    const length = (guesses[guess + KEY_END] as number) - start;
    if (at + length > body.length) return -1;
    for (let i = 0; i < length; i++) if (keys[start + i] !== body[at + i]) return -1;
    return at + length;
  }

  #enter(at: number, isObject: 0 | 1): void {
    if (this.#depth === MOST_DEPTH) this.#refuse(at, 'too deep');
    let node = this.#node;
    let isSuspect = this.#isSuspect;
    let entry = -1;
    if (node !== null) {
      for (const fact of node.facts) {
        // A source that may keep silent must not be silenced by a value of another shape.
        if (this.#tree.mustBeScalar[fact] === true)
          throw new GatewayError('upstream-malformed', `fact ${fact} is no scalar`, { reason: 'facts-missing' });
      }
      if (node.kind === 'ssn' || node.kind === 'ssn-last4') isSuspect = 1;
      if (node.isElement && isObject === 0) this.#refuse(at, 'an element that is no record');
      if (node === this.#tree.list && isObject === 0) this.#hasList = true;
      if (isObject === 1 ? node.slots.length > 0 : node.each !== null) {
        entry = this.#push(node.id, 0, at, isObject === 1 ? OPENS_OBJECT : OPENS_ARRAY);
        if (node.isElement) this.#beginElement(entry);
        if (node.person !== 0 && isObject === 1) this.#persons.push(node.person - 1, entry, entry, this.#factSpans.length, 0, -1, -1, 0);
      } else {
        if (node.kind !== null || node.facts.length === 0) this.#driftAt(node, at);
        node = null;
      }
    }
    const depth = ++this.#depth;
    frameNodes[depth] = node;
    frameIsObject[depth] = isObject;
    frameIsSuspect[depth] = isSuspect;
    frameEntry[depth] = entry;
    frameSeen[depth] = 0;
    frameLast[depth] = NONE;
    if (isObject === 1) frameObject[depth] = ledger.newObject();
  }

  #leave(at: number): void {
    const entry = frameEntry[this.#depth] as number;
    if (entry >= 0) {
      const end = this.#push(sharedTape[entry] as number, entry, at, CLOSES);
      sharedTape[entry + 1] = end;
      const node = frameNodes[this.#depth] as PlaceNode;
      if (node.isElement) this.#endElement(end);
      if (node.person !== 0 && frameIsObject[this.#depth] === 1) this.#endPerson(end);
    }
    this.#depth--;
  }

  #beginElement(opens: number): void {
    this.#elements.push(
      opens,
      opens,
      this.#factSpans.length,
      0,
      this.#idSpans.length,
      0,
      this.#candidates.length,
      0,
      this.#unclassifiedFields,
    );
  }

  #endElement(closes: number): void {
    const elements = this.#elements;
    const at = elements.length - ELEMENT_STEP;
    elements[at + CLOSED] = closes;
    elements[at + FACTS_TO] = this.#factSpans.length;
    elements[at + IDS_TO] = this.#idSpans.length;
    elements[at + CANDIDATES_TO] = this.#candidates.length;
    elements[at + UNCLASSIFIED] = this.#unclassifiedFields - (elements[at + UNCLASSIFIED] as number);
  }

  #endPerson(closes: number): void {
    const at = this.#persons.length - PERSON_STEP;
    this.#persons[at + PERSON_CLOSED] = closes;
    this.#persons[at + PERSON_FACTS_TO] = this.#factSpans.length;
  }

  #element(): void {
    const node = frameNodes[this.#depth] as PlaceNode | null;
    this.#node = node === null ? null : node.each;
    this.#isSuspect = frameIsSuspect[this.#depth] as number;
  }

  /** Reads a key and its colon; gives the offset of the value. */
  #key(at: number): number {
    const depth = this.#depth;
    const parent = frameNodes[depth] as PlaceNode | null;
    if (parent === null) return this.#anyKey(at);
    const { guesses, nodes } = this.#tree;
    const last = frameLast[depth] as number;
    const node = guesses[last === NONE ? parent.id * GUESS_STEP + FIRST : last * GUESS_STEP + FOLLOWER] as number;
    if (node === NONE) return this.#anyKey(at);
    const bit = guesses[node * GUESS_STEP + BIT] as number;
    const end = bit === 0 ? -1 : this.#behindKey(node * GUESS_STEP, at);
    if (end < 0) return this.#anyKey(at);
    const seen = frameSeen[depth] as number;
    if ((seen & bit) !== 0) this.#refuse(at, 'a key twice');
    frameSeen[depth] = seen | bit;
    frameLast[depth] = node;
    this.#node = nodes[node] as PlaceNode;
    this.#isSuspect = frameIsSuspect[depth] as number;
    return this.#space(end);
  }

  #anyKey(at: number): number {
    const body = this.#body;
    if (body[at] !== QUOTE) this.#refuse(at, 'no key');
    let hash = HASH_START;
    let end = at + 1;
    for (; ; end++) {
      const byte = body[end] as number;
      if (STRING_CLASS[byte] !== 2) {
        if (end >= body.length) this.#refuse(end, 'ended in a key');
        hash = Math.imul(hash ^ byte, HASH_PRIME);
      } else if (byte === QUOTE) {
        this.#member(finishHash(hash), at + 1, end, null);
        break;
      } else {
        end = this.#string(at) - 1;
        const decoded = Buffer.from(decodeString(body, at, end + 1, HAS_ESCAPES), 'utf8');
        this.#member(hashOf(decoded), at + 1, end, decoded);
        break;
      }
    }
    const colon = this.#space(end + 1);
    if (body[colon] !== COLON) this.#refuse(colon, 'no colon');
    return this.#space(colon + 1);
  }

  /** Looks up the key between `start` and `end` in the tree; sets what the coming value stands for. */
  #member(hash: number, start: number, end: number, decoded: Buffer | null): void {
    const body = this.#body;
    const depth = this.#depth;
    const parent = frameNodes[depth] as PlaceNode | null;
    const node = parent === null ? null : findChild(parent, hash, body, start, end, decoded);
    const bit = node === null ? 0 : node.bit;
    const seen = frameSeen[depth] as number;
    if (bit !== 0 ? (seen & bit) !== 0 : !ledger.add(frameObject[depth] as number, hash, start, end, decoded))
      this.#refuse(start, 'a key twice');
    frameSeen[depth] = seen | bit;
    if (node !== null) {
      const last = frameLast[depth] as number;
      this.#tree.guesses[last === NONE ? (parent as PlaceNode).id * GUESS_STEP + FIRST : last * GUESS_STEP + FOLLOWER] = node.id;
      frameLast[depth] = node.id;
    }
    let isSuspect = frameIsSuspect[depth] as number;
    if (node === null) {
      if (hash === PROTO_HASH && isName(PROTO, body, start, end, decoded)) this.#refuse(start, 'a key that is never read');
      if (parent !== null) this.#drift(parent, start, end, hash);
      if (isSuspect === 0 && speaksOfSsn((decoded ?? body.subarray(start, end)).toString('utf8'))) isSuspect = 1;
    }
    this.#node = node;
    this.#isSuspect = isSuspect;
  }

  #scalar(at: number, byte: number | undefined): number {
    if (byte === QUOTE) {
      const end = this.#string(at);
      this.#note(at, end, IS_STRING | this.#stringFlags);
      return end;
    }
    if (byte === 0x74) return this.#literal(at, 'true', IS_TRUE);
    if (byte === 0x66) return this.#literal(at, 'false', IS_FALSE);
    if (byte === 0x6e) return this.#literal(at, 'null', IS_NULL);
    return this.#number(at);
  }

  /** Keeps the scalar between `start` and `end` for all who need it. */
  #note(start: number, end: number, type: number): void {
    const node = this.#node;
    if (node === null) {
      if (this.#isSuspect === 1) this.#ssnSpans.push(start, end, type);
      return;
    }
    if (!node.isValueAlone && !this.#noteMore(node, start, end, type)) return;
    const entry = this.#push(node.id, start, end, type);
    if ((type & MAY_HOLD_SEVEN) !== 0) this.#candidates.push(entry);
  }

  /** Facts, the id, SSNs; false where the scalar has no place in an answer. */
  #noteMore(node: PlaceNode, start: number, end: number, type: number): boolean {
    for (const fact of node.facts) this.#factSpans.push(fact, start, end, type);
    if (node.isRecordId) this.#idSpans.push(start, end, type);
    if (node.isPersonId) this.#notePersonId(start, end, type);
    if (node.isTotal) this.#totalSpans.push(start, end, type);
    if (node.kind === null) {
      if (node.isElement) this.#refuse(start, 'an element that is no record');
      if (node.facts.length === 0 && !node.isRecordId && !node.isPersonId && !node.isTotal && (type & TYPE_MASK) !== IS_NULL)
        this.#driftAt(node, start);
      return false;
    }
    if (node.kind === 'ssn' || node.kind === 'ssn-last4') {
      const bare = type & TYPE_MASK;
      if (bare === IS_TRUE || bare === IS_FALSE) {
        this.#driftAt(node, start);
        return false;
      }
      this.#ssnSpans.push(start, end, type);
    }
    return true;
  }

  #notePersonId(start: number, end: number, type: number): void {
    const at = this.#persons.length - PERSON_STEP + PERSON_ID;
    this.#persons[at] = start;
    this.#persons[at + 1] = end;
    this.#persons[at + 2] = type;
  }

  /** A value of another type than its place has. */
  #driftAt(node: PlaceNode, at: number): void {
    this.#drift(node, -1 - at, 0, this.#body[at] as number);
  }

  #drift(node: PlaceNode, from: number, to: number, mark: number): void {
    this.#unclassifiedFields++;
    const spans = this.#driftSpans;
    for (let i = 0; i < spans.length; i += DRIFT_STEP) {
      if (spans[i] === node.id && spans[i + 3] === mark) {
        spans[i + 4] = (spans[i + 4] as number) + 1;
        return;
      }
    }
    if (spans.length < MOST_DRIFT_NUMBERS) spans.push(node.id, from, to, mark, 1);
  }

  #push(node: number, start: number, end: number, type: number): number {
    const entry = this.#tapeEnd;
    if (entry + TAPE_STEP > sharedTape.length) {
      if (entry >= MOST_ENTRIES * TAPE_STEP) throw new GatewayError('upstream-too-large', 'more values than a record may have');
      const longer = new Int32Array(sharedTape.length * 2);
      longer.set(sharedTape);
      sharedTape = longer;
    }
    sharedTape[entry] = node;
    sharedTape[entry + 1] = start;
    sharedTape[entry + 2] = end;
    sharedTape[entry + 3] = type;
    this.#tapeEnd = entry + TAPE_STEP;
    return entry;
  }

  /** Reads the string whose quote stands at `at`; gives the offset behind its closing quote. */
  #string(at: number): number {
    const body = this.#body;
    const length = body.length;
    let digits = 0;
    let flags = 0;
    let i = at + 1;
    for (;;) {
      for (; i < length; i++) {
        const found = STRING_CLASS[body[i] as number] as number;
        if (found === 2) break;
        digits += found;
      }
      if (i >= length) this.#refuse(i, 'ended in a string');
      const byte = body[i];
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH) this.#refuse(i, 'a control character');
      flags = HAS_ESCAPES;
      digits++;
      i = this.#escape(i);
    }
    if (digits >= 7) flags |= digitFlags(digits, i - at - 1);
    this.#stringFlags = flags;
    return i + 1;
  }

  /** Gives the offset behind the escape at `at`; both halves of a surrogate pair are one escape. */
  #escape(at: number): number {
    const letter = this.#body[at + 1];
    if (letter === 0x75) {
      const unit = this.#hex(at + 2);
      if (unit < 0xd800 || unit > 0xdfff) return at + 6;
      const isPair = unit < 0xdc00 && this.#body[at + 6] === BACKSLASH && this.#body[at + 7] === 0x75;
      if (!isPair || (this.#hex(at + 8) & 0xfc00) !== 0xdc00) this.#refuse(at, 'half a surrogate pair');
      return at + 12;
    }
    // " / \ b f n r t
    const isKnown =
      letter === QUOTE ||
      letter === 0x2f ||
      letter === BACKSLASH ||
      letter === 0x62 ||
      letter === 0x66 ||
      letter === 0x6e ||
      letter === 0x72 ||
      letter === 0x74;
    if (!isKnown) this.#refuse(at, 'an unknown escape');
    return at + 2;
  }

  #hex(at: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = hexDigit(this.#body[i]);
      if (digit < 0) this.#refuse(at, 'an escape without four hex digits');
      value = (value << 4) | digit;
    }
    return value;
  }

  #number(at: number): number {
    const body = this.#body;
    let i = body[at] === 0x2d ? at + 1 : at;
    const whole = i;
    i = this.#digits(i);
    if (body[whole] === 0x30 && i > whole + 1) this.#refuse(at, 'a leading zero');
    const isNine = i - at === 9;
    let hasMore = false;
    if (body[i] === 0x2e) {
      i = this.#digits(i + 1);
      hasMore = true;
    }
    if (body[i] === 0x65 || body[i] === 0x45) {
      const sign = body[i + 1];
      i = this.#digits(sign === 0x2b || sign === 0x2d ? i + 2 : i + 1);
      hasMore = true;
    }
    // A number with a fraction or an exponent may stand for nine digits however short it is.
    let flags = hasMore || i - at >= 7 ? MAY_HOLD_SEVEN | MAY_HOLD_NINE : 0;
    if (isNine && !hasMore && whole === at) flags |= IS_NINE_DIGITS;
    this.#note(at, i, IS_NUMBER | flags);
    return i;
  }

  #digits(at: number): number {
    const body = this.#body;
    let i = at;
    while (i < body.length && (body[i] as number) >= 0x30 && (body[i] as number) <= 0x39) i++;
    if (i === at) this.#refuse(at, 'no value');
    return i;
  }

  #literal(at: number, word: string, type: number): number {
    for (let i = 1; i < word.length; i++) if (this.#body[at + i] !== word.charCodeAt(i)) this.#refuse(at, 'no value');
    this.#note(at, at + word.length, type);
    return at + word.length;
  }

  #space(at: number): number {
    const body = this.#body;
    while (at < body.length) {
      const byte = body[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
      at++;
    }
    return at;
  }

  /** `what` is ours: nothing of the body goes into the message. */
  #refuse(at: number, what: string): never {
    throw new GatewayError('upstream-malformed', `JSON refused at byte ${at}: ${what}`);
  }
}

/** The text of a string span, quotes included in the span. */
export function decodeString(body: Buffer, start: number, end: number, type: number): string {
  if ((type & HAS_ESCAPES) !== 0) return JSON.parse(body.toString('utf8', start, end)) as string;
  return body.toString('utf8', start + 1, end - 1);
}

export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function findChild(parent: PlaceNode, hash: number, body: Buffer, start: number, end: number, decoded: Buffer | null): PlaceNode | null {
  const slots = parent.slots;
  const mask = slots.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const child = slots[slot] ?? null;
    if (child === null || (child.hash === hash && isName(child.name, body, start, end, decoded))) return child;
  }
}

/** For seven or more characters of a string's `length` that may be digits. */
const digitFlags = (digits: number, length: number): number =>
  digits < 9 ? MAY_HOLD_SEVEN : MAY_HOLD_SEVEN | MAY_HOLD_NINE | (digits === 9 && length === 9 ? IS_NINE_DIGITS : 0);

function isName(name: Buffer, body: Buffer, start: number, end: number, decoded: Buffer | null): boolean {
  if (decoded !== null) return name.equals(decoded);
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== body[start + i]) return false;
  return true;
}
