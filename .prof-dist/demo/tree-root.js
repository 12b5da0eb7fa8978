"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.treeRoot = treeRoot;
const node_path_1 = require("node:path");
/** The root of the clone, from demo/ as from dist/demo/. */
function treeRoot() {
    const above = (0, node_path_1.join)(__dirname, '..');
    return above.endsWith('dist') ? (0, node_path_1.join)(above, '..') : above;
}
