"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.parseMoment = parseMoment;
exports.isTimeZone = isTimeZone;
const temporal_polyfill_1 = require("temporal-polyfill");
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const PLAIN_DATE = /^\d{4}-\d\d-\d\d$/;
const EARLIEST_MS = Date.UTC(1900, 0, 1);
/**
 * A moment as people write it.
 *
 * Takes   RFC 3339 with its offset, or, where a zone is given, a plain date: the start of that day there.
 * Gives   epoch ms; undefined for anything else, for days that do not exist, and for years before 1900.
 */
function parseMoment(text, timeZone) {
    try {
        const atMs = RFC_3339.test(text)
            ? temporal_polyfill_1.Temporal.Instant.from(text).epochMilliseconds
            : timeZone !== null && PLAIN_DATE.test(text)
                ? temporal_polyfill_1.Temporal.PlainDate.from(text, { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds
                : undefined;
        return atMs === undefined || atMs < EARLIEST_MS ? undefined : atMs;
    }
    catch {
        return undefined;
    }
}
function isTimeZone(name) {
    try {
        temporal_polyfill_1.Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
        return /^[A-Za-z]/.test(name);
    }
    catch {
        return false;
    }
}
