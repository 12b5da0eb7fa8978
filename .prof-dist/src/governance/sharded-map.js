"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ShardedMap = void 0;
const SHARDS = 2048;
/**
 * A Map from text that never grows all at once.
 *
 * A Map that outgrows its table copies it whole: at a million keys that holds the event loop for 50 ms and more.
 * Here a growing step copies one shard, some hundred keys.
 */
class ShardedMap {
    #shards = new Array(SHARDS).fill(undefined);
    #size = 0;
    get size() {
        return this.#size;
    }
    get(key) {
        return this.#shards[shardOf(key)]?.get(key);
    }
    set(key, value) {
        const number = shardOf(key);
        const shard = (this.#shards[number] ??= new Map());
        const before = shard.size;
        shard.set(key, value);
        this.#size += shard.size - before;
    }
    delete(key) {
        if (this.#shards[shardOf(key)]?.delete(key) === true)
            this.#size--;
    }
}
exports.ShardedMap = ShardedMap;
/** FNV-1a over the UTF-16 units. */
function shardOf(key) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++)
        hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    return (hash ^ (hash >>> 16)) & (SHARDS - 1);
}
