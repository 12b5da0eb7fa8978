import fastify from 'fastify';
import httpProxy from '@fastify/http-proxy';
import { runAsChild } from '../../demo/start-child';
import type { SubjectInput, SubjectReady } from './listen';

/** Fastify 5 with @fastify/http-proxy (undici underneath); nothing enforced. */
async function start({ upstreamPort }: SubjectInput): Promise<{ ready: SubjectReady }> {
  const app = fastify();
  await app.register(httpProxy, {
    upstream: `http://127.0.0.1:${upstreamPort}`,
    prefix: '/workforce-one',
    undici: { connections: 64, pipelining: 1 },
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { ready: { port: Number(new URL(address).port) } };
}

runAsChild(start);
