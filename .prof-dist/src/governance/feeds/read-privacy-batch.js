"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.privacyTransaction = exports.MOST_TRANSACTIONS = void 0;
exports.readPrivacyBatch = readPrivacyBatch;
const zod_1 = require("zod");
const read_json_1 = require("../../reading/read-json");
const identifiers_1 = require("../identifiers");
const parse_moment_1 = require("../parse-moment");
exports.MOST_TRANSACTIONS = 10_000;
/** The source's clock may run ahead of ours by so much, milliseconds; what claims to come from later is refused. */
const CLOCK_SKEW_MS = 5 * 60_000;
exports.privacyTransaction = zod_1.z.strictObject({
    transactionId: zod_1.z
        .string('expected text')
        .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'expected letters, digits and . _ : -, at most 128'),
    system: zod_1.z.string('expected text').regex(identifiers_1.SYSTEM, 'expected the name of a system'),
    environment: zod_1.z.enum(['production', 'training'], 'expected production or training'),
    recordId: zod_1.z.string('expected text').regex(identifiers_1.RECORD_ID, 'expected letters, digits, - and _, at most 64'),
    action: zod_1.z.enum(['set', 'clear'], 'expected set or clear'),
    effectiveAt: zod_1.z.string('expected text').describe('RFC 3339 with its offset'),
    sourceSequence: zod_1.z.int('expected a whole number').min(0, 'expected a whole number from 0').max(Number.MAX_SAFE_INTEGER),
});
/**
 * Reads a batch of privacy transactions: NDJSON, or a JSON array. Nothing is written.
 * Gives every row and every problem at once; with problems nothing of the batch may be applied.
 */
function readPrivacyBatch(text, format, nowMs) {
    const { items, problems } = format === 'json' ? arrayItems(text) : lineItems(text);
    if (items.length > exports.MOST_TRANSACTIONS) {
        return { rows: [], problems: [{ line: 0, column: '', reason: `more than ${exports.MOST_TRANSACTIONS} transactions` }], systems: [] };
    }
    if (items.length === 0 && problems.length === 0)
        problems.push({ line: 0, column: '', reason: 'no transaction was sent' });
    const rows = [];
    const systems = new Set();
    for (const { line, value } of items) {
        const named = value?.system;
        if (typeof named === 'string')
            systems.add(named);
        const read = readTransaction(value, nowMs);
        if (Array.isArray(read))
            problems.push(...read.map((one) => ({ line, ...one })));
        else
            rows.push({ line, transaction: read });
    }
    return { rows, problems, systems: [...systems] };
}
function readTransaction(value, nowMs) {
    const read = exports.privacyTransaction.safeParse(value);
    if (!read.success) {
        return read.error.issues.map((issue) => issue.code === 'unrecognized_keys'
            ? { column: '', reason: 'has a key that is not known here' }
            : { column: issue.path.map(String).join('.'), reason: issue.message });
    }
    const { effectiveAt, ...row } = read.data;
    const effectiveMs = (0, parse_moment_1.parseMoment)(effectiveAt, null);
    if (effectiveMs === undefined)
        return [{ column: 'effectiveAt', reason: 'expected a moment with its offset (RFC 3339)' }];
    // One transaction from the year 9999 would outlast every later one.
    if (effectiveMs > nowMs + CLOCK_SKEW_MS)
        return [{ column: 'effectiveAt', reason: 'lies in the future' }];
    return { ...row, effectiveMs };
}
function arrayItems(text) {
    const read = (0, read_json_1.readJson)(text);
    if ('problem' in read)
        return { items: [], problems: [{ line: 0, column: '', reason: read.problem }] };
    if (!Array.isArray(read.value))
        return { items: [], problems: [{ line: 0, column: '', reason: 'expected an array of transactions' }] };
    return { items: read.value.map((value, i) => ({ line: i + 1, value })), problems: [] };
}
function lineItems(text) {
    const items = [];
    const problems = [];
    for (const [i, line] of text.split('\n').entries()) {
        if (line.trim() === '')
            continue;
        const read = (0, read_json_1.readJson)(line);
        if ('problem' in read)
            problems.push({ line: i + 1, column: '', reason: read.problem });
        else
            items.push({ line: i + 1, value: read.value });
    }
    return { items, problems };
}
