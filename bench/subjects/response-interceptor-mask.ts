import { Agent, createServer } from 'node:http';
import express from 'express';
import { createProxyMiddleware, responseInterceptor } from 'http-proxy-middleware';
import { runAsChild } from '../../demo/start-child';
import { listen } from './listen';
import { maskSsns } from './mask-ssns';
import type { SubjectInput, SubjectReady } from './listen';

/** Express 5, http-proxy-middleware with responseInterceptor, JSON.parse, a regular expression for SSNs. No token, no policy, no log. */
async function start({ upstreamPort }: SubjectInput): Promise<{ ready: SubjectReady }> {
  const app = express();
  app.use(
    createProxyMiddleware({
      target: `http://127.0.0.1:${upstreamPort}`,
      pathRewrite: { '^/workforce-one': '' },
      agent: new Agent({ keepAlive: true, maxSockets: 64 }),
      selfHandleResponse: true,
      on: {
        // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the library types its own interceptor so
        proxyRes: responseInterceptor((body) => Promise.resolve(JSON.stringify(maskSsns(JSON.parse(body.toString('utf8')))))),
      },
    }),
  );
  return { ready: { port: await listen(createServer(app)) } };
}

runAsChild(start);
