import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../vocabulary/errors';

/** The body of one request, which nobody has asked for yet. */
export interface OpenBody {
  /** As `Written.body`. May be called again: the body is read once. */
  readonly read: (mostBytes: number) => Promise<Buffer>;
  /** True where nothing of it can still come: it was read to its end, or there is none. */
  isWhole(): boolean;
}

/**
 * A body stays on the wire until somebody asks for it: who may not write sends none through the gateway's memory.
 *
 * Takes   timeoutMs: from the first question to the last byte. It ends before Node's own limit, which would answer beside the pipeline.
 */
export function openBody(incoming: IncomingMessage, hasBody: boolean, timeoutMs: number): OpenBody {
  let isWhole = !hasBody;
  let reading: Promise<Buffer> | null = null;

  const start = (mostBytes: number): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (isWhole) return resolve(Buffer.alloc(0));
      const chunks: Buffer[] = [];
      let size = 0;
      const refuse = (code: 'payload-too-large' | 'request-timeout' | 'request-malformed', message: string): void => {
        clearTimeout(late);
        incoming.pause();
        reject(new GatewayError(code, message));
      };
      const late = setTimeout(() => refuse('request-timeout', 'the body did not arrive in time'), timeoutMs);
      // Content-Length is a claim; what counts are the bytes that came (BOD-33).
      if (Number(incoming.headers['content-length'] ?? 0) > mostBytes) return refuse('payload-too-large', 'the body is over the cap');
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > mostBytes) return refuse('payload-too-large', 'the body is over the cap');
        chunks.push(chunk);
      });
      incoming.once('end', () => {
        clearTimeout(late);
        isWhole = true;
        resolve(Buffer.concat(chunks, size));
      });
      incoming.once('error', () => refuse('request-malformed', 'the body ended early'));
      incoming.once('close', () => {
        if (!isWhole) refuse('request-malformed', 'the caller is gone');
      });
    });

  return { read: (mostBytes) => (reading ??= start(mostBytes)), isWhole: () => isWhole };
}
