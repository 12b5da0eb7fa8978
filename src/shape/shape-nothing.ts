import { sealReply, type ShapedReply } from './shaped-reply';

const NOTHING = Buffer.alloc(0);

/** An answer without a body: 204 for a CORS preflight. It carries nothing of any record. */
export function shapeNothing(accessId: string): ShapedReply {
  const headers = [
    ['casegate-access-id', accessId],
    ['cache-control', 'no-store'],
  ] as const;
  return sealReply({ accessId, status: 204, headers, body: NOTHING, unclassifiedFields: 0 });
}
