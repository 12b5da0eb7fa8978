"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.decodeBody = decodeBody;
const node_zlib_1 = require("node:zlib");
const errors_1 = require("../vocabulary/errors");
/**
 * Undoes gzip or br with a cap on what comes out.
 *
 * Fails   upstream-too-large over the cap; upstream-malformed for a broken or cut stream, or bytes after its end.
 * Source  BOD-14, BOD-15.
 */
function decodeBody(body, encoding, maxBytes) {
    return new Promise((resolve, reject) => {
        const run = encoding === 'gzip' ? node_zlib_1.gunzip : node_zlib_1.brotliDecompress;
        run(body, { maxOutputLength: maxBytes, info: true }, (error, result) => {
            if (error)
                return reject(faultOf(error));
            const { buffer, engine } = result;
            // What stands behind the end of the stream is in nobody's length: such a body can be read in two ways.
            if (engine.bytesWritten !== body.length)
                return reject(new errors_1.GatewayError('upstream-malformed', 'bytes after the end of the encoded body'));
            resolve(buffer);
        });
    });
}
function faultOf(error) {
    if (error.code === 'ERR_BUFFER_TOO_LARGE')
        return new errors_1.GatewayError('upstream-too-large', 'the decoded body is over the cap');
    return new errors_1.GatewayError('upstream-malformed', `the encoded body cannot be decoded (${error.code ?? 'unknown'})`);
}
