import { compactVerify } from 'jose';
import * as crypto from 'node:crypto';
import type { VerifiedToken } from '../vocabulary/access';
import type { Clock } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import { checkIssuers, type IssuerSettings } from './issuer-settings';
import { createKeyRing, KEY_RING_TIMES, type FetchJson, type KeyRing, type KeyRingTimes } from './key-ring';
import type { IdentifyLog } from './log';
import { openToken, readJsonPart } from './open-token';
import { readClaims } from './read-claims';
import { RecentMap } from './recent-map';
import type { SigningKey } from './signing-keys';
import { tokenFault } from './token-fault';

/** Turns a bearer token into who it names. What they may do is not its business. */
export interface TokenVerifier {
  /**
   * A token verified before, while it has not expired and its key is in a fresh key set; else undefined.
   * `bearerKey` stands for this very token; its hash is kept for as long as that object is.
   */
  remembered(bearer: string, bearerKey?: object): VerifiedToken | undefined;
  /** Rejects token-invalid with its reason; identity-unavailable while an issuer's keys cannot be had. */
  verify(bearer: string): Promise<VerifiedToken>;
  /** Ready once every issuer's keys are in hand and fresh. */
  state(): { readonly ready: boolean; readonly issuers: readonly ReturnType<KeyRing['state']>[] };
  close(): Promise<void>;
}

export interface TokenVerifierOptions {
  readonly issuers: readonly IssuerSettings[];
  readonly clock: Clock;
  readonly log: IdentifyLog;
  /** `createJsonFetch` of upstream fits. */
  readonly fetchJson: FetchJson;
  readonly times?: Partial<KeyRingTimes>;
  readonly mostRemembered?: number;
}

interface Remembered {
  readonly token: VerifiedToken;
  readonly key: SigningKey;
  readonly ring: KeyRing;
}

export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { clock, log, fetchJson } = options;
  const times = { ...KEY_RING_TIMES, ...options.times };
  const issuers = checkIssuers(options.issuers);
  const rings = new Map(issuers.map((issuer) => [issuer.issuer, createKeyRing(issuer, { clock, log, fetchJson, times })]));
  const knownIssuers: ReadonlySet<string> = new Set(rings.keys());
  const memory = new RecentMap<Remembered>(options.mostRemembered ?? 50_000);
  const underWay = new Map<string, Promise<VerifiedToken>>();

  const digests = new WeakMap<object, string>();
  const digestFor = (bearer: string, bearerKey: object): string => {
    let digest = digests.get(bearerKey);
    if (digest === undefined) digests.set(bearerKey, (digest = digestOf(bearer)));
    return digest;
  };

  const recall = (digest: string): VerifiedToken | undefined => {
    const found = memory.get(digest);
    if (found === undefined) return undefined;
    const nowMs = clock();
    if (found.key.isLive && nowMs < found.token.expiresAtMs && nowMs < found.ring.usableUntilMs()) return found.token;
    // Keys that are merely stale may come back; a dead key or a past moment does not.
    if (!found.key.isLive || nowMs >= found.token.expiresAtMs) memory.delete(digest);
    return undefined;
  };

  const verifyAnew = async (bearer: string, digest: string): Promise<VerifiedToken> => {
    const opened = openToken(bearer);
    const ring = rings.get(opened.issuer);
    if (ring === undefined) throw tokenFault('token-issuer', 'iss is no configured issuer');
    if (!ring.issuer.algorithms.includes(opened.algorithm)) throw tokenFault('token-algorithm', 'algorithm not accepted for this issuer');
    const key = await ring.find(opened.kid);
    const cryptoKey = key?.byAlgorithm.get(opened.algorithm);
    if (key === undefined || cryptoKey === undefined) throw tokenFault('token-signature', 'the issuer has no such key for this algorithm');
    const payload = await compactVerify(bearer, cryptoKey, { algorithms: [opened.algorithm] }).then(
      (verified) => verified.payload,
      () => {
        throw tokenFault('token-signature', 'the signature does not verify');
      },
    );
    const token = readClaims(readJsonPart(payload, 'payload'), { typ: opened.typ, digest }, ring.issuer, knownIssuers, clock());
    // The key may have left while the signature was checked.
    if (!key.isLive) throw tokenFault('token-signature', 'the key has left the key set');
    memory.set(digest, { token, key, ring });
    return token;
  };

  return {
    remembered: (bearer, bearerKey) => recall(bearerKey === undefined ? digestOf(bearer) : digestFor(bearer, bearerKey)),
    async verify(bearer) {
      const digest = digestOf(bearer);
      const known = recall(digest);
      if (known !== undefined) return known;
      let work = underWay.get(digest);
      if (work === undefined) {
        work = verifyAnew(bearer, digest).finally(() => underWay.delete(digest));
        underWay.set(digest, work);
      }
      return work.catch((error: unknown) => {
        throw error instanceof GatewayError ? error : new GatewayError('internal-fault', 'a token could not be verified', { cause: error });
      });
    },
    state() {
      const all = [...rings.values()].map((ring) => ring.state());
      return { ready: all.every(({ ready }) => ready), issuers: all };
    },
    close() {
      for (const ring of rings.values()) ring.close();
      return Promise.resolve();
    },
  };
}

// crypto.hash (Node 20.12) costs half of createHash; types of Node 20 know it.
const digestOf = (bearer: string): string => crypto.hash('sha256', bearer, 'hex');
