"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.createAdminPlane = createAdminPlane;
const node_http_1 = require("node:http");
const node_https_1 = require("node:https");
const express_1 = __importDefault(require("express"));
const helmet_1 = __importDefault(require("helmet"));
const admin_routes_1 = require("./admin-routes");
const carry_act_1 = require("./carry-act");
const describe_admin_plane_1 = require("./describe-admin-plane");
/** Only requests of people and scripts come here: slow ones are cut early. */
const SERVER_LIMITS = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 2_000,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16_384,
    requireHostHeader: true,
    insecureHTTPParser: false,
};
/**
 * The admin plane on a server of its own, not listening yet; with `tls` (PEM) it speaks TLS itself.
 *
 * `/healthz` and `/readyz` answer one word. Everything else, unknown paths included, asks first who is there (a token of the admin audience),
 * then for the right; each act and each denial is an entry that is durable before the answer leaves; a change has one before it as well.
 */
function createAdminPlane(parts, tls = null) {
    const app = (0, express_1.default)();
    app.disable('x-powered-by');
    app.set('etag', false);
    app.set('query parser', false);
    app.set('trust proxy', false);
    app.use((0, helmet_1.default)({
        contentSecurityPolicy: {
            useDefaults: false,
            directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
        },
        xFrameOptions: { action: 'deny' },
        referrerPolicy: { policy: 'no-referrer' },
    }), (_request, response, next) => {
        response.setHeader('Cache-Control', 'no-store');
        next();
    });
    const router = express_1.default.Router({ caseSensitive: true, strict: true });
    router.get('/healthz', (request, response) => tellWord(request, response, true));
    router.get('/readyz', (request, response) => tellWord(request, response, parts.isReady()));
    const description = (0, describe_admin_plane_1.describeAdminPlane)();
    for (const route of admin_routes_1.ADMIN_ROUTES)
        router.all(route.path, (request, response) => (0, carry_act_1.carryAct)(parts, route, request, response));
    router.all('/api/openapi.json', (request, response) => (0, carry_act_1.carryAct)(parts, { describes: description }, request, response));
    router.use((request, response) => (0, carry_act_1.carryAct)(parts, null, request, response));
    app.use(router);
    // carryAct answers everything itself; what still comes here is a fault of ours, and Express's own page would show its stack (CON-15).
    app.use((_error, _request, response, _next) => response.destroy());
    const server = tls === null ? (0, node_http_1.createServer)(SERVER_LIMITS, app) : (0, node_https_1.createServer)({ ...SERVER_LIMITS, ...tls, minVersion: 'TLSv1.2' }, app);
    server.maxHeadersCount = 100;
    server.maxRequestsPerSocket = 1_000;
    server.setTimeout(60_000);
    server.on('upgrade', (_request, socket) => socket.destroy());
    server.on('checkContinue', (_request, response) => response.writeHead(417, { connection: 'close' }).end());
    server.on('checkExpectation', (_request, response) => response.writeHead(417, { connection: 'close' }).end());
    server.on('clientError', (_error, socket) => socket.destroy());
    return server;
}
function tellWord(request, response, isWell) {
    const isAsked = request.method === 'GET' || request.method === 'HEAD';
    response
        .status(!isAsked ? 405 : isWell ? 200 : 503)
        .type('text/plain')
        .end(isWell ? 'ok\n' : 'not ready\n');
}
