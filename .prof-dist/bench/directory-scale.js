"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
/**
 * The directory at 1e3, 1e5 and 1e6 accounts: what a lookup costs, and how long one change holds the event loop.
 * Run: node -r ./test/support/typescript-on-the-fly.cjs bench/directory-scale.ts [--json] [accounts …]
 */
const node_perf_hooks_1 = require("node:perf_hooks");
const create_directory_1 = require("../src/governance/directory/create-directory");
const ISSUER = 'https://sign-on.example.gov';
const NOW = Date.UTC(2026, 5, 1);
async function main() {
    const sizes = process.argv
        .slice(2)
        .map(Number)
        .filter((size) => size > 0);
    const rows = [];
    for (const accounts of sizes.length > 0 ? sizes : [1_000, 100_000, 1_000_000])
        rows.push(await measure(accounts));
    if (process.argv.includes('--json'))
        console.log(JSON.stringify(rows));
    else
        console.table(rows);
}
async function measure(accounts) {
    const store = madeUpStore(accounts);
    const directory = (0, create_directory_1.createDirectory)(store, () => NOW);
    const began = node_perf_hooks_1.performance.now();
    await directory.start();
    const loadSeconds = (node_perf_hooks_1.performance.now() - began) / 1000;
    if (directory.state().accounts !== accounts)
        throw new Error('the directory was not loaded');
    globalThis.gc?.();
    const pick = (round) => (round * 7919) % accounts;
    const findAccountMicros = each(200_000, (round) => directory.findAccount(ISSUER, `subject-${pick(round)}`, 'production'));
    const membershipsMicros = each(200_000, (round) => directory.memberships(`account-${pick(round)}`, 'workforce-one', 'production'));
    const supervisesMicros = each(200_000, (round) => {
        const supervisee = pick(round);
        return directory.supervises(`account-${supervisee - (supervisee % 10)}`, `X${supervisee}`, 'workforce-one', 'production', NOW);
    });
    const changeHoldsLoopMs = await holds(50, async (round) => {
        store.change([pick(round)]);
        await directory.catchUp();
    });
    const growthHoldsLoopMs = await holds(50, async (round) => {
        store.change([accounts + round]);
        await directory.catchUp();
    });
    const bulkHoldsLoopMs = await holds(1, async () => {
        store.change(Array.from({ length: Math.min(10_000, accounts) }, (_, i) => i));
        await directory.catchUp();
    });
    const round = (value) => Math.round(value * 1000) / 1000;
    return {
        scenario: 'directory',
        accounts,
        loadSeconds: round(loadSeconds),
        heapMiB: Math.round(process.memoryUsage().heapUsed / 1024 / 1024),
        findAccountMicros: round(findAccountMicros),
        membershipsMicros: round(membershipsMicros),
        supervisesMicros: round(supervisesMicros),
        changeHoldsLoopMs: round(changeHoldsLoopMs),
        growthHoldsLoopMs: round(growthHoldsLoopMs),
        bulkHoldsLoopMs: round(bulkHoldsLoopMs),
    };
}
function each(rounds, work) {
    for (let round = 0; round < rounds / 10; round++)
        work(round);
    const began = node_perf_hooks_1.performance.now();
    for (let round = 0; round < rounds; round++)
        if (work(round) === undefined)
            throw new Error('not found');
    return ((node_perf_hooks_1.performance.now() - began) * 1000) / rounds;
}
/** The longest gap between two turns of the loop while the work is done, garbage collection included. */
async function holds(rounds, work) {
    const delay = (0, node_perf_hooks_1.monitorEventLoopDelay)({ resolution: 1 });
    let longestMs = 0;
    let last = node_perf_hooks_1.performance.now();
    let isDone = false;
    const tick = () => {
        const now = node_perf_hooks_1.performance.now();
        longestMs = Math.max(longestMs, now - last);
        last = now;
        if (!isDone)
            setImmediate(tick);
    };
    setImmediate(tick);
    delay.enable();
    for (let round = 0; round < rounds; round++) {
        await work(round);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
    isDone = true;
    delay.disable();
    return longestMs;
}
/** A store that makes its accounts up as they are read; fresh text every time, as a database driver gives it. */
function madeUpStore(accounts) {
    const log = [];
    let version = 0;
    const numberOf = (id) => Number(id.slice('account-'.length));
    return {
        change(numbers) {
            version++;
            for (const number of numbers)
                log.push({ version, kind: 'account', key: `account-${number}` });
        },
        version: async () => version,
        changes: async (after, limit) => {
            const first = log.findIndex((row) => row === after || (after.key === '' && row.version > after.version));
            if (first < 0)
                return [];
            const from = log[first] === after ? first + 1 : first;
            return log.slice(from, from + limit);
        },
        organizations: async () => [{ id: 'example-county', name: 'Example County', standings: [{ standing: 'active', fromMs: 0 }] }],
        applications: async () => [],
        accounts: async (ids) => ids.map((id) => madeUpAccount(numberOf(id), version)),
        accountPage: async (afterId, limit) => {
            const from = afterId === null ? 0 : numberOf(afterId) + 1;
            return Array.from({ length: Math.max(0, Math.min(limit, accounts - from)) }, (_, i) => madeUpAccount(from + i, 0));
        },
    };
}
function madeUpAccount(number, version) {
    const id = `account-${number}`;
    const chief = number - (number % 10);
    return {
        account: {
            id,
            kind: 'person',
            person: `person-${number}`,
            issuer: `${ISSUER}`,
            subject: `subject-${number}`,
            environment: 'production',
            organization: 'example-county',
            standings: [{ standing: version % 2 === 0 ? 'active' : 'suspended', fromMs: 0 }],
        },
        memberships: [
            {
                id: `membership-${number}`,
                account: id,
                system: 'workforce-one',
                environment: 'production',
                workgroup: 'case-manager',
                staffId: `X${number}`,
                scopes: { agency: [`A${number % 300}`], counties: [String(27001 + (number % 87))], offices: [], programs: ['mfip'], regions: [] },
                privileges: number % 20 === 0 ? ['private-records'] : [],
                fromMs: 0,
                toMs: null,
            },
        ],
        supervises: number === chief
            ? Array.from({ length: 10 }, (_, i) => ({ supervisor: id, supervisee: `account-${number + i}`, fromMs: 0, toMs: null }))
            : [],
        actors: [],
        rights: [],
    };
}
if (require.main === module)
    void main();
