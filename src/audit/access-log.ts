import type { AccessEntry } from '../vocabulary/access-entry';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import { toMoment } from '../vocabulary/moment';
import { issueReceipt } from './access-receipt';
import type { AccessReceipt, Covered } from './access-receipt';
import { Appender } from './appender';
import type { FlushReport } from './appender';
import { DeliveryNotes } from './delivery-notes';
import type { Freshness, LogStore } from './log-store';
import { ownEntry } from './own-entry';
import { Tally } from './tally';
import type { OpenTally } from './tally';

/** No entry, no answer: every method that gives a receipt gives it after the entry is fsynced by the store. */
export interface AccessLog {
  /**
   * Gives   the receipt for that reply; 'stale' when what decided has been changed since: nothing was written, decide anew.
   * Fails   GatewayError('audit-unavailable'), at the latest after the deadline. The entry may still come to stand in the log.
   */
  append(entry: AccessEntry, bind: { readonly reply: Covered | null; readonly isStale: () => boolean }): Promise<AccessReceipt | 'stale'>;
  /**
   * For requests refused before a caller is known, and 429s (GW-03): an own entry, or counted in a tally whose opening entry is durable.
   * `sourceKey` is the IPv4 address, the IPv6 /56, or for a 429 the caller.
   */
  appendEarly(entry: AccessEntry, bind: { readonly reply: Covered | null; readonly sourceKey: string }): Promise<AccessReceipt>;
  /** What became of an answer; nobody waits for it. One without an entry of its own (tallied, or refused by the log) is not noted. */
  noteDelivery(accessId: string, outcome: 'sent' | 'aborted', bytes: number): void;
  state(): AccessLogState;
  /** Writes what is left and takes no more. Gives up after twice the deadline. The store stays open. */
  drain(): Promise<void>;
}

export interface AccessLogState {
  readonly healthy: boolean;
  /** True while every entry would be refused at once: nothing need be asked of a case system then. */
  readonly isDown: boolean;
  /** Callers whose entry is not durable yet. */
  readonly waiting: number;
  readonly lastDurableAtMs: number | null;
  /** A code or a short text of the last fault; none of it is of a request. */
  readonly lastFault: string | null;
}

export interface AccessLogParts {
  readonly store: LogStore;
  /** null where the versions in memory are those of the store (SQLite: one process). */
  readonly freshness: Freshness | null;
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  /** A new UUID. */
  readonly newChain: () => string;
  /** Longest that an answer waits for its entry, milliseconds. */
  readonly deadlineMs?: number;
  readonly mostWaiting?: number;
  /** Sources that GW-03 tells apart; the rest share one tally. */
  readonly mostSources?: number;
  /** Told of each flush, for the metrics; must not throw. */
  readonly onFlush?: (flush: FlushReport) => void;
}

/**
 * Opens the log: begins a chain of this process's own.
 *
 * Fails   with the store's error when it cannot: a gateway without a log must not start.
 */
export async function openAccessLog(parts: AccessLogParts): Promise<AccessLog> {
  const deadlineMs = parts.deadlineMs ?? 2_000;
  const appender = await Appender.open({ ...parts, deadlineMs, mostWaiting: parts.mostWaiting ?? 4_096 });
  const notes = new DeliveryNotes((list) => {
    appender.appendOwn(ownEntry('delivery', parts.newAccessId(), parts.clock(), { notes: list })).catch(() => undefined);
  });
  const early = new EarlyRefusals(parts, appender);
  const answers = new OpenAnswers();
  return {
    append: (entry, bind) =>
      appender.append(entry, bind.isStale, () => {
        answers.open(entry);
        return issueReceipt(answerOf(entry), bind.reply);
      }),
    appendEarly: async (entry, bind) => {
      if ((await early.append(entry, bind.sourceKey)) === 'own') answers.open(entry);
      return issueReceipt(entry.accessId, bind.reply);
    },
    noteDelivery: (accessId, outcome, bytes) => {
      if (answers.close(accessId)) notes.add([accessId, outcome, bytes]);
    },
    state: () => appender.state(),
    drain: async () => {
      notes.flush();
      early.close();
      await appender.stop(2 * deadlineMs);
    },
  };
}

/** The access id of the answer that an entry lets out: parts and the end of a streamed one have ids of their own, and name it. */
const answerOf = ({ accessId, kind, details }: AccessEntry): string =>
  (kind === 'access-part' || kind === 'access-end') && typeof details?.['of'] === 'string' ? details['of'] : accessId;

/** Kinds whose answer leaves through the data plane, which says of each what became of it. */
const DELIVERED: ReadonlySet<AccessEntry['kind']> = new Set(['access', 'refusal', 'preflight']);
/** Far more than can be under way; what is forgotten reads "delivery unknown". */
const MOST_OPEN = 65_536;

/** Answers whose own entry is durable and which are on their way out. */
class OpenAnswers {
  readonly #ids = new Set<string>();

  open({ accessId, kind }: AccessEntry): void {
    if (!DELIVERED.has(kind)) return;
    this.#ids.add(accessId);
    if (this.#ids.size <= MOST_OPEN) return;
    for (const oldest of this.#ids) return void this.#ids.delete(oldest);
  }

  /** Whether it was one of them; it is not from now on. */
  close(accessId: string): boolean {
    return this.#ids.delete(accessId);
  }
}

/** How often tallies are looked at, milliseconds. */
const TICK_MS = 1_000;

/** GW-03 on top of the appender: opening entries are waited for, closing entries are not. */
class EarlyRefusals {
  readonly #parts: AccessLogParts;
  readonly #appender: Appender;
  readonly #tally: Tally;
  readonly #openings = new Map<string, Promise<unknown>>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: AccessLogParts, appender: Appender) {
    this.#parts = parts;
    this.#appender = appender;
    this.#tally = new Tally({ mostSources: parts.mostSources ?? 512, newId: parts.newAccessId });
    this.#timer = setInterval(() => this.#closeDue(false), TICK_MS).unref();
  }

  /** Gives 'own' where the entry stands in the log by itself. */
  async append(entry: AccessEntry, sourceKey: string): Promise<'own' | 'tallied'> {
    const reasons = entry.outcome.reasons.length > 0 ? entry.outcome.reasons : [entry.outcome.code];
    const place = this.#tally.admit(sourceKey, reasons, this.#parts.clock());
    if (place.kind === 'own') await this.#appender.appendFixed(entry);
    else await this.#opened(place.tally, entry);
    return place.kind;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closeDue(true);
  }

  /** The opening entry, once for each tally; one that failed is tried again by the next request. */
  #opened(tally: OpenTally, entry: AccessEntry): Promise<unknown> {
    const pending = this.#openings.get(tally.id);
    if (pending !== undefined) return pending;
    const source = tally.sourceKey === null ? null : entry.source;
    const details = { tally: tally.id, sourceKey: tally.sourceKey };
    const opener = ownEntry('tally-open', this.#parts.newAccessId(), tally.openedAtMs, details, source);
    const opening = this.#appender.appendFixed(opener);
    this.#openings.set(tally.id, opening);
    opening.catch(() => this.#openings.delete(tally.id));
    return opening;
  }

  #closeDue(all: boolean): void {
    for (const tally of this.#tally.takeDue(this.#parts.clock(), all)) {
      const wasOpened = this.#openings.has(tally.id);
      this.#openings.delete(tally.id);
      // Its opening never became durable: nothing tallied in it was answered.
      if (!wasOpened) continue;
      const { id, sourceKey, count, firstAtMs, lastAtMs, reasons } = tally;
      const details = { tally: id, sourceKey, count, first: toMoment(firstAtMs), last: toMoment(lastAtMs), reasons };
      this.#appender.appendOwn(ownEntry('tally-close', this.#parts.newAccessId(), this.#parts.clock(), details)).catch(() => undefined);
    }
  }
}
