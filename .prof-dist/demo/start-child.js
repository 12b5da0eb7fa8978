"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.startChild = startChild;
exports.runAsChild = runAsChild;
const node_child_process_1 = require("node:child_process");
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const STOP_WITHIN_MS = 3_000;
/**
 * Starts `<folder>/<name>` (`.js` after a build, `.ts` under the tests) with `input` and waits until it says that it is up.
 * Fails with what the child reported, or with its last words on stderr.
 */
async function startChild(folder, name, input, options = {}) {
    const program = programOf(folder, name);
    const child = (0, node_child_process_1.fork)(program.file, [], {
        execArgv: [...program.execArgv, ...(options.execArgv ?? [])],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        ...(options.env === undefined ? {} : { env: options.env }),
    });
    const written = keepLastWords(child);
    child.send({ input });
    const ready = await nextMessage(child, name, written);
    return {
        pid: child.pid ?? -1,
        ready: ready.ready,
        ask: async (question) => {
            const answer = nextMessage(child, name, written);
            child.send({ question });
            return (await answer).answer;
        },
        written,
        stop: () => stopChild(child),
    };
}
/** The child's side: `start` gives what to report when up, and what answers questions. */
function runAsChild(start) {
    process.once('disconnect', () => process.exit(0));
    // Ctrl-C reaches the whole group: the parent decides when its children end.
    process.on('SIGINT', () => undefined);
    process.once('message', (first) => {
        start(first.input).then(({ ready, answer }) => {
            process.on('message', ({ question }) => {
                void Promise.resolve(answer?.(question)).then((value) => process.send?.({ answer: value }), reportAndExit);
            });
            process.send?.({ ready });
        }, reportAndExit);
    });
}
function reportAndExit(error) {
    process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }, undefined, undefined, () => process.exit(1));
}
function programOf(folder, name) {
    const built = (0, node_path_1.join)(folder, `${name}.js`);
    if ((0, node_fs_1.existsSync)(built))
        return { file: built, execArgv: [] };
    return {
        file: (0, node_path_1.join)(folder, `${name}.ts`),
        execArgv: ['--require', (0, node_path_1.join)(__dirname, '..', 'test', 'support', 'typescript-on-the-fly.cjs')],
    };
}
function keepLastWords(child) {
    let words = '';
    child.stderr?.on('data', (chunk) => {
        words = (words + chunk.toString('utf8')).slice(-16_384);
    });
    return () => words;
}
function nextMessage(child, name, written) {
    return new Promise((resolve, reject) => {
        const forget = () => {
            child.off('message', onMessage);
            child.off('exit', onExit);
        };
        const onMessage = (message) => {
            forget();
            const failed = message.failed;
            if (failed === undefined)
                resolve(message);
            else
                reject(new Error(`${name}: ${failed}`));
        };
        const onExit = (code, signal) => {
            forget();
            reject(new Error(`${name} ended (${signal ?? code}): ${written().trim()}`));
        };
        child.on('message', onMessage);
        child.on('exit', onExit);
    });
}
async function stopChild(child) {
    if (child.exitCode !== null || child.signalCode !== null)
        return;
    const ended = new Promise((resolve) => child.once('exit', () => resolve()));
    if (child.connected)
        child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(late);
}
