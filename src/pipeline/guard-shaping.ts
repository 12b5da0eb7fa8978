import { GatewayError } from '../vocabulary/errors';
import type { ReadReply, Steps } from './steps';

/**
 * The same steps, but what throws while an answer is read or shaped is `shaping-failed`: the whole answer is refused, and the cause is told
 * by its class alone, for its text may hold what was to be masked (RED-28).
 */
export function guardShaping<Read extends ReadReply>(steps: Steps<Read>): Steps<Read> {
  return {
    ...steps,
    readReply: (system, route, reply, askedId) => orFault(() => steps.readReply(system, route, reply, askedId)),
    readList: (system, route, reply) => orFault(() => steps.readList(system, route, reply)),
    joinLists: (lists) => orFault(() => steps.joinLists(lists)),
    showsWhole: (list, record, decision, fields) => orFault(() => steps.showsWhole(list, record, decision, fields)),
    shapeList: (route, parts, head) => orFault(() => steps.shapeList(route, parts, head)),
    shapeRecord: (read, decision, accessId, persons) => orFault(() => steps.shapeRecord(read, decision, accessId, persons)),
  };
}

function orFault<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof GatewayError ? error : new GatewayError('shaping-failed', 'the answer could not be shaped', { cause: error });
  }
}
