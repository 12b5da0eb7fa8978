import { sealReply, type ShapedReply } from '../shaped-reply';
import type { RecordBatch } from './record-batch';
import type { RecordStream } from './record-stream';

/** `head`: what opens the body, and the first batch. `part`: a later batch; `isFirst` where none before showed a record. `end`: what closes the body. */
export type StreamPiece =
  | { readonly kind: 'head'; readonly batch: RecordBatch }
  | { readonly kind: 'part'; readonly batch: RecordBatch; readonly isFirst: boolean }
  | { readonly kind: 'end' };

/** One piece of a streamed answer as a reply of its own: each needs its receipt. Only the head's status and headers are ever sent. */
export function shapePiece(stream: RecordStream, piece: StreamPiece, accessId: string): ShapedReply {
  const { writer } = stream;
  let unclassifiedFields = 0;
  if (piece.kind !== 'end')
    for (const { record, decision } of piece.batch.judged) if (decision !== null) unclassifiedFields += record.unclassifiedFields;
  return sealReply({
    accessId,
    status: 200,
    headers: [
      ['content-type', writer.mediaType],
      ['casegate-access-id', accessId],
      ['casegate-view', 'list'],
      ['cache-control', 'no-store'],
    ],
    body: bodyOf(stream, piece),
    unclassifiedFields,
  });
}

function bodyOf({ writer }: RecordStream, piece: StreamPiece): Buffer {
  switch (piece.kind) {
    case 'head':
      return Buffer.concat([writer.opening, piece.batch.body(true)]);
    case 'part':
      return piece.batch.body(piece.isFirst);
    case 'end':
      return writer.closing;
  }
}
