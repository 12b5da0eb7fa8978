import type { Ask, Caller, Decision, UpstreamReply } from '../../vocabulary/access';
import type { AccessEntry } from '../../vocabulary/access-entry';
import type { CaseSystem, Place, Route } from '../../vocabulary/case-system';
import type { GatewayError } from '../../vocabulary/errors';
import type { ReadReply, ShapedReply } from '../steps';
import type { OpenIntent } from './open-intent';
import type { WriteKeys } from './write-keys';

/** What a write comes to, as the shape room works it out; only what the pipeline itself needs of it. */
export interface WritePlan {
  readonly isNothing: boolean;
  readonly fields: readonly string[];
  readonly sections: readonly number[];
  readonly neverWritten: readonly string[];
  readonly unfit: readonly string[];
  readonly unseen: readonly string[];
  datesOf(fact: number): readonly string[] | null;
  fieldsOutside(mayWrite: (section: number) => boolean): readonly string[];
  readonly body: UpstreamBody | null;
  readonly proof: PlanProof;
}

export interface UpstreamBody {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export type PlanProof =
  | { readonly kind: 'values'; readonly places: readonly Place[]; readonly text: string }
  | { readonly kind: 'element'; readonly into: Place; readonly places: readonly Place[]; readonly text: string; readonly before: number }
  | { readonly kind: 'gone' };

export type WriteOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly durationMs: number }
  | { readonly kind: 'unsent'; readonly fault: GatewayError; readonly durationMs: number }
  | { readonly kind: 'unknown'; readonly fault: GatewayError; readonly durationMs: number };

/** The steps that a write has besides those of every request. */
export interface WriteSteps<Read extends ReadReply = ReadReply, Sent = unknown> {
  /** As `fetchRecord`, with the case system's validator. `route` is the one that reads. */
  fetchForWrite(ask: Ask, route: Route, caller: Caller): Promise<UpstreamReply>;
  readSent(
    system: CaseSystem,
    route: Route,
    sent: { readonly body: Buffer; readonly contentType: string | undefined; readonly contentEncoding: string | undefined },
  ): Sent;
  planWrite(about: {
    readonly system: CaseSystem;
    readonly route: Route;
    readonly read: Read;
    readonly shown: Buffer;
    readonly sent: Sent;
  }): WritePlan;
  /** Never rejects. */
  sendWrite(
    ask: Ask,
    route: Route,
    caller: Caller,
    what: { readonly body: UpstreamBody | null; readonly ifMatch: string | null },
  ): Promise<WriteOutcome>;
  shapeWritten(read: Read, decision: Decision, accessId: string, status: 200 | 201): ShapedReply;
  shapeNothing(accessId: string): ShapedReply;
  isShownBy(proof: PlanProof, body: Buffer | null): boolean;
  keys: WriteKeys;
  newAccessId(): string;
  /** HMAC-SHA-256 in hex under a key that stands outside the store; `use` keeps what is digested for one thing from standing for another. */
  keyedDigest(use: string, text: string): string;
  /** Durable, or 'stale' and not written. */
  appendIntent(entry: AccessEntry, isStale: () => boolean): Promise<'durable' | 'stale'>;
  /** Finds out, in the background, what became of it, and records it. */
  reconcile(intent: OpenIntent): void;
}
