import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express from 'express';
import type { Request, Response } from 'express';
import { createReceiver } from './create-receiver';
import type { LimiterState } from './create-limiter';
import { DATA_PLANE_LIMITS, DEFAULT_HOSTS } from './data-plane-options';
import type { DataPlaneLimits, DataPlaneOptions } from './data-plane-options';
import { expressServer } from './express-server';
import type { Handlers } from './handlers';
import { hostMatcher } from './host-matcher';
import { readUnreadable } from './read-unreadable';

export interface DataPlane {
  readonly server: Server;
  /** Settles once it listens; rejects when it cannot. */
  listen(): Promise<{ readonly port: number }>;
  /** Takes nothing new, lets what runs finish for at most `drainMs`, then cuts what is left. May be called twice. */
  stop(): Promise<void>;
  state(): DataPlaneState;
}

export interface DataPlaneState {
  readonly listening: boolean;
  readonly stopping: boolean;
  readonly openRequests: number;
  /** Connections turned away because there were too many. */
  readonly connectionsDropped: number;
  /** Answers destroyed because their tickets did not hold. Anything but 0 is a fault of ours. */
  readonly unrecordedAnswers: number;
  readonly addressLimiter: LimiterState;
}

/**
 * The data plane's listener: Express 5 over node:http, HTTP/1.1 alone.
 *
 * The order, on one page:
 *   Node's parser (strict)             what it cannot read -> readUnreadable -> a problem document on the bare socket, closed
 *   Express                            one layer: `receive`. What Express cannot read goes to the same place, a fault to the same refusal
 *   receive   readHead                 the raw header lines, once
 *             judgeRequest             version, headers, Expect, Upgrade, Host, path, method, body, route, bearer
 *             the address limiter      before the token is looked at; the caller limiter stands in the pipeline
 *             carry | refuse           the pipeline, or a problem document with its entry
 *   sender                             both tickets, helmet's headers, one writeHead with Content-Length, the delivery note
 *
 * Fails   at construction with an Error, where `trustedProxies` cannot be meant.
 */
export function createDataPlane(options: DataPlaneOptions, handlers: Handlers): DataPlane {
  const limits: DataPlaneLimits = { ...DATA_PLANE_LIMITS, ...options.limits };
  const { listenHost = '127.0.0.1', listenPort = 0, hosts = [...DEFAULT_HOSTS, listenHost] } = options;
  let isKnownHost: (host: string) => boolean = () => false;
  let isStopping = false;
  let connectionsDropped = 0;
  let stopped: Promise<void> | null = null;
  const sockets = new Set<Socket>();

  const receiver = createReceiver(options, limits, handlers, { isStopping: () => isStopping, isKnownHost: (host) => isKnownHost(host) });
  const server = buildServer(receiver.request, limits, options.tls ?? null, (fault) =>
    options.log.error('express-fault', { cause: String(fault) }),
  );
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number }, stream) => {
    const socket = stream as Socket;
    const found = readUnreadable(error);
    // A caller who is gone, or who never sent a byte, asked nothing: there is nobody to answer and nothing to enter.
    if (found === null || !socket.writable || socket.bytesRead === 0) return void socket.destroy();
    receiver.unreadable(socket, found.code, found.headers);
  });
  server.on('connect', (_request, stream) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    receiver.unreadable(socket, 'method-not-allowed', [['Allow', 'GET, HEAD']]);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('drop', () => {
    connectionsDropped += 1;
  });

  async function listen(): Promise<{ readonly port: number }> {
    await new Promise<void>((listening, fail) => {
      server.once('error', fail);
      server.listen(listenPort, listenHost, () => {
        server.off('error', fail);
        listening();
      });
    });
    const { port } = server.address() as AddressInfo;
    isKnownHost = hostMatcher(hosts, port);
    return { port };
  }

  async function drain(): Promise<void> {
    isStopping = true;
    const closed = new Promise<void>((done) => void server.close(() => done()));
    server.closeIdleConnections();
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((tell) => {
      deadline = setTimeout(() => tell('late'), limits.drainMs);
    });
    const outcome = await Promise.race([receiver.untilIdle(), late]);
    clearTimeout(deadline);
    if (outcome === 'late') options.log.error('drain-cut', { openRequests: receiver.open() });
    // What is left has nothing under way: half a request, or an answer that has wholly left.
    server.closeAllConnections();
    // Node keeps no count of handshakes under way and of connections that left HTTP: they would hold the stop up.
    const rest = setTimeout(() => sockets.forEach((socket) => socket.destroy()), limits.lingerMs);
    await closed;
    clearTimeout(rest);
  }

  return {
    server,
    listen,
    stop: () => (stopped ??= drain()),
    state: () => ({
      listening: server.listening,
      stopping: isStopping,
      openRequests: receiver.open(),
      connectionsDropped,
      unrecordedAnswers: receiver.unrecordedAnswers(),
      addressLimiter: options.addressLimiter.state(),
    }),
  };
}

function buildServer(
  receive: (request: Request, response: Response) => void,
  limits: DataPlaneLimits,
  tls: NonNullable<DataPlaneOptions['tls']> | null,
  onFault: (fault: unknown) => void,
): Server {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  app.set('env', 'production');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use((request, response) => receive(request, response));

  const server = expressServer(
    app,
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      insecureHTTPParser: false,
      // Node would answer 400 by itself, without an entry; judgeRequest asks for the Host.
      requireHostHeader: false,
      noDelay: true,
    },
    tls,
    (request, response, fault) => {
      if (fault === undefined || fault === null) return receive(request, response);
      onFault(fault);
      request.socket.destroy();
    },
  );
  // One more than allowed: Node cuts what is beyond in silence, and a cut header block must be refused.
  server.maxHeadersCount = limits.headers + 1;
  // Beyond its own count of requests a connection Node answers a bare 503, without an entry; the receiver counts.
  server.maxRequestsPerSocket = 0;
  server.maxConnections = limits.connections;
  server.timeout = limits.idleTimeoutMs;
  // Expectations are judged like everything else; with these listeners Node sends neither a 100 nor a 417 of its own.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}
