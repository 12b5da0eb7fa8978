"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.planImport = planImport;
const node_util_1 = require("node:util");
const record_key_1 = require("../../registry/record-key");
const check_import_1 = require("./check-import");
const import_kinds_1 = require("./import-kinds");
const read_world_1 = require("./read-world");
/**
 * Compares rows that were read with what the store holds: what each would do, and everything that is wrong with them.
 * Writes nothing. Under the transaction's lock the answer holds until the commit.
 */
async function planImport(read, reader) {
    const world = await (0, read_world_1.readWorld)(read.rows, reader);
    const problems = [...read.problems, ...(0, check_import_1.checkAgainstEachOther)(read.rows, world)];
    const refused = new Set(problems.map((problem) => `${problem.line} ${problem.file}`));
    const planned = [];
    for (const one of read.rows) {
        planned.push(planRow(one, world));
        // Requests are served meanwhile.
        if (planned.length % 500 === 0)
            await new Promise((resolve) => setImmediate(resolve));
    }
    const rows = planned.map(({ read: { file, line, kind, row }, outcome }) => ({
        file,
        line,
        kind,
        key: row === undefined ? '' : keyInWords(kind, row),
        outcome: row === undefined || refused.has(`${line} ${file}`) ? 'refused' : outcome,
    }));
    const writes = import_kinds_1.IMPORT_KINDS.map((kind) => {
        const of = (outcome) => planned.filter((one) => one.read.kind === kind && one.outcome === outcome).map((one) => one.row);
        return { kind, added: of('added'), changed: of('changed') };
    }).filter((one) => one.added.length + one.changed.length > 0);
    return { rows, problems, writes, touched: touchedBy(writes, world) };
}
function planRow(read, world) {
    if (read.row === undefined)
        return { read, outcome: 'refused', row: undefined };
    const before = world[read.kind].get((0, read_world_1.keyOf)(read.kind, read.row));
    const row = read.kind === 'records' ? wholeRecord(read.row, before) : read.row;
    const outcome = before === undefined ? 'added' : (0, node_util_1.isDeepStrictEqual)({ ...before }, { ...row }) ? 'unchanged' : 'changed';
    return { read, outcome, row: row };
}
/** Where the file is silent about privacy or codes, what stands stays. */
function wholeRecord(row, before) {
    return {
        system: row.system,
        environment: row.environment,
        recordId: row.recordId,
        isPrivate: row.isPrivate ?? before?.isPrivate ?? null,
        codes: row.codes ?? before?.codes ?? {},
        last: before?.last ?? null,
    };
}
function touchedBy(writes, world) {
    const directory = new Map();
    const registry = [];
    const touch = (kind, key) => void directory.set(`${kind}:${key}`, { kind, key });
    for (const { kind, added, changed } of writes) {
        for (const row of [...added, ...changed])
            touchOne(kind, row);
    }
    return { directory: [...directory.values()], registry };
    function touchOne(kind, given) {
        switch (kind) {
            case 'organizations':
                return touch('organization', given.id);
            case 'applications':
                return touch('application', given.id);
            case 'accounts':
                return touch('account', given.id);
            case 'standings': {
                const row = given;
                return touch(row.of, row.id);
            }
            case 'memberships': {
                const { account } = given;
                touch('account', account);
                // Whom a supervisor supervises is told by staff id: a membership that changes touches its supervisors' decisions.
                for (const supervisor of world.supervisorsOf.get(account) ?? [])
                    touch('account', supervisor);
                return;
            }
            case 'supervision':
                return touch('account', given.supervisor);
            case 'delegations': {
                const row = given;
                touch('account', row.actor);
                return touch('account', row.account);
            }
            case 'rights':
                return touch('account', given.account);
            case 'records':
                registry.push({ kind: 'record', key: (0, record_key_1.recordKey)(given) });
        }
    }
}
function keyInWords(kind, row) {
    return JSON.parse((0, read_world_1.keyOf)(kind, row))
        .map((part) => (typeof part === 'number' ? new Date(part).toISOString() : part))
        .join(' ');
}
