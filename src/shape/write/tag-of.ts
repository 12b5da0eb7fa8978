import { createHmac, type KeyObject } from 'node:crypto';
import type { Decision } from '../../vocabulary/access';
import type { PlaceTree } from '../compile-projection';

/** A remembered decision is one object: what it means for a tag is spelled once. */
const VIEWS = new WeakMap<Decision, { readonly tree: PlaceTree; readonly view: string }>();

/**
 * The ETag of what is shown: a keyed digest of the shaped bytes and of the view, so that it stands for nothing that the caller cannot see,
 * and the same bytes under another view have another one. Two callers with one view have the same.
 */
export function tagOf(key: KeyObject, tree: PlaceTree, decision: Decision, body: Buffer): string {
  let known = VIEWS.get(decision);
  if (known?.tree !== tree) VIEWS.set(decision, (known = { tree, view: viewOf(tree, decision) }));
  return `"${createHmac('sha256', key).update(known.view).update(body).digest('base64url').slice(0, 32)}"`;
}

const viewOf = ({ system, route }: PlaceTree, decision: Decision): string =>
  JSON.stringify(['etag', system.name, route.name, route.sections.map((section) => decision.granted[section] === true)]);
