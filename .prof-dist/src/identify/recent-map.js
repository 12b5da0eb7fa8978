"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.RecentMap = void 0;
/**
 * A map that forgets what was not used of late. Holds between `most`/2 and `most` entries.
 * Two generations instead of a linked list: a hit costs one lookup, no reordering.
 */
class RecentMap {
    young = new Map();
    old = new Map();
    half;
    constructor(most) {
        this.half = Math.max(1, Math.floor(most / 2));
    }
    get(key) {
        const value = this.young.get(key);
        if (value !== undefined)
            return value;
        const older = this.old.get(key);
        if (older !== undefined)
            this.set(key, older);
        return older;
    }
    set(key, value) {
        this.young.set(key, value);
        if (this.young.size < this.half)
            return;
        this.old = this.young;
        this.young = new Map();
    }
    delete(key) {
        this.young.delete(key);
        this.old.delete(key);
    }
    get size() {
        return this.young.size + this.old.size;
    }
}
exports.RecentMap = RecentMap;
