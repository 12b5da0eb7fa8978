import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Exchange } from './exchange';
import { fixedHeaders } from './fixed-headers';
import type { Answer, EdgeLog, Handlers, ReplyToSend, RestOfAnswer } from './handlers';

export interface Sender {
  /**
   * The one way out. Looks at both tickets: the reply was shaped, and the receipt covers this reply of this access. Without them the
   * connection is destroyed, nothing leaves, and an alarm is raised. Never throws.
   */
  send(exchange: Exchange, answer: Answer): void;
  /** Notes what became of an answer, once. */
  settle(exchange: Exchange, outcome: 'sent' | 'aborted'): void;
  /** Answers that had no ticket. Anything but 0 is a fault of ours. */
  unrecorded(): number;
}

export function createSender(parts: {
  readonly handlers: Pick<Handlers, 'isShaped' | 'covers' | 'delivered'>;
  readonly log: EdgeLog;
  readonly slowReaderMs: number;
  readonly lingerMs: number;
  readonly isStopping: () => boolean;
}): Sender {
  const { handlers, log } = parts;
  const fixed = fixedHeaders();
  const fixedFlat = fixed.flat();
  const owned = new Set([...fixed.map(([name]) => name.toLowerCase()), ...OWNED]);
  let unrecorded = 0;

  function send(exchange: Exchange, { reply, receipt, rest }: Answer): void {
    const { accessId, line } = exchange;
    if (!holds(exchange, reply, receipt)) {
      rest?.leave();
      line.socket.destroy();
      line.end(exchange);
      return;
    }
    if (!line.socket.writable) {
      rest?.leave();
      return settle(exchange, 'aborted');
    }
    if (rest !== undefined) return void stream(exchange, reply, rest);
    const isBodiless = exchange.method === 'HEAD' || reply.status === 204;
    exchange.sending = isBodiless ? 0 : reply.body.length;
    try {
      if (exchange.response === null) writeToSocket(exchange, reply);
      else writeToResponse(exchange, exchange.response, reply, isBodiless);
    } catch (cause) {
      log.error('answer-not-sent', { accessId, cause: cause instanceof Error ? cause.message : 'unknown' });
      line.socket.destroy();
    }
  }

  /** Both tickets. Without them there is an alarm, and the connection must be destroyed. */
  function holds({ accessId }: Exchange, reply: ReplyToSend, receipt: unknown): boolean {
    if (handlers.isShaped(reply) && reply.accessId === accessId && handlers.covers(receipt, reply)) return true;
    unrecorded += 1;
    log.error('answer-without-receipt', { accessId });
    return false;
  }

  /**
   * Sends piece after piece; the next one is asked for when the reader has taken the one before, within `slowReaderMs`. A fault destroys the
   * connection: no last chunk is sent, so no client can take what came for the whole.
   */
  async function stream(exchange: Exchange, first: ReplyToSend, rest: RestOfAnswer): Promise<void> {
    const { response, line, accessId } = exchange;
    exchange.sending = 0;
    const leave = (): void => rest.leave();
    line.socket.once('close', leave);
    try {
      if (response === null) throw new Error('a stream needs a response');
      const mustClose = exchange.mustClose || parts.isStopping();
      if (mustClose) response.shouldKeepAlive = false;
      response.prependListener('finish', () => settle(exchange, line.socket.destroyed ? 'aborted' : 'sent'));
      response.writeHead(first.status, headerList(exchange, first, true));
      if (exchange.method === 'HEAD') {
        rest.leave();
        response.end();
        return;
      }
      await write(exchange, response, first.body);
      for (let piece = await rest.next(); piece !== null; piece = await rest.next()) {
        if (!holds(exchange, piece.reply, piece.receipt)) throw new Error('a piece without tickets');
        await write(exchange, response, piece.reply.body);
      }
      response.end();
      watchReader(exchange);
    } catch (cause) {
      rest.leave();
      if (!line.socket.destroyed) log.warn('stream-cut', { accessId, cause: cause instanceof Error ? cause.name : 'unknown' });
      line.socket.destroy();
      settle(exchange, 'aborted');
    } finally {
      // The connection may carry many more answers, and each listener would hold its stream.
      line.socket.off('close', leave);
    }
  }

  /** Settles when the reader has taken enough that more may be made; rejects when he is gone or too slow. */
  function write(exchange: Exchange, response: NonNullable<Exchange['response']>, body: Buffer): Promise<void> {
    if (body.length === 0) return Promise.resolve();
    exchange.sending = (exchange.sending ?? 0) + body.length;
    return new Promise((taken, gone) => {
      const { socket } = exchange.line;
      const over = (): void => {
        clearTimeout(slow);
        response.off('drain', drained);
        socket.off('close', closed);
      };
      const drained = (): void => {
        over();
        taken();
      };
      const closed = (): void => {
        over();
        gone(new Error('the reader is gone'));
      };
      const slow = setTimeout(() => {
        log.warn('slow-reader-cut', { accessId: exchange.accessId });
        over();
        socket.destroy();
        gone(new Error('the reader is too slow'));
      }, parts.slowReaderMs);
      slow.unref();
      if (socket.destroyed) return closed();
      socket.once('close', closed);
      response.once('drain', drained);
      if (response.write(body)) drained();
    });
  }

  function writeToResponse(exchange: Exchange, response: NonNullable<Exchange['response']>, reply: ReplyToSend, isBodiless: boolean): void {
    if (exchange.mustClose || parts.isStopping()) response.shouldKeepAlive = false;
    // Node says 'finish' too when the connection is destroyed under a pending write. First in the row: its own listener may end the socket.
    response.prependListener('finish', () => settle(exchange, exchange.line.socket.destroyed ? 'aborted' : 'sent'));
    response.writeHead(reply.status, headerList(exchange, reply));
    if (isBodiless) response.end();
    else response.end(reply.body);
    // The kernel did not take it all, or earlier answers on the line stand in the way: from here on the reader sets the pace.
    if (response.socket === null || response.socket.writableLength > 0) watchReader(exchange);
  }

  /** For what Node could not read as a request. The line is closed behind it. */
  function writeToSocket(exchange: Exchange, reply: ReplyToSend): void {
    const { socket } = exchange.line;
    const headers = [...headerList(exchange, reply), 'Date', new Date().toUTCString(), 'Connection', 'close'];
    const lines = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`];
    for (let at = 0; at < headers.length; at += 2) {
      validateHeaderName(headers[at] as string);
      validateHeaderValue(headers[at] as string, headers[at + 1] as string);
      lines.push(`${headers[at]}: ${headers[at + 1]}`);
    }
    socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), reply.body]), () =>
      settle(exchange, socket.writableFinished ? 'sent' : 'aborted'),
    );
    // What still comes in is thrown away: closing over unread bytes would reset the connection under the answer.
    socket.resume();
    setTimeout(() => socket.destroy(), parts.lingerMs).unref();
  }

  function headerList(exchange: Exchange, reply: ReplyToSend, isStream = false): string[] {
    const list = fixedFlat.slice();
    for (const [name, value] of reply.headers) if (!owned.has(name.toLowerCase())) list.push(name, value);
    for (const [name, value] of exchange.corsHeaders) list.push(name, value);
    if (reply.status !== 204 && !isStream) list.push('Content-Length', String(reply.body.length));
    return list;
  }

  function watchReader(exchange: Exchange): void {
    exchange.slowReader = setTimeout(() => {
      log.warn('slow-reader-cut', { accessId: exchange.accessId });
      exchange.line.socket.destroy();
    }, parts.slowReaderMs);
    exchange.slowReader.unref();
  }

  function settle(exchange: Exchange, outcome: 'sent' | 'aborted'): void {
    if (!exchange.line.open.has(exchange)) return;
    if (exchange.slowReader !== null) clearTimeout(exchange.slowReader);
    exchange.line.end(exchange);
    handlers.delivered(exchange.accessId, outcome, exchange.sending ?? 0);
  }

  return { send, settle, unrecorded: () => unrecorded };
}

/** What the edge alone says, besides the fixed headers. */
const OWNED: readonly string[] = [
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'date',
  'trailer',
  'server',
  'x-powered-by',
  'last-modified',
  'set-cookie',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-max-age',
];
