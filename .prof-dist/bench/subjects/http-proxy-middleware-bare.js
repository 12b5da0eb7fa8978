"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const node_http_1 = require("node:http");
const express_1 = __importDefault(require("express"));
const http_proxy_middleware_1 = require("http-proxy-middleware");
const start_child_1 = require("../../demo/start-child");
const listen_1 = require("./listen");
/** Express 5 as it comes, http-proxy-middleware 3 with a keep-alive agent; nothing enforced. */
async function start({ upstreamPort }) {
    const app = (0, express_1.default)();
    app.use((0, http_proxy_middleware_1.createProxyMiddleware)({
        target: `http://127.0.0.1:${upstreamPort}`,
        pathRewrite: { '^/workforce-one': '' },
        agent: new node_http_1.Agent({ keepAlive: true, maxSockets: 64 }),
    }));
    return { ready: { port: await (0, listen_1.listen)((0, node_http_1.createServer)(app)) } };
}
(0, start_child_1.runAsChild)(start);
