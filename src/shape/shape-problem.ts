import { ERROR_TABLE, type ErrorCode } from '../vocabulary/errors';
import { sealReply, type ShapedReply } from './shaped-reply';

export interface ProblemOptions {
  /** Sent as Retry-After. */
  readonly retryAfterSeconds?: number | undefined;
  /** Extra members; they hold no value of the request or of a record, and never replace a standard member. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Extra headers, for example Allow with 405. */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
}

/**
 * Makes the problem document of an error code (RFC 9457): `{type, title, status, detail, code, accessId, …details}`.
 *
 * Gives  the same bytes for the same code and options, but for the access id: what depends on a record must not show in a refusal (INF-07, INF-08).
 */
export function shapeProblem(code: ErrorCode, accessId: string, options: ProblemOptions = {}): ShapedReply {
  const { status, title, says } = ERROR_TABLE[code];
  const standard = { type: `urn:casegate:problem:${code}`, title, status, detail: says, code, accessId };
  const extras = Object.entries(options.details ?? {}).filter(([name]) => !Object.hasOwn(standard, name) && name !== 'instance');
  const headers: (readonly [string, string])[] = [
    ['content-type', 'application/problem+json'],
    ['casegate-access-id', accessId],
    ['casegate-view', 'none'],
    ['cache-control', 'no-store'],
  ];
  if (status === 401) headers.push(['www-authenticate', 'Bearer']);
  if (options.retryAfterSeconds !== undefined) headers.push(['retry-after', String(Math.max(1, Math.ceil(options.retryAfterSeconds)))]);
  if (options.headers !== undefined) headers.push(...options.headers);
  const body = Buffer.from(JSON.stringify({ ...standard, ...Object.fromEntries(extras) }), 'utf8');
  return sealReply({ accessId, status, headers, body, unclassifiedFields: 0 });
}
