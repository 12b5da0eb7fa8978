import type { FactReading } from '../vocabulary/access';
import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { PlaceTree, Projection } from './compile-projection';
import type { Shown } from './emission';
import { findSsns, type SsnsFound } from './find-ssns';
import { readFacts } from './read-facts';
import { scalarAt } from './scalar-at';
import { scanBody } from './scan-body';
import type { Scan, ScannedElement } from './scan-record';

/** One record of a list, read and found sound. */
export interface ListedRecord {
  readonly id: string;
  /** As in ReadReply. */
  readonly facts: readonly FactReading[];
  readonly unclassifiedFields: number;
  readonly element: ScannedElement;
}

/** A body with many records. Nothing of it has been shaped yet. */
export interface ReadList extends Shown {
  readonly scan: Scan;
  readonly records: readonly ListedRecord[];
  /** How many records the body says there are in all; null where it says nothing sound. */
  readonly total: number | null;
}

/**
 * Reads the answer to a request for a list.
 *
 * Gives   every element of the list, in its order; SSNs are known over all of them (`joinLists` for those of several bodies).
 * Fails   GatewayError 'upstream-malformed' or 'upstream-too-large' as for a record: the whole list, also where one element is no object
 *         ('record-id-mismatch': or has no id of the system's form), for it could not be named in the log.
 */
export function readList(projection: Projection, route: Route, reply: { readonly body: Buffer; readonly mediaType: string }): ReadList {
  const { tree, scan } = scanBody(projection, route, reply);
  const { body } = reply;
  const count = tree.mustBeScalar.length;
  const records = scan.elements.map((element): ListedRecord => ({
    id: idOf(body, scan, element, tree.system.identifier),
    facts: readFacts(body, scan.factSpans, element.facts, count),
    unclassifiedFields: element.unclassifiedFields,
    element,
  }));
  return makeList(body, scan, tree, records, findSsns(body, scan, tree));
}

const makeList = (body: Buffer, scan: Scan, tree: PlaceTree, records: readonly ListedRecord[], { known, finds }: SsnsFound): ReadList => ({
  tree,
  body,
  tape: scan.tape,
  candidates: scan.candidates,
  known,
  finds,
  scan,
  records,
  total: totalOf(body, scan),
});

/** The same lists, each knowing the SSNs of all: a number that one record masks is masked in every other one of the answer. */
export function joinLists(lists: readonly ReadList[]): readonly ReadList[] {
  if (lists.length < 2) return lists;
  const all = new Set(lists.flatMap((list) => [...list.known.values]));
  return lists.map(({ body, scan, tree, records }) => makeList(body, scan, tree, records, findSsns(body, scan, tree, all)));
}

function idOf(body: Buffer, { idSpans }: Scan, { ids }: ScannedElement, identifier: RegExp): string {
  const id = ids.to - ids.from === 3 ? scalarAt(body, ...spanAt(idSpans, ids.from)) : null;
  if (typeof id !== 'string' || !RECORD_ID.test(id) || !identifier.test(id))
    throw new GatewayError('upstream-malformed', 'an element without a record id', { reason: 'record-id-mismatch' });
  return id;
}
const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

function totalOf(body: Buffer, { totalSpans }: Scan): number | null {
  const said = totalSpans.length === 3 ? scalarAt(body, ...spanAt(totalSpans, 0)) : null;
  return typeof said === 'string' && /^(?:0|[1-9][0-9]{0,14})$/.test(said) ? Number(said) : null;
}

const spanAt = (spans: readonly number[], at: number): [number, number, number] => [
  spans[at] as number,
  spans[at + 1] as number,
  spans[at + 2] as number,
];
