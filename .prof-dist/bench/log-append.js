"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_crypto_1 = require("node:crypto");
const promises_1 = require("node:fs/promises");
const node_os_1 = require("node:os");
const node_path_1 = require("node:path");
const promise_1 = require("mysql2/promise");
const access_log_1 = require("../src/audit/access-log");
const canonical_bytes_1 = require("../src/audit/canonical-bytes");
const chain_hash_1 = require("../src/audit/chain-hash");
const uuid_v7_1 = require("../src/audit/uuid-v7");
const mariadb_log_store_1 = require("../src/storage/mariadb-log-store");
const migrate_1 = require("../src/storage/migrate");
const sqlite_log_store_1 = require("../src/storage/sqlite-log-store");
const newAccessId = (0, uuid_v7_1.uuidV7Maker)(Date.now);
const option = (name, fallback) => {
    const given = process.argv.find((word) => word.startsWith(`--${name}=`));
    return given === undefined ? fallback : Number(given.slice(name.length + 3));
};
void main();
async function main() {
    const folder = await (0, promises_1.mkdtemp)((0, node_path_1.join)((0, node_os_1.tmpdir)(), 'casegate-bench-'));
    const fsyncMicros = await measureFsync(folder);
    const figures = [];
    const server = process.env['CASEGATE_BENCH_MARIADB'] ?? process.env['CASEGATE_TEST_MARIADB'];
    const subjects = [() => openFile((0, node_path_1.join)(folder, 'append-only.log')), () => openSqlite((0, node_path_1.join)(folder, 'store'))];
    if (server !== undefined)
        subjects.push(() => openMariadb(server));
    for (const openSubject of subjects) {
        const subject = await openSubject();
        const preload = option('preload', 0);
        if (preload > 0 && subject.name !== 'append-only file')
            await drive(subject, 512, { entries: preload });
        for (const waiting of [1, 8, 64, 128, 256]) {
            await drive(subject, waiting, { seconds: 0.5 });
            figures.push(await drive(subject, waiting, { seconds: option('seconds', 3) }));
        }
        await subject.close();
    }
    await (0, promises_1.rm)(folder, { recursive: true, force: true });
    if (process.argv.includes('--json'))
        console.log(JSON.stringify({ fsyncMicros, figures }, null, 1));
    else
        print(fsyncMicros, figures);
}
async function drive(subject, waiting, until) {
    const times = [];
    const flushesBefore = subject.flushes();
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const end = start + (until.seconds ?? Infinity) * 1_000;
    let left = until.entries ?? Infinity;
    const caller = async () => {
        while (performance.now() < end && left > 0) {
            left -= 1;
            const began = performance.now();
            await subject.append(sampleEntry());
            times.push(performance.now() - began);
        }
    };
    await Promise.all(Array.from({ length: waiting }, caller));
    const elapsedMs = performance.now() - start;
    const cpu = process.cpuUsage(cpuBefore);
    times.sort((one, other) => one - other);
    const flushes = subject.flushes();
    return {
        scenario: 'log',
        subject: subject.name,
        waiting,
        rowsPerSecond: Math.round((times.length / elapsedMs) * 1_000),
        cpuMicrosPerRow: Math.round(((cpu.user + cpu.system) / times.length) * 10) / 10,
        p50Micros: Math.round((times[Math.floor(times.length * 0.5)] ?? 0) * 1_000),
        p99Micros: Math.round((times[Math.floor(times.length * 0.99)] ?? 0) * 1_000),
        rowsPerFlush: flushes === null || flushesBefore === null ? null : Math.round(times.length / Math.max(1, flushes - flushesBefore)),
    };
}
let made = 0;
/** About 1 KB; the keys differ as those of forty different callers do. */
function sampleEntry() {
    const number = (made += 1);
    return {
        format: 1,
        accessId: newAccessId(),
        kind: 'access',
        at: new Date().toISOString(),
        source: { address: '10.20.30.40' },
        who: {
            account: `user-${number % 2_000}`,
            person: `person-${number % 2_000}`,
            organization: 'county-one',
            issuer: 'https://login.example.org',
            application: 'case-viewer',
            actor: null,
            memberships: ['m-1'],
        },
        system: 'workforce-one',
        environment: 'production',
        route: 'person',
        method: 'GET',
        action: 'read',
        records: [
            {
                id: `A${number % 5_000}`,
                disclosure: 'partial',
                disclosed: { basic: 12, contact: 14, employment: 19, 'case-notes': 23 },
                withheld: { documents: 'not-granted', 'private-flag': 'private-record' },
                keys: [
                    {
                        environment: 'production',
                        application: 'case-management',
                        workgroup: ['case-manager', 'supervisor', 'data-specialist', 'monitor'][number % 4],
                        relations: number % 3 === 0 ? ['assigned'] : [],
                        privacy: number % 5 === 0 ? 'private' : 'open',
                        when: ['in-scope', 'current-participation'],
                    },
                ],
                unclassifiedFields: 0,
            },
        ],
        outcome: { status: 200, code: 'ok', reasons: ['granted'] },
        upstream: { outcome: 'answered', durationMs: 4 },
        policyVersion: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        directoryVersion: 12,
        registryVersion: 3,
    };
}
async function openLog(name, store, expectsVersions, dispose) {
    let flushes = 0;
    const counted = {
        openChain: (chain, atMs) => store.openChain(chain, atMs),
        tail: (chain) => store.tail(chain),
        close: () => store.close(),
        flush: (batch) => {
            flushes += 1;
            return store.flush(batch);
        },
    };
    const freshness = expectsVersions ? { versions: () => ({ directory: 0, registry: 0 }), catchUp: () => Promise.resolve() } : null;
    const log = await (0, access_log_1.openAccessLog)({ store: counted, freshness, clock: Date.now, newAccessId, newChain: node_crypto_1.randomUUID, deadlineMs: 30_000 });
    return {
        name,
        append: (entry) => log.append(entry, { replyDigest: '', isStale: () => false }),
        flushes: () => flushes,
        close: async () => {
            await log.drain();
            await store.close();
            await dispose();
        },
    };
}
async function openSqlite(folder) {
    const settings = { kind: 'sqlite', folder };
    await (0, migrate_1.migrate)(settings);
    return openLog('casegate sqlite', (0, sqlite_log_store_1.openSqliteLogStore)((0, node_path_1.join)(folder, 'access-log.db')), false, () => Promise.resolve());
}
async function openMariadb(server) {
    const database = `casegate_bench_${process.pid}`;
    const connection = await (0, promise_1.createConnection)({ uri: server });
    await connection.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
    const url = new URL(server);
    url.pathname = `/${database}`;
    const settings = { kind: 'mariadb', url: url.toString(), tls: null };
    await (0, migrate_1.migrate)(settings);
    return openLog('casegate mariadb', await (0, mariadb_log_store_1.openMariadbLogStore)(settings, { timeoutMs: 30_000 }), true, async () => {
        await connection.query(`DROP DATABASE ${database}`);
        await connection.end();
    });
}
/** The bar: one line an entry, chained and hashed alike, one write and one fsync for all that wait. */
async function openFile(path) {
    const file = await (0, promises_1.open)(path, 'a');
    let waiting = [];
    let isRunning = false;
    let hash = (0, chain_hash_1.firstPrevHash)('bench');
    let flushes = 0;
    const run = async () => {
        while (waiting.length > 0) {
            await new Promise((resolve) => setImmediate(resolve));
            const batch = waiting;
            waiting = [];
            flushes += 1;
            let text = '';
            for (const { bytes } of batch) {
                hash = (0, chain_hash_1.linkHash)(hash, bytes);
                text += `${hash.toString('hex')} ${bytes}\n`;
            }
            await file.write(text);
            await file.datasync();
            for (const { resolve } of batch)
                resolve();
        }
        isRunning = false;
    };
    return {
        name: 'append-only file',
        append: (entry) => new Promise((resolve) => {
            waiting.push({ bytes: (0, canonical_bytes_1.canonicalBytes)(entry), resolve });
            if (isRunning)
                return;
            isRunning = true;
            void run();
        }),
        flushes: () => flushes,
        close: () => file.close(),
    };
}
async function measureFsync(folder) {
    const file = await (0, promises_1.open)((0, node_path_1.join)(folder, 'fsync'), 'a');
    const times = [];
    for (let round = 0; round < 200; round += 1) {
        await file.write('x'.repeat(4096));
        const began = performance.now();
        await file.sync();
        times.push(performance.now() - began);
    }
    await file.close();
    return Math.round((times.sort((one, other) => one - other)[100] ?? 0) * 1_000);
}
function print(fsyncMicros, figures) {
    console.log(`fsync ${fsyncMicros} µs (median)`);
    console.log('subject            waiting   rows/s  CPU µs/row   p50 µs   p99 µs  rows/flush  over file');
    for (const figure of figures) {
        const file = figures.find((other) => other.subject === 'append-only file' && other.waiting === figure.waiting);
        const over = file === undefined ? '' : (figure.rowsPerSecond / file.rowsPerSecond).toFixed(2);
        const cells = [figure.rowsPerSecond, figure.cpuMicrosPerRow, figure.p50Micros, figure.p99Micros, figure.rowsPerFlush ?? '', over];
        console.log(figure.subject.padEnd(18) + [figure.waiting, ...cells].map((cell) => String(cell).padStart(10)).join(''));
    }
}
