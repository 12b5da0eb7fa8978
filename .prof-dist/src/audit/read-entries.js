"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readEntries = readEntries;
const PAGE = 500;
/**
 * Entries, newest first (by access id, which sorts by time). It reads the log from the newest on and so takes as long as the log is
 * large when little fits the filter.
 *
 * Fails   Error naming the entry whose bytes cannot be read; the verifier says more.
 */
async function readEntries(reader, filter, page) {
    const entries = [];
    const containing = textsOf(filter);
    let before = page.before ?? null;
    for (;;) {
        const rows = await reader.newest(before, containing, PAGE);
        for (const row of rows) {
            const entry = parse(row);
            if (!fits(entry, row, filter))
                continue;
            if (entries.length === page.limit)
                return { entries, next: entries[entries.length - 1]?.entry.accessId ?? null };
            entries.push({ chain: row.chain, seq: row.seq, hash: row.hash.toString('hex'), entry });
        }
        const last = rows[rows.length - 1];
        if (rows.length < PAGE || last === undefined)
            return { entries, next: null };
        before = last.accessId;
    }
}
/** What the bytes of a fitting row must contain: the store leaves the rest out. */
function textsOf(filter) {
    const texts = [];
    if (filter.recordId !== undefined)
        texts.push(`"id":${JSON.stringify(filter.recordId)}`);
    if (filter.account !== undefined)
        texts.push(`"account":${JSON.stringify(filter.account)}`);
    if (filter.accessId !== undefined)
        texts.push(JSON.stringify(filter.accessId));
    if (filter.kind !== undefined)
        texts.push(`"kind":${JSON.stringify(filter.kind)}`);
    return texts;
}
function fits(entry, row, filter) {
    if (filter.recordId !== undefined && !entry.records.some((record) => record.id === filter.recordId))
        return false;
    if (filter.account !== undefined && entry.who?.account !== filter.account)
        return false;
    if (filter.accessId !== undefined && entry.accessId !== filter.accessId)
        return false;
    if (filter.kind !== undefined && entry.kind !== filter.kind)
        return false;
    return (filter.sinceMs === undefined || row.atMs >= filter.sinceMs) && (filter.untilMs === undefined || row.atMs < filter.untilMs);
}
function parse(row) {
    try {
        return JSON.parse(row.bytes);
    }
    catch (cause) {
        throw new Error(`the entry ${row.seq} of chain ${row.chain} cannot be read`, { cause });
    }
}
