"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.cpuMicros = cpuMicros;
exports.peakRssMiB = peakRssMiB;
const node_fs_1 = require("node:fs");
/** Linux counts in hundredths of a second, whatever the kernel ticks at (USER_HZ). */
const MICROS_PER_TICK = 10_000;
/** CPU of a process with all its threads since its start, user and system, microseconds. From /proc. */
function cpuMicros(pid) {
    const stat = (0, node_fs_1.readFileSync)(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses and may hold spaces: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
}
/** Largest resident memory the process ever had, MiB. */
function peakRssMiB(pid) {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec((0, node_fs_1.readFileSync)(`/proc/${pid}/status`, 'latin1'));
    if (line?.[1] === undefined)
        throw new Error(`no VmHWM for process ${pid}`);
    return Math.round((Number(line[1]) / 1024) * 10) / 10;
}
