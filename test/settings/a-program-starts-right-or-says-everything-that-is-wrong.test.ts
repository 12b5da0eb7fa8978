import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadSettings, SettingsError } from '../../src/settings/load-settings';
import type { SettingsSources } from '../../src/settings/load-settings';

const KEY = 'kR4c0yN8v1sQz7LwTe2uXb9HdGf5JmPa';
const GOOD = `
environment: production
log:
  digestKey: { env: CASEGATE_SECRET_DIGEST }
issuers:
  - issuer: https://login.agency.example
    jwksUri: https://login.agency.example/jwks
    audience: https://records.agency.example
systems:
  workforce-one:
    origin: https://wf1.agency.example
    credential:
      kind: secret-header
      header: authorization
      secret: { env: CASEGATE_SECRET_WF1 }
`;
const SECRETS = { CASEGATE_SECRET_DIGEST: KEY, CASEGATE_SECRET_WF1: 'Basic d2YxOnhqOTI=' };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'casegate-settings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, env: SettingsSources['env'] = SECRETS, mode: SettingsSources['mode'] = 'serve') =>
  loadSettings({ env, folder, mode, configText: text });
function problemsOf(text: string, env: SettingsSources['env'] = SECRETS, mode: SettingsSources['mode'] = 'serve'): readonly string[] {
  try {
    load(text, env, mode);
  } catch (fault) {
    if (fault instanceof SettingsError) return fault.problems;
    throw fault;
  }
  return [];
}

test('what is not set takes its fallback, and paths are absolute', () => {
  const settings = load(GOOD);
  expect(settings.dataPlane).toEqual({
    host: '127.0.0.1',
    port: 8080,
    hosts: [],
    trustedProxies: [],
    tls: 'none',
    tlsCertificateFile: null,
    tlsKeyFile: null,
  });
  expect(settings.store.folder).toBe(join(folder, '.casegate'));
  expect(settings.log.digestKey.reveal()).toBe(KEY);
  expect(settings.issuers[0]).toMatchObject({
    typ: 'at+jwt',
    idClaim: 'sub',
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    maxLifetimeSeconds: 3600,
  });
  expect(Object.isFrozen(settings.systems['workforce-one'])).toBe(true);
});

test('the environment wins over the file', () => {
  const settings = load(`${GOOD}\ndataPlane: { port: 9000 }`, {
    ...SECRETS,
    CASEGATE_DATA_PORT: '9100',
    CASEGATE_DATA_HOSTS: 'gate.example, gate2.example',
  });
  expect(settings.dataPlane.port).toBe(9100);
  expect(settings.dataPlane.hosts).toEqual(['gate.example', 'gate2.example']);
});

test('every problem is listed at once, in the words of the settings table', () => {
  const text = GOOD.replace('environment: production', 'environment: prod').replace('log:', 'logg: 1\nlog:\n  deadlineMs: 5');
  expect(problemsOf(text, { ...SECRETS, CASEGATE_DATA_PORT: '80x', CASEGATE_TIMOUT: '5' })).toEqual([
    'CASEGATE_TIMOUT is not a setting we know',
    'casegate.yaml:3:1 logg is not a setting we know',
    'casegate.yaml:2:14 environment: expected production or training, got "prod"',
    'CASEGATE_DATA_PORT: expected a whole number from 0 to 65535, got "80x"',
    'casegate.yaml:5:15 log.deadlineMs: expected a whole number from 50 to 30000, got 5',
  ]);
});

test('what must be set and is not is told with its meaning', () => {
  const problems = problemsOf('', {});
  expect(problems).toEqual([
    'CASEGATE_ENVIRONMENT is not set: Which environment this gateway serves; an account of one never opens the other (CT-06). No fallback.',
    'CASEGATE_LOG_DIGEST_KEY is not set: Key of the digest that stands in the log for record numbers nobody knows; at least 32 characters, the same on every gateway. No fallback.',
    'CASEGATE_ISSUERS is not set: Identity providers whose tokens are accepted; in the environment as JSON. No fallback.',
    'CASEGATE_SYSTEMS is not set: Case systems by name, each with its folder under policies; in the environment as JSON. No fallback.',
  ]);
});

test('inside a structure the place is told to the line, and unknown keys are refused', () => {
  const text = GOOD.replace('    audience: https://records.agency.example', '    audiance: x\n    clockToleranceSeconds: 90');
  expect(problemsOf(text)).toEqual([
    'casegate.yaml:6:5 issuers[0].audience is not set: expected text',
    'casegate.yaml:9:28 issuers[0].clockToleranceSeconds: expected a whole number from 0 to 30, got 90',
    'casegate.yaml:8:5 issuers[0].audiance is not a setting we know',
  ]);
});

test('a structure in the environment is JSON', () => {
  const systems = JSON.stringify({ trackone: { origin: 'https://t1.example', credential: { kind: 'none' } } });
  expect(Object.keys(load(GOOD, { CASEGATE_SECRET_DIGEST: KEY, CASEGATE_SYSTEMS: systems, CASEGATE_SECRET_WF1: 'x' }).systems)).toEqual([
    'trackone',
  ]);
  expect(problemsOf(GOOD, { ...SECRETS, CASEGATE_SYSTEMS: '{"TrackOne":1}' })).toEqual(
    expect.arrayContaining([expect.stringMatching(/^CASEGATE_SYSTEMS\.TrackOne: expected/)]),
  );
});

test('SUP-08 a secret stands in no message, no dump and no JSON', () => {
  const literal = GOOD.replace('{ env: CASEGATE_SECRET_WF1 }', 'Basic-typed-into-the-file');
  expect(problemsOf(literal)).toEqual([
    'CASEGATE_SECRET_WF1 is not a setting we know',
    'casegate.yaml:15:15 systems.workforce-one.credential.secret: expected {file: PATH} or {env: CASEGATE_SECRET_NAME}',
  ]);
  const settings = load(GOOD);
  for (const shown of [inspect(settings, { depth: 9 }), JSON.stringify(settings), String(settings.log.digestKey)]) {
    expect(shown).not.toContain(KEY);
    expect(shown).toContain('(secret)');
  }
});

test('a secret comes from a file, without the line end of the editor', () => {
  writeFileSync(join(folder, 'digest'), `${KEY}\n`);
  const settings = load(GOOD.replace('{ env: CASEGATE_SECRET_DIGEST }', '{ file: digest }'), { CASEGATE_SECRET_WF1: 'Basic d2Y=' });
  expect(settings.log.digestKey.reveal()).toBe(KEY);
  expect(settings.log.digestKey.source()).toEqual({ file: join(folder, 'digest') });
  expect(
    load(GOOD.replace('log:\n  digestKey: { env: CASEGATE_SECRET_DIGEST }', ''), {
      CASEGATE_SECRET_WF1: 'Basic d2Y=',
      CASEGATE_LOG_DIGEST_KEY_FILE: 'digest',
    }).log.digestKey.reveal(),
  ).toBe(KEY);
});

test('a secret that cannot be read, is empty or is given twice is told by name', () => {
  writeFileSync(join(folder, 'empty'), '\n');
  expect(
    problemsOf(
      GOOD.replace('{ env: CASEGATE_SECRET_DIGEST }', '{ file: nowhere }').replace('{ env: CASEGATE_SECRET_WF1 }', '{ file: empty }'),
      {},
    ),
  ).toEqual([
    'casegate.yaml:4:14 log.digestKey: the file nowhere cannot be read',
    expect.stringMatching(/systems.*workforce-one\.credential\.secret: empty is empty$/),
  ]);
  expect(problemsOf(GOOD, { ...SECRETS, CASEGATE_LOG_DIGEST_KEY: KEY, CASEGATE_LOG_DIGEST_KEY_FILE: 'x' })).toEqual([
    'CASEGATE_LOG_DIGEST_KEY and CASEGATE_LOG_DIGEST_KEY_FILE are both set: one of them',
  ]);
});

test.each([
  [
    'the digest key of the demo',
    { CASEGATE_SECRET_DIGEST: 'demo-only-and-no-secret-0123456789' },
    'casegate.yaml:4:14 log.digestKey: is a secret of the demo, or one that everybody knows',
  ],
  [
    'a password from a tutorial',
    { CASEGATE_SECRET_WF1: 'changeme' },
    'casegate.yaml:11:3 systems.workforce-one.credential.secret: is a secret of the demo, or one that everybody knows',
  ],
])('SUP-09 %s is refused outside demo mode, and taken in it', (_name, env, says) => {
  const found = problemsOf(GOOD, { ...SECRETS, ...env });
  expect(found).toHaveLength(1);
  expect(found[0]?.replace(/:\d+:\d+/, '')).toBe(says.replace(/:\d+:\d+/, ''));
  expect(problemsOf(GOOD, { ...SECRETS, ...env }, 'demo')).toEqual([]);
});

test('SUP-09 the identity provider of the demo is refused outside demo mode', () => {
  const text = GOOD.replace('audience: https://records.agency.example', 'audience: https://casegate.demo.example/data');
  expect(problemsOf(text)).toEqual([expect.stringMatching(/is of the demo: its provider signs in anybody without a password$/)]);
  expect(problemsOf(text, SECRETS, 'demo')).toEqual([]);
});

test.each(['dataPlane', 'adminPlane'])('%s on an address that others reach needs TLS', (plane) => {
  const says = 'other machines could reach this address in the clear: set tls to certificate, or to terminated-in-front';
  expect(problemsOf(`${GOOD}\n${plane}: { host: 0.0.0.0 }`)).toEqual([expect.stringMatching(new RegExp(`${plane}.host: ${says}$`))]);
  expect(problemsOf(`${GOOD}\n${plane}: { host: '::', tls: terminated-in-front }`)).toEqual([]);
  expect(problemsOf(`${GOOD}\n${plane}: { host: 127.0.0.9 }`)).toEqual([]);
  expect(problemsOf(`${GOOD}\n${plane}: { host: 0.0.0.0, tls: certificate }`)).toHaveLength(2);
});

test('settings that do not go together are refused', () => {
  expect(problemsOf(`${GOOD}\nstore: { kind: mariadb }`)).toEqual(['CASEGATE_STORE_URL: is needed where the store is mariadb']);
  expect(problemsOf(GOOD, { ...SECRETS, CASEGATE_STORE_URL: 'mysql://gate@db.example/casegate' })).toEqual([
    'CASEGATE_STORE_URL: has no password, or one that everybody knows',
  ]);
  expect(problemsOf(`${GOOD}\nadminPlane: { port: 8080 }`)).toEqual([expect.stringMatching(/needs a port of its own$/)]);
  expect(
    problemsOf(GOOD.replace('audience: https://records', 'adminAudience: https://records.agency.example\n    audience: https://records')),
  ).toEqual([expect.stringMatching(/a token for records must not open the admin plane$/)]);
  for (const mapped of ['::ffff:10.0.0.0/8', '::ffff:a00:0/104'])
    expect(problemsOf(`${GOOD}\ndataPlane: { trustedProxies: ['${mapped}'] }`)).toEqual([
      expect.stringMatching(/expected an address range such as 10.0.0.0\/8, got "::ffff:/),
    ]);
  expect(problemsOf(`${GOOD}\ndataPlane: { trustedProxies: ['0.0.0.0/0'] }`)).toEqual([
    expect.stringMatching(/expected an address range such as 10.0.0.0\/8, got "0.0.0.0\/0"$/),
  ]);
});

test('TOK-08 a token of another type, subject or lifetime needs the word that the audience is ours alone', () => {
  const text = GOOD.replace('    audience: https://records', '    typ: JWT\n    audience: https://records');
  expect(problemsOf(text)).toEqual([expect.stringMatching(/issuers.*needs isAudienceForGatewayOnly: true$/)]);
  expect(problemsOf(text.replace('    typ: JWT', '    typ: JWT\n    isAudienceForGatewayOnly: true'))).toEqual([]);
});

test('a case system in the clear is taken on loopback, or where it is said', () => {
  const text = GOOD.replace('https://wf1.agency.example', 'http://wf1.agency.example');
  expect(problemsOf(text)).toEqual([expect.stringMatching(/must be https \(plain http on loopback only, or set isPlainHttpAccepted\)$/)]);
  expect(problemsOf(text.replace('    credential:', '    isPlainHttpAccepted: true\n    credential:'))).toEqual([]);
  expect(problemsOf(GOOD.replace('https://wf1.agency.example', 'http://127.0.0.1:9000'))).toEqual([]);
});

test('a file that is no YAML, or has a key twice, is refused with its place', () => {
  expect(problemsOf('environment: training\nenvironment: production\n', {})[0]).toMatch(/^casegate\.yaml:2:1 this key stands twice/);
  expect(problemsOf('- a\n', {})[0]).toBe('casegate.yaml:1:1 expected settings by name');
});

test('a config file that was named and is not there is a problem; casegate.yaml in the folder is found', () => {
  expect(() => loadSettings({ env: {}, folder, mode: 'serve', configFile: 'gone.yaml' })).toThrow(/gone\.yaml is not there/);
  writeFileSync(join(folder, 'casegate.yaml'), GOOD);
  expect(loadSettings({ env: SECRETS, folder, mode: 'serve' }).environment).toBe('production');
});
