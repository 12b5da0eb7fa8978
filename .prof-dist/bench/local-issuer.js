"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.startLocalIssuer = startLocalIssuer;
const node_http_1 = require("node:http");
const jose_1 = require("jose");
/** An identity provider of the benchmark's own: one key, one token, a JWKS endpoint in this process. */
async function startLocalIssuer() {
    const { publicKey, privateKey } = await (0, jose_1.generateKeyPair)('RS256', { extractable: true });
    const jwks = JSON.stringify({ keys: [{ ...(await (0, jose_1.exportJWK)(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] });
    const server = (0, node_http_1.createServer)((_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end(jwks));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const about = { audience: 'https://bench.example/data', clientId: 'bench-client', subject: 'bench-counselor' };
    const token = await new jose_1.SignJWT({ client_id: about.clientId })
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
            await new Promise((resolve) => server.close(() => resolve()));
        },
    };
}
