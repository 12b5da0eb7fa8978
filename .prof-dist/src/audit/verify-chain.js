"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.verifyChains = verifyChains;
const chain_hash_1 = require("./chain-hash");
const PAGE = 500;
/**
 * Checks every chain from the stored bytes: each hash is made anew, sequence numbers are dense from 1, each entry names the hash before
 * it, and the columns beside the bytes say what the bytes say. Every chain is looked at, whatever is wrong with another.
 *
 * Cannot see: entries cut off at the end of a chain, or a log rebuilt whole; that takes a checkpoint kept elsewhere.
 */
async function verifyChains(reader, onProgress = () => undefined) {
    const reports = [];
    let before = 0;
    for (const { chain, startedAtMs } of await reader.chains()) {
        const report = await verifyChain(reader, chain, (entries) => onProgress(before + entries));
        before += report.entries;
        const fault = report.fault ?? (startedAtMs === null ? { seq: 0, accessId: null, problem: 'chain-not-opened' } : null);
        reports.push({ ...report, fault });
    }
    return reports;
}
async function verifyChain(reader, chain, onProgress) {
    let seq = 0;
    let hash = (0, chain_hash_1.firstPrevHash)(chain);
    for (let after = null;; after = seq) {
        const rows = await reader.rowsOf(chain, after, PAGE);
        for (const row of rows) {
            const problem = problemOf(row, seq + 1, hash);
            const at = problem === 'missing' ? { seq: seq + 1, accessId: null } : { seq: row.seq, accessId: row.accessId };
            if (problem !== null)
                return { chain, entries: seq, lastHash: hash.toString('hex'), fault: { ...at, problem } };
            seq = row.seq;
            hash = row.hash;
        }
        onProgress(seq);
        if (rows.length < PAGE)
            return { chain, entries: seq, lastHash: hash.toString('hex'), fault: null };
    }
}
function problemOf(row, wantedSeq, prevHash) {
    if (!Number.isSafeInteger(row.seq) || row.seq < wantedSeq)
        return 'not-in-order';
    if (row.seq > wantedSeq)
        return 'missing';
    if (!row.prevHash.equals(prevHash))
        return 'prev-hash';
    if (!(0, chain_hash_1.linkHash)(prevHash, row.bytes).equals(row.hash))
        return 'hash';
    const said = readHead(row.bytes);
    if (said === null)
        return 'unreadable';
    if (said.accessId !== row.accessId)
        return 'access-id';
    if (said.kind !== row.kind)
        return 'kind';
    return Date.parse(said.at) === row.atMs ? null : 'at';
}
function readHead(bytes) {
    try {
        const { accessId, kind, at } = JSON.parse(bytes);
        return typeof accessId === 'string' && typeof kind === 'string' && typeof at === 'string' ? { accessId, kind, at } : null;
    }
    catch {
        return null;
    }
}
