"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openClients = openClients;
const assertion_signer_1 = require("../identify/assertion-signer");
const case_system_client_1 = require("../upstream/case-system-client");
/** One client for each case system in the settings. */
async function openClients(settings, clock, log) {
    const clients = new Map();
    for (const [name, system] of Object.entries(settings.systems)) {
        const { assertion, credential, ...rest } = system;
        const signed = assertion === undefined ? {} : { assertion: await assertionOf(assertion, clock) };
        clients.set(name, (0, case_system_client_1.createCaseSystemClient)({ ...rest, ...signed, name, credential: credentialOf(credential), clock, log }));
    }
    return clients;
}
function credentialOf(credential) {
    switch (credential.kind) {
        case 'secret-header':
            return { ...credential, secret: credential.secret.source() };
        case 'client-credentials':
            return { ...credential, clientSecret: credential.clientSecret.source() };
        default:
            return credential;
    }
}
async function assertionOf(assertion, clock) {
    const { header, audience, issuer, key, algorithm, lifetimeSeconds } = assertion;
    const signer = await (0, assertion_signer_1.createAssertionSigner)({ privateKeyPem: key.reveal(), algorithm, issuer, lifetimeSeconds, clock });
    return { header, audience, signer };
}
