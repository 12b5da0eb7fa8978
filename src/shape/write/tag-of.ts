import { createHmac } from 'node:crypto';
import type { Decision } from '../../vocabulary/access';
import type { PlaceTree } from '../compile-projection';

/**
 * The ETag of what is shown: a keyed digest of the shaped bytes and of the view, so that it stands for nothing that the caller cannot see,
 * and the same bytes under another view have another one. Two callers with one view have the same.
 */
export function tagOf(key: string, tree: PlaceTree, decision: Decision, body: Buffer): string {
  const view = JSON.stringify([
    'etag',
    tree.system.name,
    tree.route.name,
    tree.route.sections.map((section) => decision.granted[section] === true),
  ]);
  return `"${createHmac('sha256', key).update(view).update(body).digest('base64url').slice(0, 32)}"`;
}
