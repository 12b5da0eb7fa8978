import { createHash } from 'node:crypto';

/** The specimen number that tests plant: 219-09-9987, voided, belongs to nobody. */
export const CANARY = '219099987';
const MOST_LAYERS = 5;

/**
 * Finds the canary in whatever a process wrote, however it is spelled: digits of any script, dashes, invisible characters between them,
 * JSON escapes, percent-encoding and HTML entities to any depth, tags; and its plain digest.
 *
 * Written apart from src/shape on purpose: what that room overlooks must not be overlooked here for the same reason.
 * Gives  what was found, as it stood; empty where there is nothing.
 */
export function findsCanary(written: string | Uint8Array): readonly string[] {
  const bytes = typeof written === 'string' ? Buffer.from(written, 'utf8') : Buffer.from(written);
  const found = new Set<string>();
  for (const text of new Set([bytes.toString('utf8'), bytes.toString('latin1'), utf16(bytes)])) {
    for (const reading of readings(text)) for (const [hit] of plain(reading).matchAll(SPELLED)) found.add(hit);
    for (const digest of DIGESTS) if (text.toLowerCase().includes(digest)) found.add(digest);
  }
  return [...found];
}

// Between the digits up to eight characters that are neither digit nor letter. Letters end a number: XXX-XX-9987 is no find.
const SPELLED = new RegExp([...CANARY].join('[^0-9A-Za-z]{0,8}'), 'g');

const DIGESTS = ['219-09-9987', CANARY].flatMap((text) =>
  ['sha256', 'sha1', 'md5'].flatMap((kind) => [
    createHash(kind).update(text).digest('hex'),
    createHash(kind).update(text).digest('base64').toLowerCase().replace(/=+$/, ''),
  ]),
);

const utf16 = (bytes: Buffer): string => (bytes.includes(0) ? bytes.toString('utf16le') : '');

/** The text, and what it says when one wrapping more is taken off. */
function readings(text: string): readonly string[] {
  if (!/[\\%&<]/.test(text)) return [text];
  const all = [text, text.replace(/<[^<>]{0,200}>/g, '')];
  for (const start of new Set(all)) {
    let reading = start;
    for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
      const next = unwrapped(reading);
      if (next === reading) break;
      all.push(next, next.replace(/<[^<>]{0,200}>/g, ''));
      reading = next;
    }
  }
  return [...new Set(all)];
}

const unwrapped = (text: string): string =>
  text
    .replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
    .replace(/\\+u\{?([0-9A-Fa-f]{4})\}?/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\+x([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\+[nrtbf]/g, ' ')
    .replace(/&#x([0-9A-Fa-f]{1,6});?/gi, (_all, hex: string) => character(parseInt(hex, 16)))
    .replace(/&#([0-9]{1,7});?/g, (_all, digits: string) => character(Number(digits)))
    .replace(/&amp;/g, '&')
    .replace(/&[a-z]{2,20};/gi, ' ');

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : ' ');

const plain = (text: string): string => (/^[\0-\x7f]*$/.test(text) ? text : plainDigits(text));

const plainDigits = (text: string): string =>
  text
    .replace(/[\p{Cf}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/gu, '')
    .normalize('NFKC')
    .replace(/\p{Nd}/gu, (digit) => String(valueOf(digit)));

/** Digits of a script stand in a row of ten, zero first. */
function valueOf(digit: string): number {
  let zero = digit.codePointAt(0) as number;
  const code = zero;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}
