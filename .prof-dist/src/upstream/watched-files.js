"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.watchFiles = watchFiles;
const promises_1 = require("node:fs/promises");
const node_fs_1 = require("node:fs");
/**
 * Looks at files every `everyMs` and tells when one of them changed. Polled, because mounted secrets are swapped by renaming links.
 * `changed` is called at most once a round; the timer holds no process open.
 */
function watchFiles(paths, everyMs, changed) {
    if (paths.length === 0)
        return { close: () => undefined };
    let seen = paths.map(markNow).join('|');
    let isLooking = false;
    const timer = setInterval(() => {
        if (isLooking)
            return;
        isLooking = true;
        void Promise.all(paths.map(mark))
            .then((marks) => {
            const now = marks.join('|');
            if (now === seen)
                return;
            seen = now;
            changed();
        })
            .finally(() => {
            isLooking = false;
        });
    }, everyMs);
    timer.unref();
    return { close: () => clearInterval(timer) };
}
const show = (file) => `${file.ino}:${file.size}:${file.mtimeMs}`;
async function mark(path) {
    return (0, promises_1.stat)(path).then(show, () => 'missing');
}
function markNow(path) {
    const file = (0, node_fs_1.statSync)(path, { throwIfNoEntry: false });
    return file === undefined ? 'missing' : show(file);
}
