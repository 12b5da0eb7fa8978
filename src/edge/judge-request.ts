import type { Environment, QueryPair } from '../vocabulary/access';
import type { CaseSystem, Route } from '../vocabulary/case-system';
import type { ErrorCode } from '../vocabulary/errors';
import type { Reason } from '../vocabulary/reasons';
import { WRITE_METHODS } from '../vocabulary/write-rule';
import type { HeaderPair, RouteMatch } from './handlers';
import { parsePath } from './parse-path';
import { parseQuery } from './parse-query';
import { readBearer } from './read-bearer';
import type { SoundBearer } from './read-bearer';
import type { Head } from './read-head';

export type Judgement =
  | {
      readonly kind: 'carry';
      readonly caseSystem: CaseSystem;
      readonly route: Route;
      readonly recordId: string;
      /** Empty for anything but a list. */
      readonly query: readonly QueryPair[];
      readonly environment: Environment;
      readonly sound: SoundBearer | undefined;
      readonly traceparent: string | undefined;
      /** The route writes: a body may stand behind the head. */
      readonly writes: boolean;
    }
  | { readonly kind: 'preflight'; readonly system: string; readonly route: string }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly reason: Reason;
      /** The connection cannot be trusted to be in step any more. */
      readonly close: boolean;
      readonly headers: readonly HeaderPair[];
      readonly system: string | null;
      readonly route: string | null;
    };

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
}

export interface JudgeBy {
  isStopping(): boolean;
  isKnownHost(host: string): boolean;
  isKnownOrigin(origin: string): boolean;
  route(system: string, method: string, segments: readonly string[]): RouteMatch;
}

/**
 * What is to be done with a request, from its request line and header block alone: nothing is awaited, so that a framing fault closes the
 * line before the parser hands on what stands behind it. The order of the questions is the order in which a caller is told.
 */
export function judgeRequest(line: RequestLine, head: Head, by: JudgeBy): Judgement {
  const fault = framingFault(line, head, by);
  if (fault !== null) return fault;
  const path = parsePath(line.target);
  if (path.kind === 'refused') return refused(path.code, { close: head.hasBody });
  // HEAD is decided, shaped and recorded as GET (E06, PTH-23).
  const match = by.route(path.system, 'GET', path.segments);
  const isList = match.kind === 'route' && match.route.answer === 'list';
  if (path.query !== null && (!isList || WRITE_METHODS.includes(line.method))) return refused('query-not-allowed', { close: head.hasBody });
  const isPreflight = line.method === 'OPTIONS' && head.asksPreflight && head.origin !== undefined && by.isKnownOrigin(head.origin);
  if (line.method !== 'GET' && line.method !== 'HEAD' && !isPreflight) {
    const match = WRITE_METHODS.includes(line.method) ? by.route(path.system, line.method, path.segments) : null;
    if (match?.kind === 'route') return onWriteRoute(match, head);
    const allow = match?.kind === 'method' ? match.allow.join(', ') : 'GET, HEAD';
    return refused('method-not-allowed', { close: head.hasBody, headers: [['Allow', allow]] });
  }
  if (head.hasBody) return refused('body-not-allowed', { close: true });
  const asked = isPreflight ? by.route(path.system, preflightMethod(head), path.segments) : match;
  return asked.kind === 'route' ? onRoute(asked, path.query, head, isPreflight) : offRoute(asked, path.system);
}

function framingFault(line: RequestLine, head: Head, by: JudgeBy): Judgement | null {
  if (by.isStopping()) return refused('shutting-down', { close: true });
  if (line.httpVersion !== '1.1') return refused('request-malformed', { close: true });
  if (head.fault === 'many') return refused('headers-too-large', { close: true });
  if (head.fault !== 'none') return refused('header-not-allowed', { close: true });
  // 100-continue without a body asks for nothing; with one it is refused further down. A 100 is never sent (SMG-10).
  if (head.expect !== undefined && head.expect.toLowerCase() !== '100-continue') return refused('expectation-failed', { close: true });
  // RFC 9931: to answer and go on would leave the other side believing what follows is the new protocol.
  if (head.asksUpgrade) return refused('upgrade-refused', { close: true, headers: [['Upgrade', 'HTTP/1.1']] });
  if (head.host === undefined) return refused('request-malformed', { close: true });
  if (!by.isKnownHost(head.host)) return refused('host-unknown', { close: head.hasBody });
  return null;
}

const preflightMethod = ({ asksMethod }: Head): string => (WRITE_METHODS.includes(asksMethod) ? asksMethod : 'GET');

function onWriteRoute(match: RouteMatch & { readonly kind: 'route' }, head: Head): Judgement {
  const judgement = onRoute(match, null, head, false);
  // A caller that waits for a 100 would wait in vain (SMG-10), and behind a refused body the connection is out of step.
  if (head.hasBody && head.expect !== undefined) return refused('expectation-failed', { close: true });
  return judgement.kind === 'refused' ? { ...judgement, close: judgement.close || head.hasBody } : judgement;
}

function onRoute(match: RouteMatch & { readonly kind: 'route' }, written: string | null, head: Head, isPreflight: boolean): Judgement {
  const { caseSystem, route, recordId, environment } = match;
  const place = { system: caseSystem.name, route: route.name };
  // The route matcher has its own grammar of ids; this one holds whatever it says (PTH-13).
  if (route.answer !== 'record' ? recordId !== '' : !RECORD_ID.test(recordId)) return refused('path-not-canonical', place);
  const query = written === null ? NO_QUERY : parseQuery(written);
  if (typeof query === 'string') return refused('query-not-allowed', { ...place, reason: query });
  if (isPreflight) return { kind: 'preflight', ...place };
  const sound = head.sound ?? readBearer(head.authorization);
  if (sound === 'not-bearer') return refused('token-invalid', { ...place, reason: 'token-not-bearer' });
  return {
    kind: 'carry',
    caseSystem,
    route,
    recordId,
    query,
    environment,
    sound,
    traceparent: head.traceparent,
    writes: route.write !== undefined,
  };
}

const NO_QUERY: readonly QueryPair[] = [];

const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

function offRoute(match: Exclude<RouteMatch, { kind: 'route' }>, system: string): Judgement {
  switch (match.kind) {
    case 'unknown':
      return refused('route-unknown', {});
    case 'without-policy':
      return refused('policy-unavailable', { system });
    case 'bad-id':
      return refused('path-not-canonical', { system });
    case 'method':
      return refused('method-not-allowed', { system, headers: [['Allow', match.allow.join(', ')]] });
  }
}

function refused(
  code: ErrorCode,
  more: {
    readonly reason?: Reason;
    readonly close?: boolean;
    readonly headers?: readonly HeaderPair[];
    readonly system?: string;
    readonly route?: string;
  },
): Judgement {
  const { reason = code, close = false, headers = [], system = null, route = null } = more;
  return { kind: 'refused', code, reason, close, headers, system, route };
}
