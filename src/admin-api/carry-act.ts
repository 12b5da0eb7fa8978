import { type Request, raw, type Response } from 'express';
import type { Source } from '../vocabulary/access';
import type { AccessEntry } from '../vocabulary/access-entry';
import { ERROR_TABLE, GatewayError } from '../vocabulary/errors';
import type { LimitVerdict } from '../vocabulary/limit-verdict';
import { isReason } from '../vocabulary/reasons';
import type { AdminRoute } from './admin-routes';
import type { AdminCaller, AdminPlaneParts, Answer } from './admin-plane-parts';

/** null: no such route. `describes`: the OpenAPI document, for every caller with any right on the plane. */
export type Target = AdminRoute | { readonly describes: unknown } | null;

interface Carried {
  readonly accessId: string;
  readonly source: Source;
  readonly method: string;
  readonly route: string | null;
  caller: AdminCaller | null;
  bearer: string | null;
  /** The entry that named a change before it was made. */
  intentId: string | null;
  /** Whether what let the caller in still does; asked again at the log's flush. */
  holdsStill: (() => boolean) | undefined;
}

/** One request from first to last: who, may they, do it, write it down, answer. Never rejects. */
export async function carryAct(parts: AdminPlaneParts, target: Target, request: Request, response: Response): Promise<void> {
  const carried: Carried = {
    accessId: parts.newAccessId(),
    source: parts.readSource(request.socket.remoteAddress ?? '', headerOnce(request, 'x-forwarded-for')),
    method: request.method,
    route: target === null ? null : 'describes' in target ? 'openapi' : target.name,
    caller: null,
    bearer: null,
    intentId: null,
    holdsStill: undefined,
  };
  try {
    const answer = await perform(parts, target, request, response, carried);
    const entry = entryOf(parts, carried, { status: answer.status, code: 'ok', reasons: ['right-held'] }, answer.details);
    // A change that has been made is written down whoever lost a right by it; what is only shown needs the right until its entry stands.
    await parts.recordAdmin(entry, carried.intentId === null ? carried.holdsStill : undefined);
    send(response, carried, answer.status, answer.body);
  } catch (error) {
    await refuse(parts, request, response, carried, asGatewayError(error));
  }
}

async function perform(parts: AdminPlaneParts, target: Target, request: Request, response: Response, carried: Carried): Promise<Answer> {
  await demandPace(parts.limitAddress(carried.source.address));
  checkPath(request);
  if (!parts.isKnownHost(headerOnce(request, 'host') ?? '')) throw new GatewayError('host-unknown', 'no host of ours');
  carried.bearer = readBearer(request);
  carried.caller = await parts.authenticate(carried.bearer);
  await demandPace(parts.limitCaller(carried.caller.account.id));
  if (target === null) throw new GatewayError('route-unknown', 'no such route');
  if ('describes' in target) {
    if (request.method !== 'GET') throw new GatewayError('method-not-allowed', 'only GET');
    demandRight(parts, carried, ['policy-admin', 'directory-admin', 'auditor', 'metrics', ...feedRights(parts)]);
    return { status: 200, body: { json: target.describes }, details: {} };
  }
  if (request.method !== target.method) throw new GatewayError('method-not-allowed', `only ${target.method}`);
  const rights = target.rights.flatMap((right) => (right === 'feed:*' ? feedRights(parts) : [right]));
  demandRight(parts, carried, rights);

  const query = readQuery(target, request);
  const body = target.body === null ? await refuseBody(request) : await readBody(target.body, request, response);
  // A body may take its time; whoever lost the right meanwhile is refused.
  demandRight(parts, carried, rights);
  const { caller } = carried;
  const done = await target.handle(
    { accessId: carried.accessId, caller, environment: caller.account.environment, nowMs: parts.clock(), query, body },
    parts,
  );
  if (!('carryOut' in done)) return done;
  // The intention first: a change that nobody could write down is not made.
  const intentId = parts.newAccessId();
  const outcome = { status: 202, code: 'ok', reasons: ['right-held'] };
  const intent = entryOf(parts, { ...carried, accessId: intentId }, outcome, { phase: 'intended', ...done.intent });
  await parts.recordAdmin(intent, carried.holdsStill);
  carried.intentId = intentId;
  demandRight(parts, carried, rights);
  return done.carryOut();
}

const feedRights = (parts: AdminPlaneParts): readonly string[] => parts.systems().map((system) => `feed:${system}`);

async function demandPace(counted: LimitVerdict | Promise<LimitVerdict>): Promise<void> {
  const { limited, retryAfterSeconds } = await counted;
  if (limited) throw new GatewayError('rate-limited', 'too many requests', { retryAfterSeconds });
}

/** One of the rights, now; also later, whenever `holdsStill` is asked. */
function demandRight(parts: AdminPlaneParts, carried: Carried, rights: readonly string[]): void {
  const account = carried.caller?.account.id ?? '';
  carried.holdsStill = () => rights.some((right) => parts.directory.hasRight(account, right, parts.clock()));
  if (!carried.holdsStill()) throw new GatewayError('right-missing', `none of ${rights.join(', ')}`);
}

async function refuse(parts: AdminPlaneParts, request: Request, response: Response, carried: Carried, fault: GatewayError): Promise<void> {
  const sent = { ...fault.options.details };
  let code = fault.code;
  const { status } = ERROR_TABLE[code];
  if (status >= 500) parts.observe('admin-fault', { accessId: carried.accessId, message: fault.message, cause: fault.options.cause });
  if (code !== 'audit-unavailable') {
    const word = fault.options.reason ?? code;
    const problems = Array.isArray(sent['problems']) ? { problems: sent['problems'].length } : {};
    try {
      await parts.recordAdmin(entryOf(parts, carried, { status, code, reasons: [isReason(word) ? word : code] }, problems));
    } catch (error) {
      parts.observe('admin-fault', { accessId: carried.accessId, message: 'the entry could not be written', cause: error });
      code = 'audit-unavailable';
    }
  }
  // A body that was not read would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const { status: final, title, says } = ERROR_TABLE[code];
  if (final === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (fault.options.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(fault.options.retryAfterSeconds));
  const standard = { type: `urn:casegate:problem:${code}`, title, status: final, detail: says, code, accessId: carried.accessId };
  const document = code === fault.code ? { ...sent, ...standard } : standard;
  send(response, carried, final, { text: JSON.stringify(ordered(document, standard)), mediaType: 'application/problem+json' });
}

/** The standard members first. */
const ordered = (document: Readonly<Record<string, unknown>>, standard: Readonly<Record<string, unknown>>) => ({
  ...standard,
  ...document,
});

function send(response: Response, carried: Carried, status: number, body: Answer['body']): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const text = 'json' in body ? JSON.stringify(body.json) : body.text;
  response.statusCode = status;
  response.setHeader('Content-Type', 'json' in body ? 'application/json; charset=utf-8' : body.mediaType);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.setHeader('Casegate-Access-Id', carried.accessId);
  response.end(text);
}

function entryOf(
  parts: AdminPlaneParts,
  carried: Carried,
  outcome: AccessEntry['outcome'],
  details: Readonly<Record<string, unknown>>,
): AccessEntry {
  const versions = parts.versions();
  const refusedName = carried.bearer === null ? null : (parts.nameRefused?.(carried.bearer) ?? null);
  const all = carried.intentId === null ? details : { phase: 'done', intent: carried.intentId, ...details };
  return {
    format: 1,
    accessId: carried.accessId,
    kind: 'admin',
    at: new Date(parts.clock()).toISOString(),
    source: carried.source,
    who: carried.caller?.who ?? refusedName,
    system: null,
    environment: carried.caller?.account.environment ?? null,
    route: carried.route,
    method: /^[A-Z]{1,16}$/.test(carried.method) ? carried.method : null,
    action: carried.route,
    records: [],
    outcome,
    upstream: null,
    policyVersion: versions.policy,
    directoryVersion: versions.directory,
    registryVersion: versions.registry,
    details: all,
  };
}

/** One way to write each path: what could be read in two ways is refused before anybody looks for a route. */
function checkPath(request: Request): void {
  const path = request.url.split('?')[0] ?? '';
  if (!/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/.test(path)) throw new GatewayError('path-not-canonical', 'the path is not plain');
}

function headerOnce(request: Request, name: string): string | undefined {
  const values: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]?.toLowerCase() === name) values.push(request.rawHeaders[i + 1] ?? '');
  }
  return values.length === 1 ? values[0] : values.length === 0 ? undefined : values.join(', ');
}

function readBearer(request: Request): string {
  const sent = request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization').length;
  if (sent === 0) throw new GatewayError('token-missing', 'no token');
  if (sent > 1) throw new GatewayError('header-not-allowed', 'two Authorization headers');
  const token = /^Bearer ([A-Za-z0-9._~+/-]{1,8192}=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new GatewayError('token-invalid', 'no bearer token', { reason: 'token-not-bearer' });
  return token;
}

function readQuery(route: AdminRoute, request: Request): Readonly<Record<string, string>> {
  const refused = new GatewayError('query-not-allowed', 'query words that the route does not take');
  const text = request.url.split('?').slice(1).join('?');
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(query, name) || name === '__proto__') throw refused;
    query[name] = value;
  }
  const read = route.query.safeParse(query);
  if (!read.success) throw refused;
  return read.data as Readonly<Record<string, string>>;
}

async function refuseBody(request: Request): Promise<null> {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if ((length !== undefined && length !== '0') || coding !== undefined) throw new GatewayError('body-not-allowed', 'a body was sent');
  return null;
}

const FORMATS: Readonly<Record<string, 'json' | 'ndjson'>> = {
  'application/json': 'json',
  'application/json; charset=utf-8': 'json',
  'application/x-ndjson': 'ndjson',
  'application/x-ndjson; charset=utf-8': 'ndjson',
};

async function readBody(
  wanted: NonNullable<AdminRoute['body']>,
  request: Request,
  response: Response,
): Promise<{ readonly text: string; readonly format: 'json' | 'ndjson' }> {
  const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s*;\s*/, '; ');
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (format === undefined || !wanted.formats.includes(format)) throw new GatewayError('media-type-not-supported', 'another media type');
  if (request.headers['content-encoding'] !== undefined) throw new GatewayError('media-type-not-supported', 'a compressed body');
  await new Promise<void>((resolve, reject) => {
    const read = raw({ type: () => true, limit: wanted.mostBytes, inflate: false });
    read(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(bodyFault(error))));
  });
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) throw new GatewayError('input-invalid', 'no body');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), format };
  } catch (cause) {
    throw new GatewayError('media-type-not-supported', 'the body is not UTF-8', { cause });
  }
}

function bodyFault(error: unknown): GatewayError {
  const { status } = error as { readonly status?: unknown };
  if (status === 413) return new GatewayError('payload-too-large', 'the body is too large', { cause: error });
  return new GatewayError('request-malformed', 'the body could not be read', { cause: error });
}

function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('internal-fault', 'unforeseen', { cause: error });
}
