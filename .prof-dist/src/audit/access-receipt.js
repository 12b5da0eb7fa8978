"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AccessReceipt = exports.issueReceipt = void 0;
/**
 * The ticket with which an answer leaves: its entry is durable, and it is this very answer. Only audit makes one.
 *
 * `unlogged` makes the one exception: the 503 that says that no entry can be written. It covers a 503 alone; that the reply carries
 * no record is seen to by its maker (the pipeline, out of the problem document).
 */
class AccessReceipt {
    #accessId;
    #replyDigest;
    #isLogged;
    constructor(accessId, replyDigest, isLogged) {
        this.#accessId = accessId;
        this.#replyDigest = replyDigest;
        this.#isLogged = isLogged;
    }
    /** Whether this receipt is one of ours and lets this answer out. `status` is needed for an unlogged one. Never throws. */
    static covers(receipt, accessId, replyDigest, status) {
        if (typeof receipt !== 'object' || receipt === null || !(#accessId in receipt))
            return false;
        return receipt.#accessId === accessId && receipt.#replyDigest === replyDigest && (receipt.#isLogged || status === 503);
    }
    static unlogged(accessId, replyDigest) {
        return new AccessReceipt(accessId, replyDigest, false);
    }
    static {
        exports.issueReceipt = (accessId, replyDigest) => new AccessReceipt(accessId, replyDigest, true);
    }
}
exports.AccessReceipt = AccessReceipt;
