import type { FactReading } from '../vocabulary/access';
import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { PlaceTree, Projection } from './compile-projection';
import { findSsns } from './find-ssns';
import { readFacts } from './read-facts';
import { readPersons, type ReadPerson } from './read-persons';
import type { Find, KnownSsns } from './rules/ssn';
import { scalarAt } from './scalar-at';
import { scanBody } from './scan-body';
import type { Scan } from './scan-record';

/** A case system's answer, read and found sound; nothing of it has been shaped yet. */
export interface ReadReply {
  readonly tree: PlaceTree;
  readonly body: Buffer;
  readonly tape: Int32Array;
  /** Entries of the tape in which an SSN may stand. */
  readonly candidates: readonly number[];
  /** By fact number: the scalars at its place, numbers as they are written. Empty: the body is silent. */
  readonly facts: readonly FactReading[];
  /** Those who stand in it and have records of their own. */
  readonly persons: readonly ReadPerson[];
  readonly known: KnownSsns;
  /** By the number above FINDS_SHIFT in an entry of the tape: what was found in that text. */
  readonly finds: readonly (readonly Find[])[];
  /** Fields that record.yaml does not classify, or that have another type than it says. */
  readonly unclassifiedFields: number;
  /** Where they stand; as in Scan, for nameDrift. */
  readonly driftSpans: readonly number[];
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
  const { tree, scan } = scanBody(projection, route, reply);
  const { body } = reply;
  refuseOtherRecord(body, scan, askedId);
  return {
    tree,
    body,
    tape: scan.tape,
    candidates: scan.candidates,
    facts: readFacts(body, scan.factSpans, 0, scan.factSpans.length, tree.mustBeScalar.length),
    persons: readPersons(body, scan, 0, scan.tape.length, tree.mustBeScalar.length, tree.system.identifier),
    ...findSsns(body, scan, tree),
    unclassifiedFields: scan.unclassifiedFields,
    driftSpans: scan.driftSpans,
  };
}

function refuseOtherRecord(body: Buffer, scan: Scan, askedId: string): void {
  const spans = scan.idSpans;
  let isAsked = spans.length > 0;
  for (let i = 0; i < spans.length; i += 3)
    isAsked &&= scalarAt(body, spans[i] as number, spans[i + 1] as number, spans[i + 2] as number) === askedId;
  if (!isAsked) throw new GatewayError('upstream-malformed', 'the answer is of another record', { reason: 'record-id-mismatch' });
}
