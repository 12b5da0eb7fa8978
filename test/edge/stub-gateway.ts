import { createDataPlane } from '../../src/edge/create-data-plane';
import { createLimiter } from '../../src/edge/create-limiter';
import type { DataPlaneOptions } from '../../src/edge/data-plane-options';
import type { Answer, EarlyPreflight, EarlyRefusal, Handlers, HeaderPair, ReplyToSend } from '../../src/edge/handlers';
import type { Ask } from '../../src/vocabulary/access';
import type { CaseSystem, Route } from '../../src/vocabulary/case-system';
import { ERROR_TABLE } from '../../src/vocabulary/errors';
import type { ErrorCode } from '../../src/vocabulary/errors';
import type { RawReply } from '../support/raw-http';

/** A data plane whose handlers write down what they are asked and answer in the simplest way. */
export async function stubGateway(
  options: Partial<DataPlaneOptions> & { readonly handlers?: Partial<Handlers>; readonly perMinute?: number } = {},
) {
  const seen = {
    asks: [] as Ask[],
    refusals: [] as EarlyRefusal[],
    preflights: [] as EarlyPreflight[],
    deliveries: [] as (readonly [string, 'sent' | 'aborted', number])[],
    alarms: [] as (readonly [string, Readonly<Record<string, string | number | boolean>>])[],
    warnings: [] as (readonly [string, Readonly<Record<string, string | number | boolean>>])[],
  };
  const waiting: { readonly count: number; readonly wake: () => void }[] = [];
  const log = {
    warn: (event: string, fields: Readonly<Record<string, string | number | boolean>>) => void seen.warnings.push([event, fields]),
    error: (event: string, fields: Readonly<Record<string, string | number | boolean>>) => void seen.alarms.push([event, fields]),
  };
  const clock = options.clock ?? (() => NOW_MS);
  let ids = 0;
  const handlers: Handlers = {
    route: (system, method, [collection, id, ...rest]) => {
      if (system !== 'wf1' || collection !== 'records' || id === undefined || rest.length > 0) return { kind: 'unknown' };
      if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) return { kind: 'bad-id' };
      if (method !== 'GET') return { kind: 'method', allow: ['GET', 'HEAD'] };
      return { kind: 'route', caseSystem: CASE_SYSTEM, route: ROUTE, recordId: id, environment: 'production' };
    },
    carry: (ask) => {
      seen.asks.push(ask);
      const body = JSON.stringify({ id: ask.recordId, bearer: ask.bearer ?? null });
      return Promise.resolve(stubAnswer(ask.accessId, 200, 'application/json', body, [['Casegate-View', 'basic']]));
    },
    refuse: (early) => {
      seen.refusals.push(early);
      return Promise.resolve(stubProblem(early));
    },
    preflight: (early) => {
      seen.preflights.push(early);
      return Promise.resolve(stubAnswer(early.accessId, 204, null, '', []));
    },
    isShaped: (reply) => reply instanceof StubReply,
    covers: (receipt, reply) => receipt instanceof StubReceipt && receipt.reply === reply,
    delivered: (accessId, outcome, bytes) => {
      seen.deliveries.push([accessId, outcome, bytes]);
      for (const { count, wake } of waiting) if (seen.deliveries.length >= count) wake();
    },
    origins: () => new Set(['https://cases.example']),
    ...options.handlers,
  };
  const dataPlane = createDataPlane(
    {
      clock,
      newAccessId: () => `access-${(ids += 1)}`,
      log,
      addressLimiter: createLimiter({ name: 'address', windowMs: 60_000, limit: options.perMinute ?? 1e9, clock, log }),
      ...options,
    },
    handlers,
  );
  const { port } = await dataPlane.listen();
  return {
    dataPlane,
    port,
    seen,
    /** Settles when so many delivery notes have come. */
    untilDelivered: (count: number) =>
      seen.deliveries.length >= count ? Promise.resolve() : new Promise<void>((wake) => void waiting.push({ count, wake })),
  };
}

export const NOW_MS = Date.UTC(2026, 0, 5, 12);

class StubReply implements ReplyToSend {
  constructor(
    readonly accessId: string,
    readonly status: number,
    readonly headers: readonly HeaderPair[],
    readonly body: Buffer,
  ) {}
}

class StubReceipt {
  constructor(readonly reply: ReplyToSend) {}
}

export function stubAnswer(
  accessId: string,
  status: number,
  mediaType: string | null,
  body: string,
  headers: readonly HeaderPair[],
): Answer {
  const typed: readonly HeaderPair[] = mediaType === null ? [] : [['Content-Type', mediaType]];
  const reply = new StubReply(accessId, status, [...typed, ['Casegate-Access-Id', accessId], ...headers], Buffer.from(body));
  return { reply, receipt: new StubReceipt(reply) };
}

export function stubProblem(early: EarlyRefusal): Answer {
  const retry: readonly HeaderPair[] = early.retryAfterSeconds === undefined ? [] : [['Retry-After', String(early.retryAfterSeconds)]];
  return stubAnswer(
    early.accessId,
    ERROR_TABLE[early.code].status,
    'application/problem+json',
    JSON.stringify(problemOf(early.code, early.accessId)),
    [...(early.headers ?? []), ...retry],
  );
}

/** The whole problem document that the stub answers with. */
export const problemOf = (code: ErrorCode, accessId: string) => ({
  type: `urn:casegate:problem:${code}`,
  title: ERROR_TABLE[code].title,
  status: ERROR_TABLE[code].status,
  detail: ERROR_TABLE[code].says,
  code,
  accessId,
});

export const ROUTE = {
  index: 0,
  name: 'record',
  method: 'GET',
  segments: ['records', null],
  action: 'read',
  answer: 'record',
} as unknown as Route;
export const CASE_SYSTEM = { name: 'workforce-one', routes: [ROUTE] } as unknown as CaseSystem;

export type StubGateway = Awaited<ReturnType<typeof stubGateway>>;

/** Asserts the whole refusal: status, document, headers that belong to it, and what the handlers were told of it. */
export function expectRefusal(
  gateway: StubGateway,
  reply: RawReply,
  code: ErrorCode,
  more: Partial<EarlyRefusal> & { readonly allow?: string } = {},
): void {
  const { allow, ...told } = more;
  const early = gateway.seen.refusals.find(({ accessId }) => accessId === reply.header('casegate-access-id'));
  const headers: readonly HeaderPair[] =
    code === 'upgrade-refused' ? [['Upgrade', 'HTTP/1.1']] : code === 'method-not-allowed' ? [['Allow', allow ?? 'GET, HEAD']] : [];
  expect(early).toEqual({
    accessId: expect.stringMatching(/^access-\d+$/),
    receivedAtMs: NOW_MS,
    source: { address: '127.0.0.1' },
    method: 'GET',
    system: null,
    route: null,
    code,
    reason: code,
    headers,
    ...told,
  });
  expect(reply.statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${ERROR_TABLE[code].status} `));
  expect(early?.method === 'HEAD' ? '' : JSON.parse(reply.body.toString())).toEqual(
    early?.method === 'HEAD' ? '' : problemOf(code, early?.accessId ?? ''),
  );
  for (const [name, value] of headers) expect([name, reply.header(name)]).toEqual([name, value]);
  expect(reply.header('content-type')).toBe('application/problem+json');
  expect(reply.header('cache-control')).toBe('no-store');
}

/** A request as raw text. */
export const get = (target: string, ...headers: readonly string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

/** The ask that `get('/wf1/records/C1')` becomes, whatever headers stood around it. */
export const plainAsk = (more: Partial<Ask> = {}): Ask => ({
  accessId: expect.stringMatching(/^access-\d+$/) as unknown as string,
  receivedAtMs: NOW_MS,
  method: 'GET',
  system: 'workforce-one',
  environment: 'production',
  caseSystem: CASE_SYSTEM,
  route: ROUTE,
  recordId: 'C1',
  bearer: undefined,
  bearerKey: more.bearer === undefined ? undefined : (expect.any(Object) as unknown as object),
  source: { address: '127.0.0.1' },
  ...more,
});
