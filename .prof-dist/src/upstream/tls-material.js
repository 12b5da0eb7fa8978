"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.tlsFilePaths = void 0;
exports.readTlsMaterial = readTlsMaterial;
const node_fs_1 = require("node:fs");
/** Reads the files. Fails with the file system's error when one cannot be read. */
function readTlsMaterial(files = {}) {
    if ((files.certFile === undefined) !== (files.keyFile === undefined))
        throw new Error('A client certificate needs both certFile and keyFile.');
    return {
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...(files.caFile === undefined ? {} : { ca: (0, node_fs_1.readFileSync)(files.caFile) }),
        ...(files.certFile === undefined ? {} : { cert: (0, node_fs_1.readFileSync)(files.certFile) }),
        ...(files.keyFile === undefined ? {} : { key: (0, node_fs_1.readFileSync)(files.keyFile) }),
        ...(files.pfxFile === undefined ? {} : { pfx: (0, node_fs_1.readFileSync)(files.pfxFile) }),
        ...(files.passphrase === undefined ? {} : { passphrase: files.passphrase }),
        ...(files.serverName === undefined ? {} : { servername: files.serverName }),
    };
}
const tlsFilePaths = (files = {}) => [files.caFile, files.certFile, files.keyFile, files.pfxFile].filter((path) => path !== undefined);
exports.tlsFilePaths = tlsFilePaths;
