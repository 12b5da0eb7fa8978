import { createHmac } from 'node:crypto';
import { FlattenedSign } from 'jose';
import { AUDIENCE, type TestGateway } from '../support/gateway';
import { makeIssuerKey, type IssuerKey } from '../support/issuer';
import { startRawUpstream, type RawUpstream } from '../support/raw-upstream';
import {
  attack,
  expectNoCanary,
  expectRefused,
  expectSettledAtTheEdge,
  get,
  ON_ROUTE,
  raw,
  RECORD,
  startAttackedGateway,
  type Refused,
} from './attacked-gateway';
import { expectLikePlain, plainEntry, readPlainly, type PlainRead } from './plain-read';

let gateway: TestGateway;
let trap: RawUpstream;
let stranger: IssuerKey;
let good: string;
let plain: PlainRead;
const sent: string[] = [];
beforeAll(async () => {
  trap = await startRawUpstream();
  stranger = await makeIssuerKey();
  gateway = await startAttackedGateway();
  good = await gateway.token('counselor');
  plain = await readPlainly(gateway, `Authorization: Bearer ${good}`);
});
afterAll(async () => {
  await gateway?.stop();
  await trap?.close();
});

type Claims = Readonly<Record<string, unknown>>;
type Make = () => string | Promise<string>;
type Row = readonly [id: string, what: string, make: Make, reason: string];

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const nowSeconds = (): number => Math.floor(gateway.clock.now() / 1000);
/** Signed by the issuer's own key: only these claims are wrong. */
const claiming =
  (claims: Claims | (() => Claims)): Make =>
  () =>
    gateway.token('counselor', typeof claims === 'function' ? claims() : claims);
/** Signed by the issuer's own key: only the header is wrong. */
const headed =
  (header: Claims): Make =>
  () =>
    gateway.issuer.token({ sub: 'counselor', aud: AUDIENCE }, header);
/** Header and payload as they should be but for `header`, and whatever signature. */
const forged =
  (header: Claims, signature: string): Make =>
  () =>
    `${part({ typ: 'at+jwt', kid: gateway.issuer.key().kid, ...header })}.${part(gateway.issuer.claims({ sub: 'counselor', aud: AUDIENCE }))}.${signature}`;

const hmacUnder =
  (alg: string, secretOf: () => string | Promise<string>): Make =>
  async () => {
    const unsigned = String(await forged({ alg }, '')()).slice(0, -1);
    return `${unsigned}.${createHmac(`sha${alg.slice(2)}`, await secretOf())
      .update(unsigned)
      .digest('base64url')}`;
  };

const ROWS: readonly Row[] = [
  ...['none', 'nOnE', 'None'].flatMap((alg): Row[] => [
    ['TOK-01', `alg ${alg} without a signature`, forged({ alg }, ''), 'token-malformed'],
    ['TOK-01', `alg ${alg} with a signature`, forged({ alg }, 'AAAA'), 'token-algorithm'],
  ]),
  ...['HS256', 'HS384', 'HS512'].map((alg): Row => [
    'TOK-02',
    `${alg} under the PEM of the public key`,
    hmacUnder(alg, () => gateway.issuer.publicPem()),
    'token-algorithm',
  ]),
  ['TOK-02', 'HS256 under the text of the key set', hmacUnder('HS256', () => JSON.stringify(gateway.issuer.key().jwk)), 'token-algorithm'],
  ['TOK-02', 'an algorithm that is not that of the key', forged({ alg: 'RS256' }, 'AAAA'), 'token-signature'],
  ...['exp', 'iat', 'sub', 'jti'].map((name): Row => ['TOK-03', `no ${name}`, claiming({ [name]: undefined }), 'token-claims']),
  ...['9999999999', 1e300, -1, null, true, [9_999_999_999]].map((exp): Row => [
    'TOK-04',
    `exp ${JSON.stringify(exp)}`,
    claiming({ exp }),
    'token-claims',
  ]),
  ['TOK-04', 'a life of an hour and a second', claiming(() => ({ exp: nowSeconds() + 3_601, iat: nowSeconds() })), 'token-claims'],
  ['TOK-05', 'iat in a day', claiming(() => ({ iat: nowSeconds() + 86_400, exp: nowSeconds() + 86_700 })), 'token-not-yet-valid'],
  ['TOK-07', 'no iss', claiming({ iss: undefined }), 'token-issuer'],
  ['TOK-07', 'another iss', claiming({ iss: 'https://evil.example' }), 'token-issuer'],
  ['TOK-07', 'iss with a slash more', claiming(() => ({ iss: `${gateway.issuer.issuer}/` })), 'token-issuer'],
  ['TOK-07', 'no aud', claiming({ aud: undefined }), 'token-audience'],
  ['TOK-07', 'another aud', claiming({ aud: 'gw' }), 'token-audience'],
  ['TOK-07', 'the audience of the admin plane', claiming({ aud: 'https://gateway.test/admin' }), 'token-audience'],
  ['TOK-07', 'an empty list', claiming({ aud: [] }), 'token-audience'],
  ['TOK-07', 'ours and another', claiming({ aud: [AUDIENCE, 'other'] }), 'token-audience'],
  ['TOK-07', 'ours and another, azp a stranger', claiming({ aud: [AUDIENCE, 'other'], azp: 'portal' }), 'token-audience'],
  [
    'TOK-08',
    'an ID token',
    async () => gateway.issuer.token({ sub: 'counselor', aud: AUDIENCE, nonce: 'n' }, { typ: 'JWT' }),
    'token-type',
  ],
  ...['JWT', 'id+jwt', 'logout+jwt', undefined].map((typ): Row => ['TOK-08', `typ ${typ}`, headed({ typ }), 'token-type']),
  ...['nonce', 'at_hash', 'c_hash'].map((name): Row => ['TOK-08', `at+jwt with ${name}`, claiming({ [name]: 'x' }), 'token-type']),
  ...['../../../dev/null', "' OR 1=1", 'a\0b', '', '__proto__', 'k'.repeat(201), 7, null, undefined].map((kid): Row => [
    'TOK-09',
    `kid ${JSON.stringify(kid)?.slice(0, 30)}`,
    headed({ kid }),
    'token-signature',
  ]),
  // What is larger than any token is no bearer token for the edge already.
  ['TOK-09', 'kid of 10 KB', headed({ kid: 'k'.repeat(10_240) }), 'token-not-bearer'],
  ['TOK-09', 'kid of 4 KB', headed({ kid: 'k'.repeat(4_096) }), 'token-malformed'],
  ...['jku', 'x5u'].map((name): Row => [
    'TOK-10',
    `${name} of an attacker`,
    () => gateway.issuer.token({ sub: 'counselor', aud: AUDIENCE }, { [name]: `${trap.origin}/jwks` }, stranger),
    'token-signature',
  ]),
  [
    'TOK-10',
    'jwk of an attacker under our kid',
    () =>
      gateway.issuer.token(
        { sub: 'counselor', aud: AUDIENCE },
        { jwk: stranger.jwk, x5c: ['AAAA'], kid: gateway.issuer.key().kid },
        stranger,
      ),
    'token-signature',
  ],
  ...[{ crit: ['x'] }, { crit: [] }, { b64: false, crit: ['b64'] }, { b64: false }].map((extra): Row => [
    'TOK-24',
    JSON.stringify(extra),
    forged({ alg: 'ES256', ...extra }, 'AAAA'),
    'token-malformed',
  ]),
  [
    'TOK-24',
    'a flattened JWS',
    async () =>
      JSON.stringify(
        await new FlattenedSign(Buffer.from(JSON.stringify(gateway.issuer.claims({ sub: 'counselor', aud: AUDIENCE }))))
          .setProtectedHeader({ alg: 'ES256', kid: gateway.issuer.key().kid, typ: 'at+jwt' })
          .sign(gateway.issuer.key().privateKey),
      ),
    'token-not-bearer',
  ],
  ['TOK-24', 'five parts', async () => `${await gateway.token('counselor')}.a.b`, 'token-malformed'],
  ['TOK-25', 'act a string', claiming({ act: 'assistant-service' }), 'token-claims'],
  ['TOK-25', 'act without sub', claiming({ act: {} }), 'token-claims'],
  ['TOK-25', 'a chain of actors', claiming({ act: { sub: 'assistant-service', act: { sub: 'stray-service' } } }), 'token-claims'],
  ['TOK-25', 'an actor of a foreign issuer', claiming({ act: { sub: 'assistant-service', iss: 'https://evil.example' } }), 'token-issuer'],
];

test.each(ROWS)('%s %s -> 401 token-invalid, nothing to the case system', async (_id, _what, make, reason) => {
  const before = gateway.upstream.requests.length;
  const token = await make();
  sent.push(token);
  const { reply, source } = await attack(gateway, get(RECORD, `Authorization: Bearer ${token}`));
  await expectRefused(gateway, reply, source, 'token-invalid', { ...ON_ROUTE, reason });
  expect([gateway.upstream.requests.length, trap.connections()]).toEqual([before, 0]);
});

test('TOK-10 addresses of keys in a good token are not looked at', async () => {
  const token = await gateway.issuer.token({ sub: 'counselor', aud: AUDIENCE }, { jku: `${trap.origin}/jwks`, x5u: `${trap.origin}/cert` });
  await expectLikePlain(gateway, plain, get(RECORD, `Authorization: Bearer ${token}`));
  expect(trap.connections()).toBe(0);
});

describe('TOK-06 at a clock that stands', () => {
  beforeAll(() => gateway.clock.stand());
  afterAll(() => gateway.clock.go());

  test.each([
    ['exp, the last moment', { exp: 0 }, 29_999, null],
    ['exp, the first moment after', { exp: 0 }, 30_000, 'token-expired'],
    ['exp, a second later', { exp: 0 }, 31_000, 'token-expired'],
    ['exp, the very moment', { exp: 0 }, 0, null],
    ['nbf, the first moment', { nbf: 0 }, -30_000, null],
    ['nbf, the last moment before', { nbf: 0 }, -30_001, 'token-not-yet-valid'],
    ['nbf, a second before', { nbf: 0 }, -31_000, 'token-not-yet-valid'],
    ['iat, the first moment', { iat: 0 }, -30_000, null],
    ['iat, the last moment before', { iat: 0 }, -30_001, 'token-not-yet-valid'],
  ])('%s', async (_what, offsets, atMs, reason) => {
    const base = nowSeconds() + 1_000;
    const around = { iat: base - 100, exp: base + 100 };
    const claims = Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, base + offset]));
    const token = await gateway.token('counselor', { ...around, ...claims });
    gateway.clock.forward(base * 1000 + atMs - gateway.clock.now());
    const { reply, source } = await attack(gateway, get(RECORD, `Authorization: Bearer ${token}`));
    if (reason !== null) return expectRefused(gateway, reply, source, 'token-invalid', { ...ON_ROUTE, reason });
    expect([reply.status, await gateway.entryOf(reply.header('casegate-access-id') ?? '')]).toEqual([200, plainEntry(gateway, source)]);
  });
});

describe('where the token stands', () => {
  const missing = (id: string, what: string, headers: readonly string[]) => [id, what, headers, 'token-missing', 'token-missing'] as const;
  const notBearer = (what: string, value: string) =>
    ['TOK-22', what, [`Authorization: ${value}`], 'token-invalid', 'token-not-bearer'] as const;

  test.each([
    missing('TOK-22', 'in no place at all', []),
    missing('TOK-22', 'in a cookie', ['Cookie: access_token=TOKEN', 'Cookie: Authorization=Bearer TOKEN']),
    missing('TOK-22', 'in Proxy-Authorization', ['Proxy-Authorization: Bearer TOKEN']),
    missing('TOK-22', 'in headers of others', [
      'X-Access-Token: TOKEN',
      'X-Forwarded-Access-Token: TOKEN',
      'X-Authorization: Bearer TOKEN',
    ]),
    notBearer('as Basic', 'Basic Y291bnNlbG9yOlRPS0VO'),
    notBearer('under another scheme', 'Token TOKEN'),
    notBearer('without a scheme', 'TOKEN'),
    notBearer('twice in one line', 'Bearer TOKEN, Bearer TOKEN'),
    notBearer('in quotes', 'Bearer "TOKEN"'),
    notBearer('missing', 'Bearer'),
  ] as const)('%s %s', async (_id, _what, headers, code, reason) => {
    const before = gateway.upstream.requests.length;
    const { reply, source } = await attack(gateway, get(RECORD, ...headers.map((line) => line.replaceAll('TOKEN', good))));
    await expectRefused(gateway, reply, source, code, { ...ON_ROUTE, reason });
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test.each<(token: string, other: string) => Refused>([
    (token) => ({
      id: 'TOK-22',
      what: 'in the query',
      bytes: get(`${RECORD}?access_token=${token}`),
      code: 'query-not-allowed',
      closes: false,
    }),
    (token) => ({
      id: 'TOK-22',
      what: 'in a body',
      bytes: `${get(RECORD, 'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${token.length}`)}${token}`,
      code: 'body-not-allowed',
    }),
    (token) => ({
      id: 'TOK-22',
      what: 'in the body of a POST',
      bytes: `${raw(`POST ${RECORD} HTTP/1.1`, `Content-Length: ${token.length}`)}${token}`,
      code: 'method-not-allowed',
      entry: { method: 'POST' },
    }),
    (token, other) => ({
      id: 'TOK-21',
      what: 'two Authorization lines',
      bytes: get(RECORD, `Authorization: Bearer ${token}`, `Authorization: Bearer ${other}`),
      code: 'header-not-allowed',
    }),
    (token) => ({
      id: 'TOK-21',
      what: 'the same twice, in other letters',
      bytes: get(RECORD, `Authorization: Bearer ${token}`, `aUTHORIZATION: Bearer ${token}`),
      code: 'header-not-allowed',
    }),
    (token) => ({
      id: 'TOK-21',
      what: 'an empty second line',
      bytes: get(RECORD, `Authorization: Bearer ${token}`, 'Authorization:'),
      code: 'header-not-allowed',
    }),
  ])('TOK-21 TOK-22 another place or a second one: row %#', async (row) => {
    await expectSettledAtTheEdge(gateway, row(good, await gateway.token('other-counselor')));
  });
});

test('TOK-09 TOK-22 no token, whole or in part, stands in anything that was written down', async () => {
  await expectNoCanary(gateway);
  const written = JSON.stringify(await gateway.entries({ all: true })) + gateway.lines().join('\n');
  const parts = [good, ...sent].flatMap((token) => token.split('.')).filter((text) => text.length > 20);
  expect(parts.length).toBeGreaterThan(100);
  expect(parts.filter((text) => written.includes(text))).toEqual([]);
  for (const word of ['dev/null', 'OR 1=1', 'kkkkkkkk']) expect(written).not.toContain(word);
});
