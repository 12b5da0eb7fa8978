"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.startFixedUpstream = startFixedUpstream;
const node_net_1 = require("node:net");
const start_child_1 = require("../demo/start-child");
/** The case system of the benchmark: answers every request head with the same bytes, built once. */
async function startFixedUpstream(body) {
    const bytes = Buffer.from(body, 'utf8');
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${bytes.length}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60\r\n\r\n`;
    const answer = Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
    const server = (0, node_net_1.createServer)({ noDelay: true }, (socket) => {
        let rest = Buffer.alloc(0);
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => {
            rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
            for (let end = rest.indexOf('\r\n\r\n'); end !== -1; end = rest.indexOf('\r\n\r\n')) {
                socket.write(answer);
                rest = rest.subarray(end + 4);
            }
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server.address().port;
}
if (require.main === module) {
    (0, start_child_1.runAsChild)(async ({ body }) => ({ ready: { port: await startFixedUpstream(body) } }));
}
