import type { Decision } from '../vocabulary/access';
import { GatewayError } from '../vocabulary/errors';
import { Emission } from './emission';
import { personViews, type DecidedPerson } from './person-views';
import { planView } from './plan-view';
import type { ReadReply } from './read-reply';
import { TAPE_STEP } from './scan-record';
import { sealReply, type ShapedReply } from './shaped-reply';

/**
 * Makes the answer: of a record that was read, what the decision grants.
 *
 * Gives   the granted fields in the order and the structure in which they came, their bytes untouched but for SSNs.
 *         An object or array is left out where none of its places is granted; where some are, it is there if one of those is;
 *         where all are, it is there as it came. So what is shown never depends on the values, or the presence, of what is not.
 * Fails   GatewayError 'internal-fault' for a decision that grants nothing: such a caller gets a problem document.
 */
export function shapeRecord(
  read: ReadReply,
  decision: Decision,
  accessId: string,
  more: {
    readonly status?: 200 | 201;
    readonly tagOf?: (body: Buffer) => string;
    /** Those inside the record of whom something is shown. */
    readonly persons?: readonly DecidedPerson[];
  } = {},
): ShapedReply {
  if (decision.disclosure === 'none')
    throw new GatewayError('internal-fault', 'a record was to be shaped for a decision that shows nothing');
  const view = planView(read.tree, decision);
  const emission = new Emission([read]);
  const persons = personViews(read.tree, decision, more.persons ?? []);
  emission.write(view, 0, read.tape.length - TAPE_STEP, 0, read.candidates.length, persons);
  const body = emission.bytes();
  const headers: (readonly [string, string])[] = [
    ['content-type', 'application/json; charset=utf-8'],
    ['casegate-access-id', accessId],
    ...view.headers,
  ];
  if (more.tagOf !== undefined) headers.push(['etag', more.tagOf(body)]);
  return sealReply({ accessId, status: more.status ?? 200, headers, body, unclassifiedFields: read.unclassifiedFields });
}
