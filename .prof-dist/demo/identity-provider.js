"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.startIdentityProvider = startIdentityProvider;
const node_crypto_1 = require("node:crypto");
const node_http_1 = require("node:http");
const oidc_provider_1 = require("oidc-provider");
const demo_sign_on_1 = require("./demo-sign-on");
const people_1 = require("./people");
const start_child_1 = require("./start-child");
const TOKEN_LIFETIME_SECONDS = 30 * 60;
/**
 * Starts the demo identity provider on a loopback port: a real OpenID provider that asks for a name and no password.
 * Access tokens are JWTs by RFC 9068. Keys live as long as the process.
 */
async function startIdentityProvider(port) {
    const server = (0, node_http_1.createServer)();
    await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
    });
    const taken = server.address().port;
    const issuer = `http://127.0.0.1:${taken}`;
    const provider = new oidc_provider_1.Provider(issuer, configuration());
    const callback = provider.callback();
    server.on('request', (req, res) => {
        if (req.url?.startsWith('/interaction/') !== true)
            return callback(req, res);
        interact(provider, req, res).catch(() => {
            if (!res.headersSent)
                res.writeHead(400, { 'content-type': 'text/plain' });
            res.end('This sign-in has expired. Start again.\n');
        });
    });
    return {
        issuer,
        port: taken,
        stop: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(() => resolve()));
        },
    };
}
function configuration() {
    const key = (0, node_crypto_1.generateKeyPairSync)('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const audiences = Object.values(demo_sign_on_1.DEMO_AUDIENCES);
    return {
        clients: [
            {
                client_id: demo_sign_on_1.DEMO_CLIENT.id,
                application_type: 'native',
                token_endpoint_auth_method: 'none',
                redirect_uris: [demo_sign_on_1.DEMO_CLIENT.redirectUri],
                grant_types: ['authorization_code'],
                response_types: ['code'],
            },
            ...Object.keys(people_1.DEMO_SERVICES).map((id) => ({
                client_id: id,
                client_secret: demo_sign_on_1.DEMO_SERVICE_SECRET,
                token_endpoint_auth_method: 'client_secret_post',
                redirect_uris: [],
                grant_types: ['client_credentials'],
                response_types: [],
            })),
        ],
        clientDefaults: { id_token_signed_response_alg: 'ES256' },
        jwks: { keys: [{ ...key, use: 'sig', alg: 'ES256', kid: (0, node_crypto_1.randomBytes)(8).toString('hex') }] },
        cookies: { keys: [(0, node_crypto_1.randomBytes)(32).toString('hex')] },
        scopes: ['openid'],
        pkce: { required: () => true },
        ttl: {
            AccessToken: TOKEN_LIFETIME_SECONDS,
            ClientCredentials: TOKEN_LIFETIME_SECONDS,
            AuthorizationCode: 60,
            Interaction: 600,
            Session: 3_600,
            Grant: 3_600,
            IdToken: 600,
        },
        findAccount: (_ctx, id) => Object.hasOwn(people_1.DEMO_PEOPLE, id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
        interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
        features: {
            devInteractions: { enabled: false },
            clientCredentials: { enabled: true },
            resourceIndicators: {
                enabled: true,
                getResourceServerInfo: (_ctx, resource) => {
                    if (!audiences.includes(resource))
                        throw new oidc_provider_1.errors.InvalidTarget();
                    return {
                        scope: '',
                        audience: resource,
                        accessTokenFormat: 'jwt',
                        accessTokenTTL: TOKEN_LIFETIME_SECONDS,
                        jwt: { sign: { alg: 'ES256' } },
                    };
                },
                useGrantedResource: () => true,
            },
        },
    };
}
/** The sign-in page: GET shows who there is, POST `person=` signs in and grants what was asked. No password: it is a demo. */
async function interact(provider, req, res) {
    const interaction = await provider.interactionDetails(req, res);
    if (req.method !== 'POST') {
        res.writeHead(200, {
            'content-type': 'text/html; charset=utf-8',
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        });
        res.end(signInPage(interaction.uid));
        return;
    }
    const person = new URLSearchParams(await readSmallBody(req)).get('person') ?? '';
    if (!Object.hasOwn(people_1.DEMO_PEOPLE, person)) {
        res.writeHead(400, { 'content-type': 'text/plain' });
        res.end('There is no such person in the demo.\n');
        return;
    }
    const grant = new provider.Grant({ accountId: person, clientId: interaction.params.client_id });
    grant.addOIDCScope('openid');
    const grantId = await grant.save();
    await provider.interactionFinished(req, res, { login: { accountId: person, remember: false, amr: ['demo'] }, consent: { grantId } });
}
function signInPage(uid) {
    const rows = Object.entries(people_1.DEMO_PEOPLE).map(([person, about]) => `<p><button name="person" value="${person}">${person}</button> ${about}</p>`);
    return `<!doctype html><html lang="en"><title>Casegate demo: sign in</title><style>body{font-family:sans-serif;max-width:50em;margin:2em auto}</style>
<h1>Who are you?</h1><p>This is the identity provider of the demo. It asks for no password.</p><form method="post" action="/interaction/${uid}">${rows.join('\n')}</form></html>`;
}
async function readSmallBody(req) {
    const chunks = [];
    let length = 0;
    for await (const chunk of req) {
        length += chunk.length;
        if (length > 4_096)
            throw new Error('form too large');
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
}
if (require.main === module) {
    (0, start_child_1.runAsChild)(async ({ port }) => {
        const { issuer, port: taken } = await startIdentityProvider(port);
        return { ready: { issuer, port: taken } };
    });
}
