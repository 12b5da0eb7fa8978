"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readUnreadable = readUnreadable;
/**
 * What Node's parser could not read, as a problem code; null where the caller is simply gone.
 *
 * A TLS handshake that fails asked nothing, and there is no channel on which to answer.
 *
 * A method that the parser does not know ends as a parser error too, before there is a request: a line that is otherwise well formed is
 * told 405 (PTH-25).
 */
function readUnreadable(error) {
    if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/.test(error.code ?? ''))
        return null;
    switch (error.code) {
        case 'ECONNRESET':
        case 'EPIPE':
        case 'ECONNABORTED':
        case 'ETIMEDOUT':
            return null;
        case 'HPE_HEADER_OVERFLOW':
            return { code: 'headers-too-large' };
        case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
            return { code: 'payload-too-large' };
        case 'ERR_HTTP_REQUEST_TIMEOUT':
            return { code: 'request-timeout' };
        case 'HPE_INVALID_METHOD':
            if (PLAIN_LINE.test(lineAround(error)))
                return { code: 'method-not-allowed', headers: [['Allow', 'GET, HEAD']] };
            return { code: 'request-malformed' };
        case 'HPE_PAUSED_H2_UPGRADE':
            return { code: 'upgrade-refused', headers: [['Upgrade', 'HTTP/1.1']] };
        default:
            return { code: 'request-malformed' };
    }
}
const PLAIN_LINE = /^[A-Za-z][A-Za-z-]{0,31} \/[\x21-\x7e]* HTTP\/1\.1$/;
function lineAround({ rawPacket, bytesParsed = 0 }) {
    if (rawPacket === undefined)
        return '';
    const from = rawPacket.lastIndexOf('\n', Math.max(0, bytesParsed - 1)) + 1;
    const to = rawPacket.indexOf('\r\n', from);
    return to < 0 ? '' : rawPacket.toString('latin1', from, to);
}
