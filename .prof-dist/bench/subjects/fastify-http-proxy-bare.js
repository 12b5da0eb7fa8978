"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const fastify_1 = __importDefault(require("fastify"));
const http_proxy_1 = __importDefault(require("@fastify/http-proxy"));
const start_child_1 = require("../../demo/start-child");
/** Fastify 5 with @fastify/http-proxy (undici underneath); nothing enforced. */
async function start({ upstreamPort }) {
    const app = (0, fastify_1.default)();
    await app.register(http_proxy_1.default, {
        upstream: `http://127.0.0.1:${upstreamPort}`,
        prefix: '/workforce-one',
        undici: { connections: 64, pipelining: 1 },
    });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    return { ready: { port: Number(new URL(address).port) } };
}
(0, start_child_1.runAsChild)(start);
