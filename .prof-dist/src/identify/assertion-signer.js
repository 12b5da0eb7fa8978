"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createAssertionSigner = createAssertionSigner;
const jose_1 = require("jose");
const node_crypto_1 = require("node:crypto");
/**
 * Takes   a private key as PKCS #8 PEM: P-256 for ES256, Ed25519 for EdDSA; a lifetime of 5 to 60 seconds.
 * Fails   with a plain Error for any other key or lifetime.
 */
async function createAssertionSigner(options) {
    const { algorithm, issuer, clock } = options;
    const lifetimeSeconds = options.lifetimeSeconds ?? 30;
    if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 5 || lifetimeSeconds > 60)
        throw new Error('An assertion lives 5 to 60 seconds.');
    const key = await (0, jose_1.importPKCS8)(options.privateKeyPem, algorithm);
    const publicJwk = await (0, jose_1.exportJWK)((0, node_crypto_1.createPublicKey)(options.privateKeyPem));
    const kid = await (0, jose_1.calculateJwkThumbprint)(publicJwk);
    return {
        keySet: { keys: [{ ...publicJwk, kid, alg: algorithm, use: 'sig' }] },
        sign({ audience, accessId, account, organization, application, actor }) {
            const nowSeconds = Math.floor(clock() / 1000);
            return new jose_1.SignJWT({ organization, client_id: application, ...(actor === null ? {} : { act: { sub: actor } }) })
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
