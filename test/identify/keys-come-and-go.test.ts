import { generateKeyPair, exportJWK } from 'jose';
import { makeIssuerKey, startIssuer, type IssuerMood, type TestIssuer } from '../support/issuer';
import { keepLog } from '../support/upstream-call';
import { makeVerifier, verdictOf } from '../support/verifier';

let nowMs: number;
let idp: TestIssuer;
beforeEach(async () => {
  nowMs = 1_760_000_000_000;
  idp = await startIssuer({ nowMs: () => nowMs });
});
afterEach(() => idp.close());
const clock = (): number => nowMs;
const turn = (): Promise<void> => new Promise((go) => setImmediate(go));

test('TOK-11 a thousand tokens with made-up kids in ten seconds bring no fetch, later one in thirty seconds', async () => {
  const verifier = makeVerifier([idp], {}, { clock });
  const stranger = await makeIssuerKey();
  expect(await verdictOf(verifier, await idp.token())).toBe('ok');
  expect(idp.fetches()).toBe(1);
  for (let i = 0; i < 1000; i += 1) {
    nowMs += 10;
    expect(await verdictOf(verifier, await idp.token({}, { kid: `made-up-${i}` }, stranger))).toBe('token-invalid token-signature');
  }
  expect(idp.fetches()).toBe(1);
  nowMs += 20_000;
  const flood = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => verdictOf(verifier, await idp.token({}, { kid: `other-${i}` }, stranger))),
  );
  expect(new Set(flood)).toEqual(new Set(['token-invalid token-signature']));
  expect(idp.fetches()).toBe(2);
  await verifier.close();
});

test('TOK-13 a new key is taken thirty seconds after the last fetch at the latest, and an old one refused once it is gone', async () => {
  const verifier = makeVerifier([idp], {}, { clock });
  const oldToken = await idp.token();
  expect(await verdictOf(verifier, oldToken)).toBe('ok');
  await idp.rotate();
  nowMs += 1_000;
  const newToken = await idp.token();
  expect(await verdictOf(verifier, newToken)).toBe('token-invalid token-signature');
  expect(verifier.remembered(oldToken)).toBeDefined();
  nowMs += 29_000;
  expect(await verdictOf(verifier, newToken)).toBe('ok');
  // The key that verified it has left the key set: what was remembered under it is gone with it.
  expect(verifier.remembered(oldToken)).toBeUndefined();
  expect(await verdictOf(verifier, oldToken)).toBe('token-invalid token-signature');
  await verifier.close();
});

test('TOK-13 keys are fetched again in the background without a request, and a key that left drops its tokens', async () => {
  const verifier = makeVerifier([idp], {}, { clock, times: { refreshMs: 20 } });
  const token = await idp.token();
  const kept = verifier.verify(token);
  expect(await kept).toMatchObject({ subject: 'alice' });
  const before = idp.fetches();
  while (idp.fetches() < before + 2) await turn();
  expect(verifier.remembered(token)).toBe(await kept);
  await idp.rotate();
  while (verifier.remembered(token) !== undefined) await turn();
  expect(await verdictOf(verifier, token)).toBe('token-invalid token-signature');
  await verifier.close();
});

test('another key under the same kid is another key', async () => {
  const verifier = makeVerifier([idp], {}, { clock, times: { refreshMs: 20 } });
  const token = await idp.token();
  expect(await verdictOf(verifier, token)).toBe('ok');
  const other = await makeIssuerKey();
  idp.mood({ answers: { keys: [{ ...other.jwk, kid: idp.key().kid }] } });
  while (verifier.remembered(token) !== undefined) await turn();
  expect(await verdictOf(verifier, token)).toBe('token-invalid token-signature');
  await verifier.close();
});

test('a process that missed its timers fetches when it is used again', async () => {
  const verifier = makeVerifier([idp], {}, { clock });
  expect(await verdictOf(verifier, await idp.token())).toBe('ok');
  nowMs += 60_000;
  expect(await verdictOf(verifier, await idp.token())).toBe('ok');
  while (idp.fetches() < 2) await turn();
  await verifier.close();
});

const moods: [string, IssuerMood][] = [
  ['500', 'error'],
  ['302', 'redirect'],
  ['10 MB', 'oversize'],
  ['RST', 'reset'],
  ['no JSON', 'not-json'],
  ['another document', { answers: { keys: 'none' } }],
  ['null', { answers: null }],
];
test.each(moods)(
  'TOK-14 a key set that answers %s: cold is 503 with Retry-After and not ready; once it is back, it is taken',
  async (_name, mood) => {
    idp.mood(mood);
    const log = keepLog();
    const verifier = makeVerifier([idp], {}, { clock, log, times: { retryMs: 30 } });
    const refused = await verifier.verify(await idp.token()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'identity-unavailable', options: { retryAfterSeconds: 1 } });
    expect(verifier.state()).toEqual({
      ready: false,
      issuers: [{ issuer: idp.issuer, ready: false, keys: 0, lastGoodAtMs: null, lastFault: expect.any(String) }],
    });
    expect(log.lines[0]).toMatchObject({ level: 'error', event: 'issuer-keys-unreachable' });
    expect(idp.asked.filter((path) => path !== '/jwks')).toEqual([]);
    idp.mood('ok');
    while (!verifier.state().ready) await turn();
    expect(await verdictOf(verifier, await idp.token())).toBe('ok');
    await verifier.close();
  },
);

test('TOK-14 a key set that hangs ends at five seconds, and only one fetch is under way meanwhile', async () => {
  idp.mood('hang');
  const verifier = makeVerifier([idp], {}, { clock });
  const startedMs = performance.now();
  const verdicts = await Promise.all(Array.from({ length: 20 }, async () => verdictOf(verifier, await idp.token())));
  expect(new Set(verdicts)).toEqual(new Set(['identity-unavailable']));
  expect(performance.now() - startedMs).toBeLessThan(6_500);
  expect(await verdictOf(verifier, await idp.token())).toBe('identity-unavailable');
  expect(idp.fetches()).toBe(1);
  await verifier.close();
});

test.each(moods)(
  'TOK-14 a key set that answers %s: warm, known keys and remembered tokens serve for ten minutes, then nothing does',
  async (_name, mood) => {
    const verifier = makeVerifier([idp], {}, { clock });
    const token = await idp.token({ exp: nowMs / 1000 + 3600 });
    expect(await verdictOf(verifier, token)).toBe('ok');
    idp.mood(mood);
    nowMs += 599_999;
    expect(verifier.remembered(token)).toMatchObject({ subject: 'alice' });
    expect(await verdictOf(verifier, await idp.token())).toBe('ok');
    while (verifier.state().issuers[0]?.lastFault === null) await turn();
    expect(verifier.state()).toMatchObject({ ready: true, issuers: [{ keys: 1 }] });
    nowMs += 1;
    expect(verifier.remembered(token)).toBeUndefined();
    expect(await verdictOf(verifier, token)).toBe('identity-unavailable');
    expect(verifier.state()).toMatchObject({ ready: false });
    idp.mood('ok');
    nowMs += 60_000;
    expect(await verdictOf(verifier, token)).toBe('ok');
    await verifier.close();
  },
);

test.each([
  [61_000, false],
  [-61_000, false],
  [59_000, true],
  [-59_000, true],
])('TOK-26 an issuer whose clock is off by %d ms: ready %p; its keys serve either way', async (offMs, ready) => {
  const off = await startIssuer({ nowMs: () => nowMs + offMs });
  const log = keepLog();
  const verifier = makeVerifier([off], {}, { clock, log });
  expect(await verdictOf(verifier, await off.token({ iat: nowMs / 1000, exp: nowMs / 1000 + 60 }))).toBe('ok');
  expect(verifier.state()).toMatchObject({
    ready,
    issuers: [{ ready, keys: 1, lastFault: ready ? null : `its clock differs from ours by ${offMs / 1000} s` }],
  });
  expect(log.lines.filter(({ event }) => event === 'issuer-clock-off')).toMatchObject(
    ready ? [] : [{ level: 'error', fields: { issuer: off.issuer, skewSeconds: offMs / 1000 } }],
  );
  await verifier.close();
  await off.close();
});

test('one issuer that is down takes no other down', async () => {
  const down = await startIssuer({ nowMs: clock });
  down.mood('error');
  const verifier = makeVerifier([idp, down], {}, { clock });
  expect(await verdictOf(verifier, await idp.token())).toBe('ok');
  expect(await verdictOf(verifier, await down.token())).toBe('identity-unavailable');
  expect(verifier.state().ready).toBe(false);
  await verifier.close();
  await down.close();
});

test('keys that cannot be used are left out: shared, private, weak, for encryption, nameless, twice named, of another algorithm', async () => {
  const { jwk } = idp.key();
  const own = { ...jwk, kid: 'own' };
  const privateJwk = await exportJWK((await makeIssuerKey()).privateKey);
  const weak = await exportJWK((await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 })).publicKey);
  const entries = [
    { ...own, kid: undefined },
    { ...own, kid: 'enc', use: 'enc' },
    { ...own, kid: 'ops', key_ops: ['encrypt'] },
    { ...privateJwk, kid: 'private' },
    { kty: 'oct', kid: 'shared', k: 'AAAA' },
    { ...own, kid: 'alg', alg: 'ES384' },
    { ...own, kid: 'curve', crv: 'P-384' },
    { ...own, kid: 'twice' },
    { ...own, kid: 'twice', alg: undefined },
    { ...weak, kid: 'weak', n: (weak.n ?? '').slice(0, 170) },
    { ...own, kid: 'broken', x: 'AA' },
    own,
  ];
  idp.mood({ answers: { keys: entries } });
  const verifier = makeVerifier([idp], {}, { clock });
  for (const kid of [undefined, 'enc', 'ops', 'private', 'shared', 'alg', 'curve', 'twice', 'weak', 'broken']) {
    expect([kid, await verdictOf(verifier, await idp.token({}, { kid }))]).toEqual([kid, 'token-invalid token-signature']);
  }
  expect(await verdictOf(verifier, await idp.token({}, { kid: 'own' }))).toBe('ok');
  expect(verifier.state().issuers[0]).toMatchObject({ keys: 1 });
  await verifier.close();
});

test('an empty key set is believed: nobody signs, and the issuer is not ready', async () => {
  idp.mood({ answers: { keys: [] } });
  const verifier = makeVerifier([idp], {}, { clock });
  expect(await verdictOf(verifier, await idp.token())).toBe('token-invalid token-signature');
  expect(verifier.state().ready).toBe(false);
  await verifier.close();
});

describe('a token verified once', () => {
  test('is remembered as the same value, until it expires', async () => {
    const verifier = makeVerifier([idp], {}, { clock });
    const token = await idp.token({ exp: nowMs / 1000 + 60 });
    expect(verifier.remembered(token)).toBeUndefined();
    const first = await verifier.verify(token);
    expect(verifier.remembered(token)).toBe(first);
    expect(await verifier.verify(token)).toBe(first);
    expect(verifier.remembered(`${token}A`)).toBeUndefined();
    nowMs += 89_999;
    expect(verifier.remembered(token)).toBe(first);
    nowMs += 1;
    expect(verifier.remembered(token)).toBeUndefined();
    await verifier.close();
  });

  test('at the same time by many is verified once; a refused one is not remembered', async () => {
    const verifier = makeVerifier([idp], {}, { clock });
    const token = await idp.token();
    const all = await Promise.all(Array.from({ length: 10 }, () => verifier.verify(token)));
    expect(new Set(all).size).toBe(1);
    const bad = await idp.token({ aud: 'other' });
    for (let i = 0; i < 2; i += 1) expect(await verdictOf(verifier, bad)).toBe('token-invalid token-audience');
    expect(verifier.remembered(bad)).toBeUndefined();
    await verifier.close();
  });

  test('memory is bounded: what was not used of late is forgotten first', async () => {
    const verifier = makeVerifier([idp], {}, { clock, mostRemembered: 10 });
    const tokens = await Promise.all(Array.from({ length: 30 }, () => idp.token()));
    for (const token of tokens) {
      await verifier.verify(token);
      expect(verifier.remembered(tokens[0] ?? '')).toBeDefined();
    }
    const held = tokens.filter((token) => verifier.remembered(token) !== undefined).length;
    expect(held).toBeGreaterThanOrEqual(5);
    expect(held).toBeLessThanOrEqual(10);
    await verifier.close();
  });

  test('a memory of one holds one, a memory of none holds none', async () => {
    const [one, none] = [1, 0].map((mostRemembered) => makeVerifier([idp], {}, { clock, mostRemembered }));
    const [first, second] = [await idp.token(), await idp.token()];
    for (const verifier of [one, none])
      expect(await Promise.all([first, second].map((token) => verdictOf(verifier!, token)))).toEqual(['ok', 'ok']);
    expect([first, second].filter((token) => one?.remembered(token) !== undefined)).toHaveLength(1);
    expect([first, second].filter((token) => none?.remembered(token) !== undefined)).toEqual([]);
    await Promise.all([one?.close(), none?.close()]);
  });
});
