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
  return ssnsInText(json, 1, json.length - 1, true);
}

/** As `ssnsIn`, for a JSON number as it is written. */
export function ssnsInNumber(text: string): readonly number[] {
  const value = Math.abs(Number(text));
  return Number.isInteger(value) && value >= LEAST_NUMBER && value <= MOST_SSN ? [value] : [];
}

/** What looks like an SSN in a JSON string, given as for `maskText`: 3-2-4, and where `alsoRuns` nine digits in a row. */
export function ssnsInText(body: Buffer, start: number, end: number, alsoRuns: boolean): readonly number[] {
  const found: number[] = [];
  searchText(body, start, end, { known: NOTHING_KNOWN, usesPatterns: true, isIdentifier: () => false }, (_first, _last, value, shape) => {
    if (alsoRuns || shape === 'grouped') found.push(value);
  });
  return found;
}

/** What is masked in a value that is no SSN field. */
export interface SsnRule {
  /** SSNs of this answer, as numbers: masked in every spelling. */
  readonly known: KnownSsns;
  /** Free text: what looks like an SSN is masked too. */
  readonly usesPatterns: boolean;
  /** Nine digits in a row that the record declares to be something else; only asked about what is not known. */
  readonly isIdentifier: (value: number) => boolean;
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

/**
 * Masks the SSNs in a JSON string.
 *
 * Takes   the bytes of the string between its quotes, from `start` to before `end`, as the scan accepted them.
 * Gives   the new bytes between the quotes, or null where there is nothing to mask: then the old ones may be copied.
 *         The last four digits stay; where two finds overlap, none.
 * Costs   time in proportion to the length, whatever stands there (RED-25).
 */
export function maskText(body: Buffer, start: number, end: number, rule: SsnRule): Buffer | null {
  const finds: Find[] = [];
  searchText(body, start, end, rule, (first, last, value) => finds.push({ start: first, end: last, lastFour: value % 10_000 }));
  if (finds.length === 0) return null;
  const merged = mergeOverlaps(finds);
  let length = end - start;
  for (const find of merged) length += MASK_BYTES - (find.end - find.start);
  const out = Buffer.allocUnsafe(length);
  let from = start;
  let to = 0;
  for (const find of merged) {
    to += body.copy(out, to, from, find.start);
    to = writeMask(out, to, find.lastFour);
    from = find.end;
  }
  body.copy(out, to, from, end);
  return out;
}

const MASK_BYTES = UNREADABLE.length;
const NO_DIGITS = -1;

function writeMask(out: Buffer, at: number, lastFour: number): number {
  for (let i = 0; i < MASK_BYTES; i++) out[at + i] = UNREADABLE.charCodeAt(i);
  for (let i = MASK_BYTES - 1, rest = lastFour; lastFour !== NO_DIGITS && i > MASK_BYTES - 5; i--, rest = Math.trunc(rest / 10))
    out[at + i] = 0x30 + (rest % 10);
  return at + MASK_BYTES;
}

/** Gives the mask that stands for a JSON number, or null where the number may be copied. `start` and `end` are its span. */
export function maskNumber(body: Buffer, start: number, end: number, rule: SsnRule): string | null {
  for (const value of ssnsInNumber(body.toString('latin1', start, end)))
    if (rule.known.values.has(value)) return maskSsnNumber(String(value));
  const masked = maskText(body, start, end, rule);
  if (masked === null) return null;
  const text = masked.toString('latin1');
  return MASKED.test(text) ? text : UNREADABLE;
}

interface Find {
  readonly start: number;
  readonly end: number;
  readonly lastFour: number;
}

function mergeOverlaps(finds: Find[]): readonly Find[] {
  if (finds.length === 1) return finds;
  // Where a number is known and looks like one too, it is found twice in one place.
  if (finds.length === 2 && finds[0]?.start === finds[1]?.start && finds[0]?.end === finds[1]?.end) return [finds[1] as Find];
  finds.sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: Find[] = [];
  for (const find of finds) {
    const last = merged[merged.length - 1];
    if (last === undefined || find.start >= last.end) merged.push(find);
    else if (find.end <= last.end) continue;
    else merged[merged.length - 1] = find.start === last.start ? find : { start: last.start, end: find.end, lastFour: NO_DIGITS };
  }
  return merged;
}

type Shape = 'known' | 'run' | 'grouped';
/** `first` and `last` are byte offsets: of the first digit, and behind the last. */
type OnFind = (first: number, last: number, value: number, shape: Shape) => void;

// Searches run one at a time, to their end; the arrays are kept for the next.
const written = newCharacters();
const unwrapped = newCharacters();
const stream = newNumberStream();

function searchText(body: Buffer, start: number, end: number, rule: SsnRule, onFind: OnFind): void {
  if (readPlainNumbers(body, start, end, stream)) return searchNumbers({ codes: body, starts: null }, stream, rule, onFind);
  readCharacters(body, start, end, written);
  readNumbers(written, stream);
  searchNumbers(written, stream, rule, onFind);
  if (!written.hasLayers) return;
  // Every reading counts: in "50%219-09-9987" the percent sign encodes nothing, and an attribute of a tag is text too.
  let count = written.count;
  for (const dropsTags of [false, true]) {
    unwrapCharacters(written, unwrapped, dropsTags);
    // What was wrapped takes more characters than what was in it.
    if (unwrapped.count === count) continue;
    count = unwrapped.count;
    readNumbers(unwrapped, stream);
    searchNumbers(unwrapped, stream, rule, onFind);
  }
}

/**
 * A quick look at the bytes alone, for most texts hold dates and telephone numbers: false only where `maskText`, and with `usesPatterns`
 * `ssnsInText`, would find nothing. Takes the same span.
 */
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

function searchNumbers(text: Text, numbers: NumberStream, rule: SsnRule, onFind: OnFind): void {
  if (numbers.count < 7) return;
  if (rule.known.values.size > 0) searchKnown(text, numbers, rule.known, onFind);
  if (rule.usesPatterns) searchPatterns(text, numbers, rule, onFind);
}

function report(text: Text, numbers: NumberStream, first: number, last: number, value: number, shape: Shape, onFind: OnFind): void {
  const from = numbers.places[first] as number;
  const behind = (numbers.places[last] as number) + 1;
  if (text.starts === null) onFind(from, behind, value, shape);
  else onFind(text.starts[from] as number, text.starts[behind] as number, value, shape);
}

/** Every window of nine digits between which no letter stands. */
function searchKnown(text: Text, numbers: NumberStream, known: KnownSsns, onFind: OnFind): void {
  let value = 0;
  let length = 0;
  for (let i = 0; i < numbers.count; i++) {
    if (numbers.gaps[i] === BROKEN) {
      value = 0;
      length = 0;
    }
    value = (value % 100_000_000) * 10 + (numbers.digits[i] as number);
    if (++length >= 9 && known.values.has(value)) report(text, numbers, i - 8, i, value, 'known', onFind);
  }
  if (known.mayBeShort) searchShort(text, numbers, known, onFind);
}

/** Seven or eight digits in a row that stand alone: a known SSN that lost its leading zeros. */
function searchShort(text: Text, numbers: NumberStream, known: KnownSsns, onFind: OnFind): void {
  for (let first = 0; first < numbers.count;) {
    const next = endOfRun(numbers, first);
    const length = next - first;
    if ((length === 7 || length === 8) && numbers.digits[first] !== 0) {
      const value = valueOf(numbers, first, next);
      if (known.values.has(value)) report(text, numbers, first, next - 1, value, 'known', onFind);
    }
    first = next;
  }
}

/** Nine digits in a row, and 3-2-4 with separators: whole runs of digits, so that a longer number is not cut. */
function searchPatterns(text: Text, numbers: NumberStream, rule: SsnRule, onFind: OnFind): void {
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
      if (!rule.isIdentifier(value) && !isInUuid(text, numbers.places[c] as number))
        report(text, numbers, c, next - 1, value, 'run', onFind);
    } else if (
      length === 4 &&
      lengthB === 2 &&
      lengthA === 3 &&
      isGroup(numbers, b) &&
      isGroup(numbers, c) &&
      !isMoney(text, numbers, a, b, c)
    ) {
      report(text, numbers, a, next - 1, valueOf(numbers, a, next), 'grouped', onFind);
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
