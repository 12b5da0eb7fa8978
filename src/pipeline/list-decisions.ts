import type { Ask, Decision } from '../vocabulary/access';
import { decideOn } from './decide-on';
import type { KnownFacts, ListedRecord, Now, Steps } from './steps';

/** Decides the records of one list, each by its own facts. A record without the facts it needs is null: hidden. */
export class ListDecisions {
  constructor(
    private readonly steps: Steps,
    private readonly now: Now,
  ) {}

  decide(ask: Ask, record: ListedRecord): { readonly decision: Decision; readonly facts: KnownFacts } | null {
    const { steps, now } = this;
    const row = steps.findInRegistry(ask.system, ask.environment, record.id);
    const facts = steps.resolveFacts(now.policy.system, record.facts, row);
    return facts.known ? { decision: decideOn(steps, now, facts), facts } : null;
  }
}
