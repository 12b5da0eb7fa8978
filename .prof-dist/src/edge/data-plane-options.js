"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DEFAULT_HOSTS = exports.DATA_PLANE_LIMITS = void 0;
exports.DATA_PLANE_LIMITS = {
    headerBytes: 16_384,
    headers: 100,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 20_000,
    timeoutCheckMs: 2_000,
    keepAliveTimeoutMs: 5_000,
    idleTimeoutMs: 60_000,
    slowReaderMs: 60_000,
    lingerMs: 1_000,
    connections: 10_000,
    requestsPerConnection: 1_000,
    requestsAtOncePerConnection: 100,
    drainMs: 25_000,
};
exports.DEFAULT_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
