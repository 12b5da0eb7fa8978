import type { Ask, DecisionKey, QueryPair, VerifiedToken } from '../vocabulary/access';
import type { ListRoute } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import { decidePersons } from './decide-persons';
import { decideRecord } from './decide-record';
import type { FetchedPages } from './fetched-pages';
import { planList, type ListPlan } from './plan-list';
import { listWords, type Scribe, type ToldList } from './scribe';
import { standNow } from './stand-now';
import type { KnownFacts, ListedPart, ListedRecord, Now, Outgoing, Position, ReadList, ReadReply, ShownRecord, Steps } from './steps';

/** How often the case system is asked at most for one answer. */
const MOST_CALLS = 5;
/** After so long no further page is fetched: what there is is given, and the caller told where it goes on. */
const LONGEST_GATHER_MS = 5_000;

/**
 * One attempt at a list: plan the query, fetch what is missing, decide each record by its own facts, shape, record.
 *
 * Everything is decided anew whenever a page has come: who asks, the policy and the facts of all records are those of one moment.
 * Gives   the answer, or 'stale' where what decided was changed before the entry was durable.
 * Fails   GatewayError, as the steps do; 'query-not-allowed' by the query firewall.
 */
export async function giveList<Read extends ReadReply>(
  steps: Steps<Read>,
  scribe: Scribe,
  ask: Ask,
  token: VerifiedToken,
  pages: FetchedPages,
): Promise<Outgoing | 'stale'> {
  for (;;) {
    const now = standNow(steps, ask, token);
    const { route } = now;
    if (route.answer !== 'list') throw new GatewayError('route-unknown', 'the route answers no list any more');
    const made = make(steps as Steps, ask, now, route, pages);
    if ('missing' in made) {
      await pages.fetch(steps as Steps, ask, route, now.caller, made.missing);
      continue;
    }
    const { told, decided } = made;
    const receipt = await scribe.recordList(ask, told, () => steps.isTouched(now.versions, now.caller, ask, told.recordIds));
    if (receipt === 'stale') return 'stale';
    scribe.observeList(ask, told);
    for (const { facts, decision } of decided) steps.decided(ask, now, facts, decision);
    return { reply: told.shaped, receipt };
  }
}

interface Made {
  readonly told: ToldList;
  /** For the shadow alone. */
  readonly decided: readonly Decided[];
}

/**
 * All that is done without a pause, in a function of its own: of a list of a hundred records thousands of small things are made here, and
 * none of them may live for as long as the entry waits.
 */
function make(steps: Steps, ask: Ask, now: Now, route: ListRoute, pages: FetchedPages): Made | { readonly missing: readonly QueryPair[] } {
  const plan = planList(steps, now, route, ask.query ?? NO_QUERY);
  const walk = new Walk(steps, ask, now, route, plan, pages);
  const missing = walk.run();
  if (missing !== null) return { missing };
  const { parts, shown, leftOut, total, headers } = walk.end();
  const shaped = steps.shapeList(route, parts, { accessId: ask.accessId, total, headers });
  const words = listWords(now.policy.system, shown);
  const told: ToldList = { now, ...words, shaped, upstream: pages.told(), leftOut, calls: pages.calls, isNarrowed: plan.isNarrowed };
  pages.forget();
  return { told, decided: steps.isWatched() ? shown : [] };
}

const NO_QUERY: readonly QueryPair[] = [];

interface Decided extends ShownRecord {
  readonly facts: KnownFacts;
}

/** One walk over the rows of a plan, as far as pages are there. */
class Walk {
  readonly #parts: { readonly list: ReadList; readonly shown: Decided[] }[] = [];
  /** What a cursor is bound to. */
  readonly #bound: readonly string[];
  #leftOut = 0;
  #total: number | null = null;
  #shown = 0;
  /** Where the list goes on; null where it is at its end, or pages are counted. */
  #next: Position | null = null;
  /** All that the caller may see stands in this answer. */
  #isAll = false;
  #hasNextPage = false;

  constructor(
    private readonly steps: Steps,
    private readonly ask: Ask,
    private readonly now: Now,
    private readonly route: ListRoute,
    private readonly plan: ListPlan,
    private readonly pages: FetchedPages,
  ) {
    const { account, application, actor } = now.caller;
    const { size, words } = plan.asked;
    const who = [account.id, application.id, actor?.account.id ?? '', ask.environment, ask.system, route.name];
    this.#bound = [...who, String(size), ...words.flat()];
  }

  /** Gives the query of a page that is needed and not there yet, or null at the end. */
  run(): readonly QueryPair[] | null {
    const { cursor } = this.plan.asked;
    return this.plan.isDense || cursor !== null ? this.#walkRows(cursor) : this.#takePage();
  }

  /** A page of the case system is a page of ours: every record of it is shown. */
  #takePage(): readonly QueryPair[] | null {
    const { size, page } = this.plan.asked;
    const number = page ?? 1;
    const part = this.plan.parts[0] as ListPlan['parts'][number];
    const query = this.#query(part.asks, size, number);
    const found = this.#find(query, size);
    if (found === undefined) return query;
    const shown = this.#open(found.list);
    for (const record of found.list.records)
      this.#look(
        found.list,
        record,
        () => true,
        (one) => shown.push(one),
      );
    this.#shown = shown.length;
    this.#total = this.#leftOut === 0 ? found.total : null;
    const isFull = found.list.records.length === size;
    this.#hasNextPage = isFull && (found.total === null || number * size < found.total);
    this.#isAll = number === 1 && !isFull;
    return null;
  }

  /** Row by row, until the page is full and one more record is known, or there are no more: so a next page is never an empty one. */
  #walkRows(cursor: string | null): readonly QueryPair[] | null {
    const { size, page } = this.plan.asked;
    const start = this.#start(cursor);
    const chunk = this.route.page.mostSize;
    let skip = ((page ?? 1) - 1) * size;
    let behindLast = start;
    for (let { part: number, row } = start; number < this.plan.parts.length; number += 1, row = 0) {
      const part = this.plan.parts[number] as ListPlan['parts'][number];
      for (let isFull = true; isFull;) {
        const query = this.#query(part.asks, chunk, Math.floor(row / chunk) + 1);
        const found = this.#find(query, chunk);
        if (found === undefined) {
          if (this.#mayAskMore()) return query;
          this.#next = { part: number, row };
          return null;
        }
        const shown = this.#open(found.list);
        const first = row;
        const { records } = found.list;
        for (let at = first % chunk; at < records.length; at += 1) {
          let taken: Decided | null = null;
          this.#look(found.list, records[at] as ListedRecord, part.takes, (one) => (taken = one));
          row += 1;
          if (taken === null) continue;
          if (skip > 0) skip -= 1;
          else if (this.#shown === size) {
            this.#next = behindLast;
            return null;
          } else {
            shown.push(taken);
            this.#shown += 1;
            behindLast = { part: number, row };
          }
        }
        isFull = records.length === chunk;
      }
    }
    this.#isAll = start.part === 0 && start.row === 0 && (page ?? 1) === 1;
    return null;
  }

  #start(cursor: string | null): Position {
    if (cursor === null) return { part: 0, row: 0 };
    const opened = this.steps.openCursor(cursor, this.#bound);
    if (typeof opened === 'string') throw new GatewayError('query-not-allowed', 'a cursor that does not open', { reason: opened });
    return opened;
  }

  #mayAskMore(): boolean {
    return this.pages.calls === 0 || (this.pages.calls < MOST_CALLS && this.steps.nowMs() - this.ask.receivedAtMs < LONGEST_GATHER_MS);
  }

  #query(asks: readonly QueryPair[], size: number, number: number): readonly QueryPair[] {
    const { page } = this.route;
    return [[page.number, String(number)], [page.size, String(size)], ...asks];
  }

  #find(query: readonly QueryPair[], most: number): ReturnType<FetchedPages['find']> {
    const found = this.pages.find(this.steps, this.now.policy.system, this.route, query);
    if (found !== undefined && found.list.records.length > most)
      throw new GatewayError('upstream-malformed', 'the page holds more records than were asked for');
    return found;
  }

  #open(list: ReadList): Decided[] {
    const shown: Decided[] = [];
    this.#parts.push({ list, shown });
    return shown;
  }

  #look(list: ReadList, record: ListedRecord, takes: (keys: readonly DecisionKey[]) => boolean, give: (one: Decided) => void): void {
    const decided = decideRecord(this.steps, this.ask, this.now, record);
    if (decided !== null && takes(decided.decision.keys)) {
      const { decision, facts } = decided;
      if (decision.disclosure !== 'none' && this.steps.showsWhole(list, record, decision, this.plan.asked.fields))
        return give({ record, decision, facts, persons: decidePersons(this.steps, this.ask, this.now, record.persons) });
    }
    this.#leftOut += 1;
  }

  end(): {
    readonly parts: readonly ListedPart[];
    readonly shown: readonly Decided[];
    readonly leftOut: number;
    readonly total: number | null;
    readonly headers: readonly (readonly [string, string])[];
  } {
    const lists = this.steps.joinLists(this.#parts.map((part) => part.list));
    const parts = this.#parts.map((part, at) => ({ list: lists[at] as ReadList, shown: part.shown }));
    // What was counted by the case system speaks of every record it has; what stands in the answer, of these alone.
    const isWhole = this.#isAll && !this.plan.isNarrowed;
    const total = isWhole ? this.#shown : this.plan.asked.fields.size === 0 ? this.#total : null;
    const headers: (readonly [string, string])[] = [];
    if (this.plan.isNarrowed) headers.push(['casegate-page', 'short;reason=narrowed']);
    else if (this.#shown < this.plan.asked.size) headers.push(['casegate-page', 'short']);
    if (this.route.total !== null && total === null) headers.push(['casegate-total', 'withheld']);
    const links = this.#links();
    if (links.length > 0) headers.push(['link', links.join(', ')]);
    return {
      parts,
      shown: parts.flatMap((part) => part.shown),
      leftOut: this.#leftOut,
      total: this.route.total === null ? null : total,
      headers,
    };
  }

  #links(): readonly string[] {
    const { page } = this.route;
    if (this.#next !== null) return [this.#link('next', 'casegate-cursor', this.steps.sealCursor(this.#next, this.#bound))];
    if (this.plan.isDense || this.plan.asked.cursor !== null) return [];
    const number = this.plan.asked.page ?? 1;
    return [
      ...(number > 1 ? [this.#link('first', page.number, '1'), this.#link('prev', page.number, String(number - 1))] : []),
      ...(this.#hasNextPage ? [this.#link('next', page.number, String(number + 1))] : []),
    ];
  }

  /** Made of the query as it was understood; nothing of the case system's own links is in it. */
  #link(relation: string, word: string, value: string): string {
    const { size, words } = this.plan.asked;
    const query = [...words, [this.route.page.size, String(size)], [word, value]] as readonly QueryPair[];
    const text = query.map(([name, said]) => `${name}=${encodeURIComponent(said)}`).join('&');
    return `</${this.ask.system}/${this.route.segments.join('/')}?${text}>; rel="${relation}"`;
  }
}
