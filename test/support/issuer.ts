import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, type CryptoKey, type JWK } from 'jose';

/** How the key set's address behaves. */
export type IssuerMood = 'ok' | 'hang' | 'redirect' | 'oversize' | 'error' | 'reset' | 'not-json' | { readonly answers: unknown };

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: string;
  /** The key that signs now. */
  readonly key: () => IssuerKey;
  /** How often the key set was asked for. */
  readonly fetches: () => number;
  /** Everything that was asked for, paths. */
  readonly asked: readonly string[];
  mood(mood: IssuerMood): void;
  /** A new key signs from now on; the old one leaves the key set, or stays with `keepOld`. */
  rotate(options?: { readonly keepOld?: boolean; readonly alg?: string }): Promise<IssuerKey>;
  publicPem(): Promise<string>;
  /** Claims of a good token; overrides replace, undefined removes. */
  claims(overrides?: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** A signed token; header members replace, undefined removes. */
  token(overrides?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>, key?: IssuerKey): Promise<string>;
  close(): Promise<void>;
}

let keyCount = 0;

export async function makeIssuerKey(alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${(keyCount += 1)}`;
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/**
 * An identity provider as far as a gateway sees one: a key set over http on loopback, and tokens. Real keys, real sockets.
 * `nowMs` is the clock of its tokens.
 */
export async function startIssuer(
  options: { readonly alg?: string; readonly audience?: string; readonly issuer?: string; readonly nowMs?: () => number } = {},
): Promise<TestIssuer> {
  let key = await makeIssuerKey(options.alg);
  let published: JWK[] = [key.jwk];
  let mood: IssuerMood = 'ok';
  const asked: string[] = [];
  const hanging = new Set<ServerResponse>();
  const nowMs = options.nowMs ?? Date.now;

  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (mood === 'hang') return void hanging.add(response);
    if (mood === 'reset') return void request.socket.resetAndDestroy();
    if (mood === 'redirect') return void response.writeHead(302, { location: '/elsewhere' }).end();
    if (mood === 'error') return void response.writeHead(500).end('{"keys":[]}');
    response.setHeader('content-type', 'application/jwk-set+json');
    response.setHeader('date', new Date(nowMs()).toUTCString());
    if (mood === 'oversize') return void response.end(JSON.stringify({ keys: published, padding: 'x'.repeat(10 * 1024 * 1024) }));
    if (mood === 'not-json') return void response.end('<html>');
    response.end(JSON.stringify(typeof mood === 'object' ? mood.answers : { keys: published }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = options.issuer ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = options.audience ?? 'https://casegate.example';

  const claims = (overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
    const nowSeconds = Math.floor(nowMs() / 1000);
    return {
      iss: issuer,
      aud: audience,
      sub: 'alice',
      client_id: 'portal',
      iat: nowSeconds,
      exp: nowSeconds + 600,
      jti: `jti-${Math.random().toString(36).slice(2)}`,
      ...overrides,
    };
  };

  return {
    issuer,
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    audience,
    key: () => key,
    fetches: () => asked.filter((path) => path === '/jwks').length,
    asked,
    mood: (next) => {
      mood = next;
    },
    async rotate({ keepOld = false, alg = key.alg } = {}) {
      const fresh = await makeIssuerKey(alg);
      published = keepOld ? [...published, fresh.jwk] : [fresh.jwk];
      key = fresh;
      return fresh;
    },
    publicPem: () => exportSPKI(key.publicKey),
    claims,
    async token(overrides = {}, header = {}, signer = key) {
      const payload = Buffer.from(JSON.stringify(claims(overrides)));
      const whole = Object.fromEntries(
        Object.entries({ alg: signer.alg, typ: 'at+jwt', kid: signer.kid, ...header }).filter(([, value]) => value !== undefined),
      );
      return new CompactSign(payload).setProtectedHeader(whole as { alg: string }).sign(signer.privateKey);
    },
    async close() {
      for (const response of hanging) response.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
