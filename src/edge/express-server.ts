import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Express, Request, Response } from 'express';

/**
 * A server whose requests and responses are born with Express's prototypes.
 *
 * Express swaps the prototype of every request and response when it takes them, which throws away what V8 learnt of their shape: 127–168 µs a
 * request against 27 (performance.md). Here the classes chain to `app.request` and `app.response` and take their place, so the swap changes
 * nothing. It must be done before the first request, and a mounted sub-app would undo it: use Routers. A test holds Express's behaviour equal.
 *
 * With `tls` it speaks TLS itself. `last` is what Express calls when nothing answered, or with the fault: it stands in for the page with a stack trace (E05).
 */
export function expressServer(
  app: Express,
  options: ServerOptions,
  tls: { readonly cert: string; readonly key: string } | null,
  last: (request: Request, response: Response, fault: unknown) => void,
): Server {
  class CheapRequest extends IncomingMessage {}
  class CheapResponse extends ServerResponse {}
  Object.setPrototypeOf(CheapRequest.prototype, app.request);
  Object.setPrototypeOf(CheapResponse.prototype, app.response);
  app.request = CheapRequest.prototype as Request;
  app.response = CheapResponse.prototype as Response;
  const all = { ...options, IncomingMessage: CheapRequest, ServerResponse: CheapResponse };
  const receive = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const request = incoming as Request;
    const response = outgoing as unknown as Response;
    app(request, response, (fault?: unknown) => last(request, response, fault));
  };
  if (tls === null) return createServer(all, receive);
  // HTTP/1.1 over TLS 1.2 or later; ALPN offers nothing else.
  // Before the handshake is over HTTP's own time-outs do not run, and TLS would wait two minutes (LOD-01).
  const handshakeTimeout = options.headersTimeout ?? 10_000;
  return createTlsServer({ ...all, ...tls, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], handshakeTimeout }, receive);
}
