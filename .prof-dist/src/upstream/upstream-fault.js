"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.isConnectionFault = void 0;
exports.upstreamFault = upstreamFault;
const errors_1 = require("../vocabulary/errors");
/**
 * Translates what undici, TLS or the operating system says into our words.
 * The library's error is not kept as a cause: HTTPParserError carries bytes of the reply, and those belong in no log.
 */
function upstreamFault(error, stage) {
    if (error instanceof errors_1.GatewayError)
        return error;
    const fault = isCoded(error) ? error : { code: 'unknown', message: '' };
    return new errors_1.GatewayError(codeOf(fault, stage), `case system call failed while ${stage} (${fault.code})`);
}
/** True when no HTTP connection could be had or it broke before an answer began: what the circuit breaker counts. */
const isConnectionFault = (error) => error.code === 'upstream-unreachable';
exports.isConnectionFault = isConnectionFault;
function codeOf({ code, message }, stage) {
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
        return 'upstream-timeout';
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
        return 'upstream-too-large';
    if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
        return 'shutting-down';
    if (code === 'UND_ERR_INVALID_ARG')
        return 'internal-fault';
    if (code.startsWith('HPE_') || MALFORMED.has(code))
        return 'upstream-malformed';
    // undici's words for an answer to nothing, an unasked 100 and an unasked 101.
    if (code === 'UND_ERR_SOCKET' && (message === 'bad response' || message === 'bad upgrade'))
        return 'upstream-malformed';
    return stage === 'answering' ? 'upstream-malformed' : 'upstream-unreachable';
}
const MALFORMED = new Set([
    'UND_ERR_HEADERS_OVERFLOW',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    'UND_ERR_RESPONSE',
    'ERR_ASSERTION',
]);
const isCoded = (error) => typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
