import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express } from 'express';
import { expressServer } from '../../src/edge/express-server';
import { sendRaw } from '../support/raw-http';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed)))));

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

const plain = (app: Express): Server => createServer(app);
const cured = (app: Express): Server =>
  expressServer(app, {}, null, (_request, response, fault) =>
    response.status(fault === undefined ? 404 : 500).end(fault === undefined ? 'none' : 'fault'),
  );

/** An app that uses what Express puts on requests and responses. */
function sampleApp(): Express {
  const app = express();
  app.set('etag', 'weak');
  app.set('trust proxy', 'loopback');
  app.use((request, response, next) => {
    response.locals['from'] = request.get('X-From') ?? 'nobody';
    next();
  });
  const router = express.Router({ caseSensitive: true, strict: true });
  router.get('/request/:id', (request, response) =>
    response.json({
      get: [request.get('HOST'), request.header('x-from'), request.get('referrer')],
      accepts: [request.accepts('json', 'html'), request.acceptsEncodings('gzip'), request.acceptsLanguages('de'), request.is('json')],
      where: [request.ip, request.ips, request.protocol, request.secure, request.hostname, request.subdomains, request.xhr, request.fresh],
      url: [request.url, request.originalUrl, request.baseUrl, request.path, request.params, request.query, request.method],
      types: [request instanceof IncomingMessage, response instanceof ServerResponse, request.app === app, response.app === app],
      links: [request.res === response, response.req === request, typeof request.next],
      locals: response.locals['from'] as unknown,
    }),
  );
  router.get('/send', (_request, response) =>
    response.status(201).set('X-A', 'b').type('text').append('X-A', 'c').vary('Accept').send('text'),
  );
  router.get('/buffer', (_request, response) => response.send(Buffer.from('bytes')));
  router.get('/json', (_request, response) => response.json({ a: [1, null, 'é'] }));
  router.get('/status', (_request, response) => response.sendStatus(204));
  router.get('/cookie', (_request, response) => response.cookie('a', 'b', { httpOnly: true }).clearCookie('c').end());
  router.get('/redirect', (_request, response) => response.location('/x').redirect(303, '/elsewhere'));
  router.get('/links', (_request, response) => response.links({ next: '/2' }).attachment('a.txt').send('x'));
  router.get('/format', (_request, response) => response.format({ json: () => response.json(1), text: () => response.send('one') }));
  app.use('/api', router);
  return app;
}

test.each([
  [
    '/api/request/7?a=1&a=2',
    [
      'X-From: alice',
      'Referer: /r',
      'Accept: application/json',
      'Accept-Language: de',
      'X-Forwarded-For: 1.2.3.4',
      'X-Requested-With: XMLHttpRequest',
    ],
  ],
  ['/api/send', []],
  ['/api/buffer', []],
  ['/api/json', []],
  ['/api/json', ['If-None-Match: *']],
  ['/api/status', []],
  ['/api/cookie', []],
  ['/api/redirect', ['Accept: text/plain']],
  ['/api/links', []],
  ['/api/format', ['Accept: text/plain']],
])('%s answers the same with and without the cure (%j)', async (target, headers) => {
  const bytes = [`GET ${target} HTTP/1.1`, 'Host: gateway.example', 'Connection: close', ...headers, '', ''].join('\r\n');
  const [as, is] = await Promise.all([sendRaw(await listen(plain(sampleApp())), bytes), sendRaw(await listen(cured(sampleApp())), bytes)]);
  const told = ({ statusLine, headers: list, body }: typeof as) => [statusLine, list.filter(([name]) => name !== 'Date'), body.toString()];
  expect(told(is)).toEqual(told(as));
  expect(as.status).toBeGreaterThan(0);
});

test('the prototypes are those of the app from birth on, so the swap changes nothing', async () => {
  const app = sampleApp();
  const server = cured(app);
  const born: boolean[] = [];
  server.prependListener('request', (request, response) =>
    born.push(Object.getPrototypeOf(request) === app.request, Object.getPrototypeOf(response) === app.response),
  );
  await sendRaw(await listen(server), 'GET /api/json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(born).toEqual([true, true]);
});

test('what no layer answers, and what a layer throws, ends with the last handler and not with a page of Express', async () => {
  const app = sampleApp();
  app.get('/throws', () => {
    throw new Error('secret');
  });
  const port = await listen(cured(app));
  const ask = async (target: string) => {
    const { status, body } = await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    return [status, body.toString()];
  };
  expect([await ask('/nowhere'), await ask('/throws')]).toEqual([
    [404, 'none'],
    [500, 'fault'],
  ]);
});
