import type { FactReading } from '../vocabulary/access';
import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { Projection } from './compile-projection';
import type { Shown } from './emission';
import { findSsns } from './find-ssns';
import { readFacts } from './read-facts';
import { scalarAt } from './scalar-at';
import { readPersons, type ReadPerson } from './read-persons';
import { scanBody } from './scan-body';
import { CLOSED, ELEMENT_STEP, OPENS, FACTS_FROM, FACTS_TO, IDS_FROM, IDS_TO, UNCLASSIFIED, type Scan } from './scan-record';

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
  const records: ListedRecord[] = [];
  const facts = tree.mustBeScalar.length;
  for (let at = 0; at < scan.elements.length; at += ELEMENT_STEP) {
    records.push(new ListedRecord(idOf(body, scan, at, tree.system.identifier), at, body, scan, facts, tree.system.identifier));
  }
  const { known, finds } = findSsns(body, scan, tree);
  return { tree, body, tape: scan.tape, candidates: scan.candidates, known, finds, scan, records, total: totalOf(body, scan) };
}

/** One record of a list, read and found sound. */
export class ListedRecord {
  readonly #body: Buffer;
  readonly #scan: Scan;
  readonly #factCount: number;
  readonly #identifier: RegExp;

  constructor(
    readonly id: string,
    /** Where it begins among the scan's elements. */
    readonly at: number,
    body: Buffer,
    scan: Scan,
    factCount: number,
    identifier: RegExp,
  ) {
    this.#body = body;
    this.#scan = scan;
    this.#factCount = factCount;
    this.#identifier = identifier;
  }

  /** As in ReadReply; read anew each time, for they are needed once. */
  get facts(): readonly FactReading[] {
    const { elements, factSpans } = this.#scan;
    return readFacts(
      this.#body,
      factSpans,
      elements[this.at + FACTS_FROM] as number,
      elements[this.at + FACTS_TO] as number,
      this.#factCount,
    );
  }

  /** Those who stand in it and have records of their own; read anew each time. */
  get persons(): readonly ReadPerson[] {
    const { elements, persons } = this.#scan;
    if (persons.length === 0) return NOBODY;
    const [opens, closes] = [elements[this.at + OPENS] as number, elements[this.at + CLOSED] as number];
    return readPersons(this.#body, this.#scan, opens, closes, this.#factCount, this.#identifier);
  }

  get unclassifiedFields(): number {
    return this.#scan.elements[this.at + UNCLASSIFIED] as number;
  }
}

const NOBODY: readonly ReadPerson[] = [];

function idOf(body: Buffer, { idSpans, elements }: Scan, at: number, identifier: RegExp): string {
  const from = elements[at + IDS_FROM] as number;
  const id = (elements[at + IDS_TO] as number) - from === 3 ? scalarAt(body, ...spanAt(idSpans, from)) : null;
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
