"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openToken = openToken;
exports.readJsonPart = readJsonPart;
const issuer_settings_1 = require("./issuer-settings");
const token_fault_1 = require("./token-fault");
const LONGEST_TOKEN = 8192;
const LONGEST_HEADER = 2048;
const LONGEST_KID = 200;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/**
 * The checks before any cryptography: size, form, header.
 * `jwk`, `jku`, `x5u`, `x5c` are not looked at: a key is found by our own issuer's key set alone (TOK-10).
 *
 * Fails   token-invalid with reason token-malformed, token-algorithm, token-signature (a kid no key set can hold) or token-issuer.
 * Source  TOK-01, TOK-02, TOK-09, TOK-10, TOK-24.
 */
function openToken(token) {
    if (token.length > LONGEST_TOKEN)
        throw (0, token_fault_1.tokenFault)('token-malformed', 'longer than 8 KB');
    if (!COMPACT.test(token))
        throw (0, token_fault_1.tokenFault)('token-malformed', 'not three base64url parts');
    const headerEnd = token.indexOf('.');
    if (headerEnd > LONGEST_HEADER)
        throw (0, token_fault_1.tokenFault)('token-malformed', 'header too long');
    const header = readJsonPart(token.slice(0, headerEnd), 'header');
    // An extension that must be understood is one we do not understand; an unencoded payload is another message than the one that was signed.
    if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64'))
        throw (0, token_fault_1.tokenFault)('token-malformed', 'header demands an extension');
    const { alg, kid, typ } = header;
    if (typeof alg !== 'string' || !isAlgorithm(alg))
        throw (0, token_fault_1.tokenFault)('token-algorithm', 'algorithm not accepted');
    if (typeof kid !== 'string' || kid.length > LONGEST_KID || !/^[\x20-\x7e]+$/.test(kid))
        throw (0, token_fault_1.tokenFault)('token-signature', 'kid missing or not printable');
    if (typ !== undefined && typeof typ !== 'string')
        throw (0, token_fault_1.tokenFault)('token-type', 'typ is not a string');
    const claims = readJsonPart(token.slice(headerEnd + 1, token.lastIndexOf('.')), 'payload');
    if (typeof claims['iss'] !== 'string')
        throw (0, token_fault_1.tokenFault)('token-issuer', 'iss is missing or not a string');
    return { algorithm: alg, kid, typ, issuer: claims['iss'] };
}
/** A base64url part as a JSON object. Fails token-malformed for bad UTF-8, bad JSON and anything but an object. */
function readJsonPart(part, name) {
    let value;
    try {
        value = JSON.parse(UTF8.decode(typeof part === 'string' ? Buffer.from(part, 'base64url') : part));
    }
    catch {
        throw (0, token_fault_1.tokenFault)('token-malformed', `${name} is not JSON`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw (0, token_fault_1.tokenFault)('token-malformed', `${name} is not an object`);
    return value;
}
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const isAlgorithm = (name) => issuer_settings_1.ALGORITHMS.includes(name);
