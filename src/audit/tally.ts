/** Own entries of one source in one minute; beyond, it is tallied. */
const OWN_ENTRIES = 20;
const WINDOW_MS = 60_000;
/** A tally is closed this long after it was opened, and opened again by the next request. */
const TALLY_MS = 10_000;

/** Requests counted instead of written one by one, since the last closing entry. */
export interface OpenTally {
  readonly id: string;
  /** The source, or null for the one tally into which sources beyond the cap are folded. */
  readonly sourceKey: string | null;
  readonly openedAtMs: number;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Reason to how often. */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Decides which refusals have an entry of their own and which are counted (GW-03). Pure: time and ids are handed in.
 *
 * A source has 20 own entries in a minute, counted from its first request; then a tally is opened for it. At most `mostSources`
 * sources are told apart; the requests of any others go into one tally of them all, with no own entries, so that a flood from many
 * addresses costs no more than one from a few. Memory is bounded by that as well.
 */
export class Tally {
  readonly #mostSources: number;
  readonly #newId: () => string;
  readonly #sources = new Map<string, Source>();
  readonly #many: Source = { sinceMs: 0, own: OWN_ENTRIES, tally: null };

  constructor(options: { readonly mostSources: number; readonly newId: () => string }) {
    this.#mostSources = options.mostSources;
    this.#newId = options.newId;
  }

  /**
   * Counts one refusal. `own`: it is written by itself. `tallied`: it is counted in `tally`, which was opened just now if `isNew`:
   * the opening entry must be durable before anything tallied in it is answered.
   */
  admit(
    sourceKey: string,
    reasons: readonly string[],
    nowMs: number,
  ): { readonly kind: 'own' } | { readonly kind: 'tallied'; readonly isNew: boolean; readonly tally: OpenTally } {
    const source = this.#find(sourceKey, nowMs);
    if (source !== this.#many && isOver(source.sinceMs, WINDOW_MS, nowMs)) {
      source.sinceMs = nowMs;
      source.own = 0;
    }
    if (source.own < OWN_ENTRIES) {
      source.own += 1;
      return { kind: 'own' };
    }
    const isNew = source.tally === null;
    const tally = (source.tally ??= {
      id: this.#newId(),
      sourceKey: source === this.#many ? null : sourceKey,
      openedAtMs: nowMs,
      count: 0,
      firstAtMs: nowMs,
      lastAtMs: nowMs,
      reasons: {},
    });
    tally.count += 1;
    tally.lastAtMs = nowMs;
    for (const reason of reasons) tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
    return { kind: 'tallied', isNew, tally };
  }

  /** Tallies whose ten seconds are over (all of them with `all`), taken out: each is to be closed by an entry. */
  takeDue(nowMs: number, all = false): readonly OpenTally[] {
    const due: OpenTally[] = [];
    for (const [key, source] of [...this.#sources, [null, this.#many] as const]) {
      if (source.tally !== null && (all || isOver(source.tally.openedAtMs, TALLY_MS, nowMs))) {
        due.push(source.tally);
        source.tally = null;
      }
      if (key !== null && source.tally === null && isOver(source.sinceMs, WINDOW_MS, nowMs)) this.#sources.delete(key);
    }
    return due;
  }

  /** Sources that are told apart just now. */
  get size(): number {
    return this.#sources.size;
  }

  #find(sourceKey: string, nowMs: number): Source {
    const known = this.#sources.get(sourceKey);
    if (known !== undefined) return known;
    if (this.#sources.size >= this.#mostSources) return this.#many;
    const source: Source = { sinceMs: nowMs, own: 0, tally: null };
    this.#sources.set(sourceKey, source);
    return source;
  }
}

/** A clock that was set back ends what began after it: otherwise a tally would stay open until the clock is there again (AUD-11). */
const isOver = (sinceMs: number, lengthMs: number, nowMs: number): boolean => nowMs - sinceMs >= lengthMs || nowMs < sinceMs;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Source {
  sinceMs: number;
  own: number;
  tally: (Omit<Writable<OpenTally>, 'reasons'> & { readonly reasons: Record<string, number> }) | null;
}
