"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openAccessLog = openAccessLog;
const access_receipt_1 = require("./access-receipt");
const appender_1 = require("./appender");
const delivery_notes_1 = require("./delivery-notes");
const tally_1 = require("./tally");
/**
 * Opens the log: begins a chain of this process's own.
 *
 * Fails   with the store's error when it cannot: a gateway without a log must not start.
 */
async function openAccessLog(parts) {
    const deadlineMs = parts.deadlineMs ?? 2_000;
    const appender = await appender_1.Appender.open({ ...parts, deadlineMs, mostWaiting: parts.mostWaiting ?? 4_096 });
    const notes = new delivery_notes_1.DeliveryNotes((list) => {
        appender.appendOwn((0, appender_1.ownEntry)('delivery', parts.newAccessId(), parts.clock(), { notes: list })).catch(() => undefined);
    });
    const early = new EarlyRefusals(parts, appender);
    const answers = new OpenAnswers();
    return {
        append: async (entry, bind) => {
            const outcome = await appender.append(entry, bind.isStale);
            if (outcome === 'stale')
                return 'stale';
            answers.open(entry);
            return (0, access_receipt_1.issueReceipt)(entry.accessId, bind.replyDigest);
        },
        appendEarly: async (entry, bind) => {
            if ((await early.append(entry, bind.sourceKey)) === 'own')
                answers.open(entry);
            return (0, access_receipt_1.issueReceipt)(entry.accessId, bind.replyDigest);
        },
        noteDelivery: (accessId, outcome, bytes) => {
            if (answers.close(accessId))
                notes.add([accessId, outcome, bytes]);
        },
        state: () => appender.state(),
        drain: async () => {
            notes.flush();
            early.close();
            await appender.stop(2 * deadlineMs);
        },
    };
}
/** Kinds whose answer leaves through the data plane, which says of each what became of it. */
const DELIVERED = new Set(['access', 'refusal', 'preflight']);
/** Far more than can be under way; what is forgotten reads "delivery unknown". */
const MOST_OPEN = 65_536;
/** Answers whose own entry is durable and which are on their way out. */
class OpenAnswers {
    #ids = new Set();
    open({ accessId, kind }) {
        if (!DELIVERED.has(kind))
            return;
        this.#ids.add(accessId);
        if (this.#ids.size <= MOST_OPEN)
            return;
        for (const oldest of this.#ids)
            return void this.#ids.delete(oldest);
    }
    /** Whether it was one of them; it is not from now on. */
    close(accessId) {
        return this.#ids.delete(accessId);
    }
}
/** How often tallies are looked at, milliseconds. */
const TICK_MS = 1_000;
/** GW-03 on top of the appender: opening entries are waited for, closing entries are not. */
class EarlyRefusals {
    #parts;
    #appender;
    #tally;
    #openings = new Map();
    #timer;
    constructor(parts, appender) {
        this.#parts = parts;
        this.#appender = appender;
        this.#tally = new tally_1.Tally({ mostSources: parts.mostSources ?? 512, newId: parts.newAccessId });
        this.#timer = setInterval(() => this.#closeDue(false), TICK_MS).unref();
    }
    /** Gives 'own' where the entry stands in the log by itself. */
    async append(entry, sourceKey) {
        const reasons = entry.outcome.reasons.length > 0 ? entry.outcome.reasons : [entry.outcome.code];
        const place = this.#tally.admit(sourceKey, reasons, this.#parts.clock());
        if (place.kind === 'own')
            await this.#appender.append(entry, neverStale);
        else
            await this.#opened(place.tally, entry);
        return place.kind;
    }
    close() {
        clearInterval(this.#timer);
        this.#closeDue(true);
    }
    /** The opening entry, once for each tally; one that failed is tried again by the next request. */
    #opened(tally, entry) {
        const pending = this.#openings.get(tally.id);
        if (pending !== undefined)
            return pending;
        const source = tally.sourceKey === null ? null : entry.source;
        const details = { tally: tally.id, sourceKey: tally.sourceKey };
        const opening = this.#appender.append((0, appender_1.ownEntry)('tally-open', this.#parts.newAccessId(), tally.openedAtMs, details, source), neverStale);
        this.#openings.set(tally.id, opening);
        opening.catch(() => this.#openings.delete(tally.id));
        return opening;
    }
    #closeDue(all) {
        for (const tally of this.#tally.takeDue(this.#parts.clock(), all)) {
            const wasOpened = this.#openings.has(tally.id);
            this.#openings.delete(tally.id);
            // Its opening never became durable: nothing tallied in it was answered.
            if (!wasOpened)
                continue;
            const { id, sourceKey, count, firstAtMs, lastAtMs, reasons } = tally;
            const details = { tally: id, sourceKey, count, first: toText(firstAtMs), last: toText(lastAtMs), reasons };
            this.#appender.appendOwn((0, appender_1.ownEntry)('tally-close', this.#parts.newAccessId(), this.#parts.clock(), details)).catch(() => undefined);
        }
    }
}
const neverStale = () => false;
const toText = (ms) => new Date(ms).toISOString();
