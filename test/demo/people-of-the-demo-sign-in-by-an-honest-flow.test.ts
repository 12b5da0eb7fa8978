import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { DEMO_AUDIENCES, DEMO_CLIENT } from '../../demo/demo-sign-on';
import { fetchDemoToken } from '../../demo/fetch-demo-token';
import { startChild } from '../../demo/start-child';
import type { Child } from '../../demo/start-child';

const demoFolder = join(__dirname, '..', '..', 'demo');
let provider: Child<{ issuer: string; port: number }>;
beforeAll(async () => {
  provider = await startChild(demoFolder, 'identity-provider', { port: 0 });
});
afterAll(() => provider.stop());

test.each([
  ['counselor', 'data', DEMO_CLIENT.id],
  ['auditor', 'admin', DEMO_CLIENT.id],
  ['maxis-feed', 'admin', 'maxis-feed'],
] as const)('TOK-08 %s gets an RFC 9068 token for the %s audience alone', async (person, audience, clientId) => {
  const token = await fetchDemoToken(provider.ready.issuer, person, audience);
  const keys = createRemoteJWKSet(new URL('/jwks', provider.ready.issuer));
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: provider.ready.issuer,
    audience: DEMO_AUDIENCES[audience],
    typ: 'at+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['sub', 'iat', 'exp', 'jti', 'client_id'],
    maxTokenAge: '1h',
  });
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
  expect(payload).toEqual({
    iss: provider.ready.issuer,
    aud: DEMO_AUDIENCES[audience],
    sub: person,
    client_id: clientId,
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: (payload.iat ?? 0) + 1_800,
  });
});

test('nobody outside the demo gets a token', async () => {
  await expect(fetchDemoToken(provider.ready.issuer, 'nobody')).rejects.toThrow('There is nobody called "nobody" in the demo');
});

test('a sign-in that names nobody is refused by the provider itself', async () => {
  const answer = await fetch(new URL('/interaction/made-up', provider.ready.issuer), { method: 'POST', body: 'person=counselor' });
  expect([answer.status, await answer.text()]).toEqual([400, 'This sign-in has expired. Start again.\n']);
});
