import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface LocalIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly audience: string;
  readonly clientId: string;
  readonly subject: string;
  /** One RS256 access token (RFC 9068), valid for 55 minutes. */
  readonly token: string;
  stop(): Promise<void>;
}

/** An identity provider of the benchmark's own: one key, one token, a JWKS endpoint in this process. */
export async function startLocalIssuer(): Promise<LocalIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] });
  const server = createServer((_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end(jwks));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const about = { audience: 'https://bench.example/data', clientId: 'bench-client', subject: 'bench-counselor' };
  const token = await new SignJWT({ client_id: about.clientId })
    .setProtectedHeader({ alg: 'RS256', kid: 'bench', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(about.audience)
    .setSubject(about.subject)
    .setJti('bench-1')
    .setIssuedAt()
    .setExpirationTime('55m')
    .sign(privateKey);
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    ...about,
    token,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
