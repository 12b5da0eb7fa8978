"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.doOverlap = exports.holdsAt = void 0;
exports.standingAt = standingAt;
/** True from `fromMs` on and before `toMs`. */
const holdsAt = (span, atMs) => span.fromMs <= atMs && (span.toMs === null || atMs < span.toMs);
exports.holdsAt = holdsAt;
const doOverlap = (one, other) => (one.toMs === null || other.fromMs < one.toMs) && (other.toMs === null || one.fromMs < other.toMs);
exports.doOverlap = doOverlap;
/** The last standing that has begun; 'pending' where none has. Source: design.md, past access never implies present access. */
function standingAt(spans, atMs) {
    let last;
    for (const span of spans)
        if (span.fromMs <= atMs && (last === undefined || span.fromMs > last.fromMs))
            last = span;
    return last?.standing ?? 'pending';
}
