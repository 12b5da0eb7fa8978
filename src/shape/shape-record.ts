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
export function shapeRecord(read: ReadReply, decision: Decision, accessId: string, persons: readonly DecidedPerson[] = []): ShapedReply {
  if (decision.disclosure === 'none')
    throw new GatewayError('internal-fault', 'a record was to be shaped for a decision that shows nothing');
  const view = planView(read.tree, decision);
  const emission = new Emission([read]);
  emission.write(view, 0, read.tape.length - TAPE_STEP, 0, read.candidates.length, personViews(read.tree, decision, persons));
  return sealReply({
    accessId,
    status: 200,
    headers: [['content-type', 'application/json; charset=utf-8'], ['casegate-access-id', accessId], ...view.headers],
    body: emission.bytes(),
    unclassifiedFields: read.unclassifiedFields,
  });
}
