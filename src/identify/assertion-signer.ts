import { calculateJwkThumbprint, exportJWK, importPKCS8, SignJWT, type JWK } from 'jose';
import { createPublicKey } from 'node:crypto';
import type { Clock } from '../vocabulary/clock';

/** Who the gateway says is asking, by ids of the directory. */
export interface AssertionClaims {
  /** The case system the assertion is for. */
  readonly audience: string;
  readonly accessId: string;
  readonly account: string;
  readonly organization: string;
  readonly application: string;
  readonly actor: string | null;
}

/** Signs a short statement of who asks (`typ` casegate-caller+jwt), one for each call: its `jti` is the access id of the log entry. */
export interface AssertionSigner {
  sign(claims: AssertionClaims): Promise<string>;
  /** The key set by which a case system verifies. */
  readonly keySet: { readonly keys: readonly JWK[] };
}

/**
 * Takes   a private key as PKCS #8 PEM: P-256 for ES256, Ed25519 for EdDSA; a lifetime of 5 to 60 seconds.
 * Fails   with a plain Error for any other key or lifetime.
 */
export async function createAssertionSigner(options: {
  readonly privateKeyPem: string;
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly issuer: string;
  readonly lifetimeSeconds?: number;
  readonly clock: Clock;
}): Promise<AssertionSigner> {
  const { algorithm, issuer, clock } = options;
  const lifetimeSeconds = options.lifetimeSeconds ?? 30;
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 5 || lifetimeSeconds > 60)
    throw new Error('An assertion lives 5 to 60 seconds.');
  const key = await importPKCS8(options.privateKeyPem, algorithm);
  const publicJwk = await exportJWK(createPublicKey(options.privateKeyPem));
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    keySet: { keys: [{ ...publicJwk, kid, alg: algorithm, use: 'sig' }] },
    sign({ audience, accessId, account, organization, application, actor }) {
      const nowSeconds = Math.floor(clock() / 1000);
      return new SignJWT({ organization, client_id: application, ...(actor === null ? {} : { act: { sub: actor } }) })
        .setProtectedHeader({ alg: algorithm, typ: 'casegate-caller+jwt', kid })
        .setIssuer(issuer)
        .setSubject(account)
        .setAudience(audience)
        .setJti(accessId)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + lifetimeSeconds)
        .sign(key);
    },
  };
}
