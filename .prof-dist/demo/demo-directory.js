"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.demoDirectory = demoDirectory;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const demo_settings_1 = require("./demo-settings");
const tree_root_1 = require("./tree-root");
/** The files in demo/directory, with the provider's true address in place of its usual one, and the registry's records. */
function demoDirectory(issuer, registryCsv) {
    const folder = (0, node_path_1.join)((0, tree_root_1.treeRoot)(), 'demo', 'directory');
    const usual = `http://127.0.0.1:${demo_settings_1.DEMO_PORTS.identityProvider}`;
    const files = (0, node_fs_1.readdirSync)(folder)
        .filter((name) => /\.(csv|yaml)$/.test(name))
        .sort()
        .map((name) => ({ name, content: (0, node_fs_1.readFileSync)((0, node_path_1.join)(folder, name), 'utf8').replaceAll(usual, issuer) }));
    return [...files, { name: 'records.csv', content: registryCsv }];
}
