"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readClaims = readClaims;
const issuer_settings_1 = require("./issuer-settings");
const token_fault_1 = require("./token-fault");
/**
 * Reads the claims of a token whose signature holds. Roles, groups and scopes are not looked at: what a person may do stands in the directory (TOK-18).
 *
 * Fails   token-invalid with the reason that is most exact.
 * Source  RFC 9068, 2.2 and 4; TOK-03 … TOK-08, TOK-15, TOK-16, TOK-25.
 */
function readClaims(claims, token, issuer, knownIssuers, nowMs) {
    if (claims['iss'] !== issuer.issuer)
        throw (0, token_fault_1.tokenFault)('token-issuer', 'iss is not the issuer whose key signed');
    checkType(claims, token.typ, issuer);
    checkAudience(claims, issuer);
    const expiresAtMs = checkTimes(claims, issuer, nowMs);
    if (!isName(claims['jti']))
        throw (0, token_fault_1.tokenFault)('token-claims', 'jti is missing or malformed');
    // RFC 9068 demands sub whatever claim we find people by.
    if (!isName(claims['sub']))
        throw (0, token_fault_1.tokenFault)('token-claims', 'sub is missing or malformed');
    const subject = claims[issuer.idClaim];
    if (!isName(subject))
        throw (0, token_fault_1.tokenFault)('token-claims', 'the id claim is missing or malformed');
    const acr = claims['acr'];
    if (acr !== undefined && !isName(acr))
        throw (0, token_fault_1.tokenFault)('token-claims', 'acr is malformed');
    return {
        issuer: issuer.issuer,
        subject,
        clientId: readClient(claims, issuer),
        actor: readActor(claims['act'], issuer, knownIssuers),
        expiresAtMs,
        acr,
        digest: token.digest,
    };
}
// An ID token speaks to the client, a logout token to nobody here; a bound token is worth nothing to whoever merely bears it.
const FOREIGN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'cnf'];
function checkType(claims, typ, issuer) {
    if (typ === undefined || (0, issuer_settings_1.plainTyp)(typ) !== issuer.typ)
        throw (0, token_fault_1.tokenFault)('token-type', 'typ is not that of an access token');
    for (const name of FOREIGN_CLAIMS)
        if (Object.hasOwn(claims, name))
            throw (0, token_fault_1.tokenFault)('token-type', `a token with ${name} is no bearer access token`);
}
function checkAudience(claims, issuer) {
    const aud = claims['aud'];
    if (aud === issuer.audience)
        return;
    const isOurs = Array.isArray(aud) && aud.every((name) => typeof name === 'string') && aud.includes(issuer.audience);
    if (!isOurs)
        throw (0, token_fault_1.tokenFault)('token-audience', 'aud does not name us');
    if (aud.length === 1)
        return;
    const azp = claims['azp'];
    if (typeof azp !== 'string' || !issuer.allowedClients.includes(azp))
        throw (0, token_fault_1.tokenFault)('token-audience', 'aud names others besides us, and azp is no allowed client');
}
/** Gives the moment at which the token stops being taken: exp plus the tolerance, exactly. */
function checkTimes(claims, issuer, nowMs) {
    const { exp, iat, nbf } = claims;
    if (!isMoment(exp) || !isMoment(iat))
        throw (0, token_fault_1.tokenFault)('token-claims', 'exp or iat is missing or not a time');
    if (nbf !== undefined && !isMoment(nbf))
        throw (0, token_fault_1.tokenFault)('token-claims', 'nbf is not a time');
    if (exp <= iat || exp - iat > issuer.maxLifetimeSeconds)
        throw (0, token_fault_1.tokenFault)('token-claims', 'the lifetime is out of bounds');
    const toleranceMs = issuer.clockToleranceSeconds * 1000;
    const endsMs = exp * 1000 + toleranceMs;
    if (nowMs >= endsMs)
        throw (0, token_fault_1.tokenFault)('token-expired', 'exp has passed');
    if (iat * 1000 - toleranceMs > nowMs)
        throw (0, token_fault_1.tokenFault)('token-not-yet-valid', 'iat lies ahead');
    if (nbf !== undefined && nbf * 1000 - toleranceMs > nowMs)
        throw (0, token_fault_1.tokenFault)('token-not-yet-valid', 'nbf lies ahead');
    return endsMs;
}
function readClient(claims, issuer) {
    const client = claims[issuer.clientClaim];
    if (client === undefined && issuer.isStrict)
        return undefined;
    if (!isName(client))
        throw (0, token_fault_1.tokenFault)('token-claims', 'the client id is missing or malformed');
    const other = claims[issuer.clientClaim === 'azp' ? 'client_id' : 'azp'];
    if (other !== undefined && other !== client)
        throw (0, token_fault_1.tokenFault)('token-claims', 'azp and client_id name different clients');
    return client;
}
function readActor(act, issuer, knownIssuers) {
    if (act === undefined)
        return undefined;
    if (typeof act !== 'object' || act === null || Array.isArray(act))
        throw (0, token_fault_1.tokenFault)('token-claims', 'act is not an object');
    const members = act;
    // A chain of actors, or an actor described by more than its name, is not what the directory registers.
    if (!Object.keys(members).every((name) => name === 'iss' || name === 'sub'))
        throw (0, token_fault_1.tokenFault)('token-claims', 'act holds more than iss and sub');
    if (!isName(members['sub']))
        throw (0, token_fault_1.tokenFault)('token-claims', 'act.sub is missing or malformed');
    const actorIssuer = members['iss'] === undefined ? issuer.issuer : members['iss'];
    if (typeof actorIssuer !== 'string' || !knownIssuers.has(actorIssuer))
        throw (0, token_fault_1.tokenFault)('token-issuer', 'act.iss is no configured issuer');
    return { issuer: actorIssuer, subject: members['sub'] };
}
const isMoment = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 253_402_300_799;
// Characters that nobody sees, and spaces at the ends, make two ids of what looks like one (TOK-16).
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|^\p{Z}|\p{Z}$|[^\P{Z} ]/u;
const isName = (value) => typeof value === 'string' && value.length > 0 && value.length <= 255 && !UNSEEN.test(value);
