"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.measureSubjects = measureSubjects;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const start_child_1 = require("../demo/start-child");
const load_generator_1 = require("./load-generator");
const local_issuer_1 = require("./local-issuer");
const make_record_1 = require("./make-record");
const process_figures_1 = require("./process-figures");
/**
 * Runs every subject in a process of its own against the same upstream with the same request, round by round in turn,
 * so that a noisy neighbour hits all of them alike. Medians over rounds; latencies over all rounds together.
 * Fails when a subject answers anything but 200, or something it should not have answered.
 */
async function measureSubjects(subjects, effort, folder, say) {
    const stops = [];
    try {
        const body = JSON.stringify((0, make_record_1.makeBenchRecord)());
        const issuer = await (0, local_issuer_1.startLocalIssuer)();
        stops.push(() => issuer.stop());
        const upstream = await (0, start_child_1.startChild)(__dirname, 'fixed-upstream', { body });
        stops.push(() => upstream.stop());
        const generator = await (0, start_child_1.startChild)(__dirname, 'load-generator', null);
        stops.push(() => generator.stop());
        const running = [];
        for (const subject of subjects) {
            const input = {
                upstreamPort: upstream.ready.port,
                folder: (0, node_path_1.join)(folder, subject.file),
                issuer: issuer.issuer,
                jwksUrl: issuer.jwksUrl,
                audience: issuer.audience,
                clientId: issuer.clientId,
                subject: issuer.subject,
                shownFields: make_record_1.BENCH_SHOWN_FIELDS,
            };
            (0, node_fs_1.mkdirSync)(input.folder, { recursive: true });
            const child = await (0, start_child_1.startChild)((0, node_path_1.join)(__dirname, 'subjects'), subject.file, input, { env: { NODE_ENV: 'production', ABL: process.env.ABL } });
            stops.push(() => child.stop());
            running.push({ subject, child, folder: input.folder, rounds: [], latencies: [] });
        }
        const loadOf = (one, seconds) => ({
            port: one.child.ready.port,
            request: `GET /workforce-one/records/${make_record_1.BENCH_RECORD_ID} HTTP/1.1\r\nHost: 127.0.0.1:${one.child.ready.port}\r\nAuthorization: Bearer ${issuer.token}\r\nAccept: application/json\r\n\r\n`,
            connections: effort.connections,
            seconds,
        });
        for (const one of running) {
            const warm = await generator.ask({ ...loadOf(one, effort.warmUp.seconds), mostRequests: effort.warmUp.requests });
            refuseFailures(one, warm);
            one.subject.check(warm.lastBody, body);
            say(`${one.subject.name}: warm, ${Math.round(warm.requests / warm.seconds)} requests/s`);
        }
        for (let round = 0; round < effort.rounds; round += 1) {
            for (const one of running) {
                const before = (0, process_figures_1.cpuMicros)(one.child.pid);
                const result = await generator.ask(loadOf(one, effort.secondsPerRound));
                const spent = (0, process_figures_1.cpuMicros)(one.child.pid) - before;
                refuseFailures(one, result);
                one.rounds.push({ cpu: spent / result.requests, perSecond: result.requests / result.seconds });
                one.latencies = result.latencies.map((count, bucket) => count + (one.latencies[bucket] ?? 0));
            }
            say(`round ${round + 1} of ${effort.rounds}`);
        }
        return running.map(rowOf);
    }
    finally {
        for (const stop of stops.reverse())
            await stop();
    }
}
function refuseFailures(one, result) {
    if (result.requests === 0)
        throw new Error(`${one.subject.name} answered nothing. ${one.child.written()}`);
    if (result.failures > 0)
        throw new Error(`${one.subject.name}: ${result.failures} of ${result.requests} answers were not 200; last: ${result.lastBody.slice(0, 300)} ${one.child.written()}`);
}
function rowOf(one) {
    return {
        scenario: 'record',
        subject: one.subject.name,
        cpuMicrosPerRequest: Math.round(median(one.rounds.map((round) => round.cpu)) * 10) / 10,
        requestsPerSecond: Math.round(median(one.rounds.map((round) => round.perSecond))),
        p50Micros: percentile(one.latencies, 0.5),
        p99Micros: percentile(one.latencies, 0.99),
        peakRssMiB: (0, process_figures_1.peakRssMiB)(one.child.pid),
    };
}
function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
function percentile(buckets, share) {
    const wanted = buckets.reduce((sum, count) => sum + count, 0) * share;
    let seen = 0;
    for (const [bucket, count] of buckets.entries()) {
        seen += count;
        if (count > 0 && seen >= wanted)
            return Math.round((0, load_generator_1.microsOfBucket)(bucket));
    }
    return 0;
}
