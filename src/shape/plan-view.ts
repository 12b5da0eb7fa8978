import type { Decision } from '../vocabulary/access';
import type { PlaceNode, PlaceTree } from './compile-projection';

/** What a decision means for the places of one route. */
export interface View {
  /** By node: 1 where a value at this place is shown. */
  readonly showsLeaf: Uint8Array;
  /** By node: of the places below it 0 none is shown, 1 some, 2 all. */
  readonly showsInside: Uint8Array;
  /** Casegate-View, Casegate-Withheld, Cache-Control. */
  readonly headers: readonly (readonly [string, string])[];
}

// Decisions are remembered per decision key and handed out again and again; what follows from one is remembered with it.
const remembered = new WeakMap<Decision, { readonly tree: PlaceTree; readonly view: View }>();

/** Gives the view for a decision about a record of `tree`'s route. A section that the route does not declare is never shown, whatever is granted. */
export function planView(tree: PlaceTree, decision: Decision): View {
  const known = remembered.get(decision);
  if (known !== undefined && known.tree === tree) return known.view;
  const view = makeView(tree, decision);
  remembered.set(decision, { tree, view });
  return view;
}

function makeView(tree: PlaceTree, decision: Decision): View {
  const isShown = (section: number): boolean => decision.granted[section] === true && tree.route.sections.includes(section);
  const { nodes } = tree;
  const showsLeaf = Uint8Array.from(nodes, (node) => (node.kind !== null && isShown(node.section) ? 1 : 0));
  const shown = new Uint32Array(nodes.length);
  const all = new Uint32Array(nodes.length);
  for (let id = nodes.length - 1; id > 0; id--) {
    const node = nodes[id] as PlaceNode;
    const parent = (node.parent as PlaceNode).id;
    shown[parent] = (shown[parent] as number) + (shown[id] as number) + (showsLeaf[id] as number);
    all[parent] = (all[parent] as number) + (all[id] as number) + (node.kind === null ? 0 : 1);
  }
  const showsInside = Uint8Array.from(nodes, (_, id) => (shown[id] === 0 ? 0 : shown[id] === all[id] ? 2 : 1));
  // The record itself is always an object, even an empty one.
  const whole = tree.element.id;
  showsInside[whole] = Math.max(1, showsInside[whole] as number);
  return { showsLeaf, showsInside, headers: headersOf(tree, decision, isShown) };
}

function headersOf(tree: PlaceTree, decision: Decision, isShown: (section: number) => boolean): View['headers'] {
  const { system, route } = tree;
  const mayBeTold = system.privacySection >= 0 && isShown(system.privacySection);
  const withheld = route.sections
    .filter((section) => !isShown(section) && (mayBeTold || !system.tellingSections.includes(section)))
    .map((section) => `${system.sections[section]}=not-granted`);
  return [
    ['casegate-view', decision.disclosure],
    ...(withheld.length > 0 ? [['casegate-withheld', withheld.join(', ')] as const] : []),
    ['cache-control', 'no-store'],
  ];
}
