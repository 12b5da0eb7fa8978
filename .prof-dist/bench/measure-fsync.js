"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.measureFsync = measureFsync;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
/** Median and 99th percentile of "append 600 bytes, fsync" in a folder, microseconds. */
function measureFsync(folder, times = 200) {
    const file = (0, node_path_1.join)(folder, 'fsync-probe');
    const handle = (0, node_fs_1.openSync)(file, 'a');
    const bytes = Buffer.alloc(600, 'x');
    const took = [];
    try {
        for (let i = 0; i < times; i += 1) {
            const startedAt = process.hrtime.bigint();
            (0, node_fs_1.writeSync)(handle, bytes);
            (0, node_fs_1.fsyncSync)(handle);
            took.push(Number(process.hrtime.bigint() - startedAt) / 1_000);
        }
    }
    finally {
        (0, node_fs_1.closeSync)(handle);
        (0, node_fs_1.rmSync)(file, { force: true });
    }
    took.sort((a, b) => a - b);
    return { p50Micros: Math.round(took[Math.floor(times / 2)] ?? 0), p99Micros: Math.round(took[Math.floor(times * 0.99)] ?? 0) };
}
