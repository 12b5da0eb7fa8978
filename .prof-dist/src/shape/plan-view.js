"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.planView = planView;
// Decisions are remembered per decision key and handed out again and again; what follows from one is remembered with it.
const remembered = new WeakMap();
/** Gives the view for a decision about a record of `tree`'s route. A section that the route does not declare is never shown, whatever is granted. */
function planView(tree, decision) {
    const known = remembered.get(decision);
    if (known !== undefined && known.tree === tree)
        return known.view;
    const view = makeView(tree, decision);
    remembered.set(decision, { tree, view });
    return view;
}
function makeView(tree, decision) {
    const isShown = (section) => decision.granted[section] === true && tree.route.sections.includes(section);
    const { nodes } = tree;
    const showsLeaf = Uint8Array.from(nodes, (node) => (node.kind !== null && isShown(node.section) ? 1 : 0));
    const shown = new Uint32Array(nodes.length);
    const all = new Uint32Array(nodes.length);
    for (let id = nodes.length - 1; id > 0; id--) {
        const node = nodes[id];
        const parent = node.parent.id;
        shown[parent] = shown[parent] + shown[id] + showsLeaf[id];
        all[parent] = all[parent] + all[id] + (node.kind === null ? 0 : 1);
    }
    const showsInside = Uint8Array.from(nodes, (_, id) => (shown[id] === 0 ? 0 : shown[id] === all[id] ? 2 : 1));
    // The record itself is always an object, even an empty one.
    showsInside[0] = Math.max(1, showsInside[0]);
    return { showsLeaf, showsInside, headers: headersOf(tree, decision, isShown) };
}
function headersOf(tree, decision, isShown) {
    const { system, route } = tree;
    const mayBeTold = system.privacySection >= 0 && isShown(system.privacySection);
    const withheld = route.sections
        .filter((section) => !isShown(section) && (mayBeTold || !system.tellingSections.includes(section)))
        .map((section) => `${system.sections[section]}=not-granted`);
    return [
        ['casegate-view', decision.disclosure],
        ...(withheld.length > 0 ? [['casegate-withheld', withheld.join(', ')]] : []),
        ['cache-control', 'no-store'],
    ];
}
