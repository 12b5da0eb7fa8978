"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const node_http_1 = require("node:http");
const node_path_1 = require("node:path");
const casbin_1 = require("casbin");
const express_1 = __importDefault(require("express"));
const http_proxy_middleware_1 = require("http-proxy-middleware");
const jose_1 = require("jose");
const winston_1 = require("winston");
const start_child_1 = require("../../demo/start-child");
const listen_1 = require("./listen");
/**
 * What a team would put together from the parts' own readmes: Express, a token check on every request, http-proxy-middleware
 * with responseInterceptor, JSON.parse, casbin enforce for each field, a regular expression for SSNs, winston to a file.
 * Its log line is handed to a stream, not waited for: it promises less than Casegate does.
 */
async function start({ upstreamPort, folder, issuer, audience, jwksUrl, shownFields }) {
    const enforcer = await policyOf(shownFields);
    const keys = (0, jose_1.createRemoteJWKSet)(new URL(jwksUrl));
    const log = (0, winston_1.createLogger)({
        format: winston_1.format.combine(winston_1.format.timestamp(), winston_1.format.json()),
        transports: [new winston_1.transports.File({ filename: (0, node_path_1.join)(folder, 'access.log') })],
    });
    const claimsOf = new WeakMap();
    const app = (0, express_1.default)();
    app.use(async (req, res, next) => {
        try {
            const token = (req.headers.authorization ?? '').replace(/^Bearer /, '');
            const { payload } = await (0, jose_1.jwtVerify)(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['RS256'] });
            claimsOf.set(req, payload);
            next();
        }
        catch {
            res.sendStatus(401);
        }
    });
    app.use((0, http_proxy_middleware_1.createProxyMiddleware)({
        target: `http://127.0.0.1:${upstreamPort}`,
        pathRewrite: { '^/workforce-one': '' },
        agent: new node_http_1.Agent({ keepAlive: true, maxSockets: 64 }),
        selfHandleResponse: true,
        on: {
            // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the library types its own interceptor so
            proxyRes: (0, http_proxy_middleware_1.responseInterceptor)(async (body, _proxyRes, req) => {
                const record = JSON.parse(body.toString('utf8'));
                const shown = {};
                const left = [];
                for (const [field, value] of Object.entries(record)) {
                    if (await enforcer.enforce('case-manager', field, 'read'))
                        shown[field] = maskSsns(value);
                    else
                        left.push(field);
                }
                const who = claimsOf.get(req);
                log.info('access', {
                    who: who?.sub,
                    application: who?.['client_id'],
                    path: req.url,
                    shown: Object.keys(shown),
                    left,
                    status: 200,
                });
                return JSON.stringify(shown);
            }),
        },
    }));
    return { ready: { port: await (0, listen_1.listen)((0, node_http_1.createServer)(app)) } };
}
/** One row a field that is shown, as the readme of casbin has it. */
async function policyOf(fields) {
    const model = (0, casbin_1.newModelFromString)(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
`);
    const enforcer = await (0, casbin_1.newEnforcer)(model);
    await enforcer.addPolicies(fields.map((field) => ['case-manager', field, 'read']));
    return enforcer;
}
function maskSsns(value) {
    if (typeof value === 'string')
        return value.replace(/(?<!\d)\d{3}[- .]?\d{2}[- .]?(\d{4})(?!\d)/g, 'XXX-XX-$1');
    if (Array.isArray(value))
        return value.map(maskSsns);
    if (value !== null && typeof value === 'object')
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSsns(inner)]));
    return value;
}
(0, start_child_1.runAsChild)(start);
