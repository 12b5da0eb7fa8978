import type { Ask, Decision, UpstreamReply, VerifiedToken } from '../../vocabulary/access';
import type { AccessEntry, EntryUpstream } from '../../vocabulary/access-entry';
import type { Route } from '../../vocabulary/case-system';
import { ERROR_TABLE, GatewayError } from '../../vocabulary/errors';
import { toMoment } from '../../vocabulary/moment';
import { isReason, type Reason } from '../../vocabulary/reasons';
import type { Written, WriteRule } from '../../vocabulary/write-rule';
import { callerKey, identify, MOST_ATTEMPTS } from '../carry';
import { guardShaping } from '../guard-shaping';
import { decideOn } from '../decide-on';
import { judgeRecord, mayFetch } from '../judge-record';
import { createScribe, earlyAskOf, type Scribe, type Told } from '../scribe';
import { standNow } from '../stand-now';
import type { KnownFacts, Now, Outgoing, ReadReply, ShapedReply, Steps, Verdict } from '../steps';
import { answerOf } from './answer-of';
import { intentEntry, writtenEntry } from './write-entries';
import { isMatched } from './is-matched';
import type { KeptWrite } from './write-keys';
import type { WritePlan, WriteSteps } from './write-steps';

/**
 * Carries one write: identify, permit, body, the record as it is, decide what is shown of it, work out the write against that, decide on it,
 * intent entry, case system, outcome entry, answer.
 *
 * Gives   the record as the caller is shown it afterwards; a refusal comes the same way, and nothing was sent then.
 * Fails   never. What was sent and not answered is 504 outcome-unknown; what was done and cannot be recorded is 503 outcome-unrecorded.
 *         Nothing is sent that has no durable intent, and nothing is sent twice.
 * Source  design.md, promise 2; decision 0019.
 */
export function createCarryWrite<Read extends ReadReply, Sent>(
  given: Steps<Read>,
  writes: WriteSteps<Read, Sent>,
): (ask: Ask) => Promise<Outgoing> {
  const steps = guardShaping(given);
  const scribe = createScribe(steps);
  return async function carryWrite(ask) {
    let token: VerifiedToken | undefined;
    try {
      token = identify(steps, ask) ?? (await steps.verifyToken(ask.bearer as string));
      const { limited, retryAfterSeconds } = await steps.limitCaller(callerKey(token));
      if (limited)
        return await scribe.refuseEarly(earlyAskOf(ask), { code: 'rate-limited', reason: 'rate-limited', retryAfterSeconds, token });
      return await new WriteRun(steps, writes, scribe, ask, token).run();
    } catch (error) {
      return await scribe.giveProblem(ask, token, error, null);
    }
  };
}

interface Fetched {
  readonly reply: UpstreamReply;
  readonly told: EntryUpstream;
}

/** What an attempt stands on, once the record may be seen. */
interface Standing<Read extends ReadReply> {
  readonly now: Now;
  readonly rule: WriteRule;
  readonly verdict: Extract<Verdict<Read>, { hidden: false }>;
  readonly shown: ShapedReply;
}

class WriteRun<Read extends ReadReply, Sent> {
  private readonly written: Written;
  private fetched: Fetched | null = null;

  constructor(
    private readonly steps: Steps<Read>,
    private readonly writes: WriteSteps<Read, Sent>,
    private readonly scribe: Scribe,
    private readonly ask: Ask,
    private readonly token: VerifiedToken,
  ) {
    if (ask.written === undefined) throw new GatewayError('internal-fault', 'a write without what is written');
    this.written = ask.written;
  }

  async run(): Promise<Outgoing> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const made = await this.attempt();
      if (made !== 'stale') return made;
      await this.steps.settle();
    }
    throw new GatewayError('decision-unsettled', `still changing after ${MOST_ATTEMPTS} attempts`, {
      reason: 'stale-decision',
      retryAfterSeconds: 1,
    });
  }

  private stand(): { readonly now: Now; readonly rule: WriteRule; readonly reading: Now } {
    const now = standNow(this.steps, this.ask, this.token);
    const rule = now.route.write;
    const route = rule === undefined ? undefined : now.policy.system.routes[rule.reads];
    if (rule === undefined || route === undefined) throw new GatewayError('route-unknown', 'the route left with a policy change');
    // An application may hold reading and writing in two grants; what it may read is asked of the one for reading.
    const { grants } = now.caller.application;
    const mayRead = grants.find(
      ({ system, actions }) => system === now.policy.system.name && [route.action, '*'].some((one) => actions.includes(one)),
    );
    return { now, rule, reading: { ...now, route, grant: mayRead ?? now.grant } };
  }

  private async attempt(): Promise<Outgoing | 'stale'> {
    const { steps, writes, ask, written } = this;
    const first = this.stand();
    const body = await written.body(first.rule.maxBodyBytes);
    const { contentType, contentEncoding } = written;
    const sent = writes.readSent(first.now.policy.system, first.now.route, { body, contentType, contentEncoding });
    const key = this.keyOf(first.now, body);
    const kept = key === null ? null : await writes.keys.find(key.key);
    if (this.fetched === null && mayFetch(steps, ask, first.reading)) this.fetched = await this.fetch(first.reading);
    // Time went by: who asks, and what rules, is looked up again before anything is decided.
    const { now, rule, reading } = this.stand();
    const verdict = judgeRecord(steps, ask, reading, this.fetched?.reply ?? null);
    if (verdict.hidden) {
      if (kept !== null && kept.status === 204 && rule.takes === 'nothing' && verdict.why === 'record-unknown')
        return this.answerRepeat({ now, verdict, shown: writes.shapeNothing(ask.accessId) }, kept, key as Key);
      return this.append(now, verdict, steps.shapeProblem('record-hidden', ask.accessId), {});
    }
    const shown = steps.shapeRecord(verdict.read, verdict.decision, ask.accessId, verdict.persons);
    if (kept !== null) return this.answerRepeat({ now, verdict, shown }, kept, key as Key);
    const standing: Standing<Read> = { now, rule, verdict, shown };
    let plan: WritePlan;
    let decision: Decision;
    try {
      this.demandMatch(standing);
      plan = this.plan(standing, sent);
      decision = this.decide(standing, plan);
    } catch (error) {
      if (!(error instanceof GatewayError) || ERROR_TABLE[error.code].status >= 500) throw error;
      return this.refuse(standing, error);
    }
    if (plan.isNothing) return this.append(now, verdict, shown, { fields: [] });
    return this.write(standing, plan, decision, key);
  }

  private async fetch({ route, caller }: Now): Promise<Fetched> {
    if (this.steps.isLogDown()) throw new GatewayError('audit-unavailable', 'the log is down: the case system is not asked');
    const reply = await this.writes.fetchForWrite(this.ask, route, caller);
    return { reply, told: { outcome: reply.status === 404 ? 'not-found' : 'answered', durationMs: reply.durationMs } };
  }

  private demandMatch({ rule, shown }: Standing<Read>): void {
    const { ifMatch } = this.written;
    if (ifMatch === undefined) {
      if (rule.needsIfMatch) throw new GatewayError('precondition-required', 'no If-Match');
      return;
    }
    const tag = shown.headers.find(([name]) => name === 'etag')?.[1];
    if (tag === undefined || !isMatched(ifMatch, tag)) throw new GatewayError('precondition-failed', 'another representation');
  }

  private plan({ now, verdict, shown }: Standing<Read>, sent: Sent): WritePlan {
    return this.writes.planWrite({ system: now.policy.system, route: now.route, read: verdict.read, shown: shown.body, sent });
  }

  /** What the policy says of this very write. Throws what stands in its way, the caller's rights first. */
  private decide(standing: Standing<Read>, plan: WritePlan): Decision {
    const { now, rule, verdict } = standing;
    const decision = decideOn(this.steps, now, factsOf(rule, verdict.facts, plan));
    const why = decision.reasons[0];
    if (rule.takes === 'nothing') {
      // A deletion erases every section, those that are not shown too.
      if (decision.disclosure !== 'full' || verdict.decision.disclosure !== 'full')
        throw new GatewayError('action-not-permitted', 'not every section may be deleted', { reason: why });
      return decision;
    }
    const mayWrite = (of: Decision) => (section: number) =>
      of.granted[section] === true && (rule.takes === 'element' || verdict.decision.granted[section] === true);
    const outside = plan.fieldsOutside(mayWrite(decision));
    if (decision.disclosure === 'none' || outside.length > 0) {
      if (plan.neverWritten.length === 0 && this.wouldHoldToday(standing, plan, mayWrite))
        throw new GatewayError('outside-window', 'a date outside the window');
      if (decision.disclosure === 'none') throw new GatewayError('action-not-permitted', 'no section may be written', { reason: why });
    }
    const fields = [...outside, ...plan.neverWritten];
    if (fields.length > 0)
      throw new GatewayError('field-not-writable', 'fields outside the rights', { reason: 'not-granted', details: { fields } });
    if (plan.unfit.length > 0) throw new GatewayError('input-invalid', 'no Social Security number', { details: { fields: plan.unfit } });
    if (plan.unseen.length > 0) throw new GatewayError('unseen-values', 'hidden values', { details: { fields: plan.unseen } });
    return decision;
  }

  /** TO-02: whether nothing but the dates that are written stands in the way. */
  private wouldHoldToday(
    { now, rule, verdict }: Standing<Read>,
    plan: WritePlan,
    mayWrite: (of: Decision) => (section: number) => boolean,
  ): boolean {
    if (!rule.dates.some((fact) => plan.datesOf(fact) !== null)) return false;
    const today = [toMoment(now.atMs)];
    const facts = { ...verdict.facts, codes: verdict.facts.codes.map((codes, fact) => (rule.dates.includes(fact) ? today : codes)) };
    const decision = decideOn(this.steps, now, facts);
    return decision.disclosure !== 'none' && plan.fieldsOutside(mayWrite(decision)).length === 0;
  }

  private async write(standing: Standing<Read>, plan: WritePlan, decision: Decision, key: Key | null): Promise<Outgoing | 'stale'> {
    const { writes, ask } = this;
    const { now, rule, verdict } = standing;
    const ifMatch = rule.concurrency === 'if-match' ? (this.fetched?.reply.etag ?? null) : null;
    if (rule.concurrency === 'if-match' && ifMatch === null)
      throw new GatewayError('upstream-failed', 'no strong validator came with the record');
    if (key !== null && !(await writes.keys.claim({ ...key, accessId: ask.accessId, status: null, atMs: now.atMs })))
      return this.refuse(standing, new GatewayError('write-open', 'the key was claimed by another request'));
    const intent = intentEntry(this.entry(now, { ...verdict, decision }, standing.shown), {
      intentId: writes.newAccessId(),
      plan,
      system: now.policy.system,
      decision,
      digestOf: (text) => writes.keyedDigest('write-proof', text),
      key: key?.key ?? null,
    });
    try {
      if ((await writes.appendIntent(intent, this.isStale(now))) === 'stale') {
        await this.release(key);
        return 'stale';
      }
    } catch (error) {
      await this.release(key);
      throw error;
    }
    this.steps.decided(ask, now, factsOf(rule, verdict.facts, plan), decision);
    const open = { entry: intent, bearer: ask.bearer };
    const outcome = await writes.sendWrite(ask, now.route, now.caller, { body: plan.body, ifMatch });
    const answer = answerOf(outcome);
    const upstream: EntryUpstream = { outcome: answer.kind === 'done' ? 'written' : answer.fault.code, durationMs: outcome.durationMs };
    const about = { intent: intent.accessId, fields: plan.fields };
    try {
      if (answer.kind === 'done') return await this.answerDone(standing, plan, key, about, upstream);
      if (answer.kind === 'refused') await this.release(key);
      else writes.reconcile(open);
      const given = await this.problem(now, verdict, answer.fault, about, upstream, () => false);
      return given === 'stale' ? this.unrecorded(intent.accessId, null) : given;
    } catch (error) {
      writes.reconcile(open);
      if (answer.kind === 'done') return this.unrecorded(intent.accessId, error);
      throw answer.kind === 'unknown' ? new GatewayError('audit-unavailable', 'the outcome cannot be recorded', { cause: error }) : error;
    }
  }

  /** Of a write that was certainly not done. A key that cannot be released stays claimed until it is trimmed. */
  private async release(key: Key | null): Promise<void> {
    if (key !== null) await this.writes.keys.release({ key: key.key, accessId: this.ask.accessId }).catch(() => undefined);
  }

  /** The case system took it: what the caller is shown of the record now. */
  private async answerDone(
    { now: before, rule, verdict: verdictBefore }: Standing<Read>,
    plan: WritePlan,
    key: Key | null,
    about: Readonly<Record<string, unknown>>,
    upstream: EntryUpstream,
  ): Promise<Outgoing> {
    const { steps, writes, ask } = this;
    const reread = rule.takes === 'nothing' ? null : await this.readBack(before, rule);
    if (
      reread !== null &&
      rule.concurrency === 'none' &&
      plan.proof.kind === 'values' &&
      !writes.isShownBy(plan.proof, bodyOf(reread.reply))
    ) {
      await this.release(key);
      const fault = new GatewayError('write-not-applied', 'the record does not show it');
      const given = await this.problem(before, verdictBefore, fault, about, upstream, () => false);
      if (given !== 'stale') return given;
    }
    const status = rule.takes === 'element' ? 201 : 200;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const { now, verdict } = this.lookAgain(before, verdictBefore, reread);
      const reply = verdict.hidden
        ? writes.shapeNothing(ask.accessId)
        : writes.shapeWritten(verdict.read, verdict.decision, ask.accessId, status);
      const entry = this.entry(now, verdict, reply);
      const outcome = { status: reply.status, code: 'ok', reasons: entry.outcome.reasons };
      const receipt = await steps.append(writtenEntry({ ...entry, outcome, upstream }, about), { reply, isStale: this.isStale(now) });
      if (receipt === 'stale') {
        await steps.settle();
        continue;
      }
      if (key !== null) await writes.keys.settle({ key: key.key, accessId: ask.accessId }, reply.status).catch(() => undefined);
      this.scribe.observe(ask, { now, verdict, shaped: reply, upstream });
      return { reply, receipt };
    }
    throw new GatewayError('decision-unsettled', 'still changing behind a write');
  }

  /** null where it cannot be read: the write is done all the same. */
  private async readBack(now: Now, rule: WriteRule): Promise<Fetched | null> {
    try {
      return await this.fetch({ ...now, route: now.policy.system.routes[rule.reads] as Route });
    } catch {
      return null;
    }
  }

  private lookAgain(
    before: Now,
    verdictBefore: Verdict<Read>,
    reread: Fetched | null,
  ): { readonly now: Now; readonly verdict: Verdict<Read> } {
    const hidden = (now: Now, why: Reason): { readonly now: Now; readonly verdict: Verdict<Read> } => ({
      now,
      verdict: { hidden: true, why, known: true, decision: verdictBefore.decision, facts: verdictBefore.facts, read: null },
    });
    try {
      const { now, reading } = this.stand();
      if (reread === null) return hidden(now, 'granted');
      return { now, verdict: judgeRecord(this.steps, this.ask, reading, reread.reply) };
    } catch (error) {
      // Who may no longer ask was still the one who wrote.
      const word = error instanceof GatewayError ? (error.options.reason ?? error.code) : 'internal-fault';
      return hidden(before, isReason(word) ? word : 'internal-fault');
    }
  }

  private async answerRepeat(
    { now, verdict, shown }: { readonly now: Now; readonly verdict: Verdict<Read>; readonly shown: ShapedReply },
    kept: KeptWrite,
    key: Key,
  ): Promise<Outgoing | 'stale'> {
    const about = { intent: null, repeats: kept.accessId };
    const isStale = this.isStale(now);
    if (kept.request !== key.request)
      return this.problem(
        now,
        verdict,
        new GatewayError('idempotency-key-reused', 'another request'),
        about,
        this.fetched?.told ?? null,
        isStale,
      );
    if (kept.status === null)
      return this.problem(now, verdict, new GatewayError('write-open', 'no outcome yet'), about, this.fetched?.told ?? null, isStale);
    const reply = verdict.hidden
      ? shown
      : this.writes.shapeWritten(verdict.read, verdict.decision, this.ask.accessId, kept.status === 201 ? 201 : 200);
    return this.append(now, verdict, reply, about);
  }

  private refuse({ now, verdict }: Standing<Read>, error: GatewayError): Promise<Outgoing | 'stale'> {
    const { fields } = error.options.details ?? {};
    const about = { intent: null, ...(fields === undefined ? {} : { fields }) };
    return this.problem(now, verdict, error, about, this.fetched?.told ?? null, this.isStale(now));
  }

  /** An answer of which nothing was written. */
  private async append(
    now: Now,
    verdict: Verdict<Read>,
    reply: ShapedReply,
    about: Readonly<Record<string, unknown>>,
  ): Promise<Outgoing | 'stale'> {
    const entry = this.entry(now, verdict, reply);
    const outcome = reply.status === 404 ? entry.outcome : { ...entry.outcome, status: reply.status, code: 'ok' };
    const whole = writtenEntry({ ...entry, outcome }, { intent: null, ...about });
    const receipt = await this.steps.append(whole, { reply, isStale: this.isStale(now) });
    if (receipt === 'stale') return 'stale';
    this.scribe.observe(this.ask, { now, verdict, shaped: reply, upstream: this.fetched?.told ?? null });
    return { reply, receipt };
  }

  private async problem(
    now: Now,
    verdict: Verdict<Read>,
    fault: GatewayError,
    about: Readonly<Record<string, unknown>>,
    upstream: EntryUpstream | null,
    isStale: () => boolean,
  ): Promise<Outgoing | 'stale'> {
    const { steps, ask } = this;
    const { status } = ERROR_TABLE[fault.code];
    if (status >= 500)
      steps.observe({ event: 'fault', accessId: ask.accessId, code: fault.code, message: fault.message, cause: fault.cause });
    const { details, retryAfterSeconds } = fault.options;
    const reply = steps.shapeProblem(fault.code, ask.accessId, {
      ...(details === undefined ? {} : { details }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
    const entry = this.entry(now, verdict, reply);
    const word = fault.options.reason ?? fault.code;
    const outcome = { status, code: fault.code, reasons: [isReason(word) ? word : fault.code] };
    const records = entry.records.map((one) => ({ ...one, disclosure: 'none' as const, disclosed: {}, unclassifiedFields: 0 }));
    const receipt = await steps.append(writtenEntry({ ...entry, outcome, records, upstream }, about), { reply, isStale });
    if (receipt === 'stale') return 'stale';
    steps.observe({
      event: 'answered',
      system: ask.system,
      route: ask.route.name,
      code: fault.code,
      view: 'none',
      durationMs: steps.nowMs() - ask.receivedAtMs,
      unclassifiedFields: 0,
    });
    return { reply, receipt };
  }

  /** Done, and nothing to show for it in the log but the intent. */
  private unrecorded(intentId: string, cause: unknown): Outgoing {
    const { steps, ask } = this;
    steps.observe({ event: 'fault', accessId: ask.accessId, code: 'outcome-unrecorded', message: 'the outcome entry failed', cause });
    const reply = steps.shapeProblem('outcome-unrecorded', ask.accessId, { details: { intent: intentId } });
    return { reply, receipt: steps.unlogged(reply) };
  }

  private entry(now: Now, verdict: Verdict<Read>, shaped: ShapedReply): AccessEntry {
    const told: Told = { now, verdict, shaped, upstream: this.fetched?.told ?? null };
    // A write takes its time between the moment that is decided on and its entries.
    return { ...this.scribe.entryOf(this.ask, told), at: toMoment(this.steps.nowMs()) };
  }

  private isStale({ versions, caller }: Now): () => boolean {
    return () => this.steps.isTouched(versions, caller, this.ask, [this.ask.recordId]);
  }

  private keyOf(now: Now, body: Buffer): Key | null {
    const { idempotencyKey, contentType, ifMatch } = this.written;
    if (idempotencyKey === undefined) return null;
    if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) throw new GatewayError('header-not-allowed', 'an Idempotency-Key of another form');
    const { system, environment, recordId, method } = this.ask;
    const request = JSON.stringify([method, now.route.name, recordId, contentType ?? null, ifMatch ?? null, body.toString('base64')]);
    return {
      key: this.writes.keyedDigest('idempotency-key', JSON.stringify([system, environment, now.caller.account.id, idempotencyKey])),
      request: this.writes.keyedDigest('idempotent-request', request),
    };
  }
}

type Key = Pick<KeptWrite, 'key' | 'request'>;

const bodyOf = (reply: UpstreamReply): Buffer | null => (reply.status === 404 ? null : reply.body);

/** The facts on which a write is decided: dates are those of what is written. */
function factsOf(rule: WriteRule, facts: KnownFacts, plan: WritePlan): KnownFacts {
  if (rule.dates.length === 0) return facts;
  return { ...facts, codes: facts.codes.map((codes, fact) => (rule.dates.includes(fact) ? (plan.datesOf(fact) ?? codes) : codes)) };
}
