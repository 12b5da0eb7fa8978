import { Agent, createServer } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { runAsChild } from '../../demo/start-child';
import { listen } from './listen';
import type { SubjectInput, SubjectReady } from './listen';

/** Express 5 as it comes, http-proxy-middleware 3 with a keep-alive agent; nothing enforced. */
async function start({ upstreamPort }: SubjectInput): Promise<{ ready: SubjectReady }> {
  const app = express();
  app.use(
    createProxyMiddleware({
      target: `http://127.0.0.1:${upstreamPort}`,
      pathRewrite: { '^/workforce-one': '' },
      agent: new Agent({ keepAlive: true, maxSockets: 64 }),
    }),
  );
  return { ready: { port: await listen(createServer(app)) } };
}

runAsChild(start);
