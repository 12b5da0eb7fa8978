"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createCircuitBreaker = createCircuitBreaker;
function createCircuitBreaker(options) {
    const { failuresToOpen, openMs, clock } = options;
    let state = 'closed';
    let failures = 0;
    let openUntilMs = 0;
    const open = (untilMs) => {
        state = 'open';
        openUntilMs = untilMs;
    };
    return {
        admit() {
            if (state === 'closed')
                return true;
            if (state === 'probing')
                return false;
            const leftMs = openUntilMs - clock();
            // More than it can be: the clock was set back.
            if (leftMs > 0 && leftMs <= openMs)
                return false;
            state = 'probing';
            return true;
        },
        succeeded() {
            state = 'closed';
            failures = 0;
        },
        failed() {
            failures += 1;
            if (state === 'probing' || failures >= failuresToOpen)
                open(clock() + openMs);
        },
        released() {
            if (state === 'probing')
                open(clock());
        },
        state: () => state,
        retryAfterSeconds: () => Math.max(1, Math.ceil(Math.min(openMs, openUntilMs - clock()) / 1000)),
    };
}
