import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli';
import { cliServices } from '../../src/compose/cli-services';
import { RECORDS } from '../support/agency';
import { SHIPPED_POLICIES, startTestGateway, type TestGateway } from '../support/gateway';
import { copyPolicies, type PolicyCopy } from '../support/policy-copy';

const limits = { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } };
const SYSTEMS = ['clienttrack', 'trackone', 'wisconsin-work-programs', 'workforce-one', 'worksource'];

let policies: PolicyCopy;
let gateway: TestGateway;
let folder = '';
beforeEach(async () => {
  policies = copyPolicies();
  gateway = await startTestGateway({
    records: RECORDS,
    policies: policies.folder,
    config: limits,
    directory: { rights: [{ account: 'monitor', right: 'policy-admin', from: '2024-01-01' }] },
  });
  folder = mkdtempSync(join(tmpdir(), 'casegate-eyes-'));
  process.env['CASEGATE_LOG_DIGEST_KEY'] = 'a digest key for tests alone, 32 characters or more';
  process.env['CASEGATE_ADMIN_TOKEN'] = await gateway.adminToken('administrator');
  process.env['CASEGATE_ADMIN_URL'] = gateway.adminUrl;
  const { storeSettings, issuer, upstream } = gateway;
  const system = { origin: upstream.origin, credential: { kind: 'none' } };
  const config = {
    environment: 'production',
    store: { kind: 'sqlite', folder: (storeSettings as { folder: string }).folder },
    issuers: [
      {
        issuer: issuer.issuer,
        jwksUri: issuer.jwksUri,
        audience: 'https://gateway.test/records',
        adminAudience: 'https://gateway.test/admin',
      },
    ],
    systems: { 'workforce-one': system, trackone: system },
    policies: { folder: policies.folder },
  };
  writeFileSync(join(folder, 'casegate.yaml'), JSON.stringify(config));
});
afterEach(async () => {
  for (const name of ['CASEGATE_LOG_DIGEST_KEY', 'CASEGATE_ADMIN_TOKEN', 'CASEGATE_ADMIN_URL']) delete process.env[name];
  await gateway.stop();
  policies.remove();
  rmSync(folder, { recursive: true, force: true });
});

const casegate = async (...words: readonly string[]) => {
  let [out, err] = ['', ''];
  const screen = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await runCli(cliServices('0'), [...words, '--config', join(folder, 'casegate.yaml')], screen);
  return { code, out, err };
};
const post = (path: string, body: object, as = 'administrator') =>
  gateway.admin('POST', `/api/v1/policy/${path}`, as, JSON.stringify(body));
const filesOf = (systems: readonly string[], edit: (system: string, file: string, text: string) => string = (_s, _f, text) => text) =>
  systems.flatMap((system) =>
    ['record.yaml', 'policy.csv', 'cases.csv', ...(system === 'trackone' ? ['holidays.csv'] : [])].map((file) => ({
      system,
      file,
      content: edit(system, file, policies.read(system, file)),
    })),
  );

test('publishing a folder that holds one system does not put the other systems out of force without a word', async () => {
  expect((await gateway.get('/workforce-one/records/P0', 'counselor')).status).toBe(200);
  const one = join(folder, 'only');
  mkdirSync(one);
  cpSync(join(SHIPPED_POLICIES, 'model.conf'), join(one, 'model.conf'));
  cpSync(join(SHIPPED_POLICIES, 'trackone'), join(one, 'trackone'), { recursive: true });
  const ran = await casegate('policy', 'publish', one);
  expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('workforce-one:1:1 it is in force and would end by this') as unknown]);
  expect((await gateway.get('/workforce-one/records/P0', 'counselor')).status).toBe(200);
});

test('a file that policy check refuses as no UTF-8 is refused by policy publish', async () => {
  const candidate = join(folder, 'candidate');
  cpSync(SHIPPED_POLICIES, candidate, { recursive: true });
  const place = join(candidate, 'workforce-one', 'policy.csv');
  writeFileSync(place, Buffer.concat([Buffer.from('# caf\xe9\n', 'latin1'), readFileSync(place)]));
  const checked = await casegate('policy', 'check', candidate);
  const ran = await casegate('policy', 'publish', candidate);
  expect([checked.code, ran.code]).toEqual([1, 1]);
});

test('a folder whose model is wrong is refused by policy publish as by policy check', async () => {
  const candidate = join(folder, 'candidate');
  cpSync(SHIPPED_POLICIES, candidate, { recursive: true });
  writeFileSync(
    join(candidate, 'model.conf'),
    readFileSync(join(candidate, 'model.conf'), 'utf8').replace('p.eft == deny', 'p.eft == dney'),
  );
  const place = join(candidate, 'workforce-one', 'policy.csv');
  writeFileSync(place, `# a remark\n${readFileSync(place, 'utf8')}`);
  const checked = await casegate('policy', 'check', candidate);
  const ran = await casegate('policy', 'publish', candidate);
  expect([checked.code, ran.code]).toEqual([1, 1]);
});

test('a system folder with a strange name is a finding of policy publish as of policy check: exit 1 and a place', async () => {
  const candidate = join(folder, 'candidate');
  cpSync(SHIPPED_POLICIES, candidate, { recursive: true });
  mkdirSync(join(candidate, 'Track One'));
  cpSync(join(SHIPPED_POLICIES, 'trackone'), join(candidate, 'Track One'), { recursive: true });
  const checked = await casegate('policy', 'check', candidate);
  const ran = await casegate('policy', 'publish', candidate);
  expect([checked.code, ran.code]).toEqual([1, 1]);
});

test('RED no line of the operational log carries an SSN that somebody typed into a policy file', async () => {
  policies.save(
    'workforce-one',
    'cases.csv',
    policies
      .read('workforce-one', 'cases.csv')
      .replace(/end\n$/, 'Pat 219-09-9987 sees all, group:monitor, none, private, always, read, full, all, granted\nend\n'),
  );
  policies.save(
    'trackone',
    'policy.csv',
    policies.read('trackone', 'policy.csv').replace(/end\n$/, 'p, group:219-09-9986, *, *, always, 219-09-9985, read, allow\nend\n'),
  );
  const end = performance.now() + 5_000;
  while (!gateway.lines().some((line) => line.includes('policy-refused')) && performance.now() < end)
    await new Promise((done) => setTimeout(done, 50));
  await new Promise((done) => setTimeout(done, 800));
  const lines = gateway.lines().filter((line) => line.includes('policy-refused'));
  const entries = JSON.stringify(await gateway.entries({ all: true }));
  expect([lines.join().match(/219-09-99\d\d/g), entries.match(/219-09-99\d\d/g)]).toEqual([null, null]);
});

test('a shadow that would move a value into a section more people see, or fewer memberships, does not report no difference', async () => {
  const moved = filesOf(SYSTEMS, (system, file, text) => {
    if (system !== 'workforce-one' || file !== 'record.yaml') return text;
    const line = /^ {4}(\/\S*[sS]sn\S*): (\S+)$/m.exec(text);
    if (line === null) throw new Error('no ssn field');
    return text
      .replace(`${line[0]}\n`, '')
      .replace(/^ {2}basic:\n(?= {4}\/)/m, `  basic:\n${line[0]}\n`)
      .replace(/mostMemberships: \d+/, 'mostMemberships: 1');
  });
  await post('shadow/start', { files: moved });
  await gateway.get('/workforce-one/records/P1', 'monitor');
  const { counts } = (await gateway.admin('GET', '/api/v1/policy/shadow', 'auditor')).json as { counts: { kind: string }[] };
  expect(counts.map((one) => one.kind).sort()).toEqual(['compared', 'not-comparable']);
});

test('policy drift of a system that there is not says so, and not that nothing is left out', async () => {
  const ran = await casegate('policy', 'drift', '--system', 'trackon');
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('trackon') as unknown]);
});
