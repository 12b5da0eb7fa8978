"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.HASH_PRIME = exports.HASH_START = void 0;
exports.hashOf = hashOf;
exports.finishHash = finishHash;
const node_crypto_1 = require("node:crypto");
/** Where every hash starts: another number in every process, so that nobody can prepare keys that collide. */
exports.HASH_START = (0, node_crypto_1.randomBytes)(4).readInt32LE();
exports.HASH_PRIME = 0x01000193;
/** FNV-1a over the UTF-8 bytes of a key. The scan repeats these lines in its loop over a key. */
function hashOf(bytes) {
    let hash = exports.HASH_START;
    for (let i = 0; i < bytes.length; i++)
        hash = Math.imul(hash ^ bytes[i], exports.HASH_PRIME);
    return finishHash(hash);
}
/** Brings the high bits down: tables look at the low ones. */
function finishHash(hash) {
    return hash ^ (hash >>> 15);
}
