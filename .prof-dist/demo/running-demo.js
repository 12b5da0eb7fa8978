"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readRunningDemo = readRunningDemo;
exports.writeRunningDemo = writeRunningDemo;
exports.freshDemoFolder = freshDemoFolder;
exports.forgetRunningDemo = forgetRunningDemo;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const NAME = 'running.json';
/** The demo that runs in this folder; undefined where none does. */
function readRunningDemo(folder) {
    const file = (0, node_path_1.join)(folder, NAME);
    if (!(0, node_fs_1.existsSync)(file))
        return undefined;
    const running = JSON.parse((0, node_fs_1.readFileSync)(file, 'utf8'));
    return isAlive(running.pid) ? running : undefined;
}
function writeRunningDemo(folder, running) {
    (0, node_fs_1.writeFileSync)((0, node_path_1.join)(folder, NAME), `${JSON.stringify(running, null, 2)}\n`);
}
/**
 * Empties the demo's folder. Takes away only a folder that a demo made, never one that runs:
 * fails where another demo is up in it, or where it holds something else.
 */
function freshDemoFolder(folder) {
    const mark = (0, node_path_1.join)(folder, MARK);
    if ((0, node_fs_1.existsSync)(folder)) {
        const running = readRunningDemo(folder);
        if (running !== undefined)
            throw new Error(`A demo runs already: ${running.dataUrl}. Stop it first (process ${running.pid}).`);
        if (!(0, node_fs_1.existsSync)(mark))
            throw new Error(`${folder} was not made by the demo; it is left alone. Name another folder.`);
        (0, node_fs_1.rmSync)(folder, { recursive: true });
    }
    (0, node_fs_1.mkdirSync)(folder, { recursive: true, mode: 0o700 });
    (0, node_fs_1.writeFileSync)(mark, 'The demo keeps its store here and empties it at every start.\n');
}
function forgetRunningDemo(folder) {
    (0, node_fs_1.rmSync)((0, node_path_1.join)(folder, NAME), { force: true });
}
const MARK = 'of-the-demo.txt';
function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        // EPERM: somebody else's process has that number now; it is not our demo.
        return error.code !== 'ESRCH' && error.code !== 'EPERM';
    }
}
