"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const start_child_1 = require("../demo/start-child");
const tree_root_1 = require("../demo/tree-root");
const answer_memory_1 = require("../src/decide/answer-memory");
const breather_1 = require("../src/decide/breather");
const policy_engine_1 = require("../src/decide/policy-engine");
const policy_in_force_1 = require("../src/decide/policy-in-force");
const read_record_file_1 = require("../src/decide/read-record-file");
const relate_1 = require("../src/facts/relate");
const create_directory_1 = require("../src/governance/directory/create-directory");
/**
 * What one remembered decision costs in CPU, in two parts: finding the caller (account and memberships by the token's subject),
 * and deciding (relate the membership to the record's facts, then the Decision). By number of accounts, with the same 100 callers
 * at work spread evenly over them, and by number of policy rows. Each line in a process of its own.
 *
 *   node dist/bench/decision-scale.js [--json]
 */
async function main() {
    const sizes = [
        { accounts: 1_000, policyRows: 20 },
        { accounts: 100_000, policyRows: 20 },
        { accounts: 1_000_000, policyRows: 20 },
        { accounts: 1_000, policyRows: 2_000 },
    ];
    const rows = [];
    for (const size of sizes) {
        const child = await (0, start_child_1.startChild)(__dirname, 'decision-scale', size, { execArgv: ['--max-old-space-size=4096', '--expose-gc'] });
        rows.push(child.ready);
        await child.stop();
    }
    if (process.argv.includes('--json')) {
        process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
        return;
    }
    const base = rows[0]?.decideNanos ?? 1;
    process.stdout.write('  accounts  policy rows  find ns  decide ns  decide / first  first time of a key µs\n');
    for (const row of rows) {
        const cells = [
            String(row.accounts).padStart(10),
            String(row.policyRows).padStart(11),
            row.findNanos.toFixed(0).padStart(7),
            row.decideNanos.toFixed(0).padStart(9),
            (row.decideNanos / base).toFixed(2).padStart(14),
            row.coldMicros.toFixed(0).padStart(22),
        ];
        process.stdout.write(`${cells.join('  ')}\n`);
    }
}
const CALLERS = 100;
const TIMES_A_ROUND = 200_000;
const ROUNDS = 5;
const ISSUER = 'https://id.bench.example';
const FROM_MS = Date.UTC(2024, 0, 1);
const NOW_MS = Date.UTC(2026, 0, 1);
const GRANT = { system: 'workforce-one', actions: ['read'], sections: ['*'] };
async function measure({ accounts, policyRows }) {
    const system = readSystem();
    const directory = (0, create_directory_1.createDirectory)(storeOf(accounts), () => NOW_MS);
    await directory.start();
    const rows = rowsOf(system, policyRows);
    const engine = await (0, policy_engine_1.buildPolicyEngine)(system, rows, (0, breather_1.createBreather)());
    const policy = (0, policy_in_force_1.createPolicyInForce)({ system, engine, memory: new answer_memory_1.AnswerMemory(engine), workgroups: WORKGROUPS }, 'bench', (cause) => {
        throw cause;
    });
    // What loading left behind is not part of a decision; neither is the collector that is still at it.
    globalThis.gc?.();
    const step = Math.max(1, Math.floor(accounts / CALLERS));
    const callers = Array.from({ length: CALLERS }, (_, i) => accountId((i * step + (i % WORKGROUPS.length)) % accounts));
    const question = (id) => decide(find(directory, id), system, directory, policy);
    const cold = WORKGROUPS.map((_, i) => accountId(i)).map((id) => timed(() => question(id)));
    const found = callers.map((id) => find(directory, id));
    const findNanos = await cpuNanos((i) => find(directory, callers[(i * 7) % CALLERS] ?? ''));
    const decideNanos = await cpuNanos((i) => decide(found[(i * 7) % CALLERS], system, directory, policy));
    return { scenario: 'decision', accounts, policyRows, findNanos, decideNanos, coldMicros: middle(cold) };
}
/** Median CPU of one piece of work over the rounds; the first round warms up. */
async function cpuNanos(work) {
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        const before = process.cpuUsage();
        for (let i = 0; i < TIMES_A_ROUND; i += 1)
            work(i);
        const { user, system } = process.cpuUsage(before);
        if (round > 0)
            rounds.push(((user + system) * 1_000) / TIMES_A_ROUND);
    }
    return middle(rounds);
}
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
function find(directory, subject) {
    const account = directory.findAccount(ISSUER, subject, 'production');
    const membership = account && directory.memberships(account.id, 'workforce-one', 'production')[0];
    if (membership === undefined)
        throw new Error(`no account ${subject}`);
    return membership;
}
function decide(membership, system, directory, policy) {
    const route = system.routes[0];
    if (membership === undefined || route === undefined)
        throw new Error('nobody to decide about');
    const key = (0, relate_1.relate)({ system, membership, facts: FACTS, applicationClass: 'case-work', supervision: directory, atMs: NOW_MS });
    const decision = policy.decide({ route, keys: [key], grant: GRANT, actorKeys: null });
    if (decision.disclosure !== 'full')
        throw new Error(`expected full, got ${decision.disclosure}`);
}
const FACTS = { known: true, isPrivate: false, codes: [[], ['S-0'], ['AG-NORTH'], ['62'], []] };
const WORKGROUPS = Array.from({ length: 10 }, (_, i) => `workgroup-${i}`);
/** Rows that differ in their `when` word and relation; the last of each workgroup is the one that grants. */
function rowsOf(system, count) {
    const row = (line, workgroup, part) => ({
        line,
        workgroup: `group:${workgroup}`,
        relation: '*',
        privacy: 'open',
        when: [],
        section: '*',
        action: 'read',
        effect: 'allow',
        ...part,
    });
    const grants = WORKGROUPS.map((workgroup, i) => row(i + 1, workgroup, {}));
    const others = [];
    for (let i = 0; others.length < count - grants.length; i += 1) {
        const section = system.sections[i % system.sections.length] ?? 'basic';
        others.push(row(grants.length + i + 1, `elsewhere-${Math.floor(i / system.sections.length)}`, { section, relation: 'assigned' }));
    }
    return [...others, ...grants];
}
function readSystem() {
    const file = (0, node_path_1.join)((0, tree_root_1.treeRoot)(), 'policies', 'workforce-one', 'record.yaml');
    const { system, findings } = (0, read_record_file_1.readRecordFile)((0, node_fs_1.readFileSync)(file), file, 'workforce-one');
    if (system === null)
        throw new Error(`record.yaml cannot be read: ${findings[0]?.message ?? ''}`);
    return system;
}
const accountId = (index) => `account-${String(index).padStart(8, '0')}`;
/** A directory of that many people, made up page by page. */
function storeOf(accounts) {
    const standings = [{ standing: 'active', fromMs: FROM_MS }];
    const fileOf = (index) => {
        const id = accountId(index);
        return {
            account: {
                id,
                kind: 'person',
                person: `p-${id}`,
                issuer: ISSUER,
                subject: id,
                environment: 'production',
                organization: 'bench',
                standings,
            },
            memberships: [
                {
                    id: `m-${id}`,
                    account: id,
                    system: 'workforce-one',
                    environment: 'production',
                    workgroup: WORKGROUPS[index % WORKGROUPS.length] ?? '',
                    staffId: `S-${index}`,
                    scopes: { agency: ['AG-NORTH'], counties: ['*'], offices: [], programs: [], regions: [] },
                    privileges: [],
                    fromMs: FROM_MS,
                    toMs: null,
                },
            ],
            supervises: [],
            actors: [],
            rights: [],
        };
    };
    return {
        version: async () => 1,
        changes: async () => [],
        organizations: async () => [{ id: 'bench', name: 'Bench', standings }],
        applications: async () => [],
        accounts: async () => [],
        accountPage: async (afterId, limit) => {
            const first = afterId === null ? 0 : Number(afterId.slice('account-'.length)) + 1;
            return Array.from({ length: Math.max(0, Math.min(limit, accounts - first)) }, (_, i) => fileOf(first + i));
        },
    };
}
function timed(work) {
    const startedAt = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - startedAt) / 1_000;
}
if (process.send !== undefined)
    (0, start_child_1.runAsChild)(async (size) => ({ ready: await measure(size) }));
else
    main().catch((error) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        process.exitCode = 2;
    });
