import type { Ask, Decision, UpstreamReply } from '../vocabulary/access';
import type { Reason } from '../vocabulary/reasons';
import { decideOn } from './decide-on';
import { decidePersons } from './decide-persons';
import type { KnownFacts, Now, ReadReply, Steps, Verdict } from './steps';

/** The steps by which a record is judged. */
export type JudgeSteps<Read extends ReadReply = ReadReply> = Pick<Steps<Read>, 'findInRegistry' | 'resolveFacts' | 'relate' | 'readReply'>;

/** Where all facts stand in the registry the decision falls before the fetch, so hidden and unknown records cost the same. */
export function mayFetch(steps: JudgeSteps, ask: Ask, now: Now): boolean {
  if (!now.policy.system.identifier.test(ask.recordId)) return false;
  if (now.route.factsFrom === 'body') return true;
  return judgeByRegistry(steps, ask, now).decision !== null;
}

const UNKNOWN = { hidden: true, why: 'record-unknown', known: false, decision: null, facts: null, read: null } as const;

/** Hidden, or what may be shown of it. `reply`: what the case system answered; null where it was not asked. */
export function judgeRecord<Read extends ReadReply>(
  steps: JudgeSteps<Read>,
  ask: Ask,
  now: Now,
  reply: UpstreamReply | null,
): Verdict<Read> {
  if (reply === null) {
    if (now.route.factsFrom === 'body') return UNKNOWN;
    const byRegistry = judgeByRegistry(steps, ask, now);
    return { hidden: true, why: byRegistry.why, known: byRegistry.known, decision: byRegistry.denied, facts: byRegistry.facts, read: null };
  }
  if (reply.status === 404) return UNKNOWN;
  const read = steps.readReply(now.policy.system, now.route, reply, ask.recordId);
  const facts = steps.resolveFacts(now.policy.system, read.facts, steps.findInRegistry(ask.system, ask.environment, ask.recordId));
  if (!facts.known) return { hidden: true, why: facts.why, known: true, decision: null, facts: null, read };
  const decision = decideOn(steps, now, facts);
  return decision.disclosure === 'none'
    ? { hidden: true, why: decision.reasons[0], known: true, decision, facts, read }
    : { hidden: false, read, decision, facts, persons: decidePersons(steps, ask, now, read.persons) };
}

function judgeByRegistry(
  steps: JudgeSteps,
  ask: Ask,
  now: Now,
): {
  readonly decision: Decision | null;
  readonly denied: Decision | null;
  readonly why: Reason;
  readonly known: boolean;
  readonly facts: KnownFacts | null;
} {
  const row = steps.findInRegistry(ask.system, ask.environment, ask.recordId);
  if (row === undefined) return { decision: null, denied: null, why: 'record-unknown', known: false, facts: null };
  const facts = steps.resolveFacts(now.policy.system, null, row);
  if (!facts.known) return { decision: null, denied: null, why: facts.why, known: true, facts: null };
  const decision = decideOn(steps, now, facts);
  const denied = decision.disclosure === 'none' ? decision : null;
  return { decision: denied === null ? decision : null, denied, why: decision.reasons[0], known: true, facts };
}
