"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createBreather = createBreather;
/** Cuts long work into slices of about `sliceMs`, so that requests pass between them. */
function createBreather(sliceMs = 2) {
    let since = performance.now();
    return async () => {
        if (performance.now() - since < sliceMs)
            return;
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
    };
}
