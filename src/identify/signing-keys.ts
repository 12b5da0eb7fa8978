import { importJWK, type CryptoKey, type JWK } from 'jose';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Algorithm } from './issuer-settings';

/** A public key of an issuer. `isLive` turns false for good when it leaves the key set; whoever remembers it must look. */
export interface SigningKey {
  readonly kid: string;
  /** Tells this key from another under the same kid. */
  readonly mark: string;
  readonly byAlgorithm: ReadonlyMap<Algorithm, CryptoKey>;
  isLive: boolean;
}

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });
const keySchema = z.looseObject({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  kid: z.string().min(1).max(200),
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((ops) => ops.includes('verify'))
    .optional(),
  alg: z.string().optional(),
  crv: z.string().optional(),
  n: z.string().optional(),
});
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const LEAST_RSA_BITS = 2048;

/**
 * Reads a key set: only public signature keys that fit an accepted algorithm; keys we cannot use are left out, not an error.
 * Two keys under one kid cannot be told apart by a token: neither is taken.
 *
 * Fails   with a plain Error when the document is no key set.
 */
export async function readKeySet(
  document: unknown,
  algorithms: readonly Algorithm[],
): Promise<{ readonly keys: readonly SigningKey[]; readonly leftOut: number }> {
  const parsed = keySetSchema.safeParse(document);
  if (!parsed.success) throw new Error('the answer is no key set');
  const counts = new Map<unknown, number>();
  for (const { kid } of parsed.data.keys) counts.set(kid, (counts.get(kid) ?? 0) + 1);
  const named = parsed.data.keys.filter(({ kid }) => counts.get(kid) === 1);
  const keys = (await Promise.all(named.map((jwk) => readKey(jwk, algorithms)))).filter((key) => key !== undefined);
  return { keys, leftOut: parsed.data.keys.length - keys.length };
}

async function readKey(jwk: Readonly<Record<string, unknown>>, algorithms: readonly Algorithm[]): Promise<SigningKey | undefined> {
  const parsed = keySchema.safeParse(jwk);
  // A private or shared key in public is nobody's proof any more.
  if (!parsed.success || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return undefined;
  const key = parsed.data;
  const fitting = algorithms.filter((algorithm) => (key.alg === undefined || key.alg === algorithm) && isFitting(key, algorithm));
  if (fitting.length === 0) return undefined;
  try {
    const imported = await Promise.all(
      fitting.map(async (algorithm) => [algorithm, (await importJWK(jwk as JWK, algorithm)) as CryptoKey] as const),
    );
    return { kid: key.kid, mark: markOf(jwk), byAlgorithm: new Map(imported), isLive: true };
  } catch {
    return undefined;
  }
}

function isFitting(key: z.infer<typeof keySchema>, algorithm: Algorithm): boolean {
  switch (algorithm) {
    case 'RS256':
    case 'PS256':
      return key.kty === 'RSA' && key.n !== undefined && Buffer.from(key.n, 'base64url').length * 8 >= LEAST_RSA_BITS;
    case 'ES256':
      return key.kty === 'EC' && key.crv === 'P-256';
    case 'EdDSA':
      return key.kty === 'OKP' && key.crv === 'Ed25519';
  }
}

const markOf = (jwk: Readonly<Record<string, unknown>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');
