"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checkSettings = checkSettings;
exports.isLoopback = isLoopback;
const node_fs_1 = require("node:fs");
const node_net_1 = require("node:net");
const secret_1 = require("./secret");
const LEAST_KEY_LENGTH = 32;
/** Secrets that everybody knows, and the marks of the demo (demo/ uses them, and serve mode refuses them). */
const KNOWN_SECRETS = /^(?:change-?me.*|secret|password|passw0rd|casegate|admin|root|test|example|default|letmein|(.)\1*)$/i;
const DEMO_MARK = /(?:^|[^a-z])demo(?:[^a-z]|$)/i;
/**
 * What is wrong with settings that fit one by one but not together, and what only a demo may use.
 * Takes settings that may be incomplete; says nothing about what is missing.
 */
function checkSettings(found, mode) {
    const settings = found;
    const faults = [
        ...checkPlane('dataPlane', settings.dataPlane),
        ...checkPlane('adminPlane', settings.adminPlane),
        ...checkPorts(settings),
    ];
    faults.push(...checkStore(settings, mode), ...checkIssuers(settings, mode), ...checkSystems(settings), ...checkTimes(settings));
    const digestKey = settings.log?.digestKey;
    if (digestKey instanceof secret_1.Secret && digestKey.reveal().length < LEAST_KEY_LENGTH) {
        faults.push({ key: 'log.digestKey', says: `expected at least ${LEAST_KEY_LENGTH} characters` });
    }
    if (mode === 'serve')
        faults.push(...demoSecrets(found, ''));
    return faults;
}
function checkPlane(key, plane) {
    if (plane === undefined)
        return [];
    const faults = [];
    if (plane.host !== undefined && plane.tls === 'none' && !isLoopback(plane.host)) {
        faults.push({
            key: `${key}.host`,
            says: 'other machines could reach this address in the clear: set tls to certificate, or to terminated-in-front',
        });
    }
    for (const name of ['tlsCertificateFile', 'tlsKeyFile']) {
        const path = plane[name];
        if (plane.tls === 'certificate' && path === null)
            faults.push({ key: `${key}.${name}`, says: 'is needed where tls is certificate' });
        if (plane.tls !== undefined && plane.tls !== 'certificate' && typeof path === 'string')
            faults.push({ key: `${key}.${name}`, says: 'is of no use unless tls is certificate' });
        if (plane.tls === 'certificate' && typeof path === 'string' && !(0, node_fs_1.existsSync)(path))
            faults.push({ key: `${key}.${name}`, says: 'the file is not there' });
    }
    return faults;
}
function checkPorts({ dataPlane, adminPlane }) {
    const isSame = dataPlane?.port !== undefined && dataPlane.port !== 0 && dataPlane.port === adminPlane?.port;
    return isSame ? [{ key: 'adminPlane.port', says: 'the admin plane needs a port of its own' }] : [];
}
function checkStore({ store }, mode) {
    const url = store?.url;
    const faults = [];
    if (store?.kind === 'mariadb' && url === null)
        faults.push({ key: 'store.url', says: 'is needed where the store is mariadb' });
    for (const name of ['url', 'migratorUrl']) {
        const secret = store?.[name];
        if (!(secret instanceof secret_1.Secret))
            continue;
        const parsed = URL.canParse(secret.reveal()) ? new URL(secret.reveal()) : null;
        if (parsed === null || !['mysql:', 'mariadb:'].includes(parsed.protocol) || parsed.username === '' || parsed.pathname.length < 2) {
            faults.push({ key: `store.${name}`, says: 'expected mysql://user:password@host:port/database' });
        }
        else if (mode === 'serve' && !isLoopback(parsed.hostname)) {
            if (parsed.password === '' || isKnownSecret(decodeURIComponent(parsed.password)))
                faults.push({ key: `store.${name}`, says: 'has no password, or one that everybody knows' });
        }
    }
    return faults;
}
function checkIssuers({ issuers }, mode) {
    const list = (issuers ?? []);
    return list.flatMap((one, i) => {
        const faults = [];
        const at = `issuers[${i}]`;
        if (list.findIndex((other) => other.issuer === one.issuer) !== i)
            faults.push({ key: `${at}.issuer`, says: 'stands twice' });
        if (one.adminAudience === one.audience)
            faults.push({ key: `${at}.adminAudience`, says: 'must differ from audience: a token for records must not open the admin plane' });
        const isStrict = one.typ === 'at+jwt' && one.idClaim === 'sub' && one.maxLifetimeSeconds <= 3_600;
        if (!isStrict && !one.isAudienceForGatewayOnly) {
            faults.push({ key: at, says: 'another typ or idClaim, or a lifetime above 3600, needs isAudienceForGatewayOnly: true' });
        }
        for (const name of ['issuer', 'jwksUri']) {
            if (!isHttpsOrLoopback(one[name]))
                faults.push({ key: `${at}.${name}`, says: 'must be https (plain http on loopback only)' });
        }
        if (mode === 'serve' && [one.audience, one.adminAudience ?? '', ...one.allowedClients].some((word) => DEMO_MARK.test(word))) {
            faults.push({ key: at, says: 'is of the demo: its provider signs in anybody without a password' });
        }
        return faults;
    });
}
function checkSystems({ systems }) {
    return Object.entries((systems ?? {})).flatMap(([name, system]) => {
        const faults = [];
        const tls = system.tls;
        if (tls !== undefined && (tls.certFile === undefined) !== (tls.keyFile === undefined))
            faults.push({ key: `systems.${name}.tls`, says: 'a certificate of our own needs both certFile and keyFile' });
        if (!system.isPlainHttpAccepted && !isHttpsOrLoopback(system.origin)) {
            faults.push({ key: `systems.${name}.origin`, says: 'must be https (plain http on loopback only, or set isPlainHttpAccepted)' });
        }
        if (!system.isPlainHttpAccepted &&
            system.credential.kind === 'client-credentials' &&
            !isHttpsOrLoopback(system.credential.tokenEndpoint)) {
            faults.push({ key: `systems.${name}.credential.tokenEndpoint`, says: 'must be https (plain http on loopback only)' });
        }
        return faults;
    });
}
function checkTimes({ limits }) {
    const { headersTimeoutMs, requestTimeoutMs } = limits ?? {};
    const isAbove = headersTimeoutMs !== undefined && requestTimeoutMs !== undefined && headersTimeoutMs > requestTimeoutMs;
    return isAbove ? [{ key: 'limits.headersTimeoutMs', says: 'must not be above requestTimeoutMs' }] : [];
}
function demoSecrets(value, key) {
    if (value instanceof secret_1.Secret)
        return isKnownSecret(value.reveal()) ? [{ key, says: 'is a secret of the demo, or one that everybody knows' }] : [];
    if (typeof value !== 'object' || value === null)
        return [];
    return Object.entries(value).flatMap(([name, inner]) => demoSecrets(inner, Array.isArray(value) ? `${key}[${name}]` : key === '' ? name : `${key}.${name}`));
}
const isKnownSecret = (secret) => KNOWN_SECRETS.test(secret) || DEMO_MARK.test(secret);
function isLoopback(host) {
    const bare = host.replace(/^\[|\]$/g, '');
    return bare === 'localhost' || bare === '::1' || ((0, node_net_1.isIP)(bare) === 4 && bare.startsWith('127.'));
}
const isHttpsOrLoopback = (address) => {
    const url = new URL(address);
    return url.protocol === 'https:' || isLoopback(url.hostname);
};
