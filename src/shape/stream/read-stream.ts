import { STREAM_MEDIA_TYPES, type StreamFormat, type StreamRoute } from '../../vocabulary/case-system';
import { GatewayError } from '../../vocabulary/errors';
import type { Projection } from '../compile-projection';
import { isDeclaredMediaType, readMediaType } from '../media-type';
import { openStream, type ListFormat } from './open-stream';
import type { RecordStream } from './record-stream';

const FORMATS = Object.keys(STREAM_MEDIA_TYPES) as StreamFormat[];
/** Of one answer of a case system, whatever may be shown of it. */
const MOST_RECORDS = 10_000_000;

/**
 * The stream from what the case system sends to what the client asked for.
 *
 * Takes   the Content-Type as it came.
 * Fails   GatewayError 'upstream-malformed' for a media type that is not declared, or in which no records can stand.
 */
export function readStream(projection: Projection, route: StreamRoute, mediaType: string, to: StreamFormat): RecordStream {
  const tree = projection.trees[route.index];
  if (tree === undefined || tree.route !== route) throw new GatewayError('internal-fault', 'the route is not of this projection');
  if (!isDeclaredMediaType(mediaType, route.mediaTypes)) throw new GatewayError('upstream-malformed', 'media type not declared');
  const { essence } = readMediaType(mediaType) ?? { essence: '' };
  const from = FORMATS.find((format) => STREAM_MEDIA_TYPES[format] === essence);
  if (from === undefined) throw new GatewayError('upstream-malformed', 'a media type that holds no records');
  const limits = { maxRecordBytes: route.maxRecordBytes, maxRecords: MOST_RECORDS };
  return openStream(tree, formatOf(route, from), formatOf(route, to), limits);
}

function formatOf({ listPlace, delimiter }: StreamRoute, format: StreamFormat): ListFormat {
  switch (format) {
    case 'json':
      return { format, listPlace };
    case 'ndjson':
      return { format };
    case 'csv':
      return { format, delimiter };
  }
}
