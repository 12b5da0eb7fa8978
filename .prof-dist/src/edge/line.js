"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Line = void 0;
/** One connection of a caller, and what is under way on it: pipelined requests are carried side by side and answered in their order. */
class Line {
    socket;
    plainSource;
    plainKey;
    ended;
    /** No request that arrives from now on is looked at: after a framing fault, what follows may be the inside of a body (SMG-07). */
    isClosing = false;
    /** Requests that came in on it so far. */
    taken = 0;
    /** Requests that came in and whose answer has neither left nor failed. */
    open = new Set();
    #wake = null;
    constructor(socket, 
    /** Source and limiter key of every request without X-Forwarded-For: the peer's address, '' once it is gone. */
    plainSource, plainKey, ended) {
        this.socket = socket;
        this.plainSource = plainSource;
        this.plainKey = plainKey;
        this.ended = ended;
    }
    end(exchange) {
        if (!this.open.delete(exchange))
            return;
        this.ended();
        if (this.open.size <= 1)
            this.#wake?.();
    }
    /** Settles when at most one exchange is open: the last one, whose answer then stands in order behind the others. */
    untilLast() {
        if (this.open.size <= 1)
            return Promise.resolve();
        return new Promise((wake) => {
            this.#wake = wake;
        });
    }
}
exports.Line = Line;
