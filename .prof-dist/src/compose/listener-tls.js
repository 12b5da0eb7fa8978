"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.listenerTls = listenerTls;
exports.urlOf = urlOf;
const node_fs_1 = require("node:fs");
/** Certificate and key of a listener that speaks TLS itself; null where something in front does, or on loopback. */
function listenerTls({ tls, tlsCertificateFile, tlsKeyFile }) {
    if (tls !== 'certificate')
        return null;
    if (tlsCertificateFile === null || tlsKeyFile === null)
        throw new Error('tls: certificate needs tlsCertificateFile and tlsKeyFile');
    return { cert: (0, node_fs_1.readFileSync)(tlsCertificateFile, 'utf8'), key: (0, node_fs_1.readFileSync)(tlsKeyFile, 'utf8') };
}
function urlOf({ host, tls }, port) {
    return `${tls === 'certificate' ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
