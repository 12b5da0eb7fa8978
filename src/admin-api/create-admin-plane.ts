import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { ADMIN_ROUTES } from './admin-routes';
import type { AdminPlaneParts } from './admin-plane-parts';
import { carryAct } from './carry-act';
import { describeAdminPlane } from './describe-admin-plane';

/** Only requests of people and scripts come here: slow ones are cut early. */
const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16_384,
  requireHostHeader: true,
  insecureHTTPParser: false,
} as const;

/**
 * The admin plane on a server of its own, not listening yet; with `tls` (PEM) it speaks TLS itself.
 *
 * `/healthz` and `/readyz` answer one word. Everything else, unknown paths included, counts the address, asks who is there (a token of the
 * admin audience), counts the account, then asks for the right; each act and each denial is an entry that is durable before the answer
 * leaves; a change has one before it as well.
 */
export function createAdminPlane(parts: AdminPlaneParts, tls: { readonly cert: string; readonly key: string } | null = null): Server {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  app.set('trust proxy', false);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
      },
      xFrameOptions: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
    }),
    (_request: Request, response: Response, next: NextFunction) => {
      response.setHeader('Cache-Control', 'no-store');
      next();
    },
  );

  const router = express.Router({ caseSensitive: true, strict: true });
  router.get('/healthz', (request, response) => tellWord(request, response, true));
  router.get('/readyz', (request, response) => tellWord(request, response, parts.isReady()));
  const description = describeAdminPlane();
  for (const route of ADMIN_ROUTES) router.all(route.path, (request, response) => carryAct(parts, route, request, response));
  router.all('/api/openapi.json', (request, response) => carryAct(parts, { describes: description }, request, response));
  router.use((request, response) => carryAct(parts, null, request, response));
  app.use(router);
  // carryAct answers everything itself; what still comes here is a fault of ours, and Express's own page would show its stack (CON-15).
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => response.destroy());

  const server =
    tls === null ? createServer(SERVER_LIMITS, app) : createTlsServer({ ...SERVER_LIMITS, ...tls, minVersion: 'TLSv1.2' }, app);
  server.maxHeadersCount = 100;
  server.maxRequestsPerSocket = 1_000;
  server.setTimeout(60_000);
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('checkContinue', (_request, response) => response.writeHead(417, { connection: 'close' }).end());
  server.on('checkExpectation', (_request, response) => response.writeHead(417, { connection: 'close' }).end());
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

function tellWord(request: Request, response: Response, isWell: boolean): void {
  const isAsked = request.method === 'GET' || request.method === 'HEAD';
  response
    .status(!isAsked ? 405 : isWell ? 200 : 503)
    .type('text/plain')
    .end(isWell ? 'ok\n' : 'not ready\n');
}
