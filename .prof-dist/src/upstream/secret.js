"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createSecret = createSecret;
const node_fs_1 = require("node:fs");
const watched_files_1 = require("./watched-files");
/**
 * Fails   with a plain Error when the secret cannot be read at start, is empty, or holds what no header may hold.
 */
function createSecret(name, source, options) {
    if ('value' in source) {
        const value = checked(name, source.value);
        return { current: () => value, close: () => undefined };
    }
    let value = checked(name, (0, node_fs_1.readFileSync)(source.file, 'utf8'));
    const watch = (0, watched_files_1.watchFiles)([source.file], options.checkMs, () => {
        try {
            value = checked(name, (0, node_fs_1.readFileSync)(source.file, 'utf8'));
            options.log.info('secret-reread', { secret: name });
        }
        catch {
            options.log.error('secret-unreadable', { secret: name });
        }
    });
    return { current: () => value, close: () => watch.close() };
}
// Visible ASCII with single spaces inside, e.g. 'Basic dXNlcjpwdw=='. A line end at the end of a file is an editor's, not the secret's.
function checked(name, text) {
    const value = text.replace(/\r?\n$/, '');
    if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value) || value.length > 8192)
        throw new Error(`The secret ${name} is empty or holds characters no header may hold.`);
    return value;
}
