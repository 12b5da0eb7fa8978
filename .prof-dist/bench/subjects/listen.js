"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.listen = listen;
/** Listens on a free loopback port and gives it. */
async function listen(server) {
    await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
    });
    return server.address().port;
}
