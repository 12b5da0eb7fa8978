"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.keepBytes = keepBytes;
exports.keepNumbers = keepNumbers;
const SLAB_BYTES = 1 << 16;
const MOST_SHARED_BYTES = SLAB_BYTES >> 3;
// A typed array of its own costs more than filling it; small ones are cut from a common piece, which goes when the last of them goes.
let bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
let bytesUsed = 0;
let numbers = new Int32Array(SLAB_BYTES / 4);
let numbersUsed = 0;
/** A copy of the first `length` bytes, never written again. */
function keepBytes(from, length) {
    if (length > MOST_SHARED_BYTES)
        return Buffer.from(from.subarray(0, length));
    if (bytesUsed + length > SLAB_BYTES) {
        bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
        bytesUsed = 0;
    }
    from.copy(bytes, bytesUsed, 0, length);
    return bytes.subarray(bytesUsed, (bytesUsed += length));
}
/** A copy of the first `length` numbers. */
function keepNumbers(from, length) {
    if (length * 4 > MOST_SHARED_BYTES)
        return from.slice(0, length);
    if (numbersUsed + length > numbers.length) {
        numbers = new Int32Array(SLAB_BYTES / 4);
        numbersUsed = 0;
    }
    for (let i = 0; i < length; i++)
        numbers[numbersUsed + i] = from[i];
    return numbers.subarray(numbersUsed, (numbersUsed += length));
}
