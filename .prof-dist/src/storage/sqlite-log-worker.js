"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_worker_threads_1 = require("node:worker_threads");
const sqlite_log_file_1 = require("./sqlite-log-file");
if (node_worker_threads_1.parentPort !== null) {
    const port = node_worker_threads_1.parentPort;
    const file = new sqlite_log_file_1.SqliteLogFile(node_worker_threads_1.workerData.file);
    port.on('message', (call) => {
        port.postMessage(answer(file, call));
        if (call.call === 'close')
            port.close();
    });
}
function answer(file, call) {
    try {
        return { id: call.id, value: carryOut(file, call) };
    }
    catch (fault) {
        const { code, message } = fault;
        const name = typeof code === 'string' ? code : 'SQLITE_ERROR';
        return { id: call.id, fault: { code: name, message: String(message), conflict: name.startsWith('SQLITE_CONSTRAINT') } };
    }
}
function carryOut(file, call) {
    switch (call.call) {
        case 'openChain':
            return file.openChain(call.chain, call.atMs);
        case 'flush':
            return file.flush(call.batch);
        case 'tail':
            return file.tail(call.chain);
        case 'limit':
            return file.limit(call.mostPages);
        case 'close':
            return file.close();
    }
}
