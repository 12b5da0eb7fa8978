"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DeliveryNotes = void 0;
/** Longest that a note waits before it is written, milliseconds; a crash within it leaves "delivery unknown". */
const NOTE_DELAY_MS = 1_000;
const MOST_IN_ONE_ENTRY = 256;
/**
 * Collects what became of answers and hands it on in lists: when one is full, or its first note a second old. Nobody waits for it,
 * and a list shares its flush with whatever else waits then, so that notes cost no flush of their own under load.
 */
class DeliveryNotes {
    #write;
    #notes = [];
    #timer = null;
    constructor(write) {
        this.#write = write;
    }
    add(note) {
        this.#notes.push(note);
        if (this.#notes.length >= MOST_IN_ONE_ENTRY)
            this.flush();
        else
            this.#timer ??= setTimeout(() => this.flush(), NOTE_DELAY_MS).unref();
    }
    flush() {
        if (this.#timer !== null)
            clearTimeout(this.#timer);
        this.#timer = null;
        if (this.#notes.length > 0)
            this.#write(this.#notes.splice(0));
    }
}
exports.DeliveryNotes = DeliveryNotes;
