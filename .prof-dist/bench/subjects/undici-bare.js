"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_http_1 = require("node:http");
const undici_1 = require("undici");
const start_child_1 = require("../../demo/start-child");
const listen_1 = require("./listen");
/** node:http in front, undici Pool dispatch behind: the least that a Node proxy can do. */
async function start({ upstreamPort }) {
    const pool = new undici_1.Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 64, pipelining: 1 });
    const server = (0, node_http_1.createServer)((req, res) => {
        const path = (req.url ?? '/').replace('/workforce-one', '');
        pool.dispatch({ path, method: 'GET', headers: { authorization: req.headers.authorization ?? '', accept: 'application/json' } }, {
            onConnect() { },
            onHeaders(status, headers) {
                const copied = [];
                for (const bytes of headers)
                    copied.push(bytes.toString('latin1'));
                res.writeHead(status, copied);
                return true;
            },
            onData: (chunk) => res.write(chunk),
            onComplete: () => {
                res.end();
            },
            onError: () => res.destroy(),
        });
    });
    return { ready: { port: await (0, listen_1.listen)(server) } };
}
(0, start_child_1.runAsChild)(start);
