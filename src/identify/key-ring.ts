import type { Clock } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import type { Issuer } from './issuer-settings';
import type { IdentifyLog } from './log';
import { readKeySet, type SigningKey } from './signing-keys';

/**
 * Fetches a JSON document: status 200 alone, no redirects, a cap and a total deadline. Rejects with an Error that quotes nothing of the answer.
 * `tellTime` is told the time at the other end, where the answer says it.
 */
export type FetchJson = (
  url: string,
  ask: { readonly maxBytes: number; readonly timeoutMs: number; readonly tellTime?: (epochMs: number) => void },
) => Promise<unknown>;

export interface KeyRingTimes {
  /** From one fetch to the next in the background; at most a minute. */
  readonly refreshMs: number;
  /** From a failed fetch to the next try. */
  readonly retryMs: number;
  /** An unknown kid brings at most one fetch in this time (TOK-11). */
  readonly cooldownMs: number;
  /** Keys serve this long after the last good fetch (TOK-14). */
  readonly staleAfterMs: number;
}

export const KEY_RING_TIMES: KeyRingTimes = { refreshMs: 45_000, retryMs: 5_000, cooldownMs: 30_000, staleAfterMs: 600_000 };

const FETCH_LIMITS = { maxBytes: 256 * 1024, timeoutMs: 5_000 };

/** Beyond this, expiry and validity of tokens mean something else at the issuer than here (TOK-26). */
const MOST_CLOCK_SKEW_MS = 60_000;

export interface KeyRing {
  readonly issuer: Issuer;
  /** Until this moment the keys in hand may be used; -Infinity before the first good fetch. */
  usableUntilMs(): number;
  /**
   * The key of that name, or undefined when the issuer has none.
   * Rejects identity-unavailable while no usable key set is in hand.
   */
  find(kid: string): Promise<SigningKey | undefined>;
  state(): {
    readonly issuer: string;
    /** Keys in hand and fresh, and the issuer's clock in step with ours (TOK-26). */
    readonly ready: boolean;
    readonly keys: number;
    readonly lastGoodAtMs: number | null;
    readonly lastFault: string | null;
  };
  close(): void;
}

interface Fetched {
  readonly read: readonly SigningKey[];
  /** How far the issuer's clock is ahead of ours; 0 where it does not tell. */
  readonly skewMs: number;
}

/** Keeps an issuer's keys: fetched at once, then in the background, never on the path of a request that knows its key. */
export function createKeyRing(
  issuer: Issuer,
  context: { readonly clock: Clock; readonly log: IdentifyLog; readonly fetchJson: FetchJson; readonly times: KeyRingTimes },
): KeyRing {
  const { clock, log, fetchJson, times } = context;
  let keys: ReadonlyMap<string, SigningKey> = new Map();
  let lastGoodAtMs: number | null = null;
  let lastTryAtMs = -Infinity;
  let lastFault: string | null = null;
  let isInStep = true;
  let fetching: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  // One fetch at a time: answers can never overtake each other.
  const refresh = (): Promise<void> => {
    if (fetching !== undefined || isClosed) return fetching ?? Promise.resolve();
    clearTimeout(timer);
    lastTryAtMs = clock();
    fetching = fetchKeys()
      .then(take, fault)
      .finally(() => {
        fetching = undefined;
        if (isClosed) return;
        timer = setTimeout(() => void refresh(), lastFault === null ? times.refreshMs : times.retryMs);
        timer.unref();
      });
    return fetching;
  };

  const fetchKeys = async (): Promise<Fetched> => {
    let skewMs = 0;
    const tellTime = (epochMs: number): void => {
      skewMs = epochMs - clock();
    };
    const document = await fetchJson(issuer.jwksUri, { ...FETCH_LIMITS, tellTime });
    const { keys: read, leftOut } = await readKeySet(document, issuer.algorithms);
    if (leftOut > 0) log.warn('issuer-keys-left-out', { issuer: issuer.issuer, count: leftOut });
    return { read, skewMs };
  };

  const take = ({ read, skewMs }: Fetched): void => {
    const next = new Map<string, SigningKey>();
    for (const key of read) {
      const known = keys.get(key.kid);
      // The same key keeps its object, so that tokens remembered under it stay.
      next.set(key.kid, known !== undefined && known.mark === key.mark ? known : key);
    }
    for (const key of keys.values()) if (next.get(key.kid) !== key) key.isLive = false;
    keys = next;
    lastGoodAtMs = lastTryAtMs;
    isInStep = Math.abs(skewMs) <= MOST_CLOCK_SKEW_MS;
    lastFault = isInStep ? null : `its clock differs from ours by ${Math.round(skewMs / 1000)} s`;
    if (!isInStep) log.error('issuer-clock-off', { issuer: issuer.issuer, skewSeconds: Math.round(skewMs / 1000) });
  };

  const fault = (error: unknown): void => {
    lastFault = error instanceof Error ? error.message : 'unknown';
    log.error('issuer-keys-unreachable', { issuer: issuer.issuer, why: lastFault, keysInHand: keys.size });
  };

  const usableUntilMs = (): number => (lastGoodAtMs === null ? -Infinity : lastGoodAtMs + times.staleAfterMs);
  const isUsable = (): boolean => clock() < usableUntilMs();

  void refresh();

  return {
    issuer,
    usableUntilMs,
    async find(kid) {
      const nowMs = clock();
      // A process that was stopped for a while has missed its timers.
      if (nowMs - lastTryAtMs >= 60_000) void refresh();
      if (!isUsable() && fetching !== undefined) await fetching;
      if (!isUsable()) {
        throw new GatewayError('identity-unavailable', 'no usable key set is in hand', {
          retryAfterSeconds: Math.ceil(times.retryMs / 1000),
        });
      }
      const known = keys.get(kid);
      if (known !== undefined) return known;
      if (fetching !== undefined || nowMs - lastTryAtMs >= times.cooldownMs) await refresh();
      return keys.get(kid);
    },
    state: () => ({ issuer: issuer.issuer, ready: isUsable() && keys.size > 0 && isInStep, keys: keys.size, lastGoodAtMs, lastFault }),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
