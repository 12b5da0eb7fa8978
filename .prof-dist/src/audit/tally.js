"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Tally = void 0;
/** Own entries of one source in one minute; beyond, it is tallied. */
const OWN_ENTRIES = 20;
const WINDOW_MS = 60_000;
/** A tally is closed this long after it was opened, and opened again by the next request. */
const TALLY_MS = 10_000;
/**
 * Decides which refusals have an entry of their own and which are counted (GW-03). Pure: time and ids are handed in.
 *
 * A source has 20 own entries in a minute, counted from its first request; then a tally is opened for it. At most `mostSources`
 * sources are told apart; the requests of any others go into one tally of them all, with no own entries, so that a flood from many
 * addresses costs no more than one from a few. Memory is bounded by that as well.
 */
class Tally {
    #mostSources;
    #newId;
    #sources = new Map();
    #many = { sinceMs: 0, own: OWN_ENTRIES, tally: null };
    constructor(options) {
        this.#mostSources = options.mostSources;
        this.#newId = options.newId;
    }
    /**
     * Counts one refusal. `own`: it is written by itself. `tallied`: it is counted in `tally`, which was opened just now if `isNew`:
     * the opening entry must be durable before anything tallied in it is answered.
     */
    admit(sourceKey, reasons, nowMs) {
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
        for (const reason of reasons)
            tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
        return { kind: 'tallied', isNew, tally };
    }
    /** Tallies whose ten seconds are over (all of them with `all`), taken out: each is to be closed by an entry. */
    takeDue(nowMs, all = false) {
        const due = [];
        for (const [key, source] of [...this.#sources, [null, this.#many]]) {
            if (source.tally !== null && (all || isOver(source.tally.openedAtMs, TALLY_MS, nowMs))) {
                due.push(source.tally);
                source.tally = null;
            }
            if (key !== null && source.tally === null && isOver(source.sinceMs, WINDOW_MS, nowMs))
                this.#sources.delete(key);
        }
        return due;
    }
    /** Sources that are told apart just now. */
    get size() {
        return this.#sources.size;
    }
    #find(sourceKey, nowMs) {
        const known = this.#sources.get(sourceKey);
        if (known !== undefined)
            return known;
        if (this.#sources.size >= this.#mostSources)
            return this.#many;
        const source = { sinceMs: nowMs, own: 0, tally: null };
        this.#sources.set(sourceKey, source);
        return source;
    }
}
exports.Tally = Tally;
/** A clock that was set back ends what began after it: otherwise a tally would stay open until the clock is there again (AUD-11). */
const isOver = (sinceMs, lengthMs, nowMs) => nowMs - sinceMs >= lengthMs || nowMs < sinceMs;
