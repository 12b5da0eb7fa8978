import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import { fromMoment } from '../vocabulary/moment';
import { canonicalBytes } from './canonical-bytes';
import { firstPrevHash } from './chain-hash';
import type { Freshness, LogStore, Tail } from './log-store';
import { ownEntry } from './own-entry';
import { packEntries } from './pack-entries';
import type { Unlinked } from './pack-entries';
import { rollUp } from './roll-up';

export interface AppenderParts {
  readonly store: LogStore;
  /** null where the versions in memory are those of the store (SQLite). */
  readonly freshness: Freshness | null;
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  readonly newChain: () => string;
  /** Longest that a caller waits for its entry, milliseconds. */
  readonly deadlineMs: number;
  /** Most callers that wait at once. */
  readonly mostWaiting: number;
  /** Told of each flush once its outcome is known; must not throw. */
  readonly onFlush?: ((flush: FlushReport) => void) | undefined;
}

/** failed: the store gave an error or no answer; whether the entries landed shows later. */
export interface FlushReport {
  readonly entries: number;
  readonly durationMs: number;
  readonly outcome: 'durable' | 'behind' | 'failed';
}

export interface AppenderState {
  readonly healthy: boolean;
  readonly isDown: boolean;
  readonly waiting: number;
  readonly lastDurableAtMs: number | null;
  readonly lastFault: string | null;
}

interface Draft extends Unlinked {
  readonly entry: AccessEntry;
  readonly isStale: () => boolean;
  readonly settle: (outcome: 'durable' | 'stale' | GatewayError) => void;
  /** performance.now() after which nobody waits; Infinity for the log's own entries. */
  readonly deadline: number;
  isSettled: boolean;
  /** Flushed by itself, so that a conflict names it. */
  isAlone: boolean;
}

const MOST_ROWS = 1_024;
const MOST_CHARACTERS = 2 * 1024 * 1024;
/** Waiting for company costs a caller at most this, and only under load. */
const LONGEST_GATHER_MS = 2;
const ENOUGH_GATHERED = 64;
/** How coarsely deadlines are kept. */
const SWEEP_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Appends to one hash chain with group commit: one flush carries every entry that waits, and while it is under way the next gathers.
 *
 * What is promised: an entry that `append` called durable is fsynced and stands in the chain. What is not: an entry whose append was
 * refused may still stand there (its commit came late); access ids are unique, so it stands there once.
 * A failed flush leaves its outcome open; then the store's tail decides: landed, not landed (those who still wait are flushed anew),
 * or neither, in which case somebody else wrote to the chain: it is left as it is and a new chain begins.
 */
export class Appender {
  readonly #parts: AppenderParts;
  #chain: string;
  #tail: Tail;
  #queue: Draft[] = [];
  #head = 0;
  #expected = 1;
  #gathering: { readonly wanted: number; readonly enough: () => void } | null = null;
  #callers = 0;
  #inFlight: readonly Draft[] = [];
  #latestAtMs = -Infinity;
  #flushSince: number | null = null;
  #isRunning = false;
  #isStopped = false;
  #isSweeping = false;
  #failures = 0;
  #downSince: number | null = null;
  #lastFault: string | null = null;
  #lastDurableAtMs: number | null = null;
  #idle: (() => void)[] = [];

  private constructor(parts: AppenderParts, chain: string) {
    this.#parts = parts;
    this.#chain = chain;
    this.#tail = { seq: 0, hash: firstPrevHash(chain) };
  }

  /** Begins a chain of its own. Fails with the store's error. */
  static async open(parts: AppenderParts): Promise<Appender> {
    const chain = parts.newChain();
    await parts.store.openChain(chain, parts.clock());
    return new Appender(parts, chain);
  }

  /**
   * Gives   what `whenDurable` makes once it is, or 'stale' when `isStale` said so before the flush: nothing was written then.
   * Fails   GatewayError('audit-unavailable') after the deadline, or at once when too many wait or the store has been down for longer.
   */
  append<Ticket>(entry: AccessEntry, isStale: () => boolean, whenDurable: () => Ticket): Promise<Ticket | 'stale'> {
    if (this.#isStopped) return Promise.reject(new GatewayError('audit-unavailable', 'the log is closed'));
    if (this.#callers >= this.#parts.mostWaiting) return Promise.reject(new GatewayError('audit-unavailable', 'too many entries wait'));
    const flaw = flawOf(entry);
    if (flaw !== null) return Promise.reject(new GatewayError('audit-unavailable', `the entry cannot be stored: ${flaw}`));
    if (this.#isDown()) return Promise.reject(new GatewayError('audit-unavailable', `the log is down: ${this.#lastFault ?? 'no answer'}`));
    return this.#enqueue(entry, isStale, whenDurable, performance.now() + this.#parts.deadlineMs);
  }

  /** As `append`, for an entry that no change can make stale and for which no ticket is made. */
  appendFixed(entry: AccessEntry): Promise<unknown> {
    return this.append(entry, neverStale, nothing);
  }

  /** For the log's own entries: nobody waits for them, so they stay until the store takes them. */
  appendOwn(entry: AccessEntry): Promise<unknown> {
    return this.#enqueue(entry, neverStale, nothing, Infinity);
  }

  state(): AppenderState {
    return {
      healthy: !this.#isStopped && this.#failures === 0 && !this.#isDown(),
      isDown: this.#isStopped || this.#isDown(),
      waiting: this.#callers,
      lastDurableAtMs: this.#lastDurableAtMs,
      lastFault: this.#lastFault,
    };
  }

  /** Waits until nothing waits, at most `limitMs`; then takes no more. What is left is refused. */
  async stop(limitMs: number): Promise<void> {
    this.#gathering?.enough();
    await this.#untilIdle(limitMs);
    this.#isStopped = true;
    for (const draft of [...this.#inFlight, ...this.#queue.slice(this.#head)]) this.#refuse(draft, 'the log is closed');
  }

  #enqueue<Ticket>(given: AccessEntry, isStale: () => boolean, whenDurable: () => Ticket, deadline: number): Promise<Ticket | 'stale'> {
    const atMs = fromMoment(given.at);
    const entry = this.#flagged(given, atMs);
    return new Promise((resolve, reject) => {
      const settle = (outcome: 'durable' | 'stale' | GatewayError): void => {
        if (outcome === 'durable') resolve(whenDurable());
        else if (outcome === 'stale') resolve('stale');
        else reject(outcome);
      };
      const { accessId, kind } = entry;
      const bytes = canonicalBytes(entry);
      this.#queue.push({ entry, accessId, kind, atMs, bytes, isStale, settle, deadline, isSettled: false, isAlone: false });
      if (deadline !== Infinity) this.#callers += 1;
      if (this.#gathering !== null && this.#queue.length - this.#head >= this.#gathering.wanted) this.#gathering.enough();
      this.#wake();
      this.#sweepLater();
    });
  }

  /** An entry says what the clock said; where that lies before an earlier entry of the chain, it says so as well (AUD-11). */
  #flagged(entry: AccessEntry, atMs: number): AccessEntry {
    if (atMs < this.#latestAtMs) return { ...entry, details: { ...entry.details, clock_regressed: true } };
    this.#latestAtMs = atMs;
    return entry;
  }

  #settle(draft: Draft, outcome: 'durable' | 'stale' | GatewayError): void {
    if (draft.isSettled) return;
    draft.isSettled = true;
    if (draft.deadline !== Infinity) this.#callers -= 1;
    draft.settle(outcome);
  }

  #refuse(draft: Draft, why: string): void {
    this.#settle(draft, new GatewayError('audit-unavailable', why));
  }

  #wake(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.#head < this.#queue.length && !this.#isStopped) {
      await this.#gather();
      const drafts = this.#takeDrafts();
      if (drafts.length > 0) await this.#flush(drafts);
    }
    this.#isRunning = false;
    for (const tell of this.#idle.splice(0)) tell();
  }

  /**
   * Whoever was just answered, or arrives in this turn of the loop, joins the flush. Where several were about during the last one, this one
   * waits a moment until as many wait again: a flush costs far more than an entry in it. Who comes alone waits for nobody.
   */
  async #gather(): Promise<void> {
    await turn();
    const wanted = Math.min(this.#expected, ENOUGH_GATHERED);
    if (this.#queue.length - this.#head >= wanted) return;
    await new Promise<void>((enough) => {
      const timer = setTimeout(enough, LONGEST_GATHER_MS);
      this.#gathering = {
        wanted,
        enough: () => {
          this.#gathering = null;
          clearTimeout(timer);
          enough();
        },
      };
    });
    this.#gathering = null;
  }

  #takeDrafts(): Draft[] {
    const drafts: Draft[] = [];
    let characters = 0;
    while (this.#head < this.#queue.length && drafts.length < MOST_ROWS && characters < MOST_CHARACTERS) {
      const draft = this.#queue[this.#head] as Draft;
      if (draft.isAlone && drafts.length > 0) break;
      this.#head += 1;
      if (draft.isSettled) continue;
      if (isStale(draft)) {
        this.#settle(draft, 'stale');
        continue;
      }
      drafts.push(draft);
      characters += draft.bytes.length;
      if (draft.isAlone) break;
    }
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head > 4 * MOST_ROWS) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return drafts;
  }

  #putBack(drafts: readonly Draft[]): void {
    this.#queue = [...drafts.filter((draft) => !draft.isSettled), ...this.#queue.slice(this.#head)];
    this.#head = 0;
  }

  async #flush(drafts: readonly Draft[]): Promise<void> {
    const { rows, packed, tail } = packEntries(this.#tail, drafts);
    const rollups = rollUp(
      drafts.map((draft) => draft.entry),
      this.#parts.clock(),
    );
    const expect = this.#parts.freshness?.versions() ?? null;
    this.#inFlight = drafts;
    const began = performance.now();
    const report = (outcome: FlushReport['outcome']): void =>
      this.#parts.onFlush?.({ entries: rows.length, durationMs: performance.now() - began, outcome });
    this.#flushSince = began;
    try {
      const outcome = await this.#parts.store.flush({ chain: this.#chain, rows, packed, rollups, expect });
      this.#flushSince = null;
      // Those it carried and those who came meanwhile: so many are about at once.
      this.#expected = this.#callers;
      report(outcome.kind);
      if (outcome.kind === 'durable') this.#landed(drafts, tail);
      else {
        this.#putBack(drafts);
        await this.#parts.freshness?.catchUp(outcome.versions);
      }
    } catch (fault) {
      const isOpen = this.#flushSince !== null;
      this.#flushSince = null;
      if (!isOpen) await this.#fail(fault);
      else {
        report('failed');
        await this.#recover(drafts, tail, fault);
      }
    } finally {
      this.#inFlight = [];
    }
  }

  #landed(drafts: readonly Draft[], tail: Tail): void {
    this.#tail = tail;
    this.#failures = 0;
    this.#downSince = null;
    this.#lastDurableAtMs = this.#parts.clock();
    for (const draft of drafts) this.#settle(draft, 'durable');
  }

  /** The outcome of a flush is open: nothing is written until the store has told its tail. */
  async #recover(drafts: readonly Draft[], tail: Tail, fault: unknown): Promise<void> {
    const isConflict = (fault as { conflict?: unknown } | null)?.conflict === true;
    if (!isConflict) await this.#fail(fault);
    while (!this.#isStopped) {
      const stored = await this.#storedTail();
      if (stored === undefined) continue;
      if (isSame(stored, tail)) this.#landed(drafts, tail);
      else if (!isSame(stored, this.#tail)) await this.#leaveChain(drafts);
      else if (isConflict) this.#part(drafts);
      else this.#putBack(drafts);
      return;
    }
  }

  /** The chain is whole, yet a unique constraint refused: one of these access ids stands in the log already. Each goes by itself. */
  #part(drafts: readonly Draft[]): void {
    const [only] = drafts;
    if (drafts.length === 1 && only !== undefined) {
      this.#lastFault = 'access-id-twice';
      this.#refuse(only, 'this access id stands in the log already');
      return;
    }
    for (const draft of drafts) draft.isAlone = true;
    this.#putBack(drafts);
  }

  async #storedTail(): Promise<Tail | undefined> {
    try {
      return (await this.#parts.store.tail(this.#chain)) ?? { seq: 0, hash: firstPrevHash(this.#chain) };
    } catch (fault) {
      await this.#fail(fault);
      return undefined;
    }
  }

  /** Somebody else wrote to our chain, or took from it. It is evidence now; we go on in a new one. */
  async #leaveChain(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) this.#refuse(draft, 'the chain is not as we left it');
    this.#lastFault = 'chain-not-as-left';
    const left = this.#chain;
    while (!this.#isStopped) {
      const chain = this.#parts.newChain();
      try {
        await this.#parts.store.openChain(chain, this.#parts.clock());
        this.#chain = chain;
        this.#tail = { seq: 0, hash: firstPrevHash(chain) };
        this.#tell({ event: 'chain-left', chain: left });
        return;
      } catch (fault) {
        await this.#fail(fault);
      }
    }
  }

  async #fail(fault: unknown): Promise<void> {
    this.#lastFault = nameOf(fault);
    // Tells of the interruption, and is what proves the store well again when nobody else writes.
    if (this.#failures === 0) this.#tell({ event: 'log-interrupted', fault: this.#lastFault });
    this.#failures += 1;
    this.#downSince ??= performance.now();
    await pause(Math.min(10 * 2 ** Math.min(this.#failures, 10), LONGEST_PAUSE_MS), undefined, { ref: false });
  }

  #tell(details: Readonly<Record<string, unknown>>): void {
    if (this.#isStopped) return;
    const entry = ownEntry('system', this.#parts.newAccessId(), this.#parts.clock(), details);
    this.appendOwn(entry).catch(() => undefined);
  }

  #isDown(): boolean {
    const since = this.#downSince ?? this.#flushSince;
    return since !== null && performance.now() - since > this.#parts.deadlineMs;
  }

  #sweepLater(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    setTimeout(() => this.#sweep(), SWEEP_MS).unref();
  }

  #sweep(): void {
    this.#isSweeping = false;
    const now = performance.now();
    for (const draft of this.#inFlight) if (draft.deadline <= now) this.#refuse(draft, 'the entry was not durable in time');
    for (let place = this.#head; place < this.#queue.length; place += 1) {
      const draft = this.#queue[place] as Draft;
      if (draft.deadline <= now) this.#refuse(draft, 'the entry was not durable in time');
    }
    if (this.#callers > 0) this.#sweepLater();
  }

  async #untilIdle(limitMs: number): Promise<void> {
    if (!this.#isRunning) return;
    const isIdle = new Promise<void>((resolve) => this.#idle.push(resolve));
    const limit = new AbortController();
    await Promise.race([isIdle, pause(limitMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
  }
}

/** What a column of the store would refuse: one such entry would hold up every other one of its flush. */
function flawOf(entry: AccessEntry): string | null {
  if (!/^[\x21-\x7e]{1,36}$/.test(entry.accessId)) return 'accessId';
  if (!Number.isSafeInteger(fromMoment(entry.at))) return 'at';
  if (entry.kind.length > 16) return 'kind';
  if ((entry.system ?? '').length > 64 || (entry.route ?? '').length > 64 || (entry.policyVersion ?? '').length > 64) return 'a name';
  return (entry.action ?? '').length > 16 || (entry.environment ?? '').length > 16 ? 'a word' : null;
}

function isStale(draft: Draft): boolean {
  try {
    return draft.isStale();
  } catch {
    // Closed first: what cannot be shown fresh is decided anew.
    return true;
  }
}

const isSame = (stored: Tail, ours: Tail): boolean => stored.seq === ours.seq && stored.hash.equals(ours.hash);

const neverStale = (): boolean => false;
const nothing = (): undefined => undefined;

function nameOf(fault: unknown): string {
  const { code, message } = fault as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : typeof message === 'string' ? message.slice(0, 120) : 'unknown';
}
