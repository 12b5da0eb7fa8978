import type { Ask, Decision, DecisionKey, Source, VerifiedToken } from '../vocabulary/access';
import type { AccessEntry, EntryKey, EntryNarrowing, EntryOutcome, EntryRecord, EntryUpstream } from '../vocabulary/access-entry';
import type { CaseSystem } from '../vocabulary/case-system';
import { ERROR_TABLE, GatewayError, type ErrorCode } from '../vocabulary/errors';
import { toMoment } from '../vocabulary/moment';
import { isReason, type Reason } from '../vocabulary/reasons';
import { answerEntry } from './answer-entry';
import type {
  AccessReceipt,
  DecidedPerson,
  ListedRecord,
  Now,
  Outgoing,
  ProblemOptions,
  ShapedReply,
  ShownRecord,
  Steps,
  Verdict,
} from './steps';

/** All that one attempt found out, as the entry tells it. */
export interface Told {
  readonly now: Now;
  readonly verdict: Verdict;
  readonly shaped: ShapedReply;
  readonly upstream: EntryUpstream | null;
}

/** All that one attempt at a list found out. */
export interface ToldList {
  readonly now: Now;
  /** Every record that is shown, as the entry names it. */
  readonly records: readonly EntryRecord[];
  readonly recordIds: readonly string[];
  readonly reasons: readonly Reason[];
  readonly shaped: ShapedReply;
  readonly upstream: EntryUpstream | null;
  /** Records that the case system gave and that were not shown. */
  readonly leftOut: number;
  /** How often the case system was asked. */
  readonly calls: number;
  readonly isNarrowed: boolean;
}

/** A refusal before a caller was known, or by a limiter. */
export interface EarlyRefusal {
  readonly code: ErrorCode;
  readonly reason: Reason;
  readonly retryAfterSeconds?: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** The caller, where a limiter refused a verified one: tallied by caller, not by address. */
  readonly token?: VerifiedToken;
}

/** What is known of a request that the edge refused. */
export interface EarlyAsk {
  readonly accessId: string;
  readonly receivedAtMs: number;
  readonly source: Source;
  readonly method: string | null;
  readonly system: string | null;
  readonly environment: Ask['environment'] | null;
  readonly route: string | null;
}

const PREFLIGHT: EntryOutcome = { status: 204, code: 'ok', reasons: [] };

/** Codes that are settled before a caller is known; they are tallied by source (GW-03). */
const BEFORE_A_CALLER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'token-missing',
  'token-invalid',
  'identity-unavailable',
  'account-unknown',
]);

/** True for what is tallied by source: such a refusal names no caller. */
export const isBeforeACaller = (fault: GatewayError): boolean => BEFORE_A_CALLER.has(fault.code);

export interface Scribe {
  record(ask: Ask, told: Told, isStale: () => boolean): Promise<AccessReceipt | 'stale'>;
  /** The entry that `record` appends; a write adds to it. */
  entryOf(ask: Ask, told: Told): AccessEntry;
  /** For the metrics, once it is recorded. */
  observe(ask: Ask, told: Told): void;
  recordList(ask: Ask, told: ToldList, isStale: () => boolean): Promise<AccessReceipt | 'stale'>;
  observeList(ask: Ask, told: ToldList): void;
  refuseEarly(ask: EarlyAsk, why: EarlyRefusal): Promise<Outgoing>;
  /** A browser's CORS question, answered without a record. */
  recordPreflight(ask: EarlyAsk, reply: ShapedReply): Promise<Outgoing>;
  /** `asked`: what came of asking the case system, where it was asked before this was thrown. */
  giveProblem(ask: Ask, token: VerifiedToken | undefined, error: unknown, asked: EntryUpstream | null): Promise<Outgoing>;
  /** What the account alone settles is a decision too: handed back where it is stale before it is durable. */
  giveRefusal(
    ask: Ask,
    token: VerifiedToken,
    fault: GatewayError,
    asked: EntryUpstream | null,
    isStale: () => boolean,
  ): Promise<Outgoing | 'stale'>;
}

/** Writes what happened into the log, and turns what was thrown into a recorded problem document. */
export function createScribe(steps: Steps): Scribe {
  const record: Scribe['record'] = (ask, told, isStale) => steps.append(accessEntry(steps, ask, told), { reply: told.shaped, isStale });

  const refuseEarly = async (ask: EarlyAsk, why: EarlyRefusal): Promise<Outgoing> => {
    steps.observe({ event: 'refused-early', code: why.code, reason: why.reason });
    const options: ProblemOptions = { retryAfterSeconds: why.retryAfterSeconds, headers: why.headers };
    const reply = steps.shapeProblem(why.code, ask.accessId, options);
    const sourceKey = why.token === undefined ? steps.sourceKey(ask.source.address) : `caller ${why.token.issuer} ${why.token.subject}`;
    try {
      return { reply, receipt: await steps.appendEarly(earlyEntry(steps, ask, why), { reply, sourceKey }) };
    } catch (error) {
      return withoutLog(ask.accessId, error);
    }
  };

  const recordPreflight = async (ask: EarlyAsk, reply: ShapedReply): Promise<Outgoing> => {
    const entry: AccessEntry = {
      ...earlyEntry(steps, ask, { code: 'method-not-allowed', reason: 'granted' }),
      kind: 'preflight',
      outcome: PREFLIGHT,
    };
    try {
      return {
        reply,
        receipt: await steps.appendEarly(entry, { reply, sourceKey: steps.sourceKey(ask.source.address) }),
      };
    } catch (error) {
      return withoutLog(ask.accessId, error);
    }
  };

  const giveProblem: Scribe['giveProblem'] = async (ask, token, error, asked) => {
    const fault = error instanceof GatewayError ? error : new GatewayError('internal-fault', 'unforeseen', { cause: error });
    if (fault.code === 'audit-unavailable') return withoutLog(ask.accessId, fault);
    if (token === undefined || isBeforeACaller(fault)) {
      return refuseEarly(earlyAskOf(ask), { code: fault.code, reason: wordFor(fault), retryAfterSeconds: fault.options.retryAfterSeconds });
    }
    const given = await giveRefusal(ask, token, fault, asked, () => false);
    return given === 'stale' ? withoutLog(ask.accessId, new GatewayError('internal-fault', 'a problem cannot be stale')) : given;
  };

  const giveRefusal: Scribe['giveRefusal'] = async (ask, token, fault, asked, isStale) => {
    if (ERROR_TABLE[fault.code].status >= 500) {
      steps.observe({ event: 'fault', accessId: ask.accessId, code: fault.code, message: fault.message, cause: fault.cause });
    }
    const reply = steps.shapeProblem(fault.code, ask.accessId, {
      retryAfterSeconds: fault.options.retryAfterSeconds,
      details: fault.options.details,
    });
    try {
      const receipt = await steps.append(problemEntry(steps, ask, token, fault, asked), { reply, isStale });
      if (receipt === 'stale') return 'stale';
      observe(steps, ask, { code: fault.code, view: 'none', unclassifiedFields: 0 });
      return { reply, receipt };
    } catch (failure) {
      return withoutLog(ask.accessId, failure);
    }
  };

  const withoutLog = (accessId: string, error: unknown): Outgoing => {
    const message = error instanceof Error ? error.message : 'unforeseen';
    steps.observe({ event: 'fault', accessId, code: 'audit-unavailable', message, cause: error });
    const reply = steps.shapeProblem('audit-unavailable', accessId, { retryAfterSeconds: 5 });
    return { reply, receipt: steps.unlogged(reply) };
  };

  const entryOf: Scribe['entryOf'] = (ask, told) => accessEntry(steps, ask, told);

  return {
    record,
    entryOf,
    observe: (ask, told) => observeAnswer(steps, ask, told),
    recordList: (ask, told, isStale) => steps.append(listEntry(ask, told), { reply: told.shaped, isStale }),
    observeList: (ask, { shaped }) => observe(steps, ask, { code: 'ok', view: 'list', unclassifiedFields: shaped.unclassifiedFields }),
    refuseEarly,
    recordPreflight,
    giveProblem,
    giveRefusal,
  };
}

export const earlyAskOf = (ask: Ask): EarlyAsk => ({
  accessId: ask.accessId,
  receivedAtMs: ask.receivedAtMs,
  source: ask.source,
  method: ask.method,
  system: ask.system,
  environment: ask.environment,
  route: ask.route.name,
});

function observeAnswer(steps: Steps, ask: Ask, { verdict, shaped }: Told): void {
  const code = verdict.hidden ? 'record-hidden' : 'ok';
  observe(steps, ask, { code, view: verdict.hidden ? 'none' : verdict.decision.disclosure, unclassifiedFields: shaped.unclassifiedFields });
}

function observe(
  steps: Steps,
  ask: Ask,
  what: { readonly code: string; readonly view: string; readonly unclassifiedFields: number },
): void {
  const durationMs = steps.nowMs() - ask.receivedAtMs;
  steps.observe({ event: 'answered', system: ask.system, route: ask.route.name, durationMs, ...what });
}

function wordFor(fault: GatewayError): Reason {
  const word = fault.options.reason ?? fault.code;
  return isReason(word) ? word : fault.code;
}

function accessEntry(steps: Steps, ask: Ask, { now, verdict, shaped, upstream }: Told): AccessEntry {
  const { system } = now.policy;
  const { accessId } = ask;
  const words = verdict.decision === null ? UNDECIDED : decisionWords(system, verdict.decision);
  if (verdict.hidden) {
    const records = [hiddenRecord(steps, ask, verdict.known, words, shaped.unclassifiedFields)];
    const outcome = { status: shaped.status, code: 'record-hidden', reasons: [verdict.why] };
    return answerEntry(ask, now, { accessId, kind: 'access', records, outcome, upstream, details: undefined });
  }
  const record = shownRecord(system, ask.recordId, verdict.decision, shaped.unclassifiedFields);
  const records = [record, ...personRecords(system, verdict.persons)];
  return answerEntry(ask, now, { accessId, kind: 'access', records, outcome: words.outcome, upstream, details: undefined });
}

/** What an entry says of the records that are shown. */
export function listWords(
  system: CaseSystem,
  shown: readonly (Pick<ShownRecord, 'decision' | 'persons'> & { readonly record: Pick<ListedRecord, 'id' | 'unclassifiedFields'> })[],
): { readonly records: readonly EntryRecord[]; readonly recordIds: readonly string[]; readonly reasons: readonly Reason[] } {
  const reasons = new Set<Reason>();
  const records: EntryRecord[] = [];
  for (const { record, decision, persons } of shown) {
    for (const reason of decision.reasons) reasons.add(reason);
    records.push(shownRecord(system, record.id, decision, record.unclassifiedFields));
    if (persons.length > 0) records.push(...personRecords(system, persons));
  }
  return { records, recordIds: records.flatMap(({ id }) => id ?? []), reasons: [...reasons] };
}

/** Embedded persons under the numbers of their own records; who has none is part of the record around them. */
const personRecords = (system: CaseSystem, persons: readonly DecidedPerson[]): readonly EntryRecord[] =>
  persons.flatMap(({ id, decision }) => (id === null ? [] : [shownRecord(system, id, decision, 0)]));

/** One entry for the whole answer: it names every record that is returned, and what of it. */
const listEntry = (ask: Ask, { now, records, reasons, upstream, leftOut, calls, isNarrowed }: ToldList): AccessEntry =>
  answerEntry(ask, now, {
    accessId: ask.accessId,
    kind: 'access',
    records,
    outcome: { status: 200, code: 'ok', reasons },
    upstream,
    details: { leftOut, calls, isNarrowed },
  });

/** A record that is shown, under its number: singly, in a list, in a stream or inside another. */
function shownRecord(system: CaseSystem, id: string, decision: Decision, unclassifiedFields: number): EntryRecord {
  const { disclosed, withheld, keys, narrowing } = decisionWords(system, decision);
  return { id, digest: undefined, disclosure: decision.disclosure, disclosed, withheld, keys, narrowing, unclassifiedFields };
}

/** One that was asked for and is not shown: a number that nobody here knows may be anything, and stands under its digest. */
function hiddenRecord(steps: Steps, ask: Ask, isKnown: boolean, words: DecisionWords, unclassifiedFields: number): EntryRecord {
  const { disclosed, withheld, keys, narrowing } = words;
  const [id, digest] = isKnown ? [ask.recordId, undefined] : [undefined, steps.digestOf(ask.system, ask.recordId)];
  return { id, digest, disclosure: 'none', disclosed, withheld, keys, narrowing, unclassifiedFields };
}

interface DecisionWords {
  readonly disclosed: Readonly<Record<string, number>>;
  readonly withheld: Readonly<Record<string, string>>;
  readonly keys: readonly EntryKey[];
  readonly narrowing: EntryNarrowing | undefined;
  /** Of an answer that shows what the decision grants. */
  readonly outcome: EntryOutcome;
}

const UNDECIDED: DecisionWords = {
  disclosed: Object.freeze({}),
  withheld: Object.freeze({}),
  keys: Object.freeze([]),
  narrowing: undefined,
  outcome: Object.freeze({ status: 200, code: 'ok', reasons: Object.freeze([]) }),
};

/** A remembered decision is one object: its words are spelled once. */
const SPELLED = new WeakMap<Decision, DecisionWords>();

function decisionWords(system: CaseSystem, decision: Decision): DecisionWords {
  const known = SPELLED.get(decision);
  if (known !== undefined) return known;
  const disclosed: Record<string, number> = {};
  const withheld: Record<string, string> = {};
  for (const [number, name] of system.sections.entries()) {
    if (decision.granted[number] === true) disclosed[name] = decision.ruleLines[number] ?? 0;
    const why = decision.withheld[number];
    if (why !== null && why !== undefined) withheld[name] = why;
  }
  const wordsOf = (tests: CaseSystem['relations'], mask: number) =>
    tests.filter((_, bit) => (mask & (1 << bit)) !== 0).map((test) => test.word);
  const keyWords = (key: DecisionKey): EntryKey => ({
    environment: key.environment,
    application: key.application,
    workgroup: key.workgroup,
    relations: wordsOf(system.relations, key.relations),
    privacy: key.isPrivate ? 'private' : 'open',
    when: wordsOf(system.conditions, key.conditions),
  });
  const { narrowing } = decision;
  const words: DecisionWords = {
    disclosed: Object.freeze(disclosed),
    withheld: Object.freeze(withheld),
    keys: Object.freeze(decision.keys.map(keyWords)),
    narrowing:
      narrowing === null
        ? undefined
        : Object.freeze({ carries: narrowing.carries, actorKeys: narrowing.actorKeys === null ? null : narrowing.actorKeys.map(keyWords) }),
    outcome: Object.freeze({ status: 200, code: 'ok', reasons: Object.freeze([...decision.reasons]) }),
  };
  SPELLED.set(decision, words);
  return words;
}

function problemEntry(steps: Steps, ask: Ask, token: VerifiedToken, fault: GatewayError, asked: EntryUpstream | null): AccessEntry {
  const versions = steps.versions();
  // A fault of the case system is its outcome, whatever it said before.
  const failed = fault.code.startsWith('upstream-');
  const upstream = failed ? { outcome: fault.code, durationMs: asked?.durationMs ?? Math.max(0, steps.nowMs() - ask.receivedAtMs) } : asked;
  return {
    format: 1,
    accessId: ask.accessId,
    kind: 'access',
    at: toMoment(steps.nowMs()),
    source: ask.source,
    who: steps.nameOf(token, ask.environment),
    system: ask.system,
    environment: ask.environment,
    route: ask.route.name,
    method: ask.method,
    action: ask.route.action,
    // A list that was refused named no record.
    records: ask.route.answer !== 'record' ? [] : [undecidedRecord(steps, ask)],
    outcome: outcomeOf(fault.code, wordFor(fault)),
    upstream,
    policyVersion: versions.policy,
    directoryVersion: versions.directory,
    registryVersion: versions.registry,
  };
}

const undecidedRecord = (steps: Steps, ask: Ask): EntryRecord => ({
  digest: steps.digestOf(ask.system, ask.recordId),
  disclosure: 'none',
  disclosed: {},
  withheld: {},
  keys: [],
  unclassifiedFields: 0,
});

function earlyEntry(steps: Steps, ask: EarlyAsk, why: EarlyRefusal): AccessEntry {
  return {
    format: 1,
    accessId: ask.accessId,
    kind: 'refusal',
    at: toMoment(steps.nowMs()),
    source: ask.source,
    who: why.token === undefined || ask.environment === null ? null : steps.nameOf(why.token, ask.environment),
    system: ask.system,
    environment: ask.environment,
    route: ask.route,
    method: ask.method,
    action: null,
    records: [],
    outcome: outcomeOf(why.code, why.reason),
    upstream: null,
    policyVersion: null,
    directoryVersion: null,
    registryVersion: null,
  };
}

const outcomeOf = (code: ErrorCode, reason: Reason): EntryOutcome => ({ status: ERROR_TABLE[code].status, code, reasons: [reason] });
