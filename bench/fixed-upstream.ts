import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { runAsChild } from '../demo/start-child';

/** The case system of the benchmark: answers every request head with the same bytes, built once. */
export async function startFixedUpstream(body: string): Promise<number> {
  const bytes = Buffer.from(body, 'utf8');
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${bytes.length}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
  const server = createServer({ noDelay: true }, (socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf('\r\n\r\n'); end !== -1; end = rest.indexOf('\r\n\r\n')) {
        socket.write(answer);
        rest = rest.subarray(end + 4);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

if (require.main === module) {
  runAsChild<{ body: string }, { port: number }>(async ({ body }) => ({ ready: { port: await startFixedUpstream(body) } }));
}
