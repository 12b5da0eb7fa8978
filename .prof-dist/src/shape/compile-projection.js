"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.compileProjection = compileProjection;
const case_system_1 = require("../vocabulary/case-system");
const key_hash_1 = require("./key-hash");
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype', '']);
// RFC 9651, 3.1.2: what may be the key of a dictionary, so that a section's name can stand in Casegate-Withheld.
const HEADER_KEY = /^[a-z*][a-z0-9_.*-]*$/;
/**
 * Makes the trees that `readReply` walks along.
 *
 * Fails  with a plain Error, at start, for a system that cannot be projected: a place declared twice, a name that is never copied,
 *        a section that is not there or whose name cannot stand in a header.
 */
function compileProjection(system) {
    for (const section of system.sections)
        if (!HEADER_KEY.test(section))
            throw new Error(`${system.name}: section "${section}" cannot stand in a header`);
    return { system, trees: system.routes.map((route) => growTree(system, route)) };
}
function growTree(system, route) {
    const nodes = [];
    const root = addNode(nodes, null, '');
    for (const field of system.fields) {
        const node = nodeAt(nodes, root, field.place, system.name);
        if (node.kind !== null)
            throw new Error(`${system.name}: ${field.place.join('.')} is classified twice`);
        if (system.sections[field.section] === undefined)
            throw new Error(`${system.name}: ${field.place.join('.')} names no section`);
        node.kind = field.kind;
        node.section = field.section;
    }
    system.facts.forEach((fact, number) => {
        if (fact.place !== null)
            nodeAt(nodes, root, fact.place, system.name).facts.push(number);
    });
    nodeAt(nodes, root, route.idPlace, system.name).isRecordId = true;
    for (const node of nodes)
        fillSlots(node, nodes);
    return { system, route, nodes, mustBeScalar: system.facts.map((fact) => fact.body === 'may-speak') };
}
function nodeAt(nodes, root, place, system) {
    if (place.length === 0)
        throw new Error(`${system}: an empty place`);
    let node = root;
    for (const word of place) {
        if (FORBIDDEN_NAMES.has(word))
            throw new Error(`${system}: "${word}" cannot be part of a place`);
        node = nodes.find((child) => child.parent === node && child.word === word) ?? addNode(nodes, node, word);
    }
    return node;
}
function addNode(nodes, parent, word) {
    const isKey = parent !== null && word !== case_system_1.EACH;
    const name = Buffer.from(isKey ? word : '', 'utf8');
    const node = {
        id: nodes.length,
        parent,
        word,
        name,
        hash: (0, key_hash_1.hashOf)(name),
        key: Buffer.from(isKey ? `${JSON.stringify(word)}:` : '', 'utf8'),
        slots: [],
        each: null,
        kind: null,
        section: -1,
        facts: [],
        isRecordId: false,
        bit: 0,
    };
    nodes.push(node);
    if (parent !== null && word === case_system_1.EACH)
        parent.each = node;
    return node;
}
function fillSlots(node, nodes) {
    const children = nodes.filter((child) => child.parent === node && child.word !== case_system_1.EACH);
    if (children.length === 0)
        return;
    let size = 4;
    while (size < children.length * 2)
        size *= 2;
    node.slots = new Array(size).fill(null);
    for (const [index, child] of children.entries()) {
        child.bit = index < 31 ? 1 << index : 0;
        let slot = child.hash & (size - 1);
        while (node.slots[slot] !== null)
            slot = (slot + 1) & (size - 1);
        node.slots[slot] = child;
    }
}
