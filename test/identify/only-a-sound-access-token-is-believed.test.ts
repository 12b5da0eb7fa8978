import { createHmac } from 'node:crypto';
import { FlattenedSign } from 'jose';
import { checkIssuers, type IssuerSettings } from '../../src/identify/issuer-settings';
import type { TokenVerifier } from '../../src/identify/token-verifier';
import { makeIssuerKey, startIssuer, type TestIssuer } from '../support/issuer';
import { startRawUpstream } from '../support/raw-upstream';
import { makeVerifier, verdictOf } from '../support/verifier';

const NOW_SECONDS = 1_760_000_000;
let nowMs = NOW_SECONDS * 1000;
let idp: TestIssuer;
let verifier: TokenVerifier;
beforeAll(async () => {
  idp = await startIssuer({ nowMs: () => nowMs });
  verifier = makeVerifier([idp], {}, { clock: () => nowMs });
});
beforeEach(() => {
  nowMs = NOW_SECONDS * 1000;
});
afterAll(async () => {
  await verifier.close();
  await idp.close();
});

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

test('a good token gives who it names, and nothing else of it', async () => {
  const token = await idp.token({ roles: ['DCF Administrator'], groups: ['admins'], scope: 'everything', acr: 'phr' });
  expect(await verifier.verify(token)).toEqual({
    issuer: idp.issuer,
    subject: 'alice',
    clientId: 'portal',
    actor: undefined,
    expiresAtMs: (NOW_SECONDS + 600 + 30) * 1000,
    acr: 'phr',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('a token signed with %s is taken', async (alg) => {
  const other = await startIssuer({ alg, nowMs: () => nowMs });
  const its = makeVerifier([other], {}, { clock: () => nowMs });
  expect(await verdictOf(its, await other.token())).toBe('ok');
  await its.close();
  await other.close();
});

test.each(['none', 'nOnE', 'None', 'NONE', ''])('TOK-01 alg %j is refused', async (alg) => {
  const header = part({ alg, typ: 'at+jwt', kid: idp.key().kid });
  expect(await verdictOf(verifier, `${header}.${part(idp.claims())}.`)).toBe('token-invalid token-malformed');
  expect(await verdictOf(verifier, `${header}.${part(idp.claims())}.AAAA`)).toBe('token-invalid token-algorithm');
});

test('TOK-02 an HMAC under the text of the public key is refused, as is any algorithm outside the list', async () => {
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    const signed = `${part({ alg, typ: 'at+jwt', kid: idp.key().kid })}.${part(idp.claims())}`;
    for (const secret of [await idp.publicPem(), JSON.stringify(idp.key().jwk)]) {
      const mac = createHmac(`sha${alg.slice(2)}`, secret)
        .update(signed)
        .digest('base64url');
      expect(await verdictOf(verifier, `${signed}.${mac}`)).toBe('token-invalid token-algorithm');
    }
  }
  for (const alg of ['RS384', 'RS512', 'ES384', 'ES256K', 'Ed25519', 'es256', 'RSA-OAEP', 'toString', '__proto__']) {
    expect(await verdictOf(verifier, `${part({ alg, typ: 'at+jwt', kid: idp.key().kid })}.${part(idp.claims())}.AAAA`)).toBe(
      'token-invalid token-algorithm',
    );
  }
  // An algorithm of the list that is not that of the key.
  expect(await verdictOf(verifier, `${part({ alg: 'RS256', typ: 'at+jwt', kid: idp.key().kid })}.${part(idp.claims())}.AAAA`)).toBe(
    'token-invalid token-signature',
  );
  const narrow = makeVerifier([idp], { algorithms: ['RS256'] }, { clock: () => nowMs });
  expect(await verdictOf(narrow, await idp.token())).toBe('token-invalid token-algorithm');
  await narrow.close();
});

const refusedClaims: [string, Record<string, unknown>, string][] = [
  ['TOK-03 no exp', { exp: undefined }, 'token-claims'],
  ['TOK-03 no iat', { iat: undefined }, 'token-claims'],
  ['TOK-03 no sub', { sub: undefined }, 'token-claims'],
  ['TOK-03 no jti', { jti: undefined }, 'token-claims'],
  ['TOK-04 exp as text', { exp: '9999999999' }, 'token-claims'],
  ['TOK-04 exp 1e300', { exp: 1e300 }, 'token-claims'],
  ['TOK-04 exp -1', { exp: -1 }, 'token-claims'],
  ['TOK-04 exp null', { exp: null }, 'token-claims'],
  ['TOK-04 exp true', { exp: true }, 'token-claims'],
  ['TOK-04 exp in a list', { exp: [NOW_SECONDS + 60] }, 'token-claims'],
  ['TOK-04 exp in milliseconds', { exp: NOW_SECONDS * 1000 }, 'token-claims'],
  ['TOK-04 a life of an hour and a second', { exp: NOW_SECONDS + 3601 }, 'token-claims'],
  ['TOK-04 an end before its beginning', { iat: NOW_SECONDS + 20, exp: NOW_SECONDS + 10 }, 'token-claims'],
  ['TOK-05 iat in a day', { iat: NOW_SECONDS + 86_400, exp: NOW_SECONDS + 86_700 }, 'token-not-yet-valid'],
  ['TOK-05 iat as text', { iat: String(NOW_SECONDS) }, 'token-claims'],
  ['TOK-06 nbf as text', { nbf: '1' }, 'token-claims'],
  ['TOK-06 nbf null', { nbf: null }, 'token-claims'],
  ['TOK-07 no iss', { iss: undefined }, 'token-issuer'],
  ['TOK-07 another iss', { iss: 'https://evil.example' }, 'token-issuer'],
  ['TOK-07 iss in a list', { iss: ['https://evil.example'] }, 'token-issuer'],
  ['TOK-07 no aud', { aud: undefined }, 'token-audience'],
  ['TOK-07 another aud', { aud: 'other' }, 'token-audience'],
  ['TOK-07 aud in other letters', { aud: 'HTTPS://casegate.example' }, 'token-audience'],
  ['TOK-07 aud an empty list', { aud: [] }, 'token-audience'],
  ['TOK-07 aud an object', { aud: { 'https://casegate.example': 1 } }, 'token-audience'],
  ['TOK-07 aud ours and another', { aud: ['https://casegate.example', 'other'] }, 'token-audience'],
  ['TOK-07 aud ours and another, azp a stranger', { aud: ['https://casegate.example', 'other'], azp: 'portal' }, 'token-audience'],
  ['TOK-07 aud ours and a number', { aud: ['https://casegate.example', 7] }, 'token-audience'],
  ['TOK-08 nonce', { nonce: 'n' }, 'token-type'],
  ['TOK-08 nonce null', { nonce: null }, 'token-type'],
  ['TOK-08 at_hash', { at_hash: 'x' }, 'token-type'],
  ['TOK-08 c_hash', { c_hash: 'x' }, 'token-type'],
  ['a logout token', { events: {} }, 'token-type'],
  ['a token bound to a key', { cnf: { jkt: 'x' } }, 'token-type'],
  ...[0, false, true, ['alice'], { $gt: '' }, null, ''].map((sub): [string, Record<string, unknown>, string] => [
    `TOK-15 sub ${JSON.stringify(sub)}`,
    { sub },
    'token-claims',
  ]),
  ...[
    'alice ',
    ' alice',
    'alice\u200b',
    'alice\u0000',
    'al\u00adice',
    'alice\ufeff',
    'alice\u2060',
    'alice\u00a0x',
    'alice\u3000',
    'alice\u202e',
    'alice\n',
    'alice\ufe0f',
    'alice\u3164',
    '\ud800',
    'a'.repeat(256),
  ].map((sub): [string, Record<string, unknown>, string] => [`TOK-16 sub ${JSON.stringify(sub.slice(0, 12))}`, { sub }, 'token-claims']),
  ['client_id a number', { client_id: 1 }, 'token-claims'],
  ['client_id empty', { client_id: '' }, 'token-claims'],
  ['client_id and azp at odds', { azp: 'other' }, 'token-claims'],
  ['jti a number', { jti: 7 }, 'token-claims'],
  ['acr an object', { acr: {} }, 'token-claims'],
  ['TOK-25 act a string', { act: 'svc' }, 'token-claims'],
  ['TOK-25 act without sub', { act: {} }, 'token-claims'],
  ['TOK-25 act.sub a number', { act: { sub: 0 } }, 'token-claims'],
  ['TOK-25 a chain of actors', { act: { sub: 'svc', act: { sub: 'other' } } }, 'token-claims'],
  ['TOK-25 act of a foreign issuer', { act: { sub: 'svc', iss: 'https://evil.example' } }, 'token-issuer'],
];
test.each(refusedClaims)('%s is refused', async (_name, claims, reason) => {
  expect(await verdictOf(verifier, await idp.token(claims))).toBe(`token-invalid ${reason}`);
});

test.each<[string, Record<string, unknown>, object]>([
  ['TOK-07 aud a list of us alone', { aud: ['https://casegate.example'] }, {}],
  ['TOK-04 a life of exactly an hour', { exp: NOW_SECONDS + 3600 }, { expiresAtMs: (NOW_SECONDS + 3630) * 1000 }],
  ['a time with a fraction', { iat: NOW_SECONDS - 0.5, exp: NOW_SECONDS + 0.5 }, { expiresAtMs: (NOW_SECONDS + 30) * 1000 + 500 }],
  ['no client id, for recognise to refuse', { client_id: undefined }, { clientId: undefined }],
  ['TOK-25 an actor', { act: { sub: 'svc' } }, { actor: { issuer: 'self', subject: 'svc' } }],
  ['TOK-16 look-alikes are other subjects, as they stand', { sub: '\u00e1lice' }, { subject: '\u00e1lice' }],
  ['TOK-16 ALICE', { sub: 'ALICE' }, { subject: 'ALICE' }],
  ['TOK-16 alice%00', { sub: 'alice%00' }, { subject: 'alice%00' }],
  ['TOK-16 full width', { sub: '\uff41lice' }, { subject: '\uff41lice' }],
])('%s is taken', async (_name, claims, expected) => {
  const token = await verifier.verify(await idp.token(claims));
  const actor = token.actor && { ...token.actor, issuer: token.actor.issuer === idp.issuer ? 'self' : token.actor.issuer };
  expect({ ...token, actor }).toMatchObject(expected);
});

test.each<[string, Record<string, unknown>, number, string]>([
  ['exp, the last moment', { exp: NOW_SECONDS }, 29_999, 'ok'],
  ['exp, the first moment after', { exp: NOW_SECONDS }, 30_000, 'token-invalid token-expired'],
  ['exp, a second later', { exp: NOW_SECONDS }, 31_000, 'token-invalid token-expired'],
  ['exp itself', { exp: NOW_SECONDS }, 0, 'ok'],
  ['nbf, the first moment', { nbf: NOW_SECONDS }, -30_000, 'ok'],
  ['nbf, the last moment before', { nbf: NOW_SECONDS }, -30_001, 'token-invalid token-not-yet-valid'],
  ['iat, the first moment', { iat: NOW_SECONDS, exp: NOW_SECONDS + 60 }, -30_000, 'ok'],
  ['iat, the last moment before', { iat: NOW_SECONDS, exp: NOW_SECONDS + 60 }, -30_001, 'token-invalid token-not-yet-valid'],
])('TOK-06 %s', async (_name, claims, offsetMs, expected) => {
  const token = await idp.token({ iat: NOW_SECONDS - 100, exp: NOW_SECONDS + 100, ...claims });
  nowMs = NOW_SECONDS * 1000 + offsetMs;
  expect(await verdictOf(verifier, token)).toBe(expected);
});

test('TOK-06 a tolerance of none is none', async () => {
  const strict = makeVerifier([idp], { clockToleranceSeconds: 0 }, { clock: () => nowMs });
  const token = await idp.token({ iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 10 });
  nowMs += 9_999;
  expect(await verdictOf(strict, token)).toBe('ok');
  nowMs += 1;
  expect(strict.remembered(token)).toBeUndefined();
  expect(await verdictOf(strict, token)).toBe('token-invalid token-expired');
  await strict.close();
});

test('TOK-07 several audiences are taken from an allowed client alone', async () => {
  const its = makeVerifier([idp], { allowedClients: ['portal'] }, { clock: () => nowMs });
  const aud = [idp.audience, 'other'];
  expect(await verdictOf(its, await idp.token({ aud, azp: 'portal' }))).toBe('ok');
  for (const azp of [undefined, 'other', ['portal'], 'PORTAL'])
    expect(await verdictOf(its, await idp.token({ aud, azp, client_id: undefined }))).toBe('token-invalid token-audience');
  await its.close();
});

test.each([['JWT'], ['id+jwt'], ['at+jwt2'], [''], [undefined], ['application/jwt'], ['logout+jwt']])(
  'TOK-08 typ %j is refused',
  async (typ) => {
    expect(await verdictOf(verifier, await idp.token({}, { typ }))).toBe('token-invalid token-type');
  },
);

test.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('TOK-08 typ %j is taken', async (typ) => {
  expect(await verdictOf(verifier, await idp.token({}, { typ }))).toBe('ok');
});

test('TOK-08 an issuer declared with another typ, id claim and lifetime: an audience of our own, a client, and no ID token', async () => {
  const other: Partial<IssuerSettings> = {
    typ: 'JWT',
    idClaim: 'oid',
    clientClaim: 'azp',
    maxLifetimeSeconds: 5400,
    isAudienceForGatewayOnly: true,
  };
  const its = makeVerifier([idp], other, { clock: () => nowMs });
  const claims = { oid: '77-1', azp: 'portal', client_id: undefined, exp: NOW_SECONDS + 5400 };
  expect(await its.verify(await idp.token(claims, { typ: 'JWT' }))).toMatchObject({ subject: '77-1', clientId: 'portal' });
  expect(await verdictOf(its, await idp.token(claims))).toBe('token-invalid token-type');
  expect(await verdictOf(its, await idp.token({ ...claims, azp: undefined }, { typ: 'JWT' }))).toBe('token-invalid token-claims');
  expect(await verdictOf(its, await idp.token({ ...claims, oid: undefined }, { typ: 'JWT' }))).toBe('token-invalid token-claims');
  for (const name of ['nonce', 'at_hash', 'c_hash'])
    expect(await verdictOf(its, await idp.token({ ...claims, [name]: 'x' }, { typ: 'JWT' }))).toBe('token-invalid token-type');
  await its.close();
});

test.each([
  '../../../dev/null',
  "' OR 1=1",
  'k'.repeat(10_240),
  'k'.repeat(201),
  'a\0b',
  '',
  '__proto__',
  'constructor',
  'key-1\u200b',
  7,
  null,
  undefined,
  ['key-1'],
])('TOK-09 kid %j is refused', async (kid) => {
  const big = typeof kid === 'string' && kid.length > 2048;
  expect(await verdictOf(verifier, await idp.token({}, { kid }))).toBe(
    big ? 'token-invalid token-malformed' : 'token-invalid token-signature',
  );
});

test('TOK-10 jku, x5u, jwk and x5c are not looked at: no connection goes out, and a key carried along proves nothing', async () => {
  const trap = await startRawUpstream();
  const evil = await makeIssuerKey();
  const lures = { jku: `${trap.origin}/jwks`, x5u: `${trap.origin}/cert`, jwk: evil.jwk, x5c: ['AAAA'] };
  expect(await verdictOf(verifier, await idp.token({}, { ...lures, kid: idp.key().kid }, evil))).toBe('token-invalid token-signature');
  expect(await verdictOf(verifier, await idp.token({}, lures, evil))).toBe('token-invalid token-signature');
  expect(await verdictOf(verifier, await idp.token({}, lures))).toBe('ok');
  expect(trap.connections()).toBe(0);
  await trap.close();
});

test('TOK-24 JSON-serialised tokens, crit and b64 are refused', async () => {
  const flat = await new FlattenedSign(Buffer.from(JSON.stringify(idp.claims())))
    .setProtectedHeader({ alg: 'ES256', kid: idp.key().kid, typ: 'at+jwt' })
    .sign(idp.key().privateKey);
  expect(await verdictOf(verifier, JSON.stringify(flat))).toBe('token-invalid token-malformed');
  const good = await idp.token();
  for (const extra of [{ crit: ['x'] }, { crit: [] }, { b64: false, crit: ['b64'] }, { b64: true }, { b64: false }]) {
    const header = part({ alg: 'ES256', kid: idp.key().kid, typ: 'at+jwt', ...extra });
    expect(await verdictOf(verifier, `${header}.${good.split('.').slice(1).join('.')}`)).toBe('token-invalid token-malformed');
  }
});

test('a token of another form is refused before any cryptography', async () => {
  const good = await idp.token();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const forms = [
    '',
    '.',
    '..',
    'abc',
    `${header}.${payload}`,
    `${good}.`,
    `.${good}`,
    `${good}.${signature}`,
    ` ${good}`,
    `${good} `,
    `${good}=`,
    `${good}\n`,
    `${header}.${payload}.${signature}é`,
    `${'a'.repeat(8193)}`,
    `${good}${'A'.repeat(8192)}`,
  ];
  for (const form of forms) expect(await verdictOf(verifier, form)).toBe('token-invalid token-malformed');
  for (const text of ['[]', 'null', '"x"', '{', '7']) {
    expect(await verdictOf(verifier, `${part(text)}.${payload}.${signature}`)).toBe('token-invalid token-malformed');
    expect(await verdictOf(verifier, `${header}.${part(text)}.${signature}`)).toBe('token-invalid token-malformed');
  }
  expect(await verdictOf(verifier, `${header}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString('base64url')}.${signature}`)).toBe(
    'token-invalid token-malformed',
  );
});

test('one changed bit of header, payload or signature is refused', async () => {
  const good = await idp.token();
  const parts = good.split('.');
  for (let place = 0; place < 3; place += 1) {
    const bytes = Buffer.from(parts[place] ?? '', 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 37) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const token = parts.map((text, index) => (index === place ? changed.toString('base64url') : text)).join('.');
      expect(await verdictOf(verifier, token)).toMatch(/^token-invalid token-(signature|malformed|algorithm|issuer|type)$/);
    }
  }
});

test('TOK-27 a subject belongs to its issuer; a key of one issuer signs for no other', async () => {
  const second = await startIssuer({ nowMs: () => nowMs });
  const both = makeVerifier([idp, second], {}, { clock: () => nowMs });
  expect(await both.verify(await second.token())).toMatchObject({ issuer: second.issuer, subject: 'alice' });
  expect(await both.verify(await idp.token())).toMatchObject({ issuer: idp.issuer, subject: 'alice' });
  expect(await verdictOf(both, await second.token({ iss: idp.issuer }))).toBe('token-invalid token-signature');
  expect(await verdictOf(both, await second.token({ iss: idp.issuer }, { kid: idp.key().kid }))).toBe('token-invalid token-signature');
  expect(await both.verify(await idp.token({ act: { iss: second.issuer, sub: 'svc' } }))).toMatchObject({
    actor: { issuer: second.issuer, subject: 'svc' },
  });
  await both.close();
  await second.close();
});

test('settings that cannot be safe are refused at start, all at once', () => {
  const good: IssuerSettings = { issuer: 'https://idp.example', jwksUri: 'https://idp.example/jwks', audience: 'us' };
  expect(checkIssuers([good])).toEqual([
    {
      ...good,
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      typ: 'at+jwt',
      idClaim: 'sub',
      clientClaim: 'client_id',
      isStrict: true,
      maxLifetimeSeconds: 3600,
      clockToleranceSeconds: 30,
      allowedClients: [],
    },
  ]);
  const bad: [string, Partial<IssuerSettings>][] = [
    ['jwksUri must be https', { jwksUri: 'http://idp.example/jwks' }],
    ['jwksUri must be https', { jwksUri: 'https://u:p@idp.example/jwks' }],
    ['jwksUri must be https', { jwksUri: 'file:///etc/jwks' }],
    ['algorithms must be among', { algorithms: [] }],
    ['algorithms must be among', { algorithms: ['HS256' as 'RS256'] }],
    ['clockToleranceSeconds', { clockToleranceSeconds: 31 }],
    ['clockToleranceSeconds', { clockToleranceSeconds: -1 }],
    ['maxLifetimeSeconds', { maxLifetimeSeconds: 0 }],
    ['isAudienceForGatewayOnly', { typ: 'JWT' }],
    ['isAudienceForGatewayOnly', { idClaim: 'email' }],
    ['isAudienceForGatewayOnly', { maxLifetimeSeconds: 3601 }],
    ['audience must not be empty', { audience: '' }],
  ];
  for (const [words, over] of bad) expect(() => checkIssuers([{ ...good, ...over }])).toThrow(words);
  expect(() => checkIssuers([])).toThrow('no issuer');
  expect(() => checkIssuers([good, { ...good, audience: 'other' }])).toThrow('stands twice');
  expect(() => checkIssuers([{ ...good, audience: '', clockToleranceSeconds: 99 }])).toThrow(
    /audience must not be empty\n.*clockToleranceSeconds/,
  );
});
