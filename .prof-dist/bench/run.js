"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_fs_1 = require("node:fs");
const node_os_1 = require("node:os");
const node_path_1 = require("node:path");
const node_util_1 = require("node:util");
const tree_root_1 = require("../demo/tree-root");
const measure_fsync_1 = require("./measure-fsync");
const measure_subjects_1 = require("./measure-subjects");
const subjects_1 = require("./subjects/subjects");
/**
 * `npm run bench [-- --json] [--seconds N] [--rounds N] [--only NAME,…] [--no-keep]`
 * Prints the table (or one JSON array of rows) and keeps the run in bench/results.
 */
async function main() {
    const { values } = (0, node_util_1.parseArgs)({
        options: {
            json: { type: 'boolean', default: false },
            seconds: { type: 'string', default: '3' },
            rounds: { type: 'string', default: '7' },
            only: { type: 'string' },
            'no-keep': { type: 'boolean', default: false },
        },
    });
    const wanted = values.only?.split(',').map((name) => name.trim());
    const subjects = subjects_1.SUBJECTS.filter(({ name, file }) => wanted === undefined || wanted.includes(name) || wanted.includes(file));
    if (subjects.length === 0)
        throw new Error(`--only names no subject. There are: ${subjects_1.SUBJECTS.map(({ name }) => name).join(', ')}`);
    const effort = {
        secondsPerRound: positive(values.seconds),
        rounds: positive(values.rounds),
        warmUp: { requests: 15_000, seconds: 12 },
        connections: 32,
    };
    const tree = (0, tree_root_1.treeRoot)();
    (0, node_fs_1.mkdirSync)((0, node_path_1.join)(tree, '.casegate'), { recursive: true });
    const folder = (0, node_fs_1.mkdtempSync)((0, node_path_1.join)(tree, '.casegate', 'bench-'));
    try {
        const fsyncBefore = (0, measure_fsync_1.measureFsync)(folder);
        const rows = await (0, measure_subjects_1.measureSubjects)(subjects, effort, folder, (line) => process.stderr.write(`${line}\n`));
        const fsync = { before: fsyncBefore, after: (0, measure_fsync_1.measureFsync)(folder) };
        if (values.json)
            process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
        else
            process.stdout.write(tableOf(rows, fsync));
        if (!values['no-keep'] && wanted === undefined)
            process.stderr.write(`kept in ${keep(tree, rows, fsync, effort)}\n`);
    }
    finally {
        (0, node_fs_1.rmSync)(folder, { recursive: true, force: true });
    }
}
function tableOf(rows, fsync) {
    const cpuOf = (subject) => rows.find((row) => row.subject === subject)?.cpuMicrosPerRequest;
    const proxy = cpuOf('http-proxy-middleware bare');
    const undici = cpuOf('undici bare');
    const lines = rows.map((row) => [
        row.subject,
        row.cpuMicrosPerRequest.toFixed(1),
        String(row.requestsPerSecond),
        String(row.p50Micros),
        String(row.p99Micros),
        row.peakRssMiB.toFixed(1),
        ratio(row.cpuMicrosPerRequest, proxy),
        ratio(row.cpuMicrosPerRequest, undici),
    ]);
    const head = ['record, 2 KB', 'CPU µs', 'req/s', 'p50 µs', 'p99 µs', 'peak MiB', '/ hpm bare', '/ undici bare'];
    const widths = head.map((title, at) => Math.max(title.length, ...lines.map((line) => line[at]?.length ?? 0)));
    const print = (cells) => cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
    return `${[print(head), ...lines.map(print)].join('\n')}\n\nfsync of 600 bytes in the store's folder: p50 ${fsync.before.p50Micros} µs, p99 ${fsync.before.p99Micros} µs before; p50 ${fsync.after.p50Micros} µs, p99 ${fsync.after.p99Micros} µs after\n`;
}
const ratio = (value, base) => (base === undefined ? '-' : (value / base).toFixed(2));
/** No host name and no path: facts of the machine that explain figures, nothing that names it. */
function keep(tree, rows, fsync, effort) {
    const now = new Date();
    const name = `${now.toISOString().slice(0, 10)}-node${process.versions.node}.json`;
    const results = (0, node_path_1.join)(tree, 'bench', 'results');
    (0, node_fs_1.mkdirSync)(results, { recursive: true });
    const machine = {
        cpu: (0, node_os_1.cpus)()[0]?.model ?? 'unknown',
        cores: (0, node_os_1.cpus)().length,
        memoryGiB: Math.round((0, node_os_1.totalmem)() / 2 ** 30),
        kernel: (0, node_os_1.release)(),
        node: process.versions.node,
    };
    (0, node_fs_1.writeFileSync)((0, node_path_1.join)(results, name), `${JSON.stringify({ at: now.toISOString(), machine, effort, fsync, rows }, null, 2)}\n`);
    return `bench/results/${name}`;
}
function positive(text) {
    const value = Number(text);
    if (!(value > 0))
        throw new Error(`expected a number above 0, got ${JSON.stringify(text)}`);
    return value;
}
main().catch((error) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
});
