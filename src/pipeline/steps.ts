import type {
  ApplicationGrant,
  Ask,
  Caller,
  Decision,
  DecisionKey,
  FactReading,
  Membership,
  QueryPair,
  Reach,
  RecordFacts,
  RegistryRow,
  UpstreamReply,
  VerifiedToken,
} from '../vocabulary/access';
import type { AccessEntry, EntryWho } from '../vocabulary/access-entry';
import type { Action, CaseSystem, FieldRule, ListRoute, Route, StreamFormat, StreamRoute } from '../vocabulary/case-system';
import type { ErrorCode } from '../vocabulary/errors';
import type { LimitVerdict } from '../vocabulary/limit-verdict';
import type { Reason } from '../vocabulary/reasons';

/** A record reply that was read but not yet shaped. Only what the pipeline itself needs of it. */
export interface ReadReply {
  readonly facts: readonly FactReading[];
  readonly persons: readonly ReadPerson[];
}

/** Somebody who stands inside a record and has a record of their own. */
export interface ReadPerson {
  /** Place in CaseSystem.embedded. */
  readonly number: number;
  /** Names them within their body. */
  readonly opens: number;
  /** Of their own record; null where the body gives none. */
  readonly id: string | null;
  readonly facts: readonly FactReading[];
}

/** What is decided about such a person; whoever is decided against, or without facts, is not among them. */
export interface DecidedPerson {
  readonly number: number;
  readonly opens: number;
  readonly id: string | null;
  readonly decision: Decision;
}

/** A body with many records, read but not yet shaped. */
export interface ReadList {
  readonly records: readonly ListedRecord[];
  /** What the body says of how many there are; null where it says nothing. */
  readonly total: number | null;
}

export interface ListedRecord {
  readonly id: string;
  readonly facts: readonly FactReading[];
  readonly persons: readonly ReadPerson[];
  readonly unclassifiedFields: number;
}

/** One body of a list, and what of it is shown. */
export interface ListedPart {
  readonly list: ReadList;
  readonly shown: readonly ShownRecord[];
}

export interface ShownRecord {
  readonly record: ListedRecord;
  readonly decision: Decision;
  readonly persons: readonly DecidedPerson[];
}

/** A query that is well formed for its route. Whether the caller may ask it is another question. */
export interface AskedList {
  readonly size: number;
  /** From 1; null where the caller names no page. */
  readonly page: number | null;
  readonly cursor: string | null;
  /** Words that compare or choose, as they are sent on. */
  readonly words: readonly QueryPair[];
  /** Fields on whose values the answer depends; numbers into CaseSystem.fields. */
  readonly fields: ReadonlySet<number>;
  readonly isSorted: boolean;
}

/** Where a list goes on: which of its queries, and how many of that query's rows are behind. */
export interface Position {
  readonly part: number;
  readonly row: number;
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
  /** Of a streamed answer: what follows. */
  readonly rest?: RestOfStream;
}

/** What of a streamed answer follows its first reply. */
export interface RestOfStream {
  /** The next piece, recorded; null at the end. Rejects where the stream ends in a fault, which is recorded too. */
  next(): Promise<{ readonly reply: ShapedReply; readonly receipt: AccessReceipt } | null>;
  /** It is not read to its end. Never throws. */
  leave(): void;
}

/** A record of a stream, read and not yet shaped. */
export interface StreamedRecord {
  readonly id: string | null;
  readonly facts: readonly FactReading[];
  readonly persons: readonly ReadPerson[];
  readonly unclassifiedFields: number;
}

export type JudgeStreamed = (record: StreamedRecord) => { readonly decision: Decision; readonly persons: readonly DecidedPerson[] } | null;

/** Records that leave together. */
export interface StreamBatch {
  readonly shown: number;
  readonly judged: readonly {
    readonly record: StreamedRecord;
    readonly decision: Decision | null;
    readonly persons: readonly DecidedPerson[];
  }[];
  judgedAnew(judge: JudgeStreamed): StreamBatch;
}

/** A list between two formats, record by record. */
export interface RecordStream {
  push(chunk: Buffer): void;
  end(): void;
  advance(judge: JudgeStreamed): 'full' | 'hungry' | 'over';
  /** Records that are shown in the batch at hand. */
  readonly atHand: number;
  take(): StreamBatch;
}

/** A case system's answer that is still on its way. */
export interface FlowingReply {
  readonly mediaType: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Gives the call up at once. */
  cancel(): void;
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
  /** By section: what the caller could see on every record that a query could touch, and on one at least. */
  cover(question: {
    readonly route: Route;
    readonly reaches: readonly Reach[];
    readonly grant: ApplicationGrant;
    readonly actorReaches: readonly Reach[] | null;
  }): { readonly everywhere: readonly boolean[]; readonly somewhere: readonly boolean[] };
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
  /** What a membership could meet in all records. */
  reachOf(system: CaseSystem, membership: Membership): Reach;
  // query
  /** A list's query by the route's grammar, or the rule that it breaks. */
  readWords(route: ListRoute, fields: readonly FieldRule[], pairs: readonly QueryPair[]): AskedList | Reason;
  sealCursor(position: Position, bound: readonly string[]): string;
  openCursor(cursor: string, bound: readonly string[]): Position | Reason;
  // decide
  policy(system: string): PolicyInForce | undefined;
  // upstream
  fetchRecord(ask: Ask, route: Route, caller: Caller): Promise<UpstreamReply>;
  fetchList(ask: Ask, route: ListRoute, caller: Caller, query: readonly QueryPair[]): Promise<UpstreamReply>;
  /** null: the case system knows no such list. */
  openStream(ask: Ask, route: StreamRoute, caller: Caller): Promise<FlowingReply | null>;
  // shape
  readStream(system: CaseSystem, route: StreamRoute, mediaType: string, format: StreamFormat): RecordStream;
  /** `head`: what opens the body, and the batch. `part`: a batch; `isFirst` where no record was shown before. `end`: what closes the body. */
  shapePiece(
    stream: RecordStream,
    piece:
      | { readonly kind: 'head'; readonly batch: StreamBatch }
      | { readonly kind: 'part'; readonly batch: StreamBatch; readonly isFirst: boolean }
      | { readonly kind: 'end' },
    accessId: string,
  ): ShapedReply;
  readReply(system: CaseSystem, route: Route, reply: UpstreamReply, askedId: string): Read;
  shapeRecord(read: Read, decision: Decision, accessId: string, persons: readonly DecidedPerson[]): ShapedReply;
  readList(system: CaseSystem, route: ListRoute, reply: UpstreamReply): ReadList;
  /** The same lists, each masking the SSNs of all. */
  joinLists(lists: readonly ReadList[]): readonly ReadList[];
  /** Whether every one of these fields is shown of the record, with nothing masked in it. */
  showsWhole(list: ReadList, record: ListedRecord, decision: Decision, fields: ReadonlySet<number>): boolean;
  shapeList(
    route: ListRoute,
    parts: readonly ListedPart[],
    head: { readonly accessId: string; readonly total: number | null; readonly headers: readonly (readonly [string, string])[] },
  ): ShapedReply;
  shapeProblem(code: ErrorCode, accessId: string, options?: ProblemOptions): ShapedReply;
  // record
  /** True while no entry can be written, so that no answer can leave. */
  isLogDown(): boolean;
  versions(): { readonly directory: number; readonly registry: number; readonly policy: string };
  /** True if what decided was touched since, the policy, the caller's accounts, organization, application, or a record; or if time ended it. */
  isTouched(
    since: { readonly directory: number; readonly registry: number; readonly policy: string },
    caller: Caller,
    place: Pick<Ask, 'system' | 'environment'>,
    recordIds: readonly string[],
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
  /** An id of its own for an entry that belongs to another one. */
  newAccessId(): string;
  digestOf(system: string, recordId: string): string;
  append(entry: AccessEntry, bind: { reply: ShapedReply; isStale: () => boolean }): Promise<AccessReceipt | 'stale'>;
  appendEarly(entry: AccessEntry, bind: { reply: ShapedReply; sourceKey: string }): Promise<AccessReceipt>;
  /** A receipt for the one answer that has no entry: 503 audit-unavailable. */
  unlogged(reply: ShapedReply): AccessReceipt;
  // beside the way
  /** Whether anybody wants to be told of decisions. */
  isWatched(): boolean;
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
  | {
      readonly hidden: false;
      readonly read: Read;
      readonly decision: Decision;
      readonly facts: KnownFacts;
      readonly persons: readonly DecidedPerson[];
    };

export type KnownFacts = Extract<RecordFacts, { known: true }>;
