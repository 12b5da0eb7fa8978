import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataSource } from '../../src/storage/open-data-source';
import type { DriftField } from '../../src/vocabulary/drift';
import { trackOneRecord, wf1Record } from '../support/agency';
import { configBeside, runCommand, type Ran } from '../support/command-line';
import { compileTree, type CompiledTree } from '../support/compiled-tree';
import { CANARY, findsCanary } from '../support/finds-canary';
import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { copyPolicies } from '../support/policy-copy';
import { problemOf } from './expected';

/** Stands as a value at every unclassified place. */
const VALUE = 'VALUE-NOBODY-MAY-LIST';
const ID_AS_KEY = 'WF1-1000018';
const SSN_AS_KEY = '219-09-9987';
const records = {
  P1: wf1Record('P1', {
    '/privacy/indicator': true,
    '/nickname': VALUE,
    '/contact/fax': VALUE,
    '/relatives/0/middleName': VALUE,
    '/relatives/1/middleName': VALUE,
    '/household': { size: 3, rent: { amount: VALUE, paid: true }, pets: [{ kind: VALUE }] },
    '/name/last': { before: VALUE, now: VALUE },
    [`/${SSN_AS_KEY}`]: VALUE,
    '/contact/219099987': { seen: VALUE },
    [`/${ID_AS_KEY}`]: VALUE,
    '/notesById': { [ID_AS_KEY]: { text: VALUE }, [SSN_AS_KEY]: { text: VALUE } },
    '/Avery Placeholder': VALUE,
    '/Robin': VALUE,
  }),
  'T1-200041': trackOneRecord('T1-200041'),
};

let tree: CompiledTree;
beforeAll(() => {
  tree = compileTree();
});
afterAll(() => tree?.remove());

describe.each(STORES)('on %s', (store) => {
  let folder = '';
  const policies = copyPolicies();
  let gateway: TestGateway;
  let env: Record<string, string> = {};
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'casegate-drift-'));
    gateway = await startTestGateway({ store, records, policies: policies.folder });
    env = configBeside(gateway, folder);
  });
  afterAll(async () => {
    await gateway?.stop();
    policies.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const casegate = (...words: readonly string[]): Promise<Ran> => runCommand(tree, folder, env, ...words);
  const list = async (query = '', as = 'auditor'): Promise<readonly DriftField[]> => {
    const reply = await gateway.admin('GET', `/api/v1/policy/drift${query}`, as);
    expect(reply.status).toBe(200);
    return (reply.json as { fields: readonly DriftField[] }).fields;
  };
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown as string;
  const field = (place: string, count: number, more: Partial<DriftField> = {}): DriftField => ({
    system: 'workforce-one',
    place,
    holds: 'value',
    problem: 'unclassified',
    expected: null,
    count,
    firstSeen: moment,
    lastSeen: moment,
    lines: [`${place}: text`],
    ...more,
  });
  /** What P1 sends that nobody classified, after so many answers; the sample record has three fields of its own. */
  const ofP1 = (answers: number): readonly DriftField[] => [
    field('/?', 4 * answers, { lines: [] }),
    field('/contact/?', answers, { holds: 'object', lines: [] }),
    field('/contact/_links', answers, { holds: 'object', lines: ['/contact/_links/self: text'] }),
    field('/contact/fax', answers),
    field('/household', answers, {
      holds: 'object',
      lines: ['/household/pets/*/kind: text', '/household/rent/amount: text', '/household/rent/paid: text', '/household/size: text'],
    }),
    field('/internalFlags', answers, { holds: 'object', lines: ['/internalFlags/etlBatch: text', '/internalFlags/matchKey: text'] }),
    field('/lastSyncHash', answers),
    field('/name/last', answers, {
      holds: 'object',
      problem: 'another-shape',
      expected: 'value',
      lines: ['/name/last/before: text', '/name/last/now: text'],
    }),
    field('/nickname', answers),
    field('/notesById', answers, { holds: 'object', lines: [] }),
    field('/relatives/*/middleName', 2 * answers),
  ];
  const read = (as: string): Promise<Reply> => gateway.get('/workforce-one/records/P1', as);

  test('what is left out is counted by system and place, whoever asked, and the count is that of the entries', async () => {
    const replies = [
      await read('counselor'),
      await read('other-counselor'),
      await gateway.get('/trackone/participants/T1-200041', 'counselor'),
    ];
    expect(replies.map((reply) => [reply.status, reply.text.includes(VALUE)])).toEqual([
      [200, false],
      [200, false],
      [200, false],
    ]);
    const fields = await list();
    const trackone = [
      field('/exportTag', 1, { system: 'trackone' }),
      field('/fullSsn', 1, { system: 'trackone', lines: ['/fullSsn: ssn'] }),
    ];
    expect(fields).toEqual([...trackone, ...ofP1(2)]);
    const entries = await Promise.all(replies.map((reply) => gateway.entryOf(reply)));
    const left = entries.reduce((sum, entry) => sum + (entry.records[0]?.unclassifiedFields ?? 0), 0);
    expect(fields.reduce((sum, one) => sum + one.count, 0)).toBe(left);
  });

  test('the list comes page by page and by system; looking at it is an entry, of counts alone', async () => {
    const found: DriftField[] = [];
    for (let after = ''; ;) {
      const reply = await gateway.admin('GET', `/api/v1/policy/drift?limit=4${after}`, 'administrator');
      const page = reply.json as { fields: readonly DriftField[]; next: string | null };
      expect(page.fields.length).toBeLessThanOrEqual(4);
      found.push(...page.fields);
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(found).toEqual(await list());
    expect(await list('?system=workforce-one')).toEqual(ofP1(2));
    expect(await list('?system=nowhere')).toEqual([]);

    const seen = await gateway.admin('GET', '/api/v1/policy/drift?system=trackone', 'auditor');
    expect(await gateway.entryOf(seen)).toEqual({
      format: 1,
      accessId: seen.accessId,
      kind: 'admin',
      at: moment,
      source: { address: '127.0.0.1' },
      who: {
        account: 'auditor',
        person: 'person-auditor',
        organization: 'north',
        issuer: gateway.issuer.issuer,
        application: 'portal',
        actor: null,
        memberships: [],
      },
      system: null,
      environment: 'production',
      route: 'policy-drift',
      method: 'GET',
      action: 'policy-drift',
      records: [],
      outcome: { status: 200, code: 'ok', reasons: ['right-held'] },
      upstream: null,
      policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      directoryVersion: expect.any(Number) as unknown,
      registryVersion: expect.any(Number) as unknown,
      details: { system: 'trackone', fields: 2 },
    });
    const unserved = await gateway.admin('GET', '/api/v1/policy/drift?system=a-persons-name', 'auditor');
    expect((await gateway.entryOf(unserved)).details).toEqual({ system: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown, fields: 0 });
  });

  test('without the right there is no list, and a cursor of another list is refused; both are entries', async () => {
    for (const as of ['counselor', 'feed']) {
      const refused = await gateway.admin('GET', '/api/v1/policy/drift', as);
      expect([refused.status, refused.json]).toEqual([403, problemOf('right-missing', refused)]);
      expect(await gateway.entryOf(refused)).toMatchObject({ route: 'policy-drift', outcome: { status: 403, reasons: ['right-missing'] } });
    }
    for (const query of ['?after=bm9uc2Vuc2U', '?limit=0', '?place=x', '?system=../etc']) {
      const refused = await gateway.admin('GET', `/api/v1/policy/drift${query}`, 'auditor');
      expect([query, refused.status, refused.json]).toEqual([query, 400, problemOf('query-not-allowed', refused)]);
    }
  });

  test('casegate policy drift reads the same list beside the gateway that runs', async () => {
    const fields = await list('?system=workforce-one');
    const [json, plain, nothing] = await Promise.all([
      casegate('policy', 'drift', '--system', 'workforce-one', '--json'),
      casegate('policy', 'drift', '--system', 'trackone'),
      casegate('policy', 'drift', '--system', 'nowhere'),
    ]);
    expect([json.code, JSON.parse(json.out), json.err]).toEqual([0, { fields, notCompared: [] }, '']);
    expect(plain).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^system {4}place {7}left out {2}first seen {16}last seen {17}why\ntrackone {2}\/exportTag {2}1 {9}\S{24} {2}\S{24} {2}a value that nobody classified\ntrackone {2}\/fullSsn {4}1 {9}\S{24} {2}\S{24} {2}a value that nobody classified\n\ntrackone\/record\.yaml:\n {4}# under fields, in the section that fits:\n {4}\/exportTag: text\n {4}\/fullSsn: ssn\n$/,
      ) as unknown,
      err: '',
    });
    expect(nothing).toEqual({
      code: 0,
      out: 'Nothing is left out for want of a line in record.yaml; the last seconds may be missing.\n',
      err: '',
    });
  });

  test('RED-27 no value, no number, no id and no name is in the list, the store, the entries or the operations log', async () => {
    const { out } = await casegate('policy', 'drift');
    const governance = await openDataSource(gateway.storeSettings, { readOnly: true });
    const rows = await governance.dataSource.query<object[]>('SELECT * FROM drift_place').finally(() => governance.close());
    expect(rows.length).toBeGreaterThan(10);
    const written = [out, JSON.stringify(rows), JSON.stringify(await list()), JSON.stringify(await gateway.entries({ all: true }))];
    if (gateway.storeSettings.kind === 'sqlite') {
      const { folder: stored } = gateway.storeSettings;
      written.push(...readdirSync(stored).map((name) => readFileSync(join(stored, name), 'latin1')));
    }
    for (const text of [...written, ...gateway.lines()]) {
      expect(findsCanary(text)).toEqual([]);
      for (const secret of [VALUE, CANARY, ID_AS_KEY, 'Avery', 'Robin']) expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
  });

  test('the lines of the list make policy check accept and the fields appear; they leave the list, and a wrong line changes nothing', async () => {
    const lines = (await list('?system=workforce-one'))
      .filter((one) => one.problem === 'unclassified')
      .flatMap((one) => one.lines.map((line) => `    ${line}\n`));
    expect(lines.length).toBeGreaterThan(10);
    const before = policies.read('workforce-one', 'record.yaml');
    const save = (text: string): void => policies.save('workforce-one', 'record.yaml', text);
    save(before.replace('  contact:\n    /contact/phone', `  contact:\n${lines.join('')}    /contact/phone`));
    const checked = await casegate('policy', 'check');
    expect([checked.code, checked.err]).toEqual([0, '']);
    expect(checked.out).toMatch(/^Good: /);

    let reply = await read('counselor');
    while (!reply.text.includes(VALUE)) reply = await read('counselor');
    expect(reply.json).toMatchObject({
      nickname: VALUE,
      contact: { fax: VALUE },
      household: { size: 3, rent: { amount: VALUE, paid: true }, pets: [{ kind: VALUE }] },
      relatives: [{ middleName: VALUE }, { middleName: VALUE }],
    });
    const left = (await list('?system=workforce-one')).map((one) => one.place);
    expect(left).toEqual(['/?', '/contact/?', '/name/last', '/notesById']);
    const { out } = await casegate('policy', 'drift', '--system', 'workforce-one', '--json');
    expect((JSON.parse(out) as { fields: DriftField[] }).fields.map((one) => one.place)).toEqual(left);

    // What is compared with is the policy in force, whatever stands in the folder meanwhile.
    save(before.replace('...\n', ''));
    const bad = await casegate('policy', 'drift', '--system', 'workforce-one', '--json');
    expect((JSON.parse(bad.out) as { fields: DriftField[] }).fields.map((one) => one.place)).toEqual(left);
    expect((await list('?system=workforce-one')).map((one) => one.place)).toEqual(left);
  });

  const testWhereTwoMayRun = store === 'mariadb' ? test : () => undefined;
  testWhereTwoMayRun('what another gateway on the same database leaves out is added', async () => {
    const other = await startTestGateway({ store, beside: gateway, policies: policies.folder });
    try {
      const before = await list('?system=trackone');
      await Promise.all([other, gateway].map((one) => one.get('/trackone/participants/T1-200041', 'counselor')));
      await Promise.all([other, gateway].map((one) => one.admin('GET', '/api/v1/policy/drift', 'auditor')));
      expect((await list('?system=trackone')).map((one) => one.count)).toEqual(before.map((one) => one.count + 2));
    } finally {
      await other.stop();
    }
  });

  test('what was noted last is written when the gateway stops, and the list outlives it', async () => {
    const before = await list('?system=trackone');
    await gateway.get('/trackone/participants/T1-200041', 'counselor');
    await gateway.halt();
    const { code, out } = await casegate('policy', 'drift', '--system', 'trackone', '--json');
    expect([code, (JSON.parse(out) as { fields: DriftField[] }).fields.map((one) => one.count)]).toEqual([
      0,
      before.map((one) => one.count + 1),
    ]);
  });
});
