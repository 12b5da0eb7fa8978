import { Pool } from 'undici';
import type { UpstreamReply } from '../vocabulary/access';
import type { Route } from '../vocabulary/case-system';
import type { Clock } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import type { WriteMethod } from '../vocabulary/write-rule';
import { checkedAddress } from './checked-address';
import { createCircuitBreaker } from './circuit-breaker';
import { checkedHeaderName, createCredential, credentialHeader, type CredentialSettings } from './credential';
import { createJsonFetch, type JsonFetch } from './json-fetch';
import type { UpstreamLog } from './log';
import { ReplyReader } from './reply-reader';
import { StreamReader, type FlowingReply } from './stream-reader';
import { readTlsMaterial, tlsFilePaths, type TlsFiles } from './tls-material';
import { isConnectionFault } from './upstream-fault';
import { checkedBasePath, upstreamTarget, type UpstreamQuery, type UpstreamTarget } from './upstream-target';
import { watchFiles } from './watched-files';

/** Signs who asks, for a case system that wants to know (`createAssertionSigner` of identify fits). */
export interface AssertionSigner {
  sign(claims: { readonly audience: string; readonly accessId: string } & AssertedCaller): Promise<string>;
}

/** Who the assertion speaks of, by ids of the directory. */
export interface AssertedCaller {
  readonly account: string;
  readonly organization: string;
  readonly application: string;
  readonly actor: string | null;
}

export interface CaseSystemSettings {
  readonly name: string;
  /** https://host[:port]; plain http on loopback only, or anywhere where `isPlainHttpAccepted`. */
  readonly origin: string;
  readonly isPlainHttpAccepted?: boolean;
  /** What stands before every path of the system, '' or '/api/v2'. */
  readonly basePath?: string;
  readonly tls?: TlsFiles;
  readonly credential: CredentialSettings;
  readonly assertion?: { readonly header: string; readonly audience: string; readonly signer: AssertionSigner };
  /** Whether x-casegate-access-id and a checked traceparent go along. */
  readonly tells?: { readonly accessId?: boolean; readonly traceparent?: boolean };
  readonly limits?: Partial<UpstreamLimits>;
  readonly clock: Clock;
  readonly log: UpstreamLog;
  /** For the token endpoint; one that takes the same `tls.caFile` is made where none is handed in. */
  readonly jsonFetch?: JsonFetch;
}

export interface UpstreamLimits {
  /** From the call to the decoded body, milliseconds, waiting for a connection and a token included. */
  readonly deadlineMs: number;
  /** Longest time of one streamed list, milliseconds, the waiting of slow readers included. */
  readonly streamMs: number;
  readonly connectMs: number;
  readonly connections: number;
  /** Calls under way or waiting; more are refused at once. */
  readonly mostCalls: number;
  /** No body may be larger, whatever a route says, bytes. */
  readonly maxBodyBytes: number;
  readonly failuresToOpen: number;
  readonly openMs: number;
  /** How often files of secrets and certificates are looked at, milliseconds. */
  readonly fileCheckMs: number;
}

export const UPSTREAM_LIMITS: UpstreamLimits = {
  deadlineMs: 5_000,
  streamMs: 900_000,
  connectMs: 2_000,
  connections: 64,
  mostCalls: 1_024,
  maxBodyBytes: 16 * 1024 * 1024,
  failuresToOpen: 5,
  openMs: 2_000,
  fileCheckMs: 5_000,
};

export interface FetchCall {
  readonly route: Route;
  /** '' for a list. */
  readonly recordId: string;
  /** For a list alone. */
  readonly query?: UpstreamQuery | undefined;
  readonly accessId: string;
  /** The caller's token; used where the credential is forward-bearer, else not looked at. */
  readonly bearer?: string | undefined;
  /** Needed where an assertion is configured, else not looked at. */
  readonly assertionOf?: AssertedCaller | undefined;
  readonly traceparent?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The case system's validator is kept, for a write that follows. */
  readonly wantsEtag?: boolean;
}

/** A write: `route` and `recordId` are those of the write; nothing of the caller's text is in the address. */
export interface WriteCall extends Omit<FetchCall, 'wantsEtag'> {
  readonly method: WriteMethod;
  readonly body: { readonly bytes: Buffer; readonly mediaType: string } | null;
  /** The case system's own validator, as it sent it. */
  readonly ifMatch: string | null;
}

/** unsent: it cannot have arrived. unknown: it was sent, and what became of it cannot be said. */
export type WriteOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly durationMs: number }
  | { readonly kind: 'unsent'; readonly fault: GatewayError; readonly durationMs: number }
  | { readonly kind: 'unknown'; readonly fault: GatewayError; readonly durationMs: number };

export interface CaseSystemClient {
  /**
   * Fetches one record, or one page of a list. Gives status 200 with the decoded body, or 404 without one.
   * Rejects GatewayError upstream-unreachable, -timeout, -failed, -malformed, -too-large (or shutting-down after close); never retries.
   */
  fetchRecord(call: FetchCall): Promise<UpstreamReply>;
  /** Sends a write once, never again by itself. Never rejects. */
  sendWrite(call: WriteCall): Promise<WriteOutcome>;
  /**
   * Asks for a list that is taken chunk by chunk. Gives it once its head has come, null for a 404. Rejects as `fetchRecord`, and so do its chunks.
   * The route's cap alone holds for it, and `limits.streamMs`.
   */
  openStream(call: FetchCall): Promise<FlowingReply | null>;
  state(): { readonly breaker: 'closed' | 'open' | 'probing'; readonly calls: number };
  /** Waits for calls under way, at most their deadline. */
  close(): Promise<void>;
}

export function createCaseSystemClient(settings: CaseSystemSettings): CaseSystemClient {
  const limits = { ...UPSTREAM_LIMITS, ...settings.limits };
  const origin = checkedAddress(`The origin of ${settings.name}`, settings.origin, settings.isPlainHttpAccepted);
  if (origin.pathname !== '/') throw new Error(`The origin of ${settings.name} must have no path; use basePath.`);
  const basePath = checkedBasePath(settings.basePath ?? '');
  const credential = createCredential(settings.credential, {
    system: settings.name,
    timeoutMs: limits.deadlineMs,
    fileCheckMs: limits.fileCheckMs,
    isPlainHttpAccepted: settings.isPlainHttpAccepted ?? false,
    jsonFetch:
      settings.jsonFetch ?? createJsonFetch({ tls: { caFile: settings.tls?.caFile }, isPlainHttpAccepted: settings.isPlainHttpAccepted }),
    clock: settings.clock,
    log: settings.log,
  });
  const assertion = settings.assertion && { ...settings.assertion, header: checkedHeaderName(settings.assertion.header) };
  if (assertion !== undefined && assertion.header === credentialHeader(settings.credential)) {
    throw new Error(`Assertion and credential of ${settings.name} cannot stand in one header.`);
  }
  const breaker = createCircuitBreaker({ failuresToOpen: limits.failuresToOpen, openMs: limits.openMs, clock: settings.clock });
  const targets = new WeakMap<Route, UpstreamTarget>();
  let pool = openPool(origin.origin, settings.tls, limits);
  // Connections of their own: long streams must not take those of single reads, and their cap is the route's.
  let streams = openStreamPool(origin.origin, settings.tls, limits);
  let calls = 0;
  let isClosed = false;
  const watch = watchFiles(tlsFilePaths(settings.tls), limits.fileCheckMs, () => {
    try {
      const old = [pool, streams];
      pool = openPool(origin.origin, settings.tls, limits);
      streams = openStreamPool(origin.origin, settings.tls, limits);
      for (const one of old) void one.close().catch(() => undefined);
      settings.log.info('upstream-certificates-reread', { system: settings.name });
    } catch {
      settings.log.error('upstream-certificates-unreadable', { system: settings.name });
    }
  });

  const targetOf = (route: Route): UpstreamTarget => {
    let target = targets.get(route);
    if (target === undefined) targets.set(route, (target = upstreamTarget(route, basePath)));
    return target;
  };
  const done = (): void => {
    calls -= 1;
  };

  // One promise a call and no await where nothing has to be waited for: this stands on the way of every record.
  function fetchRecord(call: FetchCall): Promise<UpstreamReply> {
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const { route } = call;
      const totalHeader = route.answer === 'list' && route.total?.in === 'header' ? route.total.header : null;
      begin(call, reject, startedMs, ({ path, headers, secret, leftMs }) => {
        const reader = new ReplyReader({
          totalHeader,
          maxBytes: Math.min(call.route.maxBodyBytes, limits.maxBodyBytes),
          deadlineMs: leftMs,
          signal: call.signal,
          takes: call.wantsEtag === true ? 'record-and-etag' : 'record',
          done,
          take: ({ status, mediaType, body, etag, total }) => {
            breaker.succeeded();
            const reply = { status: status as 200 | 404, mediaType, body, durationMs: since(startedMs) };
            if (totalHeader !== null) resolve({ ...reply, total });
            else resolve(call.wantsEtag === true ? { ...reply, etag } : reply);
          },
          refuse: (fault, refused) => {
            noteFault(fault, refused, secret);
            reject(fault);
          },
        });
        // The method is a literal: whatever the caller's was, the case system is read.
        pool.dispatch({ path, method: 'GET', headers }, reader);
      });
    });
  }

  function sendWrite(call: WriteCall): Promise<WriteOutcome> {
    const startedMs = performance.now();
    const unsent = (error: unknown): WriteOutcome => {
      const fault =
        error instanceof GatewayError ? error : new GatewayError('internal-fault', 'a write could not be prepared', { cause: error });
      return { kind: 'unsent', fault, durationMs: since(startedMs) };
    };
    if (isClosed) return Promise.resolve(unsent(new GatewayError('shutting-down', 'the client is closed')));
    if (calls >= limits.mostCalls) return Promise.resolve(unsent(busy('too many calls under way', 1)));
    if (!breaker.admit()) return Promise.resolve(unsent(busy('it could not be reached a moment ago', breaker.retryAfterSeconds())));
    calls += 1;
    return sendAdmitted(call, startedMs).catch((error: unknown) => {
      breaker.released();
      calls -= 1;
      return unsent(error);
    });
  }

  async function sendAdmitted(call: WriteCall, startedMs: number): Promise<WriteOutcome> {
    const target = targetOf(call.route);
    const path = target.pathOf(call.recordId, null);
    const { headers, secret, leftMs } = await prepare(call, target, startedMs);
    if (call.body !== null) headers.push('content-type', call.body.mediaType);
    if (call.ifMatch !== null) headers.push('if-match', call.ifMatch);
    return new Promise((resolve) => {
      const reader = new ReplyReader({
        maxBytes: limits.maxBodyBytes,
        deadlineMs: leftMs,
        signal: call.signal,
        takes: 'head',
        totalHeader: null,
        done,
        take: ({ status }) => {
          breaker.succeeded();
          resolve({ kind: 'answered', status, durationMs: since(startedMs) });
        },
        refuse: (fault, refused) => {
          noteFault(fault, refused, secret);
          const durationMs = since(startedMs);
          resolve(refused.wasSent ? { kind: 'unknown', fault, durationMs } : { kind: 'unsent', fault, durationMs });
        },
      });
      pool.dispatch({ path, method: call.method, headers, body: call.body?.bytes ?? null }, reader);
    });
  }

  function openStream(call: FetchCall): Promise<FlowingReply | null> {
    return new Promise((resolve, reject) => {
      begin(call, reject, performance.now(), ({ path, headers, secret, leftMs }) => {
        const reader = new StreamReader({
          maxBytes: call.route.maxBodyBytes,
          deadlineMs: leftMs,
          longestMs: limits.streamMs,
          done,
          take: (reply) => {
            breaker.succeeded();
            resolve(reply);
          },
          refuse: (fault, refused) => {
            noteFault(fault, refused, secret);
            reject(fault);
          },
        });
        streams.dispatch({ path, method: 'GET', headers }, reader);
      });
    });
  }

  /** Counts the call, prepares it and has it sent; what throws before that ends it. */
  function begin(
    call: FetchCall,
    reject: (error: Error) => void,
    startedMs: number,
    send: (sent: Prepared & { path: string }) => void,
  ): void {
    if (isClosed) throw new GatewayError('shutting-down', 'the client is closed');
    const target = targetOf(call.route);
    const path = target.pathOf(call.recordId, call.query ?? null);
    if (calls >= limits.mostCalls) throw busy('too many calls under way', 1);
    if (!breaker.admit()) throw busy('it could not be reached a moment ago', breaker.retryAfterSeconds());
    calls += 1;
    const giveUp = (error: unknown): void => {
      breaker.released();
      calls -= 1;
      reject(error as Error);
    };
    try {
      const prepared = prepare(call, target, startedMs);
      if (prepared instanceof Promise) prepared.then((made) => send({ path, ...made })).catch(giveUp);
      else send({ path, ...prepared });
    } catch (error) {
      giveUp(error);
    }
  }

  function noteFault(fault: GatewayError, reader: ReplyReader | StreamReader, secret: readonly [string, string] | null): void {
    if (isConnectionFault(fault)) breaker.failed();
    else if (reader.hasAnswered) breaker.succeeded();
    else breaker.released();
    if (secret !== null && reader.isUnauthorized) credential.refused(secret[1]);
  }

  function prepare(call: Call, target: UpstreamTarget, startedMs: number): Prepared | Promise<Prepared> {
    const given = credential.header(call.bearer);
    if (given instanceof Promise || assertion !== undefined) return prepareLater(call, target, given, startedMs);
    return { headers: headersFor(call, target, given), secret: given, leftMs: limits.deadlineMs };
  }

  async function prepareLater(
    call: Call,
    target: UpstreamTarget,
    given: ReturnType<typeof credential.header>,
    startedMs: number,
  ): Promise<Prepared> {
    const secret = await given;
    const headers = headersFor(call, target, secret);
    if (assertion !== undefined) headers.push(assertion.header, await signed(call, assertion));
    return { headers, secret, leftMs: Math.max(1, Math.ceil(limits.deadlineMs - (performance.now() - startedMs))) };
  }

  function signed(call: Call, { audience, signer }: NonNullable<CaseSystemSettings['assertion']>): Promise<string> {
    if (call.assertionOf === undefined) throw new GatewayError('internal-fault', 'a call that needs an assertion names no caller');
    const { account, organization, application, actor } = call.assertionOf;
    return signer.sign({ audience, accessId: call.accessId, account, organization, application, actor });
  }

  // The whole list of what goes upstream; undici adds host and connection. Nothing is taken from the caller's headers (HDR-01, HDR-11..13).
  function headersFor(call: Call, target: UpstreamTarget, secret: readonly [string, string] | null): string[] {
    const headers = ['accept', target.accept, 'accept-encoding', 'identity'];
    if (secret !== null) headers.push(secret[0], secret[1]);
    if (settings.tells?.accessId === true) headers.push('x-casegate-access-id', call.accessId);
    if (settings.tells?.traceparent === true && call.traceparent !== undefined && isTraceparent(call.traceparent)) {
      headers.push('traceparent', call.traceparent);
    }
    return headers;
  }

  return {
    fetchRecord,
    sendWrite,
    openStream,
    state: () => ({ breaker: breaker.state(), calls }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      watch.close();
      credential.close();
      const late = setTimeout(() => {
        for (const one of [pool, streams]) void one.destroy().catch(() => undefined);
      }, limits.deadlineMs);
      await Promise.all([pool.close(), streams.close()]).finally(() => clearTimeout(late));
    },
  };
}

type Call = Omit<FetchCall, 'wantsEtag'>;

const since = (startedMs: number): number => Math.round((performance.now() - startedMs) * 1000) / 1000;

/** What a call is sent with. */
interface Prepared {
  readonly headers: string[];
  readonly secret: readonly [string, string] | null;
  readonly leftMs: number;
}

const busy = (why: string, retryAfterSeconds: number): GatewayError =>
  new GatewayError('upstream-unreachable', `the case system is not called: ${why}`, { retryAfterSeconds });

const isTraceparent = (text: string): boolean => /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/.test(text);

const MOST_STREAMS = 16;

/** As the other pool, without its cap on a body: undici counts bytes of a whole reply, and a stream has the cap of its route. */
function openStreamPool(origin: string, tls: TlsFiles | undefined, limits: UpstreamLimits): Pool {
  return openPool(origin, tls, { ...limits, connections: MOST_STREAMS, maxBodyBytes: -1 });
}

// The settings of library-pitfalls.md. Time-outs of undici are a second net under ReplyReader's deadline. No interceptors: no cache, retry or redirect.
function openPool(origin: string, tls: TlsFiles | undefined, limits: UpstreamLimits): Pool {
  return new Pool(origin, {
    connections: limits.connections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 16_384,
    headersTimeout: limits.deadlineMs,
    bodyTimeout: limits.deadlineMs,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
    maxResponseSize: limits.maxBodyBytes,
    connect: { timeout: limits.connectMs, ...readTlsMaterial(tls) },
  });
}
