"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.expressServer = expressServer;
const node_http_1 = require("node:http");
const node_https_1 = require("node:https");
/**
 * A server whose requests and responses are born with Express's prototypes.
 *
 * Express swaps the prototype of every request and response when it takes them, which throws away what V8 learnt of their shape: 127–168 µs a
 * request against 27 (performance.md). Here the classes chain to `app.request` and `app.response` and take their place, so the swap changes
 * nothing. It must be done before the first request, and a mounted sub-app would undo it: use Routers. A test holds Express's behaviour equal.
 *
 * With `tls` it speaks TLS itself. `last` is what Express calls when nothing answered, or with the fault: it stands in for the page with a stack trace (E05).
 */
function expressServer(app, options, tls, last) {
    class CheapRequest extends node_http_1.IncomingMessage {
    }
    class CheapResponse extends node_http_1.ServerResponse {
    }
    Object.setPrototypeOf(CheapRequest.prototype, app.request);
    Object.setPrototypeOf(CheapResponse.prototype, app.response);
    app.request = CheapRequest.prototype;
    app.response = CheapResponse.prototype;
    const all = { ...options, IncomingMessage: CheapRequest, ServerResponse: CheapResponse };
    const receive = (incoming, outgoing) => {
        const request = incoming;
        const response = outgoing;
        app(request, response, (fault) => last(request, response, fault));
    };
    if (tls === null)
        return (0, node_http_1.createServer)(all, receive);
    // HTTP/1.1 over TLS 1.2 or later; ALPN offers nothing else.
    // Before the handshake is over HTTP's own time-outs do not run, and TLS would wait two minutes (LOD-01).
    const handshakeTimeout = options.headersTimeout ?? 10_000;
    return (0, node_https_1.createServer)({ ...all, ...tls, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], handshakeTimeout }, receive);
}
