"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SYSTEM_FILES = void 0;
exports.readPolicyFolder = readPolicyFolder;
exports.folderSignature = folderSignature;
exports.versionOf = versionOf;
const node_crypto_1 = require("node:crypto");
const promises_1 = require("node:fs/promises");
const node_path_1 = require("node:path");
const model_text_1 = require("./model-text");
exports.SYSTEM_FILES = ['record.yaml', 'policy.csv', 'cases.csv'];
const MOST_BYTES = 4 * 1024 * 1024;
/**
 * Reads a policy folder whole, again where it changed while it was read.
 * Fails   rejects where the folder itself cannot be read, or does not hold still.
 */
async function readPolicyFolder(folder) {
    for (let tries = 0; tries < 5; tries++) {
        const signature = await folderSignature(folder);
        const systems = new Map();
        for (const name of await systemNames(folder)) {
            const [record, policy, cases] = await Promise.all(exports.SYSTEM_FILES.map((file) => readOne((0, node_path_1.join)(folder, name, file))));
            systems.set(name, { 'record.yaml': record ?? null, 'policy.csv': policy ?? null, 'cases.csv': cases ?? null });
        }
        const model = await readOne((0, node_path_1.join)(folder, 'model.conf'));
        if ((await folderSignature(folder)) === signature)
            return { model, systems, signature };
    }
    throw new Error('the policy folder keeps changing while it is read');
}
/** Name, size, times and inode of every file that counts: cheap, and no write escapes it (a change of content moves ctime). */
async function folderSignature(folder) {
    const names = await systemNames(folder);
    const files = ['model.conf', ...names.flatMap((name) => exports.SYSTEM_FILES.map((file) => (0, node_path_1.join)(name, file)))];
    const stats = await Promise.all(files.map((file) => statOne((0, node_path_1.join)(folder, file))));
    return JSON.stringify(files.map((file, i) => [file, stats[i]]));
}
/** sha-256 hex over the model and all files of these systems. */
function versionOf(systems) {
    const hash = (0, node_crypto_1.createHash)('sha256');
    const add = (name, bytes) => {
        hash.update(JSON.stringify([name, bytes?.length ?? -1]));
        if (bytes)
            hash.update(bytes);
    };
    // The model in force is always the shipped one; its file may say so with other comments and line ends.
    add('model.conf', Buffer.from(model_text_1.MODEL_TEXT));
    for (const name of [...systems.keys()].sort()) {
        for (const file of exports.SYSTEM_FILES)
            add(`${name}/${file}`, systems.get(name)?.[file] ?? null);
    }
    return hash.digest('hex');
}
async function systemNames(folder) {
    const entries = await (0, promises_1.readdir)(folder, { withFileTypes: true });
    const names = [];
    for (const entry of entries) {
        if (entry.name.startsWith('.'))
            continue;
        // A folder may be reached by a link, as container volumes are mounted.
        const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await (0, promises_1.stat)((0, node_path_1.join)(folder, entry.name)).catch(() => null))?.isDirectory() === true);
        if (isFolder)
            names.push(entry.name);
    }
    return names.sort();
}
async function statOne(path) {
    try {
        const { size, mtimeNs, ctimeNs, ino } = await (0, promises_1.stat)(path, { bigint: true });
        return [size, mtimeNs, ctimeNs, ino].map(String);
    }
    catch (error) {
        if (isMissing(error))
            return null;
        throw error;
    }
}
async function readOne(path) {
    try {
        const bytes = await (0, promises_1.readFile)(path);
        return bytes.length > MOST_BYTES ? null : bytes;
    }
    catch (error) {
        if (isMissing(error))
            return null;
        throw error;
    }
}
const isMissing = (error) => ['ENOENT', 'ENOTDIR'].includes(String(error.code));
