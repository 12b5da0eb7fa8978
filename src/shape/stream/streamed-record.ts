import type { Decision, FactReading } from '../../vocabulary/access';
import type { PlaceTree } from '../compile-projection';
import { Emission, type Shown } from '../emission';
import { findSsns } from '../find-ssns';
import { personViews, type DecidedPerson } from '../person-views';
import { planView } from '../plan-view';
import { readFacts } from '../read-facts';
import { readPersons, type ReadPerson } from '../read-persons';
import { scalarAt } from '../scalar-at';
import { scanRecord, TAPE_STEP, type Scan } from '../scan-record';

/** One record of a stream, read and found sound; nothing of it has been shaped yet. */
export interface StreamedRecord extends Shown {
  /** Where it stands in `body`, which may hold its neighbours too. */
  readonly start: number;
  readonly end: number;
  /** The record's own number as it stands in it; null where it is missing, not a string or number, or said in two ways. */
  readonly id: string | null;
  /** As in ReadReply. */
  readonly facts: readonly FactReading[];
  readonly persons: readonly ReadPerson[];
  readonly unclassifiedFields: number;
}

/**
 * Reads the one record that begins at `from`.
 *
 * Takes   bytes that are valid UTF-8, which must not change as long as the record is held; a tree of which the record is the root.
 * Fails   GatewayError 'upstream-malformed' and 'upstream-too-large', as for a record that is all of an answer.
 */
export function readStreamed(body: Buffer, from: number, tree: PlaceTree): StreamedRecord {
  const scan = scanRecord(body, from, tree);
  const factCount = tree.mustBeScalar.length;
  const { known, finds } = findSsns(body, scan, tree);
  return {
    tree,
    body,
    start: from,
    end: scan.end,
    tape: scan.tape,
    candidates: scan.candidates,
    known,
    finds,
    id: idOf(body, scan),
    facts: readFacts(body, scan.factSpans, 0, scan.factSpans.length, factCount),
    persons: readPersons(body, scan, 0, scan.tape.length, factCount, tree.system.identifier),
    unclassifiedFields: scan.unclassifiedFields,
  };
}

function idOf(body: Buffer, { idSpans }: Scan): string | null {
  let id: string | boolean | null = null;
  for (let i = 0; i < idSpans.length; i += 3) {
    const found = scalarAt(body, idSpans[i] as number, idSpans[i + 1] as number, idSpans[i + 2] as number);
    if (i > 0 && found !== id) return null;
    id = found;
  }
  return typeof id === 'string' ? id : null;
}

/** What is decided of a record that is shown, and of the persons who stand in it. */
export interface ToShow {
  readonly decision: Decision;
  readonly persons: readonly DecidedPerson[];
}

/** What is shown of the record, as a JSON object. */
export function shapeStreamed(record: StreamedRecord, { decision, persons }: ToShow): Buffer {
  const { tree, start, end, tape, candidates } = record;
  // The neighbours in `body` are not written: a body of its own, and twice as much and what masks may add.
  const emission = new Emission([], (end - start) * 2 + (tape.length / TAPE_STEP) * MOST_GROWTH_BYTES);
  emission.turnTo(record);
  emission.write(planView(tree, decision), 0, tape.length - TAPE_STEP, 0, candidates.length, personViews(tree, decision, persons));
  return emission.bytes();
}

/** As in Emission: what a mask is longer than what it replaces. */
const MOST_GROWTH_BYTES = 16;
