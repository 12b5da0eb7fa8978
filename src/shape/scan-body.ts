import { isUtf8 } from 'node:buffer';
import type { Route } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import type { PlaceTree, Projection } from './compile-projection';
import { isDeclaredMediaType } from './media-type';
import { scanRecord, type Scan } from './scan-record';

/**
 * Scans the whole body of a reply of this route.
 *
 * Fails   GatewayError 'upstream-malformed' for what is not strict JSON in UTF-8 under a declared media type, or not of the route's form;
 *         'upstream-too-large' over the route's cap.
 */
export function scanBody(
  projection: Projection,
  route: Route,
  { body, mediaType }: { readonly body: Buffer; readonly mediaType: string },
): { readonly tree: PlaceTree; readonly scan: Scan } {
  const tree = projection.trees[route.index];
  if (tree === undefined || tree.route !== route) throw new GatewayError('internal-fault', 'the route is not of this projection');
  if (body.length > route.maxBodyBytes) throw new GatewayError('upstream-too-large', `${body.length} bytes`);
  if (!isDeclaredMediaType(mediaType, route.mediaTypes)) throw new GatewayError('upstream-malformed', 'media type not declared');
  if (!isUtf8(body)) throw new GatewayError('upstream-malformed', 'not UTF-8');
  const scan = scanRecord(body, hasByteOrderMark(body) ? 3 : 0, tree);
  refuseRest(body, scan.end);
  return { tree, scan };
}

const hasByteOrderMark = (body: Buffer): boolean => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;

function refuseRest(body: Buffer, end: number): void {
  for (let at = end; at < body.length; at++) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
      throw new GatewayError('upstream-malformed', `JSON refused at byte ${at}: more than one value`);
  }
}
