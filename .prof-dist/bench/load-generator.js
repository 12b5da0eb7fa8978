"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.microsOfBucket = void 0;
exports.generateLoad = generateLoad;
const node_net_1 = require("node:net");
const start_child_1 = require("../demo/start-child");
/**
 * Drives a server with plain sockets: answers are measured, their heads read, their bodies counted and thrown away,
 * so that this process costs as little as it can beside what it measures.
 */
async function generateLoad(load) {
    const request = Buffer.from(load.request, 'latin1');
    const latencies = new Array(BUCKETS).fill(0);
    let requests = 0;
    let failures = 0;
    let lastBody = Buffer.alloc(0);
    let running = true;
    let enough = () => undefined;
    const drive = (socket) => new Promise((resolve) => {
        let sentAt = process.hrtime.bigint();
        let pending = null;
        const send = () => {
            sentAt = process.hrtime.bigint();
            socket.write(request);
        };
        socket.on('data', (chunk) => {
            pending = pending === null ? chunk : Buffer.concat([pending, chunk]);
            const answer = readAnswer(pending);
            if (answer === null)
                return;
            const tookMicros = Number(process.hrtime.bigint() - sentAt) / 1_000;
            pending = null;
            requests += 1;
            if (!answer.ok)
                failures += 1;
            const bucket = bucketOf(tookMicros);
            latencies[bucket] = (latencies[bucket] ?? 0) + 1;
            lastBody = answer.body;
            if (requests === load.mostRequests)
                enough();
            if (running)
                send();
            else
                socket.end();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => {
            if (running)
                failures += 1;
            resolve();
        });
        send();
    });
    const startedAt = process.hrtime.bigint();
    const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load.port)));
    const driven = sockets.map(drive);
    await new Promise((resolve) => {
        const over = setTimeout(resolve, load.seconds * 1_000);
        enough = () => {
            clearTimeout(over);
            resolve();
        };
    });
    running = false;
    const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
    const counted = { requests, failures, latencies: [...latencies] };
    const impatient = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 2_000);
    await Promise.all(driven);
    clearTimeout(impatient);
    return { ...counted, seconds, lastBody: lastBody.toString('utf8') };
}
function open(port) {
    return new Promise((resolve, reject) => {
        const socket = (0, node_net_1.connect)({ port, host: '127.0.0.1', noDelay: true });
        socket.once('error', reject);
        socket.once('connect', () => {
            socket.off('error', reject);
            resolve(socket);
        });
    });
}
/** null while the answer is not complete. Content-Length and chunked bodies; a server that sends neither is not driven. */
function readAnswer(bytes) {
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd === -1)
        return null;
    const head = bytes.toString('latin1', 0, headEnd + 2);
    const ok = head.startsWith('HTTP/1.1 200');
    const length = LENGTH_LINE.exec(head)?.[1];
    const isComplete = length === undefined ? bytes.subarray(-5).equals(LAST_CHUNK) : bytes.length >= headEnd + 4 + Number(length);
    return isComplete ? { ok, body: bytes.subarray(headEnd + 4) } : null;
}
const LENGTH_LINE = /\r\ncontent-length: *(\d+)\r\n/i;
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
/** Buckets grow by 2 %: 1 µs to over a minute in 920 of them. */
const BUCKETS = 920;
const GROWTH = Math.log(1.02);
const bucketOf = (micros) => Math.min(BUCKETS - 1, Math.max(0, Math.round(Math.log(Math.max(1, micros)) / GROWTH)));
const microsOfBucket = (bucket) => Math.exp(bucket * GROWTH);
exports.microsOfBucket = microsOfBucket;
if (require.main === module) {
    (0, start_child_1.runAsChild)(async () => ({ ready: true, answer: (load) => generateLoad(load) }));
}
