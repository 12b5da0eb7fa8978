"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.boundedWriter = boundedWriter;
const node_stream_1 = require("node:stream");
/**
 * Lines to `out`, of which at most `mostWaitingBytes` wait there: a reader of our output that stands still must not fill the memory.
 * Lines beyond are lost and counted; when there is room again, `tellOfLoss` gives the line that says how many.
 */
function boundedWriter(out, mostWaitingBytes, tellOfLoss) {
    let lost = 0;
    let isBroken = false;
    const broken = () => {
        isBroken = true;
    };
    out.on('error', broken);
    const write = (text) => {
        if (isBroken || out.destroyed || out.writableLength > mostWaitingBytes) {
            lost += 1;
            return;
        }
        if (lost > 0) {
            out.write(`${tellOfLoss(lost)}\n`);
            lost = 0;
        }
        out.write(text);
    };
    return {
        stream: new node_stream_1.Writable({
            decodeStrings: false,
            write: (chunk, _encoding, done) => {
                write(typeof chunk === 'string' ? chunk : chunk.toString('utf8'));
                done();
            },
        }),
        lose: () => {
            lost += 1;
        },
        drained: (withinMs) => new Promise((resolve) => {
            if (isBroken || out.writableLength === 0)
                return resolve();
            const late = setTimeout(resolve, withinMs);
            // An empty write is called back when all before it has left.
            out.write('', () => {
                clearTimeout(late);
                resolve();
            });
        }),
    };
}
