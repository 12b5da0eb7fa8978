"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.applyPrivacyBatch = applyPrivacyBatch;
const record_key_1 = require("../registry/record-key");
/**
 * Takes in one batch, within one transaction.
 *
 * The later (effective time, source sequence) decides; where both are equal 'set' wins; so the end is the same in whatever order and
 * however often transactions come (WF1-06). A record that is not known yet is kept for the day it is.
 * An id that was used before with other content refuses the batch: one of the two is wrong and we cannot know which.
 */
async function applyPrivacyBatch(rows, receivedMs, transaction) {
    const taken = await takenBefore(rows, transaction);
    const records = await recordsOf(rows, transaction);
    const known = new Set(records.keys());
    const fresh = [];
    const touched = new Map();
    const reports = [];
    const problems = [];
    for (const { line, transaction: sent } of rows) {
        const id = JSON.stringify([sent.system, sent.environment, sent.transactionId]);
        const before = taken.get(id);
        if (before !== undefined) {
            if (isSame(before, sent))
                reports.push({ line, outcome: 'duplicate' });
            else
                problems.push({ line, column: 'transactionId', reason: 'was used before with other content' });
            continue;
        }
        const received = { ...sent, receivedMs };
        taken.set(id, received);
        fresh.push(received);
        const key = (0, record_key_1.recordKey)(sent);
        const next = decided(records.get(key), sent);
        if (next !== null) {
            records.set(key, next);
            touched.set(key, next);
        }
        reports.push({ line, outcome: next === null ? 'superseded' : 'applied' });
    }
    const { registry } = await transaction.versions();
    if (problems.length > 0)
        return { outcome: 'refused', rows: [], problems, registryVersion: registry };
    const changed = [...touched.entries()];
    if (fresh.length > 0)
        await transaction.insert('transactions', fresh);
    const added = changed.filter(([key]) => !known.has(key)).map(([, row]) => row);
    const updated = changed.filter(([key]) => known.has(key)).map(([, row]) => row);
    if (added.length > 0)
        await transaction.insert('records', added);
    if (updated.length > 0)
        await transaction.update('records', updated);
    const registryVersion = changed.length === 0
        ? registry
        : await transaction.publish('registry', changed.map(([key]) => ({ kind: 'record', key })));
    return { outcome: 'applied', rows: reports, problems, registryVersion };
}
/** The record after the transaction; null where an earlier one stays in force. */
function decided(record, sent) {
    const { system, environment, recordId, action, effectiveMs, sourceSequence } = sent;
    const last = record?.last ?? null;
    if (last !== null) {
        const order = effectiveMs - last.effectiveMs || sourceSequence - last.sourceSequence;
        if (order < 0 || (order === 0 && (action === 'clear' || record?.isPrivate === true)))
            return null;
    }
    return {
        system,
        environment,
        recordId,
        isPrivate: action === 'set',
        codes: record?.codes ?? {},
        last: { effectiveMs, sourceSequence },
    };
}
async function takenBefore(rows, reader) {
    const taken = new Map();
    for (const group of bySystem(rows)) {
        const ids = group.rows.map((row) => row.transaction.transactionId);
        for (const row of await reader.find('transactions', 'transactionId', ids, group.fixed)) {
            taken.set(JSON.stringify([row.system, row.environment, row.transactionId]), row);
        }
    }
    return taken;
}
async function recordsOf(rows, reader) {
    const records = new Map();
    for (const group of bySystem(rows)) {
        const ids = group.rows.map((row) => row.transaction.recordId);
        for (const row of await reader.find('records', 'recordId', ids, group.fixed))
            records.set((0, record_key_1.recordKey)(row), row);
    }
    return records;
}
function bySystem(rows) {
    const groups = new Map();
    for (const row of rows) {
        const { system, environment } = row.transaction;
        const key = JSON.stringify([system, environment]);
        const group = groups.get(key);
        if (group === undefined)
            groups.set(key, { fixed: { system, environment }, rows: [row] });
        else
            group.rows.push(row);
    }
    return [...groups.values()];
}
const isSame = (one, other) => one.recordId === other.recordId &&
    one.action === other.action &&
    one.effectiveMs === other.effectiveMs &&
    one.sourceSequence === other.sourceSequence;
