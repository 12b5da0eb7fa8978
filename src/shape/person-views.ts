import type { Decision } from '../vocabulary/access';
import type { PlaceTree } from './compile-projection';
import type { PersonViews } from './emission';
import { planView, type View } from './plan-view';

/** What is decided about one embedded person. */
export interface DecidedPerson {
  readonly number: number;
  readonly opens: number;
  readonly id: string | null;
  readonly decision: Decision;
}

/**
 * How each embedded person of a record is shown: of a field both must be granted, its section in the record around it and its section in the
 * person's own. Whoever is not among them is not shown.
 */
export function personViews(tree: PlaceTree, around: Decision, persons: readonly DecidedPerson[]): PersonViews {
  if (tree.system.embedded.length === 0) return null;
  return new Map(persons.map((person) => [person.opens, viewOf(tree, around, person)]));
}

function viewOf(tree: PlaceTree, around: Decision, { number, decision }: DecidedPerson): View {
  const view = planView(tree, around);
  const { sections } = tree.system.embedded[number] ?? { sections: [] };
  const showsLeaf = new Uint8Array(view.showsLeaf.length);
  const showsInside = new Uint8Array(view.showsInside.length);
  if (decision.disclosure === 'none') return { showsLeaf, showsInside, headers: [] };
  for (const [field, section] of sections.entries()) {
    const node = tree.nodes[tree.nodeOfField[field] as number];
    if (section < 0 || node === undefined || view.showsLeaf[node.id] !== 1) continue;
    if (decision.granted[section] !== true || !tree.route.sections.includes(section)) continue;
    showsLeaf[node.id] = 1;
    // Where something is shown is told; an empty list in it is not, for it may be empty because of what is left out.
    for (let at = node.parent; at !== null; at = at.parent) showsInside[at.id] = 1;
  }
  return { showsLeaf, showsInside, headers: [] };
}
