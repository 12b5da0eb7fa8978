import { isUtf8 } from 'node:buffer';
import type { FactReading } from '../vocabulary/access';
import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { PlaceNode, PlaceTree, Projection } from './compile-projection';
import { isDeclaredMediaType } from './media-type';
import { knownSsns, mayHoldSsn, searchText, ssnsIn, ssnsInNumber, type Find, type KnownSsns } from './rules/ssn';
import {
  decodeString,
  FINDS_SHIFT,
  IS_FALSE,
  IS_NINE_DIGITS,
  IS_NUMBER,
  IS_STRING,
  IS_TRUE,
  MAY_HOLD_NINE,
  MAY_HOLD_SEVEN,
  NEEDS_SEARCH,
  scanRecord,
  TYPE_MASK,
  type Scan,
} from './scan-record';

/** A case system's answer, read and found sound; nothing of it has been shaped yet. */
export interface ReadReply {
  readonly tree: PlaceTree;
  readonly body: Buffer;
  readonly tape: Int32Array;
  /** Entries of the tape in which an SSN may stand. */
  readonly candidates: readonly number[];
  /** By fact number: the scalars at its place, numbers as they are written. Empty: the body is silent. */
  readonly facts: readonly FactReading[];
  readonly known: KnownSsns;
  /** By the number above FINDS_SHIFT in an entry of the tape: what was found in that text. */
  readonly finds: readonly (readonly Find[])[];
  /** Fields that record.yaml does not classify, or that have another type than it says. */
  readonly unclassifiedFields: number;
  /** Where they stand, for the drift list: names alone, digits hidden, each place once, the first 32 at most. */
  readonly unclassifiedPlaces: () => readonly string[];
}

/**
 * Reads the answer to a request for one record.
 *
 * Takes   the whole body, decoded; `mediaType` is the Content-Type as it came.
 * Fails   GatewayError 'upstream-malformed' for what is not strict JSON in UTF-8 under a declared media type; with reason
 *         'record-id-mismatch' for another record than the one asked for, 'facts-missing' for a fact that is no scalar.
 *         'upstream-too-large' over the route's cap.
 */
export function readReply(
  projection: Projection,
  route: Route,
  reply: { readonly body: Buffer; readonly mediaType: string },
  askedId: string,
): ReadReply {
  const tree = projection.trees[route.index];
  if (tree === undefined || tree.route !== route) throw new GatewayError('internal-fault', 'the route is not of this projection');
  const { body } = reply;
  if (body.length > route.maxBodyBytes) throw new GatewayError('upstream-too-large', `${body.length} bytes`);
  if (!isDeclaredMediaType(reply.mediaType, route.mediaTypes)) throw new GatewayError('upstream-malformed', 'media type not declared');
  if (!isUtf8(body)) throw new GatewayError('upstream-malformed', 'not UTF-8');
  const scan = scanRecord(body, hasByteOrderMark(body) ? 3 : 0, tree);
  refuseRest(body, scan.end);
  refuseOtherRecord(body, scan, askedId);
  return {
    tree,
    body,
    tape: scan.tape,
    candidates: scan.candidates,
    facts: readFacts(body, scan, tree.mustBeScalar.length),
    ...findSsns(body, scan, tree),
    unclassifiedFields: scan.unclassifiedFields,
    unclassifiedPlaces: () => namePlaces(body, scan, tree),
  };
}

const hasByteOrderMark = (body: Buffer): boolean => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;

function refuseRest(body: Buffer, end: number): void {
  for (let at = end; at < body.length; at++) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
      throw new GatewayError('upstream-malformed', `JSON refused at byte ${at}: more than one value`);
  }
}

function refuseOtherRecord(body: Buffer, scan: Scan, askedId: string): void {
  const spans = scan.idSpans;
  let isAsked = spans.length > 0;
  for (let i = 0; i < spans.length; i += 3)
    isAsked &&= scalarAt(body, spans[i] as number, spans[i + 1] as number, spans[i + 2] as number) === askedId;
  if (!isAsked) throw new GatewayError('upstream-malformed', 'the answer is of another record', { reason: 'record-id-mismatch' });
}

function readFacts(body: Buffer, scan: Scan, count: number): readonly FactReading[] {
  const facts: (string | boolean | null)[][] = [];
  for (let fact = 0; fact < count; fact++) facts.push([]);
  const spans = scan.factSpans;
  for (let i = 0; i < spans.length; i += 4) {
    (facts[spans[i] as number] as (string | boolean | null)[]).push(
      scalarAt(body, spans[i + 1] as number, spans[i + 2] as number, spans[i + 3] as number),
    );
  }
  return facts;
}

function scalarAt(body: Buffer, start: number, end: number, type: number): string | boolean | null {
  switch (type & TYPE_MASK) {
    case IS_STRING:
      return decodeString(body, start, end, type);
    case IS_NUMBER:
      return body.toString('latin1', start, end);
    case IS_TRUE:
    case IS_FALSE:
      return (type & TYPE_MASK) === IS_TRUE;
    default:
      return null;
  }
}

/** All SSNs of the record, those in sections that nobody here will see included; marks what has to be searched for them. */
function findSsns(body: Buffer, scan: Scan, tree: PlaceTree): Pick<ReadReply, 'known' | 'finds'> {
  const fromFields: number[] = [];
  const spans = scan.ssnSpans;
  for (let i = 0; i < spans.length; i += 3) {
    const type = spans[i + 2] as number;
    const value = scalarAt(body, spans[i] as number, spans[i + 1] as number, type);
    if (typeof value === 'string') fromFields.push(...((type & TYPE_MASK) === IS_NUMBER ? ssnsInNumber(value) : ssnsIn(value)));
  }
  const known = knownSsns(fromFields);
  markSearches(body, scan, tree, known);
  const finds = searchTexts(body, scan, tree, known);
  const typed = newlyTyped(finds, known, () => nineDigitValues({ body, tape: scan.tape, candidates: scan.candidates, tree }, () => true));
  if (typed.length === 0) return { known, finds };
  const all = knownSsns([...fromFields, ...typed]);
  markSearches(body, scan, tree, all);
  return { known: all, finds: searchTexts(body, scan, tree, all) };
}

/** Sets NEEDS_SEARCH on every value that is no SSN field and in which a mask may be needed. */
function markSearches(body: Buffer, { tape, candidates }: Scan, tree: PlaceTree, known: KnownSsns): void {
  const enough = known.mayBeShort ? MAY_HOLD_SEVEN : MAY_HOLD_NINE;
  for (const entry of candidates) {
    const type = tape[entry + 3] as number;
    if ((type & enough) === 0) continue;
    const kind = (tree.nodes[tape[entry] as number] as PlaceNode).kind;
    const isText = kind === 'text';
    if (!isText && (kind !== 'plain' || known.values.size === 0)) continue;
    const isString = (type & TYPE_MASK) === IS_STRING;
    if (!isString || mayHoldSsn(body, (tape[entry + 1] as number) + 1, (tape[entry + 2] as number) - 1, known, isText))
      tape[entry + 3] = type | NEEDS_SEARCH;
  }
}

/** Searches every free text that is marked, shown or not, once for all: the mask needs what was found too. */
function searchTexts(body: Buffer, { tape, candidates }: Scan, tree: PlaceTree, known: KnownSsns): readonly (readonly Find[])[] {
  const finds: (readonly Find[])[] = [];
  for (const entry of candidates) {
    const type = tape[entry + 3] as number;
    if ((type & NEEDS_SEARCH) === 0 || (type & TYPE_MASK) !== IS_STRING) continue;
    if ((tree.nodes[tape[entry] as number] as PlaceNode).kind !== 'text') continue;
    finds.push(searchText(body, (tape[entry + 1] as number) + 1, (tape[entry + 2] as number) - 1, known, true));
    tape[entry + 3] = (type & FLAGS_MASK) | (finds.length << FINDS_SHIFT);
  }
  return finds;
}
const FLAGS_MASK = (1 << FINDS_SHIFT) - 1;

/** An SSN that somebody typed into a note, written 3-2-4, is as well known as one in its field: it may stand in a file name too. */
function newlyTyped(finds: ReadReply['finds'], known: KnownSsns, identifiers: () => ReadonlySet<number>): readonly number[] {
  const typed: number[] = [];
  for (const found of finds) for (const { shape, value } of found) if (shape === 'grouped' && !known.values.has(value)) typed.push(value);
  if (typed.length === 0) return typed;
  const others = identifiers();
  return typed.filter((value) => !others.has(value));
}

/** What plain fields hold as nine digits and nothing else: numbers that the record declares to be something other than an SSN. */
export function nineDigitValues(
  { body, tape, candidates, tree }: Pick<ReadReply, 'body' | 'tape' | 'candidates' | 'tree'>,
  counts: (node: number) => boolean,
): ReadonlySet<number> {
  const found = new Set<number>();
  for (const entry of candidates) {
    const type = tape[entry + 3] as number;
    const node = tape[entry] as number;
    if ((type & IS_NINE_DIGITS) === 0 || (tree.nodes[node] as PlaceNode).kind !== 'plain' || !counts(node)) continue;
    const start = (tape[entry + 1] as number) + ((type & TYPE_MASK) === IS_STRING ? 1 : 0);
    found.add(Number(body.toString('latin1', start, start + 9)));
  }
  return found;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z_0-9.-]{0,63}$/;

/** A key may itself be a value, a name or a number: what does not look like a field's name is not told, and digits never. */
function namePlaces(body: Buffer, scan: Scan, tree: PlaceTree): readonly string[] {
  const places = new Set<string>();
  for (let i = 0; i < scan.driftSpans.length; i += 3) {
    const words = [];
    for (let node = tree.nodes[scan.driftSpans[i] as number] ?? null; node !== null && node.parent !== null; node = node.parent)
      words.unshift(node.word);
    const start = scan.driftSpans[i + 1] as number;
    if (start >= 0) {
      const name = body.toString('utf8', start, scan.driftSpans[i + 2] as number);
      words.push(PLAIN_NAME.test(name) ? name.replace(/[0-9]/g, '#') : '?');
    }
    places.add(words.join('.'));
  }
  return [...places];
}
