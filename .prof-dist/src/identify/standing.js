"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.standingAt = standingAt;
exports.nextStandingChange = nextStandingChange;
/** The standing in force: that of the last span that has begun; pending before the first. On one moment the later line holds. */
function standingAt(spans, atMs) {
    let standing = 'pending';
    let sinceMs = -Infinity;
    for (const span of spans) {
        if (span.fromMs <= atMs && span.fromMs >= sinceMs) {
            standing = span.standing;
            sinceMs = span.fromMs;
        }
    }
    return standing;
}
/** The next moment after `atMs` at which a standing changes; Infinity for none. */
function nextStandingChange(spans, atMs) {
    let next = Infinity;
    for (const { fromMs } of spans)
        if (fromMs > atMs && fromMs < next)
            next = fromMs;
    return next;
}
