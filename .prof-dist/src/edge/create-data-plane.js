"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.createDataPlane = createDataPlane;
const express_1 = __importDefault(require("express"));
const create_receiver_1 = require("./create-receiver");
const data_plane_options_1 = require("./data-plane-options");
const express_server_1 = require("./express-server");
const host_matcher_1 = require("./host-matcher");
const read_unreadable_1 = require("./read-unreadable");
/**
 * The data plane's listener: Express 5 over node:http, HTTP/1.1 alone.
 *
 * The order, on one page:
 *   Node's parser (strict)             what it cannot read -> readUnreadable -> a problem document on the bare socket, closed
 *   Express                            one layer: `receive`. What Express cannot read goes to the same place, a fault to the same refusal
 *   receive   readHead                 the raw header lines, once
 *             judgeRequest             version, headers, Expect, Upgrade, Host, path, method, body, route, bearer
 *             the address limiter      before the token is looked at; the caller limiter stands in the pipeline
 *             carry | refuse           the pipeline, or a problem document with its entry
 *   sender                             both tickets, helmet's headers, one writeHead with Content-Length, the delivery note
 *
 * Fails   at construction with an Error, where `trustedProxies` cannot be meant.
 */
function createDataPlane(options, handlers) {
    const limits = { ...data_plane_options_1.DATA_PLANE_LIMITS, ...options.limits };
    const { listenHost = '127.0.0.1', listenPort = 0, hosts = [...data_plane_options_1.DEFAULT_HOSTS, listenHost] } = options;
    let isKnownHost = () => false;
    let isStopping = false;
    let connectionsDropped = 0;
    let stopped = null;
    const sockets = new Set();
    const receiver = (0, create_receiver_1.createReceiver)(options, limits, handlers, { isStopping: () => isStopping, isKnownHost: (host) => isKnownHost(host) });
    const server = buildServer(receiver.request, limits, options.tls ?? null, (fault) => options.log.error('express-fault', { cause: String(fault) }));
    server.on('clientError', (error, stream) => {
        const socket = stream;
        const found = (0, read_unreadable_1.readUnreadable)(error);
        // A caller who is gone, or who never sent a byte, asked nothing: there is nobody to answer and nothing to enter.
        if (found === null || !socket.writable || socket.bytesRead === 0)
            return void socket.destroy();
        receiver.unreadable(socket, found.code, found.headers);
    });
    server.on('connect', (_request, stream) => {
        const socket = stream;
        socket.on('error', () => socket.destroy());
        receiver.unreadable(socket, 'method-not-allowed', [['Allow', 'GET, HEAD']]);
    });
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
    });
    server.on('drop', () => {
        connectionsDropped += 1;
    });
    async function listen() {
        await new Promise((listening, fail) => {
            server.once('error', fail);
            server.listen(listenPort, listenHost, () => {
                server.off('error', fail);
                listening();
            });
        });
        const { port } = server.address();
        isKnownHost = (0, host_matcher_1.hostMatcher)(hosts, port);
        return { port };
    }
    async function drain() {
        isStopping = true;
        const closed = new Promise((done) => void server.close(() => done()));
        server.closeIdleConnections();
        let deadline;
        const late = new Promise((tell) => {
            deadline = setTimeout(() => tell('late'), limits.drainMs);
        });
        const outcome = await Promise.race([receiver.untilIdle(), late]);
        clearTimeout(deadline);
        if (outcome === 'late')
            options.log.error('drain-cut', { openRequests: receiver.open() });
        // What is left has nothing under way: half a request, or an answer that has wholly left.
        server.closeAllConnections();
        // Node keeps no count of handshakes under way and of connections that left HTTP: they would hold the stop up.
        const rest = setTimeout(() => sockets.forEach((socket) => socket.destroy()), limits.lingerMs);
        await closed;
        clearTimeout(rest);
    }
    return {
        server,
        listen,
        stop: () => (stopped ??= drain()),
        state: () => ({
            listening: server.listening,
            stopping: isStopping,
            openRequests: receiver.open(),
            connectionsDropped,
            unrecordedAnswers: receiver.unrecordedAnswers(),
            addressLimiter: options.addressLimiter.state(),
        }),
    };
}
function buildServer(receive, limits, tls, onFault) {
    const app = (0, express_1.default)();
    app.disable('x-powered-by');
    app.set('etag', false);
    app.set('query parser', false);
    app.set('env', 'production');
    app.enable('case sensitive routing');
    app.enable('strict routing');
    app.use((request, response) => receive(request, response));
    const server = (0, express_server_1.expressServer)(app, {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        connectionsCheckingInterval: limits.timeoutCheckMs,
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        insecureHTTPParser: false,
        // Node would answer 400 by itself, without an entry; judgeRequest asks for the Host.
        requireHostHeader: false,
        noDelay: true,
    }, tls, (request, response, fault) => {
        if (fault === undefined || fault === null)
            return receive(request, response);
        onFault(fault);
        request.socket.destroy();
    });
    // One more than allowed: Node cuts what is beyond in silence, and a cut header block must be refused.
    server.maxHeadersCount = limits.headers + 1;
    // Beyond its own count of requests a connection Node answers a bare 503, without an entry; the receiver counts.
    server.maxRequestsPerSocket = 0;
    server.maxConnections = limits.connections;
    server.timeout = limits.idleTimeoutMs;
    // Expectations are judged like everything else; with these listeners Node sends neither a 100 nor a 417 of its own.
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    return server;
}
