"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.KeyLedger = void 0;
const key_hash_1 = require("./key-hash");
const WORDS = 4; // object, hash, start and end of the key in the body
const FEWEST_SLOTS = 1024;
const MOST_KEPT_SLOTS = 1 << 15;
const LONGEST_PROBE = 1000;
/**
 * Knows the keys of every object of one body, to find a key that stands twice in the same object.
 * One table for all objects: an object is a number that is never given twice, so nothing has to be emptied between bodies.
 */
class KeyLedger {
    #slots = new Int32Array(FEWEST_SLOTS * WORDS);
    #mask = FEWEST_SLOTS - 1;
    #used = 0;
    #firstObject = 1;
    #nextObject = 1;
    #body = new Uint8Array(0);
    #decoded = null;
    startBody(body) {
        if (this.#mask >= MOST_KEPT_SLOTS || this.#nextObject > 0x3fffffff)
            this.#clear(FEWEST_SLOTS);
        this.#firstObject = this.#nextObject;
        this.#used = 0;
        this.#body = body;
        this.#decoded = null;
    }
    newObject() {
        return this.#nextObject++;
    }
    /**
     * Adds the key between `start` and `end`; `decoded` are its bytes where it is spelled with escapes.
     * Gives `false` where the object has it already, or where keys collide so often that somebody made them to.
     */
    add(object, hash, start, end, decoded) {
        if (decoded !== null)
            (this.#decoded ??= new Map()).set(start, decoded);
        if (++this.#used * 2 > this.#mask)
            this.#grow();
        const slots = this.#slots;
        let slot = this.#home(object, hash);
        for (let probe = 0; probe < LONGEST_PROBE; probe++) {
            const at = slot * WORDS;
            const owner = slots[at];
            if (owner < this.#firstObject) {
                slots[at] = object;
                slots[at + 1] = hash;
                slots[at + 2] = start;
                slots[at + 3] = end;
                return true;
            }
            if (owner === object && slots[at + 1] === hash && this.#isSame(slots[at + 2], slots[at + 3], start, end))
                return false;
            slot = (slot + 1) & this.#mask;
        }
        return false;
    }
    #home(object, hash) {
        return (0, key_hash_1.finishHash)(Math.imul(hash ^ Math.imul(object, 0x9e3779b1), 0x85ebca6b)) & this.#mask;
    }
    #isSame(startA, endA, startB, endB) {
        const a = this.#decoded?.get(startA) ?? this.#body.subarray(startA, endA);
        const b = this.#decoded?.get(startB) ?? this.#body.subarray(startB, endB);
        return Buffer.compare(a, b) === 0;
    }
    #grow() {
        const old = this.#slots;
        this.#slots = new Int32Array(old.length * 2);
        this.#mask = this.#mask * 2 + 1;
        for (let at = 0; at < old.length; at += WORDS) {
            if (old[at] < this.#firstObject)
                continue;
            let slot = this.#home(old[at], old[at + 1]);
            while (this.#slots[slot * WORDS] !== 0)
                slot = (slot + 1) & this.#mask;
            this.#slots.set(old.subarray(at, at + WORDS), slot * WORDS);
        }
    }
    #clear(slots) {
        this.#slots = new Int32Array(slots * WORDS);
        this.#mask = slots - 1;
        this.#nextObject = 1;
    }
}
exports.KeyLedger = KeyLedger;
