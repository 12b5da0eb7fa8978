import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Request } from 'express';
import { STREAM_MEDIA_TYPES, type StreamFormat, type StreamRoute } from '../vocabulary/case-system';
import type { ErrorCode } from '../vocabulary/errors';
import type { LimitVerdict } from '../vocabulary/limit-verdict';
import type { WriteMethod, Written } from '../vocabulary/write-rule';
import { compileTrustedProxies } from './compile-trusted-proxies';
import { corsHeaders, preflightHeaders } from './cors-headers';
import type { DataPlaneLimits, DataPlaneOptions } from './data-plane-options';
import type { Exchange } from './exchange';
import type { Answer, EarlyRefusal, Handlers, HeaderPair } from './handlers';
import { judgeRequest } from './judge-request';
import type { Judgement } from './judge-request';
import { Line } from './line';
import { networkKey } from './network-key';
import { openBody, type OpenBody } from './open-body';
import { readHead } from './read-head';
import type { Head } from './read-head';
import { plainAddress, readSource } from './read-source';
import { createSender } from './send-answer';

export interface Receiver {
  /** A request that Node could read. */
  request(request: IncomingMessage, response: ServerResponse): void;
  /** What Node could not read, or reads as the start of another protocol: answered on the bare socket, once, and closed. */
  unreadable(socket: Socket, code: ErrorCode, headers?: readonly HeaderPair[]): void;
  /** Requests under way. */
  open(): number;
  /** Settles when nothing is under way. */
  untilIdle(): Promise<void>;
  unrecordedAnswers(): number;
}

/** From the first look at a request to its answer. Each answer comes from a handler and leaves through the sender. */
export function createReceiver(
  options: DataPlaneOptions,
  limits: DataPlaneLimits,
  handlers: Handlers,
  lookups: { readonly isStopping: () => boolean; readonly isKnownHost: (host: string) => boolean },
): Receiver {
  const { clock, newAccessId, log, addressLimiter } = options;
  const isTrusted = compileTrustedProxies(options.trustedProxies ?? []);
  const sender = createSender({
    handlers,
    log,
    slowReaderMs: limits.slowReaderMs,
    lingerMs: limits.lingerMs,
    isStopping: lookups.isStopping,
  });
  const lines = new WeakMap<Socket, Line>();
  let open = 0;
  let wake: (() => void) | null = null;

  const judgeBy = {
    isStopping: lookups.isStopping,
    isKnownHost: lookups.isKnownHost,
    isKnownOrigin: (origin: string) => handlers.origins().has(origin),
    route: handlers.route.bind(handlers),
  };

  function request(incoming: IncomingMessage, response: ServerResponse): void {
    const line = lineOf(incoming.socket);
    if (line.isClosing) return;
    const method = incoming.method ?? '';
    const head = readHead(incoming.rawHeaders, limits.headers, line.sound);
    const judgement = judge({ method, target: incoming.url ?? '', httpVersion: incoming.httpVersion }, head);
    if (judgement.kind === 'carry' && judgement.sound !== undefined) line.sound = judgement.sound;
    const isOneTooMany = line.open.size >= limits.requestsAtOncePerConnection;
    const isLast = (line.taken += 1) >= limits.requestsPerConnection;
    const mustClose = isOneTooMany || isLast || (judgement.kind === 'refused' && judgement.close);
    if (mustClose) line.isClosing = true;
    const source = head.forwardedFor === undefined ? line.plainSource : readSource(line.plainSource.address, head.forwardedFor, isTrusted);
    const exchange = begin(line, { source, method, response, mustClose, corsHeaders: corsFor(head, judgement) });
    const written = judgement.kind === 'carry' && judgement.writes ? openWritten(incoming, head) : null;
    void (isOneTooMany ? refuse(exchange, { code: 'rate-limited', retryAfterSeconds: 1 }) : answer(exchange, judgement, written)).then(
      (made) => {
        // What follows on the line may be the rest of a body that nobody read.
        if (written !== null && !written.open.isWhole()) line.isClosing = exchange.mustClose = true;
        sender.send(exchange, made);
      },
      (fault: unknown) => cut(exchange, fault),
    );
  }

  function openWritten(incoming: IncomingMessage, head: Head): OpenWritten {
    const open = openBody(incoming, head.hasBody, limits.requestTimeoutMs / 2);
    const { contentType, contentEncoding, ifMatch, idempotencyKey } = head;
    return { open, written: { contentType, contentEncoding, ifMatch, idempotencyKey, body: open.read } };
  }

  function unreadable(socket: Socket, code: ErrorCode, headers: readonly HeaderPair[] = []): void {
    const line = lineOf(socket);
    if (line.isClosing) return;
    line.isClosing = true;
    const exchange = begin(line, { source: line.plainSource, method: null, response: null, mustClose: true, corsHeaders: [] });
    const judgement: Judgement = { kind: 'refused', code, reason: code, close: true, headers, system: null, route: null };
    void Promise.all([answer(exchange, judgement), line.untilLast()]).then(
      ([made]) => sender.send(exchange, made),
      (fault: unknown) => cut(exchange, fault),
    );
  }

  function judge(requestLine: Parameters<typeof judgeRequest>[0], head: Head): Judgement {
    try {
      return judgeRequest(requestLine, head, judgeBy);
    } catch (fault) {
      logFault(fault);
      return { kind: 'refused', code: 'internal-fault', reason: 'internal-fault', close: true, headers: [], system: null, route: null };
    }
  }

  function answer(exchange: Exchange, judgement: Judgement, written: OpenWritten | null = null): Promise<Answer> {
    try {
      const { source, line } = exchange;
      const asked = addressLimiter.check(source === line.plainSource ? line.plainKey : networkKey(source.address));
      if (!(asked instanceof Promise)) return answerWithin(exchange, judgement, asked, written);
      return asked
        .then((verdict) => answerWithin(exchange, judgement, verdict, written))
        .catch((fault: unknown) => failed(exchange, fault));
    } catch (fault) {
      return failed(exchange, fault);
    }
  }

  function answerWithin(
    exchange: Exchange,
    judgement: Judgement,
    { limited, retryAfterSeconds }: LimitVerdict,
    written: OpenWritten | null,
  ): Promise<Answer> {
    if (limited) return refuse(exchange, { ...placeOf(judgement), code: 'rate-limited', retryAfterSeconds });
    switch (judgement.kind) {
      case 'refused':
        return refuse(exchange, judgement);
      case 'preflight':
        return handlers.preflight({ ...early(exchange), ...placeOf(judgement) });
      case 'carry':
        return carry(exchange, judgement, written);
    }
  }

  function failed(exchange: Exchange, fault: unknown): Promise<Answer> {
    logFault(fault);
    return refuse(exchange, { code: 'internal-fault' });
  }

  function carry(exchange: Exchange, judgement: Judgement & { readonly kind: 'carry' }, written: OpenWritten | null): Promise<Answer> {
    const { caseSystem, route, recordId, query, environment, sound, traceparent } = judgement;
    const format = route.answer === 'stream' ? formatFor(exchange, route) : null;
    if (format === undefined) return refuse(exchange, { ...placeOf(judgement), code: 'not-acceptable' });
    return handlers.carry({
      accessId: exchange.accessId,
      receivedAtMs: exchange.receivedAtMs,
      method: written !== null ? (exchange.method as WriteMethod) : exchange.method === 'HEAD' ? 'HEAD' : 'GET',
      system: caseSystem.name,
      environment,
      caseSystem,
      route,
      recordId,
      ...(route.answer === 'list' ? { query } : {}),
      ...(format === null ? {} : { format }),
      bearer: sound?.bearer,
      bearerKey: sound,
      source: exchange.source,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(written === null ? {} : { written: written.written }),
    });
  }

  function refuse(exchange: Exchange, what: Pick<EarlyRefusal, 'code'> & Partial<EarlyRefusal>): Promise<Answer> {
    const { code, reason = code, system = null, route = null, headers = [], retryAfterSeconds } = what;
    const refusal = { ...early(exchange), system, route, code, reason, headers };
    return handlers.refuse(retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds });
  }

  function begin(line: Line, given: Pick<Exchange, 'source' | 'method' | 'response' | 'mustClose' | 'corsHeaders'>): Exchange {
    const { source, method, response, mustClose, corsHeaders: cors } = given;
    const exchange: Exchange = {
      accessId: newAccessId(),
      receivedAtMs: clock(),
      source,
      method,
      line,
      response,
      mustClose,
      corsHeaders: cors,
      sending: null,
      slowReader: null,
    };
    line.open.add(exchange);
    open += 1;
    return exchange;
  }

  function corsFor(head: Head, judgement: Judgement): readonly HeaderPair[] {
    if (head.origin === undefined || !judgeBy.isKnownOrigin(head.origin)) return NO_HEADERS;
    return judgement.kind === 'preflight' ? preflightHeaders(head.origin) : corsHeaders(head.origin);
  }

  function lineOf(socket: Socket): Line {
    const known = lines.get(socket);
    if (known !== undefined) return known;
    const peer = plainAddress(socket.remoteAddress ?? '');
    const line = new Line(socket, Object.freeze({ address: peer }), networkKey(peer), ended);
    lines.set(socket, line);
    socket.on('close', () => {
      for (const exchange of line.open) if (exchange.sending !== null) sender.settle(exchange, 'aborted');
    });
    return line;
  }

  function ended(): void {
    open -= 1;
    if (open === 0) wake?.();
  }

  function cut(exchange: Exchange, fault: unknown): void {
    logFault(fault);
    exchange.line.socket.destroy();
    exchange.line.end(exchange);
  }

  const logFault = (fault: unknown): void =>
    log.error('edge-fault', { cause: fault instanceof Error ? (fault.stack ?? fault.message) : 'unknown' });

  return {
    request,
    unreadable,
    open: () => open,
    untilIdle: () =>
      open === 0
        ? Promise.resolve()
        : new Promise((idle) => {
            wake = idle;
          }),
    unrecordedAnswers: () => sender.unrecorded(),
  };
}

interface OpenWritten {
  readonly open: OpenBody;
  readonly written: Written;
}

const NO_HEADERS: readonly HeaderPair[] = [];

/** The format that the client likes best, by Express's own reading of Accept; undefined for none. */
function formatFor({ response }: Exchange, { formats }: StreamRoute): StreamFormat | undefined {
  const best = (response?.req as Request | undefined)?.accepts(formats.map((format) => STREAM_MEDIA_TYPES[format]));
  return formats.find((format) => STREAM_MEDIA_TYPES[format] === best);
}

const early = ({ accessId, receivedAtMs, source, method }: Exchange) => ({ accessId, receivedAtMs, source, method });

function placeOf(judgement: Judgement): { readonly system: string | null; readonly route: string | null } {
  if (judgement.kind === 'carry') return { system: judgement.caseSystem.name, route: judgement.route.name };
  return { system: judgement.system, route: judgement.route };
}
