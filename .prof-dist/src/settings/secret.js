"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Secret = void 0;
const node_util_1 = require("node:util");
/**
 * A secret setting. It shows itself as '(secret)' wherever it is printed, logged or written as JSON; only `reveal` gives it.
 *
 * `source` tells a room that re-reads its secrets where this one stands.
 */
class Secret {
    #value;
    #file;
    constructor(value, file) {
        this.#value = value;
        this.#file = file;
    }
    reveal() {
        return this.#value;
    }
    source() {
        return this.#file === null ? { value: this.#value } : { file: this.#file };
    }
    toJSON() {
        return '(secret)';
    }
    toString() {
        return '(secret)';
    }
    [node_util_1.inspect.custom]() {
        return '(secret)';
    }
}
exports.Secret = Secret;
