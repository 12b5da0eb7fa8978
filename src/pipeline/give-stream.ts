import type { Ask, Decision, VerifiedToken } from '../vocabulary/access';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { StreamRoute } from '../vocabulary/case-system';
import { ERROR_TABLE, GatewayError } from '../vocabulary/errors';
import { isReason, type Reason } from '../vocabulary/reasons';
import { decidePersons } from './decide-persons';
import { decideRecord } from './decide-record';
import { standNow } from './stand-now';
import type {
  AccessReceipt,
  FlowingReply,
  JudgeStreamed,
  KnownFacts,
  Now,
  Outgoing,
  RecordStream,
  RestOfStream,
  ShapedReply,
  Steps,
  StreamBatch,
  StreamedRecord,
} from './steps';
import { endEntry, openingEntry, partEntry } from './stream-entries';

/** How often a batch is decided anew because what decided it changed before its part was durable. */
const MOST_ATTEMPTS = 5;
/** What is at hand leaves when the case system has sent nothing for so long. */
const LONGEST_LINGER_MS = 50;

/**
 * Opens a streamed answer: who asks, the case system's head, the first batch, the opening entry that names its records.
 *
 * Gives   the first reply, whose body is the first batch, and the rest, batch by batch: each leaves after the part that names its records is
 *         durable, and is decided by what holds then, so a revocation ends the stream (TOK-19).
 * Fails   GatewayError as long as nothing has left. Later a fault is in the closing entry, and `next` rejects.
 */
export async function giveStream(steps: Steps, ask: Ask, token: VerifiedToken): Promise<Outgoing> {
  const now = standNow(steps, ask, token);
  const { route } = now;
  if (route.answer !== 'stream') throw new GatewayError('route-unknown', 'the route answers no stream any more');
  if (mostRecords(now, route) === 0)
    throw new GatewayError('action-not-permitted', 'no workgroup of the caller may export', { reason: 'export-limit' });
  if (steps.isLogDown()) throw new GatewayError('audit-unavailable', 'the log is down: the case system is not asked');
  const askedMs = performance.now();
  const reply = await steps.openStream(ask, route, now.caller);
  if (reply === null) throw new GatewayError('upstream-failed', 'the case system knows no such list');
  const flow = new Flow(steps, ask, token, reply, now, Math.round(performance.now() - askedMs));
  try {
    return await flow.open();
  } catch (error) {
    flow.close();
    throw asFault(error);
  }
}

/** What is not foreseen went wrong while records were read or shaped (RED-28). */
const asFault = (error: unknown): GatewayError =>
  error instanceof GatewayError ? error : new GatewayError('shaping-failed', 'the answer could not be shaped', { cause: error });

/** How many records the memberships that hold now may export: the most that the route allows any of them. */
const mostRecords = ({ caller }: Now, { mostRecords: limits }: StreamRoute): number =>
  Math.max(0, ...caller.memberships.map(({ workgroup }) => (Object.hasOwn(limits, workgroup) ? (limits[workgroup] ?? 0) : 0)));

class Flow implements RestOfStream {
  readonly #stream: RecordStream;
  readonly #chunks: AsyncIterator<Buffer>;
  #now: Now;
  #pending: Promise<IteratorResult<Buffer>> | null = null;
  #isOver = false;
  #isClosed = false;
  #parts = 0;
  #records = 0;
  #leftOut = 0;
  readonly #facts = new Map<StreamedRecord, KnownFacts>();

  constructor(
    private readonly steps: Steps,
    private readonly ask: Ask,
    private readonly token: VerifiedToken,
    private readonly reply: FlowingReply,
    now: Now,
    private readonly upstreamMs: number,
  ) {
    this.#now = now;
    this.#chunks = reply.chunks[Symbol.asyncIterator]();
    try {
      this.#stream = steps.readStream(now.policy.system, now.route as StreamRoute, reply.mediaType, ask.format ?? 'json');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async open(): Promise<Outgoing> {
    const batch = await this.#gather();
    const shape = (of: StreamBatch): ShapedReply => this.steps.shapePiece(this.#stream, { kind: 'head', batch: of }, this.ask.accessId);
    const first = await this.#leave(batch, shape, (of) => openingEntry(this.ask, this.#now, of, this.upstreamMs));
    return { ...first, rest: this };
  }

  async next(): Promise<{ readonly reply: ShapedReply; readonly receipt: AccessReceipt } | null> {
    if (this.#isClosed) return null;
    try {
      while (!this.#isOver) {
        const batch = await this.#gather();
        // Of records that are left out nothing leaves, and nothing is named.
        if (batch.shown === 0) {
          this.#count(batch);
          continue;
        }
        const isFirst = this.#records === 0;
        const shape = (of: StreamBatch): ShapedReply =>
          this.steps.shapePiece(this.#stream, { kind: 'part', batch: of, isFirst }, this.ask.accessId);
        return await this.#leave(batch, shape, (of) => partEntry(this.ask, this.#now, of, this.steps.newAccessId(), this.#parts + 1));
      }
      return await this.#finish();
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  leave(): void {
    if (this.#isClosed) return;
    this.close();
    this.#told(new GatewayError('upstream-failed', 'the reader went away', { reason: 'reader-left' }), 'aborted', 'reader-left');
  }

  close(): void {
    this.#isClosed = true;
    this.#facts.clear();
    this.reply.cancel();
  }

  /** Reads on until a batch is full, the list is over, or nothing has come for a moment. */
  async #gather(): Promise<StreamBatch> {
    this.#stand();
    for (;;) {
      const state = this.#stream.advance(this.#judge);
      if (state === 'hungry') {
        const chunk = await this.#chunk();
        if (chunk === 'nothing') return this.#stream.take();
        if (chunk === null) this.#stream.end();
        else this.#stream.push(chunk);
        continue;
      }
      this.#isOver = state === 'over';
      return this.#stream.take();
    }
  }

  /** Who asks and what rules now. Fails for whoever may not go on. */
  #stand(): void {
    const now = standNow(this.steps, this.ask, this.token);
    if (now.policy.system !== this.#now.policy.system) throw new GatewayError('decision-unsettled', 'the records are described anew');
    this.#now = now;
  }

  async #chunk(): Promise<Buffer | null | 'nothing'> {
    if (this.#pending === null) {
      this.#pending = this.#chunks.next();
      // It may fail while a batch is on its way; whoever asks for the next chunk is told.
      this.#pending.catch(() => undefined);
    }
    const got = this.#stream.atHand === 0 ? await this.#pending : await within(this.#pending, LONGEST_LINGER_MS);
    if (got === 'late') return 'nothing';
    this.#pending = null;
    return got.done === true ? null : got.value;
  }

  readonly #judge: JudgeStreamed = (record) => {
    const { steps, ask } = this;
    const now = this.#now;
    const decided = decideRecord(steps, ask, now, record);
    if (decided === null || !mayExport(decided.decision, now, now.route as StreamRoute)) return null;
    this.#facts.set(record, decided.facts);
    return { decision: decided.decision, persons: decidePersons(steps, ask, now, record.persons) };
  };

  /** Gives the batch once the entry that names its records is durable; decided anew where something changed meanwhile. */
  async #leave(
    given: StreamBatch,
    shape: (batch: StreamBatch) => ShapedReply,
    entryFor: (batch: StreamBatch) => AccessEntry,
  ): Promise<{ readonly reply: ShapedReply; readonly receipt: AccessReceipt }> {
    const { steps, ask } = this;
    let batch = given;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      if (this.#records + batch.shown > mostRecords(this.#now, this.#now.route as StreamRoute))
        throw new GatewayError('action-not-permitted', 'more records than the workgroup may export', { reason: 'export-limit' });
      const { versions, caller } = this.#now;
      const reply = shape(batch);
      const entry = entryFor(batch);
      const ids = entry.records.flatMap(({ id }) => id ?? []);
      const receipt = await steps.append(entry, { reply, isStale: () => steps.isTouched(versions, caller, ask, ids) });
      if (receipt !== 'stale') {
        this.#tell(batch);
        this.#count(batch);
        this.#parts += 1;
        return { reply, receipt };
      }
      await steps.settle();
      this.#stand();
      batch = batch.judgedAnew(this.#judge);
    }
    throw new GatewayError('decision-unsettled', `still changing after ${MOST_ATTEMPTS} attempts`, { reason: 'stale-decision' });
  }

  #tell(batch: StreamBatch): void {
    for (const { record, decision } of batch.judged) {
      const facts = this.#facts.get(record);
      if (decision !== null && facts !== undefined) this.steps.decided(this.ask, this.#now, facts, decision);
    }
  }

  #count(batch: StreamBatch): void {
    this.#records += batch.shown;
    this.#leftOut += batch.judged.length - batch.shown;
    this.#facts.clear();
  }

  /** The last bytes leave when the end is durable too. */
  async #finish(): Promise<{ readonly reply: ShapedReply; readonly receipt: AccessReceipt }> {
    const { steps, ask } = this;
    const reply = steps.shapePiece(this.#stream, { kind: 'end' }, ask.accessId);
    const entry = endEntry(ask, this.#now, steps.newAccessId(), { status: 200, code: 'ok', reason: 'granted', ...this.#counts() });
    const receipt = await steps.append(entry, { reply, isStale: () => false });
    this.close();
    steps.observe({
      event: 'answered',
      system: ask.system,
      route: ask.route.name,
      code: 'ok',
      view: 'list',
      durationMs: steps.nowMs() - ask.receivedAtMs,
      unclassifiedFields: 0,
    });
    if (receipt === 'stale') throw new GatewayError('internal-fault', 'an end cannot be stale');
    return { reply, receipt };
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.close();
    const fault = asFault(error);
    const word = fault.options.reason ?? fault.code;
    this.#told(fault, fault.code, isReason(word) ? word : fault.code);
  }

  /** Nobody waits for it: the connection is destroyed whatever becomes of the entry. */
  #told(fault: GatewayError, code: string, reason: Reason): void {
    const { steps, ask } = this;
    const { status } = ERROR_TABLE[fault.code];
    if (code !== 'aborted' && status >= 500)
      steps.observe({ event: 'fault', accessId: ask.accessId, code: fault.code, message: fault.message, cause: fault.cause });
    const end = { status: code === 'aborted' ? 200 : status, code, reason, ...this.#counts() };
    const reply = steps.shapePiece(this.#stream, { kind: 'end' }, ask.accessId);
    steps.append(endEntry(ask, this.#now, steps.newAccessId(), end), { reply, isStale: () => false }).catch(() => undefined);
  }

  #counts(): { readonly parts: number; readonly records: number; readonly leftOut: number } {
    return { parts: this.#parts, records: this.#records, leftOut: this.#leftOut };
  }
}

/** A record of which nothing, or basic information without the right to export that, would be shown is left out. */
function mayExport({ disclosure }: Decision, { caller }: Now, { basicViews }: StreamRoute): boolean {
  if (disclosure === 'basic') return caller.memberships.some(({ workgroup }) => basicViews.includes(workgroup));
  return disclosure !== 'none';
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((tell) => {
    timer = setTimeout(() => tell('late'), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
