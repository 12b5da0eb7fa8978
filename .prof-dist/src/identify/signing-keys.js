"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readKeySet = readKeySet;
const jose_1 = require("jose");
const node_crypto_1 = require("node:crypto");
const zod_1 = require("zod");
const keySetSchema = zod_1.z.object({ keys: zod_1.z.array(zod_1.z.looseObject({ kty: zod_1.z.string() })).max(100) });
const keySchema = zod_1.z.looseObject({
    kty: zod_1.z.enum(['RSA', 'EC', 'OKP']),
    kid: zod_1.z.string().min(1).max(200),
    use: zod_1.z.literal('sig').optional(),
    key_ops: zod_1.z
        .array(zod_1.z.string())
        .refine((ops) => ops.includes('verify'))
        .optional(),
    alg: zod_1.z.string().optional(),
    crv: zod_1.z.string().optional(),
    n: zod_1.z.string().optional(),
});
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const LEAST_RSA_BITS = 2048;
/**
 * Reads a key set: only public signature keys that fit an accepted algorithm; keys we cannot use are left out, not an error.
 * Two keys under one kid cannot be told apart by a token: neither is taken.
 *
 * Fails   with a plain Error when the document is no key set.
 */
async function readKeySet(document, algorithms) {
    const parsed = keySetSchema.safeParse(document);
    if (!parsed.success)
        throw new Error('the answer is no key set');
    const counts = new Map();
    for (const { kid } of parsed.data.keys)
        counts.set(kid, (counts.get(kid) ?? 0) + 1);
    const named = parsed.data.keys.filter(({ kid }) => counts.get(kid) === 1);
    const keys = (await Promise.all(named.map((jwk) => readKey(jwk, algorithms)))).filter((key) => key !== undefined);
    return { keys, leftOut: parsed.data.keys.length - keys.length };
}
async function readKey(jwk, algorithms) {
    const parsed = keySchema.safeParse(jwk);
    // A private or shared key in public is nobody's proof any more.
    if (!parsed.success || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
        return undefined;
    const key = parsed.data;
    const fitting = algorithms.filter((algorithm) => (key.alg === undefined || key.alg === algorithm) && isFitting(key, algorithm));
    if (fitting.length === 0)
        return undefined;
    try {
        const imported = await Promise.all(fitting.map(async (algorithm) => [algorithm, (await (0, jose_1.importJWK)(jwk, algorithm))]));
        return { kid: key.kid, mark: markOf(jwk), byAlgorithm: new Map(imported), isLive: true };
    }
    catch {
        return undefined;
    }
}
function isFitting(key, algorithm) {
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
const markOf = (jwk) => (0, node_crypto_1.createHash)('sha256')
    .update(JSON.stringify(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');
