"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openSqliteLogStore = openSqliteLogStore;
const node_path_1 = require("node:path");
const node_worker_threads_1 = require("node:worker_threads");
/**
 * The access log in a SQLite file, held by a worker thread: an fsync does not hold up the event loop.
 *
 * Takes   the path of access-log.db, whose schema is current (`migrate`).
 * Fails   each call by itself, with SQLite's code. A worker that dies fails what it had in hand; the next call starts another.
 */
function openSqliteLogStore(file) {
    const thread = new LogThread(file);
    return {
        openChain: async (chain, atMs) => void (await thread.ask({ call: 'openChain', chain, atMs })),
        flush: async (batch) => {
            await thread.ask({ call: 'flush', batch: packed(batch) });
            return { kind: 'durable' };
        },
        tail: async (chain) => {
            const tail = (await thread.ask({ call: 'tail', chain }));
            return tail === null ? null : { seq: tail.seq, hash: Buffer.from(tail.hash) };
        },
        limit: async (mostPages) => void (await thread.ask({ call: 'limit', mostPages })),
        close: () => thread.close(),
    };
}
class LogThread {
    #file;
    #open = new Map();
    #worker = null;
    #lastId = 0;
    #isClosed = false;
    constructor(file) {
        this.#file = file;
    }
    ask(call) {
        if (this.#isClosed)
            return Promise.reject(faultOf('SQLITE_MISUSE', 'the log store is closed', false));
        return new Promise((resolve, reject) => {
            const id = (this.#lastId += 1);
            this.#open.set(id, { resolve, reject });
            this.#worker ??= this.#start();
            this.#worker.postMessage({ ...call, id });
        });
    }
    async close() {
        if (this.#isClosed)
            return;
        if (this.#worker !== null)
            await this.ask({ call: 'close' });
        this.#isClosed = true;
        await this.#worker?.terminate();
    }
    #start() {
        // Run from source (tests, bench), the worker needs the translator that its parent was loaded through.
        const extension = (0, node_path_1.extname)(__filename);
        const execArgv = extension === '.ts' ? ['--require', (0, node_path_1.join)(__dirname, '../../test/support/typescript-on-the-fly.cjs')] : [];
        const worker = new node_worker_threads_1.Worker((0, node_path_1.join)(__dirname, `sqlite-log-worker${extension}`), { workerData: { file: this.#file }, execArgv });
        worker.on('message', (answer) => {
            const asker = this.#open.get(answer.id);
            this.#open.delete(answer.id);
            if ('fault' in answer)
                asker?.reject(faultOf(answer.fault.code, answer.fault.message, answer.fault.conflict));
            else
                asker?.resolve(answer.value);
        });
        const dies = (fault) => {
            if (this.#worker !== worker)
                return;
            this.#worker = null;
            for (const asker of this.#open.values())
                asker.reject(fault);
            this.#open.clear();
        };
        worker.on('error', (fault) => dies(faultOf('SQLITE_WORKER', fault instanceof Error ? fault.message : 'the worker failed', false)));
        worker.on('exit', () => dies(faultOf('SQLITE_WORKER', 'the worker ended', false)));
        return worker;
    }
}
const faultOf = (code, message, conflict) => Object.assign(new Error(message), { code, conflict });
function packed(batch) {
    const { rows } = batch;
    const first = rows[0];
    const hashes = new Uint8Array(32 * (rows.length + 1));
    if (first !== undefined)
        hashes.set(first.prevHash, 0);
    rows.forEach((row, place) => hashes.set(row.hash, 32 * (place + 1)));
    return {
        chain: batch.chain,
        firstSeq: first?.seq ?? 0,
        accessIds: rows.map((row) => row.accessId),
        atMs: rows.map((row) => row.atMs),
        kinds: rows.map((row) => row.kind),
        hashes,
        bytes: rows.map((row) => row.bytes),
        rollups: batch.rollups.map((delta) => [
            delta.keyDigest,
            delta.system,
            delta.environment,
            delta.route,
            delta.action,
            delta.policyVersion,
            delta.keyJson,
            delta.grantedJson,
            delta.count,
            delta.atMs,
        ]),
    };
}
