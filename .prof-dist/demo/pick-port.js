"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.pickPort = pickPort;
const node_net_1 = require("node:net");
/** The wanted loopback port where it is free, otherwise one that is. */
async function pickPort(wanted) {
    return (await tryPort(wanted)) ?? (await tryPort(0)) ?? 0;
}
function tryPort(port) {
    return new Promise((resolve) => {
        const probe = (0, node_net_1.createServer)();
        probe.once('error', () => resolve(undefined));
        probe.listen(port, '127.0.0.1', () => {
            const taken = probe.address().port;
            probe.close(() => resolve(taken));
        });
    });
}
