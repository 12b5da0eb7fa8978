import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, errors } from 'oidc-provider';
import { DEMO_AUDIENCES, DEMO_CLIENT, DEMO_SERVICE_SECRET } from './demo-sign-on';
import { DEMO_PEOPLE, DEMO_SERVICES } from './people';
import { runAsChild } from './start-child';

const TOKEN_LIFETIME_SECONDS = 30 * 60;

/**
 * Starts the demo identity provider on a loopback port: a real OpenID provider that asks for a name and no password.
 * Access tokens are JWTs by RFC 9068. Keys live as long as the process.
 */
export async function startIdentityProvider(port: number): Promise<{ issuer: string; port: number; stop: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  const issuer = `http://127.0.0.1:${taken}`;
  const provider = new Provider(issuer, configuration());
  const callback = provider.callback();
  server.on('request', (req, res) => {
    if (req.url?.startsWith('/interaction/') !== true) return callback(req, res);
    interact(provider, req, res).catch(() => {
      if (!res.headersSent) res.writeHead(400, { 'content-type': 'text/plain' });
      res.end('This sign-in has expired. Start again.\n');
    });
  });
  return {
    issuer,
    port: taken,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function configuration(): Record<string, unknown> {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const audiences: readonly string[] = Object.values(DEMO_AUDIENCES);
  return {
    clients: [
      {
        client_id: DEMO_CLIENT.id,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: [DEMO_CLIENT.redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      ...Object.keys(DEMO_SERVICES).map((id) => ({
        client_id: id,
        client_secret: DEMO_SERVICE_SECRET,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      })),
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [{ ...key, use: 'sig', alg: 'ES256', kid: randomBytes(8).toString('hex') }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
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
    findAccount: (_ctx: unknown, id: string) =>
      Object.hasOwn(DEMO_PEOPLE, id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
    interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx: unknown, resource: string) => {
          if (!audiences.includes(resource)) throw new errors.InvalidTarget();
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
async function interact(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
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
  if (!Object.hasOwn(DEMO_PEOPLE, person)) {
    res.writeHead(400, { 'content-type': 'text/plain' });
    res.end('There is no such person in the demo.\n');
    return;
  }
  const grant = new provider.Grant({ accountId: person, clientId: interaction.params.client_id });
  grant.addOIDCScope('openid');
  const grantId = await grant.save();
  await provider.interactionFinished(req, res, { login: { accountId: person, remember: false, amr: ['demo'] }, consent: { grantId } });
}

function signInPage(uid: string): string {
  const rows = Object.entries(DEMO_PEOPLE).map(
    ([person, about]) => `<p><button name="person" value="${person}">${person}</button> ${about}</p>`,
  );
  return `<!doctype html><html lang="en"><title>Casegate demo: sign in</title><style>body{font-family:sans-serif;max-width:50em;margin:2em auto}</style>
<h1>Who are you?</h1><p>This is the identity provider of the demo. It asks for no password.</p><form method="post" action="/interaction/${uid}">${rows.join('\n')}</form></html>`;
}

async function readSmallBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > 4_096) throw new Error('form too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

if (require.main === module) {
  runAsChild<{ port: number }, { issuer: string; port: number }>(async ({ port }) => {
    const { issuer, port: taken } = await startIdentityProvider(port);
    return { ready: { issuer, port: taken } };
  });
}
