import { connect, type Socket } from 'node:net';

/** An answer whose head came, whole or not. */
export interface LoadAnswer {
  readonly status: number;
  readonly accessId: string;
  /** The connection it came on, from 0. */
  readonly connection: number;
  readonly tookMs: number;
}

export interface Load {
  readonly answers: readonly LoadAnswer[];
  /** Connections with a request under way for which no head has come. */
  unanswered(): number;
  /** Resolves when so many answers have come in all, or every connection is gone. */
  answered(count: number): Promise<void>;
  /** Resolves when the server has ended every connection. */
  over(): Promise<void>;
  /** No request is begun from now on; resolves when what is under way is answered or cut. */
  stop(): Promise<void>;
}

/** Callers over connections of their own, each with one request at a time and no pause between them. `next` gives the bytes of a request. */
export function startLoad(port: number, connections: number, next: (connection: number) => string): Load {
  const answers: LoadAnswer[] = [];
  const waiting = new Set<() => void>();
  const open = new Set<Socket>();
  let underWay = 0;
  let isStopped = false;
  let unanswered = 0;

  const tell = (): void => waiting.forEach((look) => look());
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });

  const call = (connection: number): void => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    let hasHead = true;
    let sentAtMs = 0;
    open.add(socket);
    const send = (): void => {
      if (isStopped) return void socket.end();
      underWay += 1;
      unanswered += 1;
      hasHead = false;
      received = '';
      sentAtMs = performance.now();
      socket.write(next(connection), 'latin1');
    };
    socket.on('connect', send);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      if (!hasHead) {
        hasHead = true;
        unanswered -= 1;
        const head = received.slice(0, headEnd);
        const accessId = /\r\nCasegate-Access-Id: (\S+)/i.exec(head)?.[1] ?? '';
        answers.push({ status: Number(head.split(' ')[1]), accessId, connection, tookMs: performance.now() - sentAtMs });
      }
      const length = Number(/\r\nContent-Length: (\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? 0);
      if (received.length < headEnd + 4 + length) return;
      underWay -= 1;
      tell();
      if (/\r\nConnection: close/i.test(received.slice(0, headEnd))) socket.end();
      else send();
    });
    socket.on('close', () => {
      open.delete(socket);
      tell();
    });
  };
  for (let connection = 0; connection < connections; connection += 1) call(connection);

  return {
    answers,
    unanswered: () => unanswered,
    answered: (count) => until(() => answers.length >= count || open.size === 0),
    over: () => until(() => open.size === 0),
    stop: async () => {
      isStopped = true;
      await until(() => underWay === 0 || open.size === 0);
      for (const socket of open) socket.destroy();
    },
  };
}

export const getBytes = (path: string, token: string | null): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${token === null ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`;
