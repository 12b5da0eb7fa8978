"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readYaml = readYaml;
const yaml_1 = require("yaml");
/**
 * A YAML 1.2 file that people edit, with the place of everything in it.
 *
 * Takes   one document. Refused: keys that stand twice, aliases and anchors, tags, keys that are no plain words,
 *         and numbers that would lose digits, such as 0123 or 1.10 (a county code must stay what was typed: quote it).
 * Gives   the value, or every problem found; `locate` answers either way.
 * Fails   never.
 */
function readYaml(source, file) {
    const text = source.replace(/^\ufeff/, '');
    const counter = new yaml_1.LineCounter();
    const document = (0, yaml_1.parseDocument)(text, { lineCounter: counter, version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false });
    const at = (offset) => {
        const { line, col } = counter.linePos(offset);
        return { line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    const problems = [...document.errors, ...document.warnings].map((fault) => ({
        file,
        ...at(fault.pos[0]),
        word: /^(?:"[^"\n]*"|[^\s,\]}]+)/.exec(text.slice(fault.pos[0]))?.[0].replace(/:$/, '') ?? '',
        message: plainly(fault.code, fault.message),
    }));
    const refuse = (node, word, message) => {
        problems.push({ file, ...at(node?.range?.[0] ?? 0), word, message });
    };
    (0, yaml_1.visit)(document, (_key, node) => {
        if ((0, yaml_1.isAlias)(node))
            return refuse(node, `*${node.source}`, 'aliases are not allowed: write the value out');
        if ((0, yaml_1.isPair)(node))
            return checkKey(node.key, refuse);
        if (!(0, yaml_1.isScalar)(node) && !(0, yaml_1.isCollection)(node))
            return undefined;
        if (node.anchor !== undefined)
            refuse(node, `&${node.anchor}`, 'anchors are not allowed');
        if (node.tag !== undefined && !PLAIN_TAG.test(node.tag))
            refuse(node, node.tag, 'tags are not allowed');
        if ((0, yaml_1.isScalar)(node) && typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source) {
            refuse(node, node.source, 'this number would lose digits; put it in quotes');
        }
        return undefined;
    });
    return {
        value: problems.length === 0 ? document.toJS() : undefined,
        problems,
        locate(path, what = 'value') {
            let node = document.contents;
            let offset = document.contents?.range?.[0] ?? 0;
            for (const [depth, step] of path.entries()) {
                const isLast = depth === path.length - 1;
                if ((0, yaml_1.isMap)(node)) {
                    const pair = node.items.find((item) => (0, yaml_1.isScalar)(item.key) && item.key.value === String(step));
                    if (!pair)
                        break;
                    offset = pair.key?.range?.[0] ?? offset;
                    if (isLast && what === 'key')
                        break;
                    node = pair.value;
                }
                else if ((0, yaml_1.isSeq)(node)) {
                    node = node.items[Number(step)];
                }
                else
                    break;
                if ((0, yaml_1.isPair)(node) || node === undefined || node === null)
                    break;
                // A block collection begins below its key; people look for the key. In a list there is no key to look for.
                if (!(0, yaml_1.isCollection)(node) || node.flow === true || typeof step === 'number')
                    offset = node.range?.[0] ?? offset;
            }
            return at(offset);
        },
    };
}
const PLAIN_TAG = /^tag:yaml\.org,2002:(?:map|seq|str|int|float|bool|null)$/;
function checkKey(key, refuse) {
    const word = (0, yaml_1.isScalar)(key) ? key.value : undefined;
    if (typeof word !== 'string')
        refuse(key, (0, yaml_1.isScalar)(key) ? String(key.source ?? '') : '', 'a key must be a word; put it in quotes');
    else if (word === '__proto__' || word === 'constructor' || word === 'prototype')
        refuse(key, word, 'this word cannot be a key');
}
function plainly(code, message) {
    if (code === 'DUPLICATE_KEY')
        return 'this key stands twice';
    if (code === 'MULTIPLE_DOCS')
        return 'the file holds more than one document';
    return message.replace(/\s+/g, ' ');
}
