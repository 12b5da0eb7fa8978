import { connect } from 'node:net';

/** One answer, as it stood on the wire. Header names and values in their order and spelling. */
export interface RawReply {
  readonly statusLine: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The value of a header, its name in any case; undefined when absent, joined by ', ' when it stands several times. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface RawOutcome {
  readonly replies: readonly RawReply[];
  /** The server ended or cut the connection by itself. */
  readonly closed: boolean;
  /** Every byte that came. */
  readonly bytes: Buffer;
}

export interface RawOptions {
  /** Settle when so many final answers have come; default 1. The connection is then watched a moment for its end. */
  readonly replies?: number;
  readonly host?: string;
  readonly localAddress?: string;
  /** Give up after this; what came until then is the outcome. */
  readonly timeoutMs?: number;
  /** How long to watch for the server's close behind an answer that does not announce it, milliseconds. */
  readonly watchMs?: number;
  /** Sent in turn, each piece in a packet of its own. */
  readonly pieces?: readonly (string | Buffer)[];
}

/** Sends bytes over a socket of their own and gives the first final answer, and whether the server closed. Strings are latin1. */
export async function sendRaw(
  port: number,
  bytes: string | Buffer,
  options: RawOptions = {},
): Promise<RawReply & { readonly closed: boolean }> {
  const { replies, closed, bytes: all } = await converse(port, bytes, options);
  const [first] = replies;
  if (first !== undefined) return { ...first, closed };
  return { statusLine: '', status: 0, headers: [], header: () => undefined, body: all, closed };
}

/** The same for several requests in one go: all answers, in their order. */
export function converse(port: number, bytes: string | Buffer, options: RawOptions = {}): Promise<RawOutcome> {
  const { replies: wanted = 1, host = '127.0.0.1', localAddress, timeoutMs = 5_000, watchMs = 40, pieces = [] } = options;
  const methods = methodsOf(bytes);
  return new Promise((settle, fail) => {
    const socket = connect({ port, host, localAddress, noDelay: true, allowHalfOpen: true });
    const received: Buffer[] = [];
    let watch: NodeJS.Timeout | undefined;
    let isDone = false;

    const finish = (closed: boolean): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(deadline);
      clearTimeout(watch);
      socket.destroy();
      const all = Buffer.concat(received);
      settle({ replies: parseReplies(all, methods), closed, bytes: all });
    };
    const deadline = setTimeout(() => finish(false), timeoutMs);

    socket.on('connect', () => {
      void (async () => {
        for (const piece of [bytes, ...pieces]) {
          if (piece.length > 0 && socket.writable) await new Promise((sent) => socket.write(asBuffer(piece), sent));
          await new Promise((next) => setImmediate(next));
        }
      })();
    });
    socket.on('data', (chunk) => {
      received.push(chunk);
      const replies = parseReplies(Buffer.concat(received), methods);
      const last = replies.at(-1);
      if (replies.length < wanted || last === undefined || watch !== undefined) return;
      if (!/close/i.test(last.header('connection') ?? '')) watch = setTimeout(() => finish(false), watchMs);
    });
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ECONNREFUSED') fail(fault);
      else finish(true);
    });
  });
}

const asBuffer = (bytes: string | Buffer): Buffer => (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);

const methodsOf = (bytes: string | Buffer): readonly string[] =>
  [
    ...asBuffer(bytes)
      .toString('latin1')
      .matchAll(/^([A-Za-z]+) \S+ HTTP\//gm),
  ].map((match) => match[1] as string);

/** Whole answers only; interim ones (1xx) are answers too, so that a 100 nobody wanted is seen. */
function parseReplies(all: Buffer, methods: readonly string[]): readonly RawReply[] {
  const replies: RawReply[] = [];
  for (let from = 0; from < all.length;) {
    const headEnd = all.indexOf('\r\n\r\n', from);
    if (headEnd < 0) break;
    const [statusLine = '', ...lines] = all.toString('latin1', from, headEnd).split('\r\n');
    const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
    const header = (name: string): string | undefined => {
      const values = headers.filter(([given]) => given.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
      return values.length === 0 ? undefined : values.join(', ');
    };
    const status = Number(statusLine.split(' ')[1]);
    const isBodiless = status < 200 || status === 204 || status === 304 || methods[replies.length] === 'HEAD';
    const length = isBodiless ? 0 : Number(header('content-length') ?? 0);
    const bodyAt = headEnd + 4;
    if (all.length < bodyAt + length) break;
    replies.push({ statusLine, status, headers, header, body: all.subarray(bodyAt, bodyAt + length) });
    from = bodyAt + length;
  }
  return replies;
}
