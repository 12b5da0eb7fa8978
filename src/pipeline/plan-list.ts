import type { DecisionKey, Membership, QueryPair, Reach } from '../vocabulary/access';
import type { ListRoute, Narrowing, NarrowingAsk } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { Reason } from '../vocabulary/reasons';
import type { AskedList, Now, Steps } from './steps';

/** How a list is asked for, so that nothing in its answer depends on what the caller may not know. */
export interface ListPlan {
  readonly asked: AskedList;
  /** One after the other, each walked to its end. */
  readonly parts: readonly ListPart[];
  /** Rows may have to be left out, so pages are counted in what is shown; otherwise the case system's own pages are. */
  readonly isDense: boolean;
  /** Records that the caller could open singly are not asked for. */
  readonly isNarrowed: boolean;
}

export interface ListPart {
  /** What is asked besides the page. */
  readonly asks: readonly QueryPair[];
  /** Whether a record of that answer belongs to this part, by its decision keys: one per membership, in their order. */
  takes(keys: readonly DecisionKey[]): boolean;
}

/**
 * The query firewall. A word is passed on only where the caller may read the fields it touches on every record that the query could touch;
 * where that holds for some records alone and the route says how, only those are asked for; else the query is refused.
 *
 * Fails   GatewayError 'query-not-allowed', whose reason names the rule: to the caller all of them are one.
 * Source  INF-01 … INF-04; R105; decision 0018.
 */
export function planList(steps: Pick<Steps, 'readWords' | 'reachOf'>, now: Now, route: ListRoute, pairs: readonly QueryPair[]): ListPlan {
  const asked = steps.readWords(route, now.policy.system.fields, pairs);
  if (typeof asked === 'string') throw refused(asked);
  return new Planner(steps, now, route, asked).plan();
}

const refused = (reason: Reason): GatewayError => new GatewayError('query-not-allowed', 'the query firewall refused', { reason });

/** One way to ask for fewer records, and what is then true of each. */
interface Narrowed {
  readonly asks: readonly QueryPair[];
  readonly reaches: readonly Reach[];
  readonly takes: ListPart['takes'];
  /** Of the records that are not asked for, the caller may know nothing. */
  readonly isLossless: boolean;
}

class Planner {
  readonly #now: Now;
  readonly #route: ListRoute;
  readonly #asked: AskedList;
  readonly #reaches: readonly Reach[];
  readonly #actorReaches: readonly Reach[] | null;
  /** Sections of the fields that the words touch. */
  readonly #sections: ReadonlySet<number>;

  constructor(steps: Pick<Steps, 'reachOf'>, now: Now, route: ListRoute, asked: AskedList) {
    const { caller, policy } = now;
    this.#now = now;
    this.#route = route;
    this.#asked = asked;
    this.#reaches = caller.memberships.map((one) => steps.reachOf(policy.system, one));
    this.#actorReaches = caller.actor === null ? null : caller.actor.memberships.map((one) => steps.reachOf(policy.system, one));
    this.#sections = new Set([...asked.fields].map((field) => policy.system.fields[field]?.section ?? -1));
  }

  plan(): ListPlan {
    const asked = this.#asked;
    const whole: Narrowed = { asks: asked.words, reaches: this.#reaches, takes: () => true, isLossless: true };
    const seesAll = this.#seesAll();
    if (this.#areReadable(this.#reaches)) {
      const narrowed = seesAll ? null : this.#narrowings().find((one) => one.isLossless);
      const isDense = !seesAll || asked.fields.size > 0;
      return { asked, parts: [narrowed ?? whole], isDense, isNarrowed: false };
    }
    const narrowed = this.#narrowings().find((one) => this.#areReadable(one.reaches));
    if (narrowed === undefined) throw refused('query-field-not-readable');
    if (narrowed.isLossless) return { asked, parts: [narrowed], isDense: true, isNarrowed: false };
    return { asked, parts: [narrowed, ...this.#ownRecords(narrowed)], isDense: true, isNarrowed: true };
  }

  /** True where something is shown of every record there is, and none can be without the facts it needs. */
  #seesAll(): boolean {
    const { facts } = this.#now.policy.system;
    const mayLackFacts = facts.some(({ kind, body, registry }) => kind !== 'flag' && (body === 'must-speak' || registry === 'must-speak'));
    return !mayLackFacts && this.#cover(this.#reaches).everywhere.some(Boolean);
  }

  #areReadable(reaches: readonly Reach[]): boolean {
    if (this.#sections.size === 0) return true;
    const { everywhere } = this.#cover(reaches);
    for (const section of this.#sections) if (everywhere[section] !== true) return false;
    return true;
  }

  #cover(reaches: readonly Reach[]): ReturnType<Now['policy']['cover']> {
    const openAlone = reaches.every((reach) => reach.privacy === 'open');
    const actorReaches = this.#actorReaches?.map((reach) => (openAlone ? { ...reach, privacy: 'open' as const } : reach)) ?? null;
    return this.#now.policy.cover({ route: this.#route, reaches, grant: this.#now.grant, actorReaches });
  }

  /** Every set of narrowings for every membership, the smallest sets first. */
  #narrowings(): readonly Narrowed[] {
    const { narrowings } = this.#route;
    const sets = subsetsOf(narrowings).filter((set) => set.length > 0);
    const { memberships } = this.#now.caller;
    return sets.flatMap((set) => memberships.flatMap((one, place) => this.#narrow(set, one, place) ?? []));
  }

  /** null where the case system cannot be asked so for this membership. */
  #narrow(set: readonly Narrowing[], membership: Membership, place: number): Narrowed | null {
    const more: QueryPair[] = [];
    let conditions = 0;
    let isOpen = false;
    for (const { to, asks } of set) {
      if ('privacy' in to) isOpen = true;
      else conditions |= 1 << to.condition;
      for (const ask of asks) {
        const pairs = this.#pairsOf(ask, membership);
        if (pairs === null) return null;
        more.push(...pairs);
      }
    }
    const own = this.#reaches[place] as Reach;
    // A condition that the membership itself rules out is not made true by asking for it.
    if ((own.conditionsPerhaps & conditions) !== conditions) return null;
    const always = own.conditionsAlways | conditions;
    const reaches = this.#reaches.map((reach, i): Reach => {
      const opened: Reach = isOpen ? { ...reach, privacy: 'open' } : reach;
      return i === place ? { ...opened, conditionsAlways: always } : opened;
    });
    return {
      asks: [...this.#asked.words, ...more],
      reaches,
      takes: (keys) => {
        const key = keys[place];
        return key !== undefined && !(isOpen && key.isPrivate) && (key.conditions & conditions) === conditions;
      },
      isLossless: !isOpen && [...bitsOf(conditions)].every((bit) => this.#showsNothingWithout(bit, place)),
    };
  }

  #showsNothingWithout(condition: number, place: number): boolean {
    const without = this.#reaches.map((reach, i) =>
      i === place ? { ...reach, conditionsPerhaps: reach.conditionsPerhaps & ~condition } : reach,
    );
    return !this.#cover(without).somewhere.some(Boolean);
  }

  /** What is sent for one ask. A word that the caller uses as well would be an "or" to the case system: it is sent once, if it asks for less. */
  #pairsOf({ word, values, scope, any }: NarrowingAsk, membership: Membership): readonly QueryPair[] | null {
    const codes = scope === null ? values : membership.scopes[scope];
    const [asks, wanted] = codes.includes('*') && scope !== null ? [any?.word, any === null ? [] : [any.value]] : [word, codes];
    if (asks === undefined || wanted.length === 0) return null;
    const given = this.#asked.words.find(([name]) => name === asks);
    if (given !== undefined) return wanted.includes(given[1]) ? [] : null;
    return wanted.map((value): QueryPair => [asks, value]);
  }

  /** The caller's own records among those that were not asked for; not where an order is asked for, which two queries cannot keep. */
  #ownRecords(narrowed: Narrowed): readonly ListPart[] {
    const { ownRecords } = this.#route;
    if (ownRecords === null || this.#asked.isSorted || this.#asked.words.some(([word]) => word === ownRecords.word)) return [];
    const bit = 1 << ownRecords.relation;
    return this.#now.caller.memberships.flatMap((membership, place): readonly ListPart[] => {
      const own = this.#reaches[place] as Reach;
      if (membership.staffId === '' || (own.relationsPerhaps & bit) === 0) return [];
      const reaches = this.#reaches.map((reach, i) => (i === place ? { ...reach, relationsAlways: reach.relationsAlways | bit } : reach));
      if (!this.#areReadable(reaches)) return [];
      const takes: ListPart['takes'] = (keys) => ((keys[place]?.relations ?? 0) & bit) !== 0 && !narrowed.takes(keys);
      return [{ asks: [...this.#asked.words, [ownRecords.word, membership.staffId]], takes }];
    });
  }
}

function subsetsOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const sets = all.reduce<readonly (readonly T[])[]>((known, one) => [...known, ...known.map((set) => [...set, one])], [[]]);
  return [...sets].sort((a, b) => a.length - b.length);
}

function* bitsOf(mask: number): Iterable<number> {
  for (let rest = mask; rest !== 0; rest &= rest - 1) yield rest & -rest;
}
