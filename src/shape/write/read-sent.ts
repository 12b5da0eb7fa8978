import { isUtf8 } from 'node:buffer';
import type { WriteRule } from '../../vocabulary/write-rule';
import { GatewayError } from '../../vocabulary/errors';
import type { PlaceTree } from '../compile-projection';
import { readMediaType } from '../media-type';
import { scanRecord } from '../scan-record';
import { isObject, parseTree, type Json } from './json-tree';

/** What a caller sent, read strictly. */
export type Sent =
  | { readonly as: 'merge-patch' | 'json-patch'; readonly tree: Json }
  | { readonly as: 'whole' | 'element'; readonly tree: ReadonlyMap<string, Json> }
  | { readonly as: 'nothing' };

const PATCHES: Readonly<Record<string, 'merge-patch' | 'json-patch'>> = {
  'application/merge-patch+json': 'merge-patch',
  // What applications send to json-server and its like; read as a merge, which erases nothing that it does not name.
  'application/json': 'merge-patch',
  'application/json-patch+json': 'json-patch',
};

// A key that no record.yaml can name as a place of its own: the scan takes what stands behind it for unclassified.
const BEFORE = Buffer.from('{" ":');
const BEHIND = Buffer.from('}');

/**
 * Reads the body of a write.
 *
 * Takes   tree: of the route that reads the record; the strict scan is the same as for a case system's answer.
 * Fails   GatewayError media-type-not-supported for another type, charset or encoding; body-malformed for what is not one strict JSON value of
 *         the form that the route takes; body-not-allowed for a deletion with a body. BOD-01, BOD-02, BOD-10, BOD-33.
 */
export function readSent(
  tree: PlaceTree,
  rule: WriteRule,
  sent: { readonly body: Buffer; readonly contentType: string | undefined; readonly contentEncoding: string | undefined },
): Sent {
  if (rule.takes === 'nothing') {
    if (sent.body.length > 0) throw new GatewayError('body-not-allowed', 'a deletion carries no body');
    return { as: 'nothing' };
  }
  const type = typeOf(sent);
  const as = rule.takes === 'change' ? PATCHES[type] : type === 'application/json' ? rule.takes : undefined;
  if (as === undefined) throw new GatewayError('media-type-not-supported', 'not a media type of this route');
  const value = readStrictly(sent.body, tree);
  if (as === 'whole' || as === 'element') {
    if (!isObject(value)) throw new GatewayError('body-malformed', 'no object');
    return { as, tree: value };
  }
  if (as === 'merge-patch' && !isObject(value)) throw new GatewayError('body-malformed', 'no object');
  return { as, tree: value };
}

function typeOf({
  contentType,
  contentEncoding,
}: {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}): string {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity')
    throw new GatewayError('media-type-not-supported', 'an encoded body');
  const media = contentType === undefined ? null : readMediaType(contentType);
  const isPlain =
    media !== null &&
    media.parameters.length <= 1 &&
    media.parameters.every(([name, text]) => name === 'charset' && text.toLowerCase() === 'utf-8');
  if (!isPlain) throw new GatewayError('media-type-not-supported', 'no single media type in UTF-8');
  return media.essence;
}

function readStrictly(body: Buffer, tree: PlaceTree): Json {
  if (!isUtf8(body)) throw new GatewayError('body-malformed', 'not UTF-8');
  try {
    const wrapped = Buffer.concat([BEFORE, body, BEHIND]);
    if (scanRecord(wrapped, 0, tree).end !== wrapped.length) throw new Error('more than one value');
    return parseTree(body.toString('utf8'));
  } catch {
    // The scan's words are about a case system; the caller's bytes belong in no message.
    throw new GatewayError('body-malformed', 'no strict JSON');
  }
}
