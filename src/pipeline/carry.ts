import type { Ask, UpstreamReply, VerifiedToken } from '../vocabulary/access';
import type { EntryUpstream } from '../vocabulary/access-entry';
import { ERROR_TABLE, GatewayError } from '../vocabulary/errors';
import { FetchedPages } from './fetched-pages';
import { giveList } from './give-list';
import { giveStream } from './give-stream';
import { guardShaping } from './guard-shaping';
import { judgeRecord, mayFetch } from './judge-record';
import { createScribe, earlyAskOf, isBeforeACaller, type Scribe, type Told } from './scribe';
import { standNow } from './stand-now';
import type { Now, Outgoing, ReadReply, ShapedReply, Steps, Verdict } from './steps';

/** How often a request is decided anew because what decided it changed before its entry was durable. */
export const MOST_ATTEMPTS = 5;

/**
 * Carries one request: identify, permit, facts, decide, fetch, re-check, shape, record.
 *
 * Gives   a shaped reply and the receipt of its durable entry; a refusal or a fault comes the same way.
 * Fails   never: whatever is thrown below becomes a recorded problem document; where the log itself
 *         fails, 503 audit-unavailable with nothing of the record.
 * Source  design.md, One request.
 */
export function createCarry<Read extends ReadReply>(given: Steps<Read>): (ask: Ask) => Promise<Outgoing> {
  const steps = guardShaping(given);
  const scribe = createScribe(steps);

  return async function carry(ask) {
    let token: VerifiedToken | undefined;
    const once: Once = { fetched: null, list: new FetchedPages() };
    try {
      token = identify(steps, ask) ?? (await steps.verifyToken(ask.bearer as string));
      const asked = steps.limitCaller(callerKey(token));
      const { limited, retryAfterSeconds } = asked instanceof Promise ? await asked : asked;
      if (limited)
        return await scribe.refuseEarly(earlyAskOf(ask), { code: 'rate-limited', reason: 'rate-limited', retryAfterSeconds, token });
      return await answer(steps, scribe, ask, token, once);
    } catch (error) {
      return await scribe.giveProblem(ask, token, error, toldOf(once));
    }
  };
}

/** Who asks, where the token was verified before; undefined where it must be verified first. */
export function identify(steps: Steps, ask: Ask): VerifiedToken | undefined {
  if (ask.bearer === undefined) throw new GatewayError('token-missing', 'no bearer token');
  return steps.rememberedToken(ask.bearer, ask.bearerKey);
}

const CALLER_KEYS = new WeakMap<VerifiedToken, string>();

/** Issuer and subject as one word, spelled once for each remembered token. */
export function callerKey(token: VerifiedToken): string {
  let key = CALLER_KEYS.get(token);
  if (key === undefined) CALLER_KEYS.set(token, (key = `${token.issuer}\n${token.subject}`));
  return key;
}

/** Decides, fetches, shapes and records; decided anew where something changed meanwhile. */
async function answer<Read extends ReadReply>(
  steps: Steps<Read>,
  scribe: Scribe,
  ask: Ask,
  token: VerifiedToken,
  once: Once,
): Promise<Outgoing> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const since = steps.versions();
    try {
      const given = await give(steps, scribe, ask, token, once);
      if (given !== 'stale') return given;
    } catch (error) {
      // Who is nobody here may have become somebody through another gateway a moment ago: the store is asked before it is said.
      if (attempt === 1 && error instanceof GatewayError && error.code === 'account-unknown') {
        await steps.catchUp();
        if (steps.hasMoved(since)) continue;
      }
      // Whoever was let in a moment ago is not refused by what was known before: a refusal is a decision, and holds as long as one.
      if (!isRefusal(error) || attempt === MOST_ATTEMPTS) throw error;
      const given = await scribe.giveRefusal(ask, token, error, toldOf(once), () => steps.hasMoved(since));
      if (given !== 'stale') return given;
    }
    await steps.settle();
  }
  throw new GatewayError('decision-unsettled', `still changing after ${MOST_ATTEMPTS} attempts`, {
    reason: 'stale-decision',
    retryAfterSeconds: 1,
  });
}

/** One attempt. */
function give<Read extends ReadReply>(
  steps: Steps<Read>,
  scribe: Scribe,
  ask: Ask,
  token: VerifiedToken,
  once: Once,
): Promise<Outgoing | 'stale'> {
  switch (ask.route.answer) {
    case 'list':
      return giveList(steps, scribe, ask, token, once.list);
    case 'stream':
      return giveStream(steps, ask, token);
    case 'record':
      return giveRecord(steps, scribe, ask, token, once);
  }
}

/** One attempt at one record; 'stale' where what decided was changed before the entry was durable. */
async function giveRecord<Read extends ReadReply>(
  steps: Steps<Read>,
  scribe: Scribe,
  ask: Ask,
  token: VerifiedToken,
  once: Once,
): Promise<Outgoing | 'stale'> {
  let now = standNow(steps, ask, token);
  if (once.fetched === null && mayFetch(steps, ask, now)) {
    once.fetched = await fetchOnce(steps, ask, now);
    // Minutes can pass in a slow case system: who asks is looked up again before anything is decided on the body.
    now = standNow(steps, ask, token);
  }
  const verdict = judgeRecord(steps, ask, now, once.fetched?.reply ?? null);
  const shaped = shape(steps, ask, verdict);
  const { versions, caller } = now;
  const recordIds = [ask.recordId, ...(verdict.hidden ? [] : verdict.persons.flatMap(({ id }) => id ?? []))];
  const told: Told = { now, verdict, shaped, upstream: once.fetched === null ? null : once.fetched.told };
  const receipt = await scribe.record(ask, told, () => steps.isTouched(versions, caller, ask, recordIds));
  if (receipt === 'stale') return 'stale';
  scribe.observe(ask, told);
  if (verdict.facts !== null && verdict.decision !== null) steps.decided(ask, now, verdict.facts, verdict.decision);
  // Of hidden records too: a fact that was renamed upstream hides them all.
  if (verdict.read !== null) steps.noteDrift(ask.system, verdict.read);
  return { reply: shaped, receipt };
}

const isRefusal = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && ERROR_TABLE[error.code].status < 500 && !isBeforeACaller(error);

/** The case system is asked at most once for a record, and once for each page of a list, however often it is decided. */
interface Once {
  fetched: Fetched | null;
  readonly list: FetchedPages;
}

const toldOf = ({ fetched, list }: Once): EntryUpstream | null => fetched?.told ?? list.told();

interface Fetched {
  readonly reply: UpstreamReply;
  readonly told: EntryUpstream;
}

async function fetchOnce(steps: Steps, ask: Ask, { route, caller }: Now): Promise<Fetched> {
  if (steps.isLogDown()) throw new GatewayError('audit-unavailable', 'the log is down: the case system is not asked');
  const reply = await steps.fetchRecord(ask, route, caller);
  return { reply, told: { outcome: reply.status === 404 ? 'not-found' : 'answered', durationMs: reply.durationMs } };
}

function shape<Read extends ReadReply>(steps: Steps<Read>, ask: Ask, verdict: Verdict<Read>): ShapedReply {
  if (verdict.hidden) return steps.shapeProblem('record-hidden', ask.accessId);
  return steps.shapeRecord(verdict.read, verdict.decision, ask.accessId, verdict.persons);
}
