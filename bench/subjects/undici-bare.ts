import { createServer } from 'node:http';
import { Pool } from 'undici';
import { runAsChild } from '../../demo/start-child';
import { listen } from './listen';
import type { SubjectInput, SubjectReady } from './listen';

/** node:http in front, undici Pool dispatch behind: the least that a Node proxy can do. */
async function start({ upstreamPort }: SubjectInput): Promise<{ ready: SubjectReady }> {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 64, pipelining: 1 });
  const server = createServer((req, res) => {
    const path = (req.url ?? '/').replace('/workforce-one', '');
    pool.dispatch(
      { path, method: 'GET', headers: { authorization: req.headers.authorization ?? '', accept: 'application/json' } },
      {
        onConnect() {},
        onHeaders(status, headers, resume) {
          res.on('drain', resume);
          const copied: string[] = [];
          for (const bytes of headers) copied.push(bytes.toString('latin1'));
          res.writeHead(status, copied);
          return true;
        },
        onData: (chunk) => res.write(chunk),
        onComplete: () => {
          res.end();
        },
        onError: () => res.destroy(),
      },
    );
  });
  return { ready: { port: await listen(server) } };
}

runAsChild(start);
