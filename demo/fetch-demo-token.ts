import { createHash, randomBytes } from 'node:crypto';
import { DEMO_AUDIENCES, DEMO_CLIENT, DEMO_SERVICE_SECRET } from './demo-sign-on';
import type { DemoAudience } from './demo-sign-on';
import { DEMO_PEOPLE, DEMO_SERVICES } from './people';

/**
 * Signs a demo person in by the authorization code flow with PKCE, over HTTP as a browser would, and gives the access token.
 * A service of the demo gets its own by client credentials.
 * Fails when nobody of that name is in the demo, or the provider is not there.
 */
export async function fetchDemoToken(idpUrl: string, person: string, audience: DemoAudience = 'data'): Promise<string> {
  if (Object.hasOwn(DEMO_SERVICES, person)) return serviceToken(idpUrl, person, audience);
  if (!Object.hasOwn(DEMO_PEOPLE, person)) {
    throw new Error(
      `There is nobody called ${JSON.stringify(person)} in the demo. There are: ${[...Object.keys(DEMO_PEOPLE), ...Object.keys(DEMO_SERVICES)].join(', ')}.`,
    );
  }
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const cookies = new Map<string, string>();
  const signIn = await visit(new URL(`/auth?${authorizationQuery(verifier, state, audience)}`, idpUrl), cookies);
  const asked = await visit(redirectOf(signIn, idpUrl), cookies, new URLSearchParams({ person }));
  const code = await followToCode(asked, idpUrl, cookies, state);
  return tokenOf(idpUrl, {
    grant_type: 'authorization_code',
    client_id: DEMO_CLIENT.id,
    code,
    redirect_uri: DEMO_CLIENT.redirectUri,
    code_verifier: verifier,
    resource: DEMO_AUDIENCES[audience],
  });
}

function authorizationQuery(verifier: string, state: string, audience: DemoAudience): URLSearchParams {
  return new URLSearchParams({
    client_id: DEMO_CLIENT.id,
    response_type: 'code',
    redirect_uri: DEMO_CLIENT.redirectUri,
    scope: 'openid',
    state,
    resource: DEMO_AUDIENCES[audience],
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
}

const serviceToken = (idpUrl: string, service: string, audience: DemoAudience): Promise<string> =>
  tokenOf(idpUrl, {
    grant_type: 'client_credentials',
    client_id: service,
    client_secret: DEMO_SERVICE_SECRET,
    resource: DEMO_AUDIENCES[audience],
  });

async function tokenOf(idpUrl: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(new URL('/token', idpUrl), { method: 'POST', body: new URLSearchParams(form) });
  const body = (await answer.json()) as { access_token?: unknown; error?: unknown; error_description?: unknown };
  if (typeof body.access_token !== 'string')
    throw new Error(`The demo identity provider gave no token: ${String(body.error_description ?? body.error)}`);
  return body.access_token;
}

/** Follows the provider's redirects until one leads to the application; gives the code it carries. */
async function followToCode(first: Response, idpUrl: string, cookies: Map<string, string>, state: string): Promise<string> {
  let next = redirectOf(first, idpUrl);
  for (let hop = 0; hop < 5; hop += 1) {
    if (next.href.startsWith(DEMO_CLIENT.redirectUri)) {
      const code = next.searchParams.get('code');
      if (code === null || next.searchParams.get('state') !== state)
        throw new Error(`The sign-in was refused: ${next.searchParams.get('error') ?? 'no code'}`);
      return code;
    }
    next = redirectOf(await visit(next, cookies), idpUrl);
  }
  throw new Error('The demo identity provider redirects in a circle.');
}

async function visit(url: URL, cookies: Map<string, string>, form?: URLSearchParams): Promise<Response> {
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

function redirectOf(answer: Response, base: string): URL {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`The demo identity provider answered ${answer.status} where a redirect was due.`);
  return new URL(location, base);
}
