"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.fetchDemoToken = fetchDemoToken;
const node_crypto_1 = require("node:crypto");
const demo_sign_on_1 = require("./demo-sign-on");
const people_1 = require("./people");
/**
 * Signs a demo person in by the authorization code flow with PKCE, over HTTP as a browser would, and gives the access token.
 * A service of the demo gets its own by client credentials.
 * Fails when nobody of that name is in the demo, or the provider is not there.
 */
async function fetchDemoToken(idpUrl, person, audience = 'data') {
    if (Object.hasOwn(people_1.DEMO_SERVICES, person))
        return serviceToken(idpUrl, person, audience);
    if (!Object.hasOwn(people_1.DEMO_PEOPLE, person)) {
        throw new Error(`There is nobody called ${JSON.stringify(person)} in the demo. There are: ${[...Object.keys(people_1.DEMO_PEOPLE), ...Object.keys(people_1.DEMO_SERVICES)].join(', ')}.`);
    }
    const verifier = (0, node_crypto_1.randomBytes)(32).toString('base64url');
    const state = (0, node_crypto_1.randomBytes)(16).toString('base64url');
    const cookies = new Map();
    const signIn = await visit(new URL(`/auth?${authorizationQuery(verifier, state, audience)}`, idpUrl), cookies);
    const asked = await visit(redirectOf(signIn, idpUrl), cookies, new URLSearchParams({ person }));
    const code = await followToCode(asked, idpUrl, cookies, state);
    return tokenOf(idpUrl, {
        grant_type: 'authorization_code',
        client_id: demo_sign_on_1.DEMO_CLIENT.id,
        code,
        redirect_uri: demo_sign_on_1.DEMO_CLIENT.redirectUri,
        code_verifier: verifier,
        resource: demo_sign_on_1.DEMO_AUDIENCES[audience],
    });
}
function authorizationQuery(verifier, state, audience) {
    return new URLSearchParams({
        client_id: demo_sign_on_1.DEMO_CLIENT.id,
        response_type: 'code',
        redirect_uri: demo_sign_on_1.DEMO_CLIENT.redirectUri,
        scope: 'openid',
        state,
        resource: demo_sign_on_1.DEMO_AUDIENCES[audience],
        code_challenge: (0, node_crypto_1.createHash)('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
    });
}
const serviceToken = (idpUrl, service, audience) => tokenOf(idpUrl, {
    grant_type: 'client_credentials',
    client_id: service,
    client_secret: demo_sign_on_1.DEMO_SERVICE_SECRET,
    resource: demo_sign_on_1.DEMO_AUDIENCES[audience],
});
async function tokenOf(idpUrl, form) {
    const answer = await fetch(new URL('/token', idpUrl), { method: 'POST', body: new URLSearchParams(form) });
    const body = (await answer.json());
    if (typeof body.access_token !== 'string')
        throw new Error(`The demo identity provider gave no token: ${String(body.error_description ?? body.error)}`);
    return body.access_token;
}
/** Follows the provider's redirects until one leads to the application; gives the code it carries. */
async function followToCode(first, idpUrl, cookies, state) {
    let next = redirectOf(first, idpUrl);
    for (let hop = 0; hop < 5; hop += 1) {
        if (next.href.startsWith(demo_sign_on_1.DEMO_CLIENT.redirectUri)) {
            const code = next.searchParams.get('code');
            if (code === null || next.searchParams.get('state') !== state)
                throw new Error(`The sign-in was refused: ${next.searchParams.get('error') ?? 'no code'}`);
            return code;
        }
        next = redirectOf(await visit(next, cookies), idpUrl);
    }
    throw new Error('The demo identity provider redirects in a circle.');
}
async function visit(url, cookies, form) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
        redirect: 'manual',
        headers: { cookie },
        ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    await answer.arrayBuffer();
    for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
}
function redirectOf(answer, base) {
    const location = answer.headers.get('location');
    if (location === null)
        throw new Error(`The demo identity provider answered ${answer.status} where a redirect was due.`);
    return new URL(location, base);
}
