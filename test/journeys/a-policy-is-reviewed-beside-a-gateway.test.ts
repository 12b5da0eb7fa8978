import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli';
import type { AccessExplanation, PersonRights, PolicyDiff, WhoCanAccount, WhoCanSummary } from '../../src/cli/services/policy-review';
import { cliServices } from '../../src/compose/cli-services';
import { PEOPLE, RECORDS, trackOneRecord } from '../support/agency';
import { SHIPPED_POLICIES, startTestGateway, STORES, type TestGateway } from '../support/gateway';

const DIGEST_KEY = 'a digest key for tests alone, 32 characters or more';
const FROM = '2024-01-01';
const T1 = 'T1-200041';

/** People whose standing, membership or supervision is dated, and one who holds two roles. */
const DATED = [
  {
    id: 'two-roles',
    memberships: [
      { workgroup: 'monitor', staff: 'S1600' },
      { workgroup: 'supervisor', staff: 'S1601' },
    ],
  },
  { id: 'left-in-2025', memberships: [{ workgroup: 'monitor', staff: 'S1602', to: '2025-06-01' }] },
  { id: 'comes-in-2090', memberships: [{ workgroup: 'monitor', staff: 'S1603', from: '2090-01-01' }] },
];
const MORE = {
  accounts: DATED.map(({ id }) => ({
    id,
    kind: 'person',
    person: `person-${id}`,
    subject: id,
    environment: 'production',
    organization: 'north',
  })),
  standings: DATED.map(({ id }) => ({ of: 'account', id, standing: 'active', from: FROM })),
  memberships: DATED.flatMap(({ id, memberships }) =>
    memberships.map(({ workgroup, staff, ...span }) => ({
      id: `m-${staff}`,
      account: id,
      system: 'workforce-one',
      environment: 'production',
      workgroup,
      staff_id: staff,
      agency: 'AG-NORTH',
      counties: ['62'],
      privileges: ['private-records'],
      from: FROM,
      ...span,
    })),
  ),
  supervision: [
    { supervisor: 'two-roles', supervisee: 'south-counselor', from: FROM },
    { supervisor: 'other-supervisor', supervisee: 'counselor', from: FROM, to: '2025-01-01' },
  ],
};

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'casegate-review-'));
    cpSync(SHIPPED_POLICIES, join(folder, 'policies'), { recursive: true });
    gateway = await startTestGateway({
      store,
      policies: join(folder, 'policies'),
      records: { ...RECORDS, [T1]: trackOneRecord(T1) },
    });
    const accounts = MORE.accounts.map((one) => ({ ...one, issuer: gateway.issuer.issuer }));
    const imported = await gateway.importRows({ ...MORE, accounts });
    if (imported.status >= 300) throw new Error(imported.text);
    process.env['CASEGATE_LOG_DIGEST_KEY'] = DIGEST_KEY;
    if (gateway.storeSettings.kind === 'mariadb') process.env['CASEGATE_STORE_URL'] = gateway.storeSettings.url;
    const { storeSettings, issuer, upstream } = gateway;
    const system = { origin: upstream.origin, credential: { kind: 'none' } };
    const config = {
      environment: 'production',
      store: storeSettings.kind === 'sqlite' ? { kind: 'sqlite', folder: storeSettings.folder } : { kind: 'mariadb', tls: 'plain' },
      issuers: [
        {
          issuer: issuer.issuer,
          jwksUri: issuer.jwksUri,
          audience: 'https://gateway.test/records',
          adminAudience: 'https://gateway.test/admin',
        },
      ],
      systems: { 'workforce-one': system, trackone: system },
      policies: { folder: join(folder, 'policies') },
    };
    writeFileSync(join(folder, 'casegate.yaml'), JSON.stringify(config));
  });
  afterAll(async () => {
    delete process.env['CASEGATE_LOG_DIGEST_KEY'];
    delete process.env['CASEGATE_STORE_URL'];
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const casegate = async (...words: readonly string[]): Promise<Ran> => {
    let [out, err] = ['', ''];
    const screen = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    const code = await runCli(cliServices('0'), [...words, '--config', join(folder, 'casegate.yaml')], screen);
    return { code, out, err };
  };
  const lines = (ran: Ran): readonly unknown[] =>
    ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  const bodyOf = (record: string): string => {
    const file = join(folder, `${record}.json`);
    writeFileSync(file, JSON.stringify(record === T1 ? trackOneRecord(T1) : RECORDS[record]));
    return file;
  };
  /** Who can see a section: account ids; and the summary. */
  const whoCan = async (...words: readonly string[]) => {
    const ran = await casegate('policy', 'who-can', ...words, '--application', 'portal', '--json');
    if (ran.code === 2) throw new Error(ran.err);
    const told = lines(ran);
    const accounts = told.slice(0, -1) as WhoCanAccount[];
    return { code: ran.code, accounts, summary: told.at(-1) as WhoCanSummary };
  };

  const everybody = [...PEOPLE.filter((one) => one.environment === undefined).map((one) => one.id), ...DATED.map((one) => one.id)];
  /** What real requests disclosed: sections by account, with the line that allowed them. */
  const disclosed = async (path: string): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> => {
    const replies = await Promise.all(everybody.map(async (person) => [person, await gateway.get(path, person)] as const));
    const entries = new Map((await gateway.entries()).map((entry) => [entry.accessId, entry]));
    return new Map(replies.map(([person, reply]) => [person, entries.get(reply.accessId)?.records[0]?.disclosed ?? {}]));
  };

  test.each(Object.keys(RECORDS))('WF1-02 WF1-13 WS-12 who-can says of %s what requests of every account show', async (record) => {
    const seen = await disclosed(`/workforce-one/records/${record}`);
    const body = bodyOf(record);
    for (const section of ['basic', 'privacy', 'contact', 'case-notes']) {
      const byGateway = everybody.filter((person) => Object.hasOwn(seen.get(person) ?? {}, section)).sort();
      const { code, accounts, summary } = await whoCan('workforce-one', record, section, '--body', body);
      expect([section, accounts.map((one) => one.account)]).toEqual([section, byGateway]);
      expect(accounts.map((one) => one.row.line)).toEqual(byGateway.map((person) => seen.get(person)?.[section]));
      expect([code, summary.found, summary.looked, summary.isCut]).toEqual([
        byGateway.length > 0 ? 0 : 1,
        byGateway.length,
        everybody.length,
        false,
      ]);
      expect(summary.others.reduce((sum, one) => sum + one.accounts, 0)).toBe(everybody.length - byGateway.length);
    }
  });

  test("TO-04 where facts stand in the registry, who-can needs no body; an unknown record is nobody's", async () => {
    const seen = await disclosed(`/trackone/participants/${T1}`);
    const { accounts } = await whoCan('trackone', T1, 'basic');
    expect(accounts.map((one) => one.account)).toEqual(everybody.filter((person) => Object.hasOwn(seen.get(person) ?? {}, 'basic')));
    expect(accounts).toHaveLength(1);
    const unknown = await whoCan('trackone', 'T1-999999', 'basic');
    expect([unknown.code, unknown.accounts]).toEqual([1, []]);
    expect(unknown.summary.others.find((one) => one.reason.word === 'record-unknown')?.accounts).toBe(1);
  });

  test('facts may be told in place of the body; what is not told is asked for, and nothing is guessed', async () => {
    const told = ['--fact', 'assigned-to=S1001', '--fact', 'agency=AG-NORTH'];
    const byBody = await whoCan('workforce-one', 'P1', 'case-notes', '--body', bodyOf('P1'));
    const byFacts = await whoCan('workforce-one', 'P1', 'case-notes', '--private', ...told, '--fact', 'county=62');
    expect(byFacts.accounts).toEqual(byBody.accounts);
    const missing = await casegate('policy', 'who-can', 'workforce-one', 'P1', 'case-notes', ...told);
    expect(missing).toEqual({
      code: 2,
      out: '',
      err:
        'casegate: these facts stand in the record, which is not at hand: privacy, county. Name the record with --body, or tell them: ' +
        '--open (or --private) --fact county=<code> (nothing after = where nothing stands there)\n',
    });
    const wrong = await casegate('policy', 'who-can', 'workforce-one', 'P1', 'case-note', '--body', bodyOf('P1'));
    expect([wrong.code, wrong.err]).toEqual([2, 'casegate: case-note is no section of this policy (did you mean case-notes?)\n']);
    const other = await casegate('policy', 'who-can', 'workforce-one', 'P0', 'basic', '--body', bodyOf('P1'));
    expect([other.code, other.out]).toEqual([2, '']);
    expect(other.err).toMatch(/^casegate: the body cannot be read as the record P0 of /);
  });

  test('who-can at another moment: memberships and supervision count as they stood', async () => {
    const accountsAt = async (record: string, at: string) =>
      (await whoCan('workforce-one', record, 'case-notes', '--body', bodyOf(record), '--at', at)).accounts.map((one) => one.account);
    const [then, now, later] = [
      await accountsAt('P1', '2024-06-01T00:00:00Z'),
      await accountsAt('P1', new Date().toISOString()),
      await accountsAt('P0', '2091-01-01T00:00:00Z'),
    ];
    expect([then.includes('other-supervisor'), now.includes('other-supervisor')]).toEqual([true, false]);
    expect(later.includes('comes-in-2090')).toBe(true);
  });

  test('WF1-04 what-can says what the supervisor may see, in words, and what the one without the privilege lacks', async () => {
    const ran = await casegate('policy', 'what-can', 'supervisor-without-privilege');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n').slice(1)).toEqual(
      expect.arrayContaining([
        'account supervisor-without-privilege (person, person-supervisor-without-privilege), production: active; organization north: active',
        '  workforce-one',
        expect.stringMatching(
          /^ {4}as supervisor \(m-supervisor-without-privilege: staff id S1101; agency AG-NORTH; counties \*; since 2024-01-01/,
        ) as unknown,
        '      never private-privilege, as it would need: the membership carries the privilege private-records',
        expect.stringMatching(
          /^ {6}supervisor: assigned-to of the record is the staff id of somebody whom the caller supervises directly/,
        ) as unknown,
      ]),
    );
    const json = async (person: string): Promise<PersonRights> =>
      JSON.parse((await casegate('policy', 'what-can', person, '--json')).out) as PersonRights;
    const mayOf = ({ accounts }: PersonRights) =>
      accounts.flatMap((one) => one.systems.flatMap((two) => two.memberships.flatMap((three) => three.may)));
    const isPrivate = (one: { privacies: readonly string[]; sections: readonly string[] }) =>
      one.privacies.includes('private') && !one.sections.includes('basic');
    expect(mayOf(await json('person-supervisor-without-privilege')).filter(isPrivate)).toEqual([]);
    expect(mayOf(await json('person-supervisor')).filter(isPrivate)).not.toEqual([]);
  });

  test('what-can names what stands in the way of an account: standing, membership, environment', async () => {
    const refusedOf = async (person: string) => {
      const { code, out } = await casegate('policy', 'what-can', person, '--json');
      const { accounts } = JSON.parse(out) as PersonRights;
      return [
        code,
        accounts.flatMap((one) => one.systems.map((two) => two.refused?.word ?? two.memberships.map((three) => three.isInForce))),
      ];
    };
    expect(await refusedOf('suspended-counselor')).toEqual([1, ['account-suspended']]);
    expect(await refusedOf('of-closed-agency')).toEqual([1, ['organization-not-active']]);
    expect(await refusedOf('left-in-2025')).toEqual([1, ['no-membership']]);
    expect(await refusedOf('trainee')).toEqual([1, ['account-unknown']]);
    expect(await refusedOf('without-membership')).toEqual([1, []]);
    expect(await refusedOf('two-roles')).toEqual([0, [[true, true]]]);
    expect(await casegate('policy', 'what-can', 'nobody')).toEqual({
      code: 1,
      out: 'There is no account or person of that name.\n',
      err: '',
    });
  });

  test('GW-04 explain says of an access why this was seen and that was not, by the line of the entry', async () => {
    const reply = await gateway.get('/workforce-one/records/P1', 'other-counselor');
    const entry = await gateway.entryOf(reply);
    const { code, out } = await casegate('policy', 'explain', reply.accessId, '--json');
    const told = JSON.parse(out) as AccessExplanation;
    expect([code, told.policy, told.status, told.who?.account]).toEqual([
      0,
      { version: entry.policyVersion, from: 'folder' },
      200,
      'other-counselor',
    ]);
    const [record] = told.records;
    const recorded = entry.records[0];
    expect(record?.contradicts).toEqual([]);
    expect(record?.sections.filter((one) => one.isShown).map((one) => [one.section, one.row?.line])).toEqual(
      Object.entries(recorded?.disclosed ?? {}),
    );
    expect(record?.sections.filter((one) => !one.isShown).map((one) => [one.section, one.reason?.word])).toEqual(
      Object.entries(recorded?.withheld ?? {}),
    );
    const notes = record?.sections.find((one) => one.section === 'case-notes');
    expect(notes?.needs.map((some) => some.map((one) => one.word))).toEqual([['open'], ['assigned']]);
    const text = await casegate('policy', 'explain', reply.accessId);
    expect(text.out).toContain(
      "shown if: the record were open\n          or: relation assigned held (assigned-to of the record is the caller's own staff id)\n",
    );
  });

  test('GW-04 explain says of a refusal before the policy what it was and what would be needed', async () => {
    const [suspended, nobody, narrowed] = [
      await gateway.get('/workforce-one/records/P1', 'suspended-counselor'),
      await gateway.get('/workforce-one/records/NONE1', 'counselor'),
      await gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/P1`, {
        headers: { authorization: `Bearer ${await gateway.token('counselor', { client_id: 'basic-portal' })}` },
      }),
    ];
    const explained = async (accessId: string) =>
      JSON.parse((await casegate('policy', 'explain', accessId, '--json')).out) as AccessExplanation;
    expect((await explained(suspended.accessId)).reasons).toEqual([
      {
        word: 'account-suspended',
        says: 'The account is suspended.',
        needed: 'The suspension of the account to be lifted.',
      },
    ]);
    expect(await explained(nobody.accessId)).toMatchObject({
      status: 404,
      policy: null,
      reasons: [{ word: 'record-unknown' }],
      records: [{ keys: [], sections: [] }],
    });
    const [record] = (await explained(narrowed.accessId)).records;
    expect(record?.contradicts).toEqual([]);
    expect(record?.sections.find((one) => one.section === 'case-notes')).toMatchObject({
      isShown: false,
      reason: { word: 'application-narrows', needed: 'The registration of the calling application to carry this section and action.' },
      needs: [],
    });
    expect(await casegate('policy', 'explain', '019a2b3c-4d5e-7123-8456-123456789012')).toEqual({
      code: 1,
      out: 'The log has no such access.\n',
      err: '',
    });
  });

  test('explain takes the policy that decided: one that the store keeps, or none at all; diff takes kept versions too', async () => {
    const reply = await gateway.get('/workforce-one/records/P1', 'other-counselor');
    const { policyVersion } = await gateway.entryOf(reply);
    const candidate = join(folder, 'candidate');
    cpSync(join(folder, 'policies'), candidate, { recursive: true });
    const file = join(candidate, 'workforce-one', 'policy.csv');
    writeFileSync(file, `# another comment is another version\n${readFileSync(file, 'utf8')}`);
    const told = JSON.parse(
      (await casegate('policy', 'explain', reply.accessId, '--policies', candidate, '--json')).out,
    ) as AccessExplanation;
    expect(told.policy).toEqual({ version: policyVersion, from: 'store' });
    const same = await casegate('policy', 'diff', (policyVersion ?? '').slice(0, 12), candidate);
    expect([same.code, same.out.split('\n')[1]]).toEqual([0, 'No difference: every question has the same answer.']);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^end$/m, 'p, group:monitor, *, *, always, contact, delete, deny\nend'));
    const diff = await casegate('policy', 'diff', policyVersion ?? '', candidate, '--json');
    expect([
      diff.code,
      (JSON.parse(diff.out) as PolicyDiff).systems.map((one) => [one.system, one.gains, one.loses, one.denied.length]),
    ]).toEqual([1, [['workforce-one', [], [], 1]]]);
  });

  test('explain refuses to guess where the policy that decided is kept nowhere', async () => {
    if (gateway.storeSettings.kind !== 'sqlite') return;
    const reply = await gateway.get('/workforce-one/records/P1', 'other-counselor');
    const alone = mkdtempSync(join(tmpdir(), 'casegate-alone-'));
    try {
      cpSync(join(gateway.storeSettings.folder, 'access-log.db'), join(alone, 'access-log.db'));
      for (const ending of ['-wal', '-shm'])
        cpSync(join(gateway.storeSettings.folder, `access-log.db${ending}`), join(alone, `access-log.db${ending}`));
      const config = JSON.parse(readFileSync(join(folder, 'casegate.yaml'), 'utf8')) as Record<string, unknown>;
      writeFileSync(join(alone, 'casegate.yaml'), JSON.stringify({ ...config, store: { kind: 'sqlite', folder: alone } }));
      let err = '';
      const screen = { out: () => undefined, err: (text: string) => void (err += text) };
      const words = [
        'policy',
        'explain',
        reply.accessId,
        '--policies',
        join(folder, 'candidate'),
        '--config',
        join(alone, 'casegate.yaml'),
      ];
      expect(await runCli(cliServices('0'), words, screen)).toBe(2);
      expect(err).toContain('and the store does not keep it: to explain it by another policy would be a guess');
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
  });
});
