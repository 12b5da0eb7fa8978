import type {
  ApplicationGrant,
  Ask,
  Caller,
  Decision,
  DecisionKey,
  FactReading,
  Membership,
  RecordFacts,
  RegistryRow,
  UpstreamReply,
  VerifiedToken,
} from '../vocabulary/access';
import type { AccessEntry, EntryWho } from '../vocabulary/access-entry';
import type { Action, CaseSystem, Route } from '../vocabulary/case-system';
import type { ErrorCode } from '../vocabulary/errors';
import type { LimitVerdict } from '../vocabulary/limit-verdict';
import type { Reason } from '../vocabulary/reasons';

/** A record reply that was read but not yet shaped. Only what the pipeline itself needs of it. */
export interface ReadReply {
  readonly facts: readonly FactReading[];
}

/** A ticket of the shape room: an answer that may leave once it is recorded. */
export interface ShapedReply {
  readonly accessId: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly unclassifiedFields: number;
}

/** The ticket of the audit room; opaque here. */
export type AccessReceipt = object;

export interface Outgoing {
  readonly reply: ShapedReply;
  readonly receipt: AccessReceipt;
}

export interface PolicyInForce {
  readonly system: CaseSystem;
  readonly version: string;
  mayEver(workgroup: string, action: Action): boolean;
  decide(question: {
    readonly route: Route;
    readonly keys: readonly [DecisionKey, ...DecisionKey[]];
    readonly grant: ApplicationGrant;
    readonly actorKeys: readonly DecisionKey[] | null;
  }): Decision;
}

export interface ProblemOptions {
  readonly retryAfterSeconds?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: readonly (readonly [string, string])[];
}

/** The steps of one request, in their order. `compose` hands in the rooms' own functions. */
export interface Steps<Read extends ReadReply = ReadReply> {
  // identify
  rememberedToken(bearer: string, bearerKey?: object): VerifiedToken | undefined;
  verifyToken(bearer: string): Promise<VerifiedToken>;
  recognise(
    token: VerifiedToken,
    wanted: {
      system: string;
      environment: Ask['environment'];
      atMs: number;
      mostMemberships: number;
      collapses: CaseSystem['collapses'];
    },
  ): Caller;
  /** Who a token belongs to when `recognise` refuses it; for the entry alone. */
  nameOf(token: VerifiedToken, environment: Ask['environment']): EntryWho | null;
  /** The limiter after identification; GW-03 tallies by the same key. */
  limitCaller(key: string): LimitVerdict | Promise<LimitVerdict>;
  // facts
  findInRegistry(system: string, environment: Ask['environment'], recordId: string): RegistryRow | undefined;
  resolveFacts(system: CaseSystem, readings: readonly FactReading[] | null, row: RegistryRow | undefined): RecordFacts;
  relate(about: {
    system: CaseSystem;
    membership: Membership;
    facts: Extract<RecordFacts, { known: true }>;
    applicationClass: string;
    atMs: number;
  }): DecisionKey;
  // decide
  policy(system: string): PolicyInForce | undefined;
  // upstream
  fetchRecord(ask: Ask, route: Route, caller: Caller): Promise<UpstreamReply>;
  // shape
  readReply(system: CaseSystem, route: Route, reply: UpstreamReply, askedId: string): Read;
  shapeRecord(read: Read, decision: Decision, accessId: string): ShapedReply;
  shapeProblem(code: ErrorCode, accessId: string, options?: ProblemOptions): ShapedReply;
  // record
  /** True while no entry can be written, so that no answer can leave. */
  isLogDown(): boolean;
  versions(): { readonly directory: number; readonly registry: number; readonly policy: string };
  /** True if what decided was touched since, the policy, the caller's accounts, organization, application, or the record; or if time ended it. */
  isTouched(
    since: { readonly directory: number; readonly registry: number; readonly policy: string },
    caller: Caller,
    record: { system: string; environment: Ask['environment']; recordId: string },
  ): boolean;
  /** True where directory, registry or policy is not that of `since`: a refusal that knows no caller cannot ask what was touched. */
  hasMoved(since: { readonly directory: number; readonly registry: number; readonly policy: string }): boolean;
  /**
   * Waits until memory holds every directory change that was committed before the call. The store is asked a few times a second at most,
   * however many call.
   */
  catchUp(): Promise<void>;
  /** Waits until memory holds every change that is known to be committed. */
  settle(): Promise<void>;
  digestOf(system: string, recordId: string): string;
  append(entry: AccessEntry, bind: { reply: ShapedReply; isStale: () => boolean }): Promise<AccessReceipt | 'stale'>;
  appendEarly(entry: AccessEntry, bind: { reply: ShapedReply; sourceKey: string }): Promise<AccessReceipt>;
  /** A receipt for the one answer that has no entry: 503 audit-unavailable. */
  unlogged(reply: ShapedReply): AccessReceipt;
  // beside the way
  /** Told of each decision once its entry stands; for the candidate that runs in the shadow. Never throws. */
  decided(ask: Ask, now: Now, facts: KnownFacts, decision: Decision): void;
  sourceKey(address: string): string;
  nowMs(): number;
  observe(event: PipelineEvent): void;
  /** Counts the fields of a record that was read which record.yaml does not classify. Never throws. */
  noteDrift(system: string, read: Read): void;
}

/** What the person on call learns; no personal data. */
export type PipelineEvent =
  | {
      readonly event: 'answered';
      readonly system: string;
      readonly route: string;
      readonly code: string;
      readonly view: string;
      readonly durationMs: number;
      readonly unclassifiedFields: number;
    }
  | { readonly event: 'refused-early'; readonly code: string; readonly reason: string }
  | { readonly event: 'fault'; readonly accessId: string; readonly code: string; readonly message: string; readonly cause: unknown };

/** Who asks and what rules, as of one moment. */
export interface Now {
  readonly caller: Caller;
  readonly policy: PolicyInForce;
  readonly route: Route;
  readonly grant: ApplicationGrant;
  readonly versions: { readonly directory: number; readonly registry: number; readonly policy: string };
  readonly atMs: number;
}

/** What may be shown, and why. `read` null: no record was fetched. */
export type Verdict<Read extends ReadReply = ReadReply> =
  | {
      readonly hidden: true;
      readonly why: Reason;
      readonly known: boolean;
      readonly decision: Decision | null;
      readonly facts: KnownFacts | null;
      readonly read: Read | null;
    }
  | { readonly hidden: false; readonly read: Read; readonly decision: Decision; readonly facts: KnownFacts };

export type KnownFacts = Extract<RecordFacts, { known: true }>;
