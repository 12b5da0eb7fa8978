import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configBeside, runCommand, type Ran } from '../support/command-line';
import { compileTree, type CompiledTree } from '../support/compiled-tree';
import { SHIPPED_POLICIES, startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';

let tree: CompiledTree;
beforeAll(() => {
  tree = compileTree();
});
afterAll(() => tree?.remove());

const run = (folder: string, env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ran> =>
  runCommand(tree, folder, env, ...words);

describe.each(STORES)('on %s, beside a gateway that runs', (store) => {
  let gateway: TestGateway;
  let folder = '';
  let env: Record<string, string> = {};
  let seen: Reply;
  let withheld: Reply;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'casegate-commands-'));
    gateway = await startTestGateway({ store });
    env = configBeside(gateway, folder);
    seen = await gateway.get('/workforce-one/records/P1', 'counselor');
    withheld = await gateway.get('/workforce-one/records/P1', 'other-counselor');
    await gateway.get('/workforce-one/records/P0', 'counselor');
  });
  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const casegate = (...words: readonly string[]) => run(folder, env, ...words);

  test('GW-04 audit verify: the log is whole, exit 0', async () => {
    const json = await casegate('audit', 'verify', '--json');
    expect([json.code, JSON.parse(json.out)]).toEqual([
      0,
      { ok: true, chains: expect.any(Number) as unknown, entries: expect.any(Number) as unknown, faults: [] },
    ]);
  });

  test('GW-04 audit search: who saw this record, what did this person see; exit 1 where nobody did', async () => {
    const [who, nobody] = await Promise.all([
      casegate('audit', 'search', '--system', 'workforce-one', '--record', 'P1', '--json'),
      casegate('audit', 'search', '--person', 'nobody'),
    ]);
    const found = who.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { entry: unknown }).entry);
    expect([who.code, found]).toEqual([0, [await gateway.entryOf(withheld), await gateway.entryOf(seen)]]);
    expect(nobody).toEqual({ code: 1, out: 'No entry.\n', err: '' });
  });

  test('policy publish, approve and shadow ask the running gateway; versions reads the store beside it', async () => {
    const silent = await casegate('policy', 'publish');
    expect([silent.code, silent.err]).toEqual([2, expect.stringContaining('CASEGATE_ADMIN_TOKEN') as unknown]);
    const asked = {
      ...env,
      CASEGATE_ADMIN_TOKEN: await gateway.adminToken('administrator'),
      ...(store === 'mariadb' ? { CASEGATE_ADMIN_URL: gateway.adminUrl } : {}),
    };
    const same = await run(folder, asked, 'policy', 'publish', '--json');
    expect([same.code, JSON.parse(same.out)]).toEqual([
      0,
      {
        outcome: 'unchanged',
        version: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        number: 1,
        changed: [],
        lacking: 0,
        findings: [],
      },
    ]);
    const candidate = mkdtempSync(join(tmpdir(), 'casegate-candidate-'));
    cpSync(SHIPPED_POLICIES, candidate, { recursive: true });
    try {
      appendFileSync(join(candidate, 'trackone', 'cases.csv'), '');
      const cases = readFileSync(join(candidate, 'trackone', 'cases.csv'), 'utf8');
      writeFileSync(join(candidate, 'trackone', 'cases.csv'), `# a remark\n${cases}`);
      const shadow = await run(folder, asked, 'policy', 'shadow', 'start', candidate);
      expect([shadow.code, shadow.out]).toEqual([0, expect.stringMatching(/^In the shadow: [0-9a-f]{12}\.\n$/) as unknown]);
      expect((await run(folder, asked, 'policy', 'shadow', 'report')).out).toMatch(
        /^[0-9a-f]{12} runs since .*0 decisions compared\.\nNothing would/,
      );
      expect((await run(folder, asked, 'policy', 'shadow', 'stop')).code).toBe(0);
      const published = await run(folder, asked, 'policy', 'publish', candidate, '--from', '1', '--reason', 'a remark');
      expect([published.code, published.out]).toEqual([
        0,
        expect.stringMatching(/^In force: [0-9a-f]{12} \(change 2; changed: trackone\)\.\n$/) as unknown,
      ]);
      const late = await run(folder, asked, 'policy', 'publish', '--from', '1');
      expect([late.code, late.out]).toEqual([1, expect.stringContaining('another change came into force first') as unknown]);
      writeFileSync(join(candidate, 'trackone', 'cases.csv'), cases.replace(/end\n$/, ''));
      const bad = await run(folder, asked, 'policy', 'publish', candidate);
      expect([bad.code, bad.out]).toEqual([1, expect.stringContaining('trackone/cases.csv:') as unknown]);
      const list = await casegate('policy', 'versions', '--json');
      expect((JSON.parse(list.out) as { changes: object[] }).changes).toMatchObject([
        { number: 2, account: 'administrator', origin: 'publish', reason: 'a remark', changed: ['trackone'] },
        { number: 1, account: null, origin: 'start' },
      ]);
      const back = await run(folder, asked, 'policy', 'publish', (JSON.parse(same.out) as { version: string }).version.slice(0, 12));
      expect([back.code, back.out]).toEqual([0, expect.stringContaining('change 3') as unknown]);
      const nobody = await run(folder, asked, 'policy', 'approve', '0123456789ab');
      expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('No policy version of that name') as unknown]);
    } finally {
      rmSync(candidate, { recursive: true, force: true });
    }
  });

  test('directory list: accounts with their standing and memberships', async () => {
    const list = await casegate('directory', 'list', '--organization', 'closed', '--json');
    expect([list.code, JSON.parse(list.out)]).toEqual([
      0,
      {
        version: expect.any(Number) as unknown,
        accounts: [
          {
            id: 'of-closed-agency',
            kind: 'person',
            environment: 'production',
            organization: 'closed',
            standing: 'active',
            memberships: [{ system: 'workforce-one', workgroup: 'employment-counselor', agency: 'AG-NORTH' }],
          },
        ],
      },
    ]);
  });

  test('directory import: beside a gateway on the embedded store it shows the way, on MariaDB it is taken and holds at once', async () => {
    const file = join(folder, 'standings.yaml');
    const from = new Date().toISOString();
    writeFileSync(file, JSON.stringify({ standings: [{ of: 'account', id: 'former-counselor', standing: 'suspended', from }] }));
    const dry = store === 'mariadb' ? await casegate('directory', 'import', file, '--dry-run', '--json') : null;
    const taken = await casegate('directory', 'import', file, '--json');
    const reply = await gateway.get('/workforce-one/records/P0', 'former-counselor');
    if (store === 'sqlite') {
      expect([taken.code, taken.out, reply.status]).toEqual([2, '', 200]);
      expect(taken.err).toContain(`${gateway.adminUrl}/api/v1/directory/imports`);
      return;
    }
    expect([dry?.code, (JSON.parse(dry?.out ?? '') as { outcome: string }).outcome]).toEqual([0, 'dry-run']);
    expect([taken.code, (JSON.parse(taken.out) as { outcome: string }).outcome, reply.status]).toEqual([0, 'applied', 403]);
    writeFileSync(file, JSON.stringify({ standings: [{ of: 'account', id: 'nobody-knows', standing: 'active', from }] }));
    const refused = await casegate('directory', 'import', file, '--json');
    expect([refused.code, (JSON.parse(refused.out) as { outcome: string }).outcome]).toEqual([1, 'refused']);
  });

  test('an altered entry is found: audit verify exits 1 and names chain and number', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'casegate-altered-'));
    try {
      let altered = env;
      if (gateway.storeSettings.kind === 'sqlite') {
        await gateway.stopGateway();
        cpSync(gateway.storeSettings.folder, copy, { recursive: true });
        altered = configBeside(gateway, copy, copy);
        // Opens it for writing and closes it again: what stood in the write-ahead log stands in the file then.
        expect((await run(copy, altered, 'migrate')).code).toBe(0);
        const file = join(copy, 'access-log.db');
        const bytes = readFileSync(file);
        let places = 0;
        // The entry's own text, wherever a page holds it.
        for (let at = 0; (at = bytes.indexOf(`"accessId":"${seen.accessId}"`, at + 1)) > 0; places += 1) {
          bytes.write('"disclosure":"none"', bytes.indexOf('"disclosure":"full"', at), 'latin1');
        }
        expect(places).toBeGreaterThan(0);
        writeFileSync(file, bytes);
      } else {
        const connection = await createConnection(gateway.storeSettings.url);
        // Only the owner of the tables can take their guard away.
        const [triggers] = await connection.query('SHOW TRIGGERS');
        for (const { Trigger } of triggers as { Trigger: string }[]) await connection.query(`DROP TRIGGER \`${Trigger}\``);
        await connection.query(`UPDATE access_entry SET bytes = REPLACE(bytes, '"full"', '"none"') WHERE access_id = ?`, [seen.accessId]);
        await connection.end();
      }
      const verified = await run(gateway.storeSettings.kind === 'sqlite' ? copy : folder, altered, 'audit', 'verify', '--json');
      expect([verified.code, JSON.parse(verified.out)]).toEqual([
        1,
        {
          ok: false,
          chains: expect.any(Number) as unknown,
          entries: expect.any(Number) as unknown,
          faults: [{ chain: expect.any(String) as unknown, seq: expect.any(Number) as unknown, message: `hash (${seen.accessId})` }],
        },
      ]);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

describe('policy commands', () => {
  const copy = mkdtempSync(join(tmpdir(), 'casegate-commands-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  const casegate = (...words: readonly string[]) => run(copy, {}, ...words);

  test('GW-05 check and test: exit 0 for the shipped policies, 1 with file, line and column where they are wrong, 2 where there are none', async () => {
    cpSync(SHIPPED_POLICIES, join(copy, 'bad'), { recursive: true });
    const shipped = readFileSync(join(SHIPPED_POLICIES, 'workforce-one', 'policy.csv'), 'utf8');
    appendFileSync(join(copy, 'bad', 'workforce-one', 'policy.csv'), 'p, group:monitor, *, *, always, basic, read, allow\n');
    const [holds, bad, none] = await Promise.all([
      casegate('policy', 'test', SHIPPED_POLICIES, '--json'),
      casegate('policy', 'check', 'bad', '--json'),
      casegate('policy', 'check', 'nowhere'),
    ]);
    const { cases, findings } = JSON.parse(holds.out) as { cases: { isPassed: boolean }[]; findings: unknown[] };
    expect([holds.code, findings, cases.length > 30, cases.every((one) => one.isPassed)]).toEqual([0, [], true, true]);
    expect([bad.code, (JSON.parse(bad.out) as { findings: object[] }).findings[0]]).toMatchObject([
      1,
      { file: 'workforce-one/policy.csv', line: shipped.split('\n').length },
    ]);
    expect([none.code, none.out]).toEqual([2, '']);
    expect(none.err).toMatch(/^casegate: /);
  });

  test('a command that is not known, and settings that are not there, exit 2', async () => {
    const [unknown, unset] = await Promise.all([casegate('audit', 'forget'), casegate('audit', 'verify')]);
    expect([unknown.code, unknown.out]).toEqual([2, '']);
    expect([unset.code, unset.out]).toEqual([2, '']);
    expect(unset.err).toContain('CASEGATE_ENVIRONMENT is not set');
  });
});
