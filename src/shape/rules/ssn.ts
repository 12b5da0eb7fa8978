import { characterClass } from '../character-class';
import {
  BYTE_CLASS,
  BYTE_SEPARATOR,
  readPlainNumbers,
  ADJACENT,
  BROKEN,
  newCharacters,
  newNumberStream,
  readCharacters,
  readNumbers,
  SEPARATED,
  unwrapCharacters,
  type Text,
  type NumberStream,
} from '../number-stream';

const UNREADABLE = 'XXX-XX-XXXX';
const MASKED = /^XXX-XX-(\d{4}|XXXX)$/;
const MOST_SSN = 999_999_999;
/** With fewer digits than these a number is no SSN that lost its leading zeros. */
const LEAST_NUMBER = 1_000_000;

/**
 * Reduces a Social Security number to its last four digits.
 *
 * Takes   'XXX-XX-6789' (stays), '123-45-6789', '123456789' in the digits of any script; null.
 * Gives   'XXX-XX-6789'; 'XXX-XX-XXXX' for anything that is not nine digits.
 * Fails   never: a value we cannot read is hidden, not passed on.
 * Source  TO-01; Ramsey County, "Private Records on Workforce One", 3 July 2024.
 */
export function maskSsn(value: string | null): string {
  return maskDigits(value, (digits) => digits.length === 9);
}

/** As `maskSsn`, for a field that holds the last four digits alone. */
export function maskSsnLastFour(value: string | null): string {
  return maskDigits(value, (digits) => digits.length === 4 || digits.length === 9);
}

/** As `maskSsn`, for a JSON number as it is written: '1234567' has lost its leading zeros; '2.19099987e8' is a whole number all the same. */
export function maskSsnNumber(text: string): string {
  const value = Math.abs(Number(text));
  return Number.isInteger(value) && value <= MOST_SSN ? `XXX-XX-${String(value % 10_000).padStart(4, '0')}` : UNREADABLE;
}

function maskDigits(value: string | null, isReadable: (digits: string) => boolean): string {
  if (value === null) return UNREADABLE;
  if (MASKED.test(value)) return value;
  const digits = digitsOf(value);
  return isReadable(digits) ? `XXX-XX-${digits.slice(-4)}` : UNREADABLE;
}

function digitsOf(text: string): string {
  let digits = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) as number;
    if (code > 0xffff) i++;
    const found = characterClass(code);
    if (found < 10) digits += found;
  }
  return digits;
}

/** The SSNs in the value of an SSN field, as numbers: those to look for in the rest of the record. */
export function ssnsIn(value: string): readonly number[] {
  const digits = digitsOf(value);
  if (digits.length >= 7 && digits.length <= 9) return [Number(digits)];
  if (digits.length < 7) return [];
  const json = Buffer.from(JSON.stringify(value), 'utf8');
  return searchText(json, 1, json.length - 1, NOTHING_KNOWN, true).map((find) => find.value);
}

/** As `ssnsIn`, for a JSON number as it is written. */
export function ssnsInNumber(text: string): readonly number[] {
  const value = Math.abs(Number(text));
  return Number.isInteger(value) && value >= LEAST_NUMBER && value <= MOST_SSN ? [value] : [];
}

export interface KnownSsns {
  readonly values: ReadonlySet<number>;
  /** One of them begins with a zero and may stand somewhere with seven or eight digits. */
  readonly mayBeShort: boolean;
}

const NOTHING_KNOWN: KnownSsns = { values: new Set(), mayBeShort: false };

export function knownSsns(values: Iterable<number>): KnownSsns {
  const set = new Set(values);
  if (set.size === 0) return NOTHING_KNOWN;
  return { values: set, mayBeShort: [...set].some((value) => value >= LEAST_NUMBER && value < 100_000_000) };
}

/** A place in a text where an SSN may stand. */
export interface Find {
  /** Byte offsets: of the first digit, and behind the last. */
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** known: an SSN of this answer. run: nine digits in a row. grouped: 3-2-4 with separators. The last two in free text alone. */
  readonly shape: 'known' | 'run' | 'grouped';
}

/**
 * Searches a JSON string.
 *
 * Takes   the bytes of the string between its quotes, from `start` to before `end`, as the scan accepted them;
 *         `usesPatterns` for free text: what looks like an SSN is found too.
 * Gives   the finds as they were met: one place may be found more than once, and they may overlap.
 * Costs   time in proportion to the length, whatever stands there (RED-25).
 */
export function searchText(body: Buffer, start: number, end: number, known: KnownSsns, usesPatterns: boolean): readonly Find[] {
  const finds: Find[] = [];
  if (readPlainNumbers(body, start, end, stream)) {
    searchNumbers({ codes: body, starts: null }, known, usesPatterns, finds);
    return finds;
  }
  readCharacters(body, start, end, written);
  readNumbers(written, stream);
  searchNumbers(written, known, usesPatterns, finds);
  if (!written.hasLayers) return finds;
  // Every reading counts: in "50%219-09-9987" the percent sign encodes nothing, and an attribute of a tag is text too.
  let count = written.count;
  for (const dropsTags of [false, true]) {
    unwrapCharacters(written, unwrapped, dropsTags);
    // What was wrapped takes more characters than what was in it.
    if (unwrapped.count === count) continue;
    count = unwrapped.count;
    readNumbers(unwrapped, stream);
    searchNumbers(unwrapped, known, usesPatterns, finds);
  }
  return finds;
}

// Searches run one at a time, to their end; the arrays are kept for the next.
const written = newCharacters();
const unwrapped = newCharacters();
const stream = newNumberStream();

/** What is masked: from `start` to before `end`. */
export interface Mask {
  readonly start: number;
  readonly end: number;
  /** -1 where two finds overlap: then no digit stays. */
  readonly lastFour: number;
}

/**
 * Gives the masks for the finds of one text, in order and apart from each other.
 *
 * Takes   `isIdentifier`: nine digits in a row that the record declares to be something else; asked about a 'run' alone.
 */
export function masksFor(finds: readonly Find[], isIdentifier: (value: number) => boolean): readonly Mask[] {
  const masks: Mask[] = [];
  for (const { start, end, value, shape } of finds)
    if (shape !== 'run' || !isIdentifier(value)) masks.push({ start, end, lastFour: value % 10_000 });
  return masks.length < 2 ? masks : mergeOverlaps(masks);
}

const MASK_BYTES = UNREADABLE.length;
const NO_DIGITS = -1;

/** Writes a mask; gives the offset behind it. */
export function writeMask(out: Buffer, at: number, lastFour: number): number {
  for (let i = 0; i < MASK_BYTES; i++) out[at + i] = UNREADABLE.charCodeAt(i);
  for (let i = MASK_BYTES - 1, rest = lastFour; lastFour !== NO_DIGITS && i > MASK_BYTES - 5; i--, rest = Math.trunc(rest / 10))
    out[at + i] = 0x30 + (rest % 10);
  return at + MASK_BYTES;
}

/** Gives the mask that stands for a JSON number, or null where the number may be copied. `start` and `end` are its span. */
export function maskNumber(
  body: Buffer,
  start: number,
  end: number,
  known: KnownSsns,
  usesPatterns: boolean,
  isIdentifier: (value: number) => boolean,
): string | null {
  for (const value of ssnsInNumber(body.toString('latin1', start, end))) if (known.values.has(value)) return maskSsnNumber(String(value));
  const masks = masksFor(searchText(body, start, end, known, usesPatterns), isIdentifier);
  if (masks.length === 0) return null;
  const [only] = masks;
  // Anything but the mask beside it would be no number any more, and half of one.
  return masks.length === 1 && only?.start === start && only.end === end && only.lastFour !== NO_DIGITS
    ? maskOf(only.lastFour)
    : UNREADABLE;
}

const maskOf = (lastFour: number): string => `XXX-XX-${String(lastFour).padStart(4, '0')}`;

function mergeOverlaps(masks: Mask[]): readonly Mask[] {
  // Where a number is known and looks like one too, it is found twice in one place.
  if (masks.length === 2 && masks[0]?.start === masks[1]?.start && masks[0]?.end === masks[1]?.end) return [masks[1] as Mask];
  masks.sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: Mask[] = [];
  for (const mask of masks) {
    const last = merged[merged.length - 1];
    if (last === undefined || mask.start >= last.end) merged.push(mask);
    else if (mask.end <= last.end) continue;
    else merged[merged.length - 1] = mask.start === last.start ? mask : { start: last.start, end: mask.end, lastFour: NO_DIGITS };
  }
  return merged;
}

/** A quick look at the bytes alone, for most texts hold dates and telephone numbers: false only where `searchText` would find nothing. */
export function mayHoldSsn(body: Buffer, start: number, end: number, ssns: KnownSsns, usesPatterns: boolean): boolean {
  const known = ssns.values;
  let value = 0;
  // Digits since the last letter, and the lengths of the last two runs of them.
  let chain = 0;
  let a = 0;
  let b = 0;
  for (let i = start; ;) {
    let found: number;
    let met = 0;
    while (i < end && (found = BYTE_CLASS[body[i] as number] as number) >= BYTE_SEPARATOR) {
      met |= found;
      i++;
    }
    if ((met & UNCLEAR_BIT) !== 0) return true;
    if (i === end) return false;
    if ((met & LETTER_BIT) !== 0) chain = a = b = 0;
    let c = 0;
    for (; i < end && (found = BYTE_CLASS[body[i] as number] as number) < BYTE_SEPARATOR; i++) {
      c++;
      value = (value % 100_000_000) * 10 + found;
      if (++chain >= 9 && known.size > 0 && known.has(value)) return true;
    }
    if (usesPatterns && (c === 9 || (c === 4 && b === 2 && a === 3))) return true;
    if (ssns.mayBeShort && (c === 7 || c === 8)) return true;
    a = b;
    b = c;
  }
}
// Of BYTE_SEPARATOR 10, BYTE_LETTER 11 and BYTE_UNCLEAR 12.
const LETTER_BIT = 1;
const UNCLEAR_BIT = 4;

function searchNumbers(text: Text, known: KnownSsns, usesPatterns: boolean, finds: Find[]): void {
  if (stream.count < 7) return;
  if (known.values.size > 0) searchKnown(text, stream, known, finds);
  if (usesPatterns) searchPatterns(text, stream, finds);
}

function report(text: Text, numbers: NumberStream, first: number, last: number, value: number, shape: Find['shape'], finds: Find[]): void {
  const from = numbers.places[first] as number;
  const behind = (numbers.places[last] as number) + 1;
  if (text.starts === null) finds.push({ start: from, end: behind, value, shape });
  else finds.push({ start: text.starts[from] as number, end: text.starts[behind] as number, value, shape });
}

/** Every window of nine digits between which no letter stands. */
function searchKnown(text: Text, numbers: NumberStream, known: KnownSsns, finds: Find[]): void {
  let value = 0;
  let length = 0;
  for (let i = 0; i < numbers.count; i++) {
    if (numbers.gaps[i] === BROKEN) {
      value = 0;
      length = 0;
    }
    value = (value % 100_000_000) * 10 + (numbers.digits[i] as number);
    if (++length >= 9 && known.values.has(value)) report(text, numbers, i - 8, i, value, 'known', finds);
  }
  if (known.mayBeShort) searchShort(text, numbers, known, finds);
}

/** Seven or eight digits in a row that stand alone: a known SSN that lost its leading zeros. */
function searchShort(text: Text, numbers: NumberStream, known: KnownSsns, finds: Find[]): void {
  for (let first = 0; first < numbers.count;) {
    const next = endOfRun(numbers, first);
    const length = next - first;
    if ((length === 7 || length === 8) && numbers.digits[first] !== 0) {
      const value = valueOf(numbers, first, next);
      if (known.values.has(value)) report(text, numbers, first, next - 1, value, 'known', finds);
    }
    first = next;
  }
}

/** Nine digits in a row, and 3-2-4 with separators: whole runs of digits, so that a longer number is not cut. */
function searchPatterns(text: Text, numbers: NumberStream, finds: Find[]): void {
  // Starts and lengths of the last three runs.
  let b = 0;
  let c = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let next = 0; next < numbers.count;) {
    const a = b;
    b = c;
    c = next;
    next = endOfRun(numbers, c);
    const length = next - c;
    if (length === 9) {
      const value = valueOf(numbers, c, next);
      if (!isInUuid(text, numbers.places[c] as number)) report(text, numbers, c, next - 1, value, 'run', finds);
    } else if (
      length === 4 &&
      lengthB === 2 &&
      lengthA === 3 &&
      isGroup(numbers, b) &&
      isGroup(numbers, c) &&
      !isMoney(text, numbers, a, b, c)
    ) {
      report(text, numbers, a, next - 1, valueOf(numbers, a, next), 'grouped', finds);
    }
    lengthA = lengthB;
    lengthB = length;
  }
}

function endOfRun(numbers: NumberStream, first: number): number {
  let next = first + 1;
  while (next < numbers.count && numbers.gaps[next] === ADJACENT) next++;
  return next;
}

function valueOf(numbers: NumberStream, first: number, end: number): number {
  let value = 0;
  for (let i = first; i < end; i++) value = value * 10 + (numbers.digits[i] as number);
  return value;
}

const WIDEST_GAP = 12;
const isGroup = (numbers: NumberStream, digit: number): boolean =>
  numbers.gaps[digit] === SEPARATED && (numbers.widths[digit] as number) <= WIDEST_GAP;

/** `$350.00 2024`: an amount with cents, and a number that stands apart from it. */
function isMoney(text: Text, numbers: NumberStream, a: number, b: number, c: number): boolean {
  const { codes } = text;
  const before = (numbers.places[a] as number) - 1;
  const sign = codes[before] === 0x20 ? before - 1 : before;
  if (sign < 0 || !isCurrency(codes[sign] as number)) return false;
  const isPoint = numbers.widths[b] === 1 && codes[(numbers.places[b] as number) - 1] === 0x2e;
  const gap = codes[(numbers.places[c] as number) - 1];
  return isPoint && gap === 0x20;
}

const isCurrency = (code: number): boolean => (code < 0x80 ? code === 0x24 : /\p{Sc}/u.test(String.fromCodePoint(code)));

/** Whether the character at `place` is part of a UUID: 36 hex digits and hyphens, in 8-4-4-4-12. */
function isInUuid(text: Text, place: number): boolean {
  let first = place;
  let last = place;
  while (first > 0 && place - first < 37 && isUuidCharacter(text.codes[first - 1] as number)) first--;
  while (last - first < 37 && isUuidCharacter(text.codes[last + 1] as number)) last++;
  if (last - first !== 35) return false;
  let token = '';
  for (let i = first; i <= last; i++) token += String.fromCharCode(text.codes[i] as number);
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(token);
}

const isUuidCharacter = (code: number): boolean =>
  code === 0x2d || (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
