import type { PlaceNode, PlaceTree } from './compile-projection';
import { nineDigitValues } from './nine-digit-values';
import { knownSsns, mayHoldSsn, searchText, ssnsIn, ssnsInNumber, type Find, type KnownSsns } from './rules/ssn';
import { scalarAt } from './scalar-at';
import { FINDS_SHIFT, IS_NUMBER, IS_STRING, MAY_HOLD_NINE, MAY_HOLD_SEVEN, NEEDS_SEARCH, TYPE_MASK, type Scan } from './scan-record';

/**
 * All SSNs of the body, those in sections that nobody here will see included; marks what has to be searched for them.
 * Takes   others: SSNs known from elsewhere in the same answer.
 */
export function findSsns(body: Buffer, scan: Scan, tree: PlaceTree, others: Iterable<number> = []): SsnsFound {
  const fromFields: number[] = [...others];
  const spans = scan.ssnSpans;
  for (let i = 0; i < spans.length; i += 3) {
    const type = spans[i + 2] as number;
    const value = scalarAt(body, spans[i] as number, spans[i + 1] as number, type);
    if (typeof value === 'string') fromFields.push(...((type & TYPE_MASK) === IS_NUMBER ? ssnsInNumber(value) : ssnsIn(value)));
  }
  const known = knownSsns(fromFields);
  markSearches(body, scan, tree, known);
  const finds = searchTexts(body, scan, tree, known);
  const typed = newlyTyped(finds, known, () => identifiersIn(body, scan, tree));
  if (typed.length === 0) return { known, finds };
  const all = knownSsns([...fromFields, ...typed]);
  markSearches(body, scan, tree, all);
  return { known: all, finds: searchTexts(body, scan, tree, all) };
}

const identifiersIn = (body: Buffer, { tape, candidates }: Scan, tree: PlaceTree): ReadonlySet<number> =>
  nineDigitValues({ tree, body, tape, candidates }, 0, candidates.length, () => true);

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
function newlyTyped(finds: SsnsFound['finds'], known: KnownSsns, identifiers: () => ReadonlySet<number>): readonly number[] {
  const typed: number[] = [];
  for (const found of finds) for (const { shape, value } of found) if (shape === 'grouped' && !known.values.has(value)) typed.push(value);
  if (typed.length === 0) return typed;
  const others = identifiers();
  return typed.filter((value) => !others.has(value));
}

/** SSNs that are known in an answer, and what was found in its texts: see ReadReply. */
export interface SsnsFound {
  readonly known: KnownSsns;
  readonly finds: readonly (readonly Find[])[];
}
