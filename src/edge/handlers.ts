import type { Ask, Environment, Source } from '../vocabulary/access';
import type { CaseSystem, Route } from '../vocabulary/case-system';
import type { ErrorCode } from '../vocabulary/errors';
import type { Reason } from '../vocabulary/reasons';

/**
 * What the edge is handed. It makes no answer of its own: each one comes from `carry`, `refuse` or `preflight`, shaped and recorded,
 * and `respond` looks at both tickets before the first byte.
 */
export interface Handlers {
  /** `method` is GET for a HEAD. A refused id is a 400, an unknown route a 404. */
  route(system: string, method: string, segments: readonly string[]): RouteMatch;
  /** The pipeline. Never rejects. */
  carry(ask: Ask): Promise<Answer>;
  /** A problem document and its entry or tally, for what ends before a caller is known. Never rejects. */
  refuse(early: EarlyRefusal): Promise<Answer>;
  /** An empty 204 and its entry or tally, for a CORS preflight of a registered origin; the edge adds the CORS headers. Never rejects. */
  preflight(early: EarlyPreflight): Promise<Answer>;
  isShaped(reply: unknown): boolean;
  covers(receipt: unknown, reply: ReplyToSend): boolean;
  /**
   * What became of an answer, once each. `bytes` are those of the body: all of them for 'sent' (0 for a HEAD); for 'aborted' the most that
   * can have left.
   */
  delivered(accessId: string, outcome: 'sent' | 'aborted', bytes: number): void;
  /** Origins of registered applications, as a browser writes them. Asked anew for each request that has an Origin. */
  origins(): ReadonlySet<string>;
}

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly caseSystem: CaseSystem;
      readonly route: Route;
      readonly recordId: string;
      readonly environment: Environment;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'method'; readonly allow: readonly string[] }
  /** The system is configured and no checked policy is in force for it. */
  | { readonly kind: 'without-policy' }
  | { readonly kind: 'bad-id' };

export interface EarlyRefusal extends EarlyPreflight {
  readonly code: ErrorCode;
  readonly reason: Reason;
  readonly retryAfterSeconds?: number;
  /** For the answer, besides what belongs to the code: Allow on a 405, Upgrade on a 426. */
  readonly headers?: readonly HeaderPair[];
}

/** `system` and `route` are null until `route` has found them: they are never text that a caller made up. */
export interface EarlyPreflight {
  readonly accessId: string;
  readonly receivedAtMs: number;
  readonly source: Source;
  readonly method: string | null;
  readonly system: string | null;
  readonly route: string | null;
}

export interface Answer {
  readonly reply: ReplyToSend;
  readonly receipt: unknown;
  /** Of a streamed answer: what follows the first reply. */
  readonly rest?: RestOfAnswer;
}

export interface RestOfAnswer {
  /** The next piece, with its own two tickets, asked for when the one before has left; null at the end. Rejects: the connection is destroyed. */
  next(): Promise<{ readonly reply: ReplyToSend; readonly receipt: unknown } | null>;
  /** Called where it is not read to its end. Never throws. */
  leave(): void;
}

/** What the edge needs of a ShapedReply. */
export interface ReplyToSend {
  readonly accessId: string;
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

export type HeaderPair = readonly [name: string, value: string];

/** Facts for the person on call; `error` means someone should get up. */
export interface EdgeLog {
  warn(event: string, fields: Readonly<Record<string, string | number | boolean>>): void;
  error(event: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}
