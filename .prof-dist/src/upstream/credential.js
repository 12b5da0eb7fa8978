"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createCredential = createCredential;
exports.checkedHeaderName = checkedHeaderName;
exports.credentialHeader = credentialHeader;
const errors_1 = require("../vocabulary/errors");
const client_credentials_1 = require("./client-credentials");
const secret_1 = require("./secret");
function createCredential(settings, context) {
    switch (settings.kind) {
        case 'none':
            return { header: () => null, refused: () => undefined, close: () => undefined };
        case 'secret-header':
            return secretHeader(settings.header, settings.secret, context);
        case 'client-credentials':
            return ownToken(settings, context);
        case 'forward-bearer':
            return { header: forwarded, refused: () => undefined, close: () => undefined };
    }
}
// Names that frame the message or that we set ourselves; a secret in one of them would break or overwrite what the gateway means.
const NOT_FOR_SECRETS = new Set([
    'host',
    'accept',
    'accept-encoding',
    'connection',
    'content-length',
    'content-type',
    'transfer-encoding',
    'te',
    'trailer',
    'upgrade',
    'expect',
    'keep-alive',
    'cookie',
    'traceparent',
    'x-casegate-access-id',
]);
function checkedHeaderName(name) {
    const header = name.toLowerCase();
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(header) || NOT_FOR_SECRETS.has(header))
        throw new Error(`The header name ${JSON.stringify(name)} cannot be used here.`);
    return header;
}
/** The header a credential stands in, lower case; null for none. */
function credentialHeader(settings) {
    if (settings.kind === 'none')
        return null;
    return settings.kind === 'secret-header' ? settings.header.toLowerCase() : 'authorization';
}
function secretHeader(name, source, context) {
    const header = checkedHeaderName(name);
    const secret = (0, secret_1.createSecret)(`${context.system} ${header}`, source, { log: context.log, checkMs: context.fileCheckMs });
    let pair = [header, secret.current()];
    return {
        header() {
            const value = secret.current();
            if (value !== pair[1])
                pair = [header, value];
            return pair;
        },
        refused: () => context.log.error('upstream-credential-refused', { system: context.system }),
        close: () => secret.close(),
    };
}
function ownToken(settings, context) {
    const clientSecret = (0, secret_1.createSecret)(`${context.system} client secret`, settings.clientSecret, {
        log: context.log,
        checkMs: context.fileCheckMs,
    });
    const tokens = (0, client_credentials_1.createClientCredentials)({
        system: context.system,
        tokenEndpoint: settings.tokenEndpoint,
        clientId: settings.clientId,
        clientSecret,
        scope: settings.scope,
        audience: settings.audience,
        style: settings.style ?? 'basic',
        timeoutMs: context.timeoutMs,
        isPlainHttpAccepted: context.isPlainHttpAccepted,
        jsonFetch: context.jsonFetch,
        clock: context.clock,
        log: context.log,
    });
    const asHeader = (token) => ['authorization', `Bearer ${token}`];
    return {
        header() {
            const token = tokens.current();
            return token === undefined ? tokens.obtain().then(asHeader) : asHeader(token);
        },
        refused: (value) => tokens.refused(value.slice('Bearer '.length)),
        close: () => clientSecret.close(),
    };
}
function forwarded(bearer) {
    if (bearer === undefined || !/^[A-Za-z0-9._~+/-]+=*$/.test(bearer))
        throw new errors_1.GatewayError('internal-fault', 'a call that forwards the token has none');
    return ['authorization', `Bearer ${bearer}`];
}
