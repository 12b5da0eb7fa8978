"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.main = main;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const run_cli_1 = require("./cli/run-cli");
const compose_1 = require("./compose");
/** The command line: gives the exit code; see `casegate --help`. */
async function main(words) {
    const screen = {
        out: (text) => void process.stdout.write(text),
        err: (text) => void process.stderr.write(text),
    };
    return (0, run_cli_1.runCli)((0, compose_1.cliServices)(ownVersion()), words, screen);
}
/** package.json stands beside src in a clone, and beside dist in an image. */
function ownVersion() {
    for (const up of [['..'], ['..', '..']]) {
        try {
            return JSON.parse((0, node_fs_1.readFileSync)((0, node_path_1.join)(__dirname, ...up, 'package.json'), 'utf8')).version;
        }
        catch {
            continue;
        }
    }
    return 'unknown';
}
