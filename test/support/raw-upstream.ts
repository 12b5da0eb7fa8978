import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** One request as it came over the wire. */
export interface RawRequest {
  /** The bytes of the head, its blank line included, as latin1. */
  readonly head: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Which connection it came on, from 1. */
  readonly connection: number;
  /** As many bytes as Content-Length says, as latin1. */
  readonly body: string;
}

/**
 * What is answered: raw bytes; or pieces, each after a pause; then the connection stays, ends (FIN) or is reset (RST).
 * A function does whatever it likes with the socket.
 */
export type RawAnswer =
  | string
  | Buffer
  | {
      readonly pieces: readonly (string | Buffer)[];
      readonly pauseMs?: number;
      readonly then?: 'stay' | 'end' | 'reset';
      readonly forever?: boolean;
    }
  | ((socket: Socket, request: RawRequest) => void);

export interface RawUpstream {
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  readonly openConnections: () => number;
  /** From now on every request is answered so. */
  answers(answer: RawAnswer | ((request: RawRequest) => RawAnswer | undefined)): void;
  /** Resolves when `count` requests have come in all. */
  seen(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A whole, well-formed answer. */
export function rawReply(
  body: string | Buffer,
  options: { readonly status?: string; readonly headers?: readonly string[]; readonly type?: string | null } = {},
): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const type =
    options.type === undefined ? ['Content-Type: application/json'] : options.type === null ? [] : [`Content-Type: ${options.type}`];
  const head = [
    `HTTP/1.1 ${options.status ?? '200 OK'}`,
    ...type,
    `Content-Length: ${bytes.length}`,
    ...(options.headers ?? []),
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** An upstream of raw sockets: records every byte of a head it receives, answers every byte it is told. Loopback, free port. */
export async function startRawUpstream(options: { readonly tls?: TlsOptions; readonly port?: number } = {}): Promise<RawUpstream> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const waiting: { count: number; go: () => void }[] = [];
  let accepted = 0;
  let choose: (request: RawRequest) => RawAnswer | undefined = () => rawReply('{}');

  const accept = (socket: Socket): void => {
    const connection = (accepted += 1);
    let unread = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      unread += bytes.toString('latin1');
      for (let end = unread.indexOf('\r\n\r\n'); end !== -1; end = unread.indexOf('\r\n\r\n')) {
        const head = parseHead(unread.slice(0, end + 4), connection);
        const length = Number(head.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
        if (unread.length < end + 4 + length) break;
        const request: RawRequest = { ...head, body: unread.slice(end + 4, end + 4 + length) };
        unread = unread.slice(end + 4 + length);
        requests.push(request);
        for (const waiter of waiting) if (requests.length >= waiter.count) waiter.go();
        const answer = choose(request);
        if (answer !== undefined) send(socket, request, answer);
      }
    });
  };

  const send = (socket: Socket, request: RawRequest, answer: RawAnswer): void => {
    if (typeof answer === 'function') return answer(socket, request);
    if (typeof answer === 'string') return void socket.write(answer, 'latin1');
    if (Buffer.isBuffer(answer)) return void socket.write(answer);
    let index = 0;
    const next = (): void => {
      const piece = answer.forever === true ? answer.pieces[Math.min(index, answer.pieces.length - 1)] : answer.pieces[index];
      index += 1;
      if (socket.destroyed) return;
      if (piece === undefined) {
        if (answer.then === 'end') socket.end();
        // The bytes before a reset must have left, or the peer never reads them.
        if (answer.then === 'reset') later(() => socket.resetAndDestroy(), 20);
        return;
      }
      socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
      if (answer.pauseMs === undefined && answer.forever !== true) next();
      else later(next, answer.pauseMs ?? 1);
    };
    next();
  };

  const later = (what: () => void, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      what();
    }, ms);
    timers.add(timer);
  };

  const server: Server = options.tls === undefined ? createServer(accept) : createTlsServer(options.tls, accept);
  server.on('tlsClientError', () => undefined);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;

  return {
    origin: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => accepted,
    openConnections: () => sockets.size,
    answers(answer) {
      // A function of one argument chooses an answer; one of two arguments is the answer.
      choose =
        typeof answer === 'function' && answer.length < 2
          ? (answer as (request: RawRequest) => RawAnswer | undefined)
          : () => answer as RawAnswer;
    },
    seen: (count) => (requests.length >= count ? Promise.resolve() : new Promise((go) => waiting.push({ count, go }))),
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function parseHead(head: string, connection: number): Omit<RawRequest, 'body'> {
  const [line = '', ...rest] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const headers = rest
    .filter((text) => text !== '')
    .map((text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1).trim()] as const);
  return { head, method, target, headers, connection };
}
