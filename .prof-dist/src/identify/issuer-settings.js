"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.plainTyp = exports.ALGORITHMS = void 0;
exports.checkIssuers = checkIssuers;
/** Algorithms that may sign access tokens: asymmetric ones alone, or a public key would serve as a shared secret (TOK-02). */
exports.ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const LONGEST_LIFETIME_SECONDS = 3600;
const MOST_TOLERANCE_SECONDS = 30;
/** Fills in the defaults. Fails with one plain Error that lists everything wrong. */
function checkIssuers(all) {
    const problems = [];
    if (all.length === 0)
        problems.push('no issuer is configured');
    const issuers = all.map(withDefaults);
    issuers.forEach((issuer, index) => {
        const say = (what) => problems.push(`issuer ${JSON.stringify(issuer.issuer)}: ${what}`);
        if (issuer.issuer === '')
            say('issuer must not be empty');
        if (issuer.audience === '')
            say('audience must not be empty');
        if (issuers.findIndex((other) => other.issuer === issuer.issuer) !== index)
            say('stands twice');
        if (!isKeyAddress(issuer.jwksUri))
            say('jwksUri must be https, or http on loopback, without user info');
        if (issuer.algorithms.length === 0 || !issuer.algorithms.every((name) => exports.ALGORITHMS.includes(name)))
            say(`algorithms must be among ${exports.ALGORITHMS.join(', ')}`);
        if (!isWithin(issuer.clockToleranceSeconds, 0, MOST_TOLERANCE_SECONDS))
            say(`clockToleranceSeconds must be 0 to ${MOST_TOLERANCE_SECONDS}`);
        if (!isWithin(issuer.maxLifetimeSeconds, 1, 86_400))
            say('maxLifetimeSeconds must be 1 to 86400');
        if (!/^[a-z0-9.+-]+$/.test(issuer.typ))
            say('typ must be a media type without "application/"');
        if (!/^[A-Za-z0-9_.:/-]{1,100}$/.test(issuer.idClaim))
            say('idClaim must be a plain claim name');
        if (!issuer.isStrict && all[index]?.isAudienceForGatewayOnly !== true) {
            say('another typ, idClaim or a longer lifetime needs isAudienceForGatewayOnly: true, an audience used for nothing else');
        }
    });
    if (problems.length > 0)
        throw new Error(`Issuers cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    return issuers;
}
/** A `typ` as it is compared (RFC 7515, 4.1.9): case does not matter, 'application/' may be left out. */
const plainTyp = (typ) => typ.toLowerCase().replace(/^application\//, '');
exports.plainTyp = plainTyp;
function withDefaults(settings) {
    const typ = (0, exports.plainTyp)(settings.typ ?? 'at+jwt');
    const idClaim = settings.idClaim ?? 'sub';
    const maxLifetimeSeconds = settings.maxLifetimeSeconds ?? LONGEST_LIFETIME_SECONDS;
    return {
        issuer: settings.issuer,
        jwksUri: settings.jwksUri,
        audience: settings.audience,
        algorithms: settings.algorithms ?? exports.ALGORITHMS,
        typ,
        idClaim,
        clientClaim: settings.clientClaim ?? 'client_id',
        isStrict: typ === 'at+jwt' && idClaim === 'sub' && maxLifetimeSeconds <= LONGEST_LIFETIME_SECONDS,
        maxLifetimeSeconds,
        clockToleranceSeconds: settings.clockToleranceSeconds ?? MOST_TOLERANCE_SECONDS,
        allowedClients: settings.allowedClients ?? [],
    };
}
const isWithin = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
function isKeyAddress(text) {
    if (!URL.canParse(text))
        return false;
    const url = new URL(text);
    const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
    return url.username === '' && url.password === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback));
}
