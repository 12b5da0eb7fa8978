import type { Ask, Caller, QueryPair, UpstreamReply } from '../vocabulary/access';
import type { EntryUpstream } from '../vocabulary/access-entry';
import type { CaseSystem, ListRoute } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { ReadList, Steps } from './steps';

/** What came of asking the case system for pages of one list; each page is fetched at most once, however often the list is decided. */
export class FetchedPages {
  readonly #replies = new Map<string, { readonly reply: UpstreamReply; system: CaseSystem | null; list: ReadList | null }>();
  #durationMs = 0;

  /** Calls so far. */
  get calls(): number {
    return this.#replies.size;
  }

  /** For the entry; null while nothing was asked. */
  told(): EntryUpstream | null {
    return this.calls === 0 ? null : { outcome: 'answered', durationMs: Math.round(this.#durationMs * 1000) / 1000 };
  }

  /** The page as it was read; undefined where it was not fetched. Fails as `readList` does. */
  find(
    steps: Steps,
    system: CaseSystem,
    route: ListRoute,
    query: readonly QueryPair[],
  ): { list: ReadList; total: number | null } | undefined {
    const known = this.#replies.get(JSON.stringify(query));
    if (known === undefined) return undefined;
    // A policy that changed meanwhile may read the same bytes in another way.
    if (known.list === null || known.system !== system) {
      known.list = steps.readList(system, route, known.reply);
      known.system = system;
    }
    return { list: known.list, total: known.reply.total ?? known.list.total };
  }

  /** Gives back what was read of the pages; their bytes stay, for an answer that has to be decided anew. */
  forget(): void {
    for (const known of this.#replies.values()) known.list = null;
  }

  async fetch(steps: Steps, ask: Ask, route: ListRoute, caller: Caller, query: readonly QueryPair[]): Promise<void> {
    if (steps.isLogDown()) throw new GatewayError('audit-unavailable', 'the log is down: the case system is not asked');
    const reply = await steps.fetchList(ask, route, caller, query);
    this.#durationMs += reply.durationMs;
    if (reply.status !== 200) throw new GatewayError('upstream-failed', 'the case system does not know the list');
    this.#replies.set(JSON.stringify(query), { reply, system: null, list: null });
  }
}
