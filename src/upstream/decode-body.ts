import { brotliDecompress, gunzip, type BrotliOptions, type InputType, type ZlibOptions } from 'node:zlib';
import { GatewayError } from '../vocabulary/errors';

/**
 * Undoes gzip or br with a cap on what comes out.
 *
 * Fails   upstream-too-large over the cap; upstream-malformed for a broken or cut stream, or bytes after its end.
 * Source  BOD-14, BOD-15.
 */
export function decodeBody(body: Buffer, encoding: 'gzip' | 'br', maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const run: Decompress = encoding === 'gzip' ? (gunzip as Decompress) : (brotliDecompress as Decompress);
    run(body, { maxOutputLength: maxBytes, info: true }, (error, result) => {
      if (error) return reject(faultOf(error));
      const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
      // What stands behind the end of the stream is in nobody's length: such a body can be read in two ways.
      if (engine.bytesWritten !== body.length)
        return reject(new GatewayError('upstream-malformed', 'bytes after the end of the encoded body'));
      resolve(buffer);
    });
  });
}

type Decompress = (
  body: InputType,
  options: (ZlibOptions & BrotliOptions) & { info: true },
  done: (error: NodeJS.ErrnoException | null, result: unknown) => void,
) => void;

function faultOf(error: NodeJS.ErrnoException): GatewayError {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return new GatewayError('upstream-too-large', 'the decoded body is over the cap');
  return new GatewayError('upstream-malformed', `the encoded body cannot be decoded (${error.code ?? 'unknown'})`);
}
