"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.uuidV7Maker = uuidV7Maker;
const node_crypto_1 = require("node:crypto");
/**
 * Makes access ids: UUID version 7 (RFC 9562, method 1): milliseconds, a 12-bit counter within one millisecond, 62 random bits.
 *
 * Gives   ids that only grow within a process, even if the clock goes back; so the log's index of them grows at its end.
 */
function uuidV7Maker(clock) {
    const random = Buffer.alloc(8 * 512);
    let place = random.length;
    let lastMs = 0;
    let counter = 0;
    return () => {
        const nowMs = clock();
        if (nowMs > lastMs) {
            lastMs = nowMs;
            counter = 0;
        }
        else if (++counter > 0xfff) {
            lastMs += 1;
            counter = 0;
        }
        if (place === random.length) {
            (0, node_crypto_1.randomFillSync)(random);
            place = 0;
        }
        const tail = random.toString('hex', place, place + 8);
        place += 8;
        const time = lastMs.toString(16).padStart(12, '0');
        const variant = (8 + (Number.parseInt(tail.charAt(0), 16) & 3)).toString(16);
        const count = counter.toString(16).padStart(3, '0');
        return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
    };
}
