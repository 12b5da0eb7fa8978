import { runCli } from '../../src/cli/run-cli';
import type { Services } from '../../src/cli/services';
import { fixedServices } from './fixed-services';

async function run(line: string, answers: Partial<Services> = {}) {
  const services = fixedServices(answers);
  let out = '';
  let err = '';
  const screen = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await runCli(services, line === '' ? [] : line.split(' '), screen);
  return { code, out, err, asked: services.asked };
}

const NO_CONFIG = { configFile: undefined };

test('policy test --mutate answers no where a row could be wrong and no example would notice', async () => {
  const missed = await run('policy test here --mutate');
  expect({ ...missed, asked: missed.asked.map((words) => words.slice(0, 2)) }).toEqual({
    code: 1,
    out:
      '1 of 1 examples hold.\n' +
      'workforce-one/policy.csv:5:1 no example would notice: privacy * instead of open   (p, group:monitor, *, open, always, basic, read, allow)\n' +
      'workforce-one/policy.csv:5:1 no example expects that this row does not reach it\n' +
      'workforce-one: 1 rows, 7 changes tried: 6 caught by an example, 0 refused by the compiler, 0 that change no answer, 1 missed. ' +
      '0 of 1 rows have an example for and one against.\n',
    err: '',
    asked: [['mutatePolicies', 'here']],
  });
  const { mutatePolicies } = fixedServices();
  const noticed = await run('policy test --mutate --json', {
    mutatePolicies: async (folder, onProgress, choice) => {
      onProgress('workforce-one', 999, 2_000);
      onProgress('workforce-one', 1_000, 2_000);
      return { ...(await mutatePolicies(folder, onProgress, choice)), mutations: [] };
    },
  });
  expect(noticed).toMatchObject({ code: 0, err: 'workforce-one: 1000 of 2000 changes tried\n' });
  expect(JSON.parse(noticed.out)).toMatchObject({ folder: 'policies', mutations: [], rows: [{ line: 5, decided: ['assigned'] }] });
});

test('policy matrix prints the lines, brings the files up to date, or says which lines are not', async () => {
  expect(await run('policy matrix --system workforce-one')).toEqual({
    code: 0,
    out: '# head\ngroup:monitor, none, open, always, basic, read, -\n',
    err: '',
    asked: [['policyMatrix', undefined, { system: 'workforce-one', write: false }, NO_CONFIG]],
  });
  expect(await run('policy matrix --write')).toMatchObject({
    code: 0,
    out: 'workforce-one: 1 lines written to policies/workforce-one/matrix.csv\n',
    asked: [['policyMatrix', undefined, { system: undefined, write: true }, NO_CONFIG]],
  });
  expect(await run('policy matrix --check')).toMatchObject({
    code: 1,
    out:
      'workforce-one: not up to date; casegate policy matrix --write mends it\n' +
      '- group:monitor, none, open, always, basic, *, -\n+ group:monitor, none, open, always, basic, read, -\n',
  });
  expect(await run('policy matrix --check --write')).toEqual({
    code: 2,
    out: '',
    err: 'casegate: --write and --check exclude each other\n',
    asked: [],
  });
});

test('policy diff says who gains and who loses, and answers 1 where anything differs', async () => {
  expect(await run('policy diff a b')).toEqual({
    code: 0,
    out: 'a (aaaaaaaaaaaa) -> b (bbbbbbbbbbbb)\nNo difference: every question has the same answer.\n',
    err: '',
    asked: [['comparePolicies', 'a', 'b', { system: undefined }, NO_CONFIG]],
  });
  const one = {
    workgroup: 'group:monitor',
    relations: ['*'],
    privacies: ['open' as const],
    when: [],
    sections: ['contact'],
    actions: ['read'],
  };
  const comparePolicies: Services['comparePolicies'] = () =>
    Promise.resolve({
      before: { name: 'a', version: 'a'.repeat(64) },
      after: { name: 'b', version: 'b'.repeat(64) },
      systems: [
        {
          system: 'workforce-one',
          state: 'changed',
          gains: [one],
          loses: [{ ...one, when: ['in-scope'], relations: ['monitor'], sections: ['*'] }],
          denied: [{ ...one, workgroup: '*', actions: ['*'] }],
          deniedNoMore: [],
          changes: [
            { what: 'field', name: '/contact/phone', was: 'contact, plain', is: 'basic, text' },
            { what: 'condition', name: 'exited', was: null, is: 'status of the record is exited' },
            { what: 'section', name: 'notes', was: 'a section', is: null },
          ],
        },
      ],
    });
  expect(await run('policy diff a', { comparePolicies })).toMatchObject({
    code: 1,
    out: `a (aaaaaaaaaaaa) -> b (bbbbbbbbbbbb)

workforce-one
              workgroup            may         records  relation     when      sections
gains         group:monitor        read        open     any or none  always    contact
loses         group:monitor        read        open     monitor      in-scope  all
denied now *  any other workgroup  everything  open     any or none  always    contact
* a denial takes away what another relation or membership of the same person would show
field /contact/phone means something else
    was: contact, plain
    is:  basic, text
condition exited is new: status of the record is exited
section notes is gone; it was: a section
`,
  });
});

test('policy explain tells why, by an access of the log or by facts', async () => {
  expect(await run('policy explain 019a2b3c-4d5e-7123-8456-123456789012 --policies here')).toEqual({
    code: 1,
    out: 'The log has no such access.\n',
    err: '',
    asked: [['explainAccess', '019a2b3c-4d5e-7123-8456-123456789012', 'here', NO_CONFIG]],
  });
  const reason = { word: 'private-record', says: 'It would be shown if the record were open.', needed: null };
  const narrowed = { word: 'application-narrows', says: 'The calling application may not carry it.', needed: 'Another registration.' };
  const row = { line: 6, text: 'p, group:monitor, *, *, always, basic, read, allow' };
  const nothing = { isShown: false, row: null, needs: [], workgroups: [] };
  const needs = [
    [{ what: 'privacy' as const, word: 'open', holds: true, says: 'the record is not private', workgroup: '' }],
    [
      { what: 'relation' as const, word: 'assigned', holds: true, says: 'assigned-to is the caller', workgroup: 'monitor' },
      { what: 'condition' as const, word: 'exited', holds: false, says: '', workgroup: 'monitor' },
    ],
  ];
  const sections = [
    { section: 'basic', isShown: true, row, reason: null, needs: [], workgroups: ['monitor'] },
    { ...nothing, section: 'contact', reason, needs },
    { ...nothing, section: 'notes', reason, needs },
    { ...nothing, section: 'plans', reason },
    { ...nothing, section: 'documents', row, reason: narrowed },
  ];
  const key = { workgroup: 'monitor', relations: ['monitor'], privacy: 'private' as const, when: [] };
  const sectionsTold = `  shown     basic
    allowed by policy.csv:6  p, group:monitor, *, *, always, basic, read, allow
  withheld  contact, notes
    private-record: It would be shown if the record were open.
    shown if: the record were open
          or: relation assigned held (assigned-to is the caller), and condition exited did not hold
  withheld  plans
    private-record: It would be shown if the record were open.
    nothing about this record or membership would show it; no workgroup may ever see it
  withheld  documents
    allowed by policy.csv:6  p, group:monitor, *, *, always, basic, read, allow
    application-narrows: The calling application may not carry it.
    needed: Another registration.
`;
  const facts = await run('policy explain --system s --workgroup monitor --relation monitor,referred --privacy private --when a,b', {
    explainFacts: () => Promise.resolve({ system: 's', version: 'f'.repeat(64), action: 'read', key, sections }),
  });
  const keyTold = '  a membership as monitor; relation: monitor; the record is private; conditions that hold: none\n';
  expect(facts).toMatchObject({ code: 0, out: `s, policy ffffffffffff, read\n${keyTold}${sectionsTold}` });
  expect((await run('policy explain --system s --workgroup w --relation a,b --privacy open --when none --json')).asked).toEqual([
    [
      'explainFacts',
      { system: 's', workgroup: 'w', relations: ['a', 'b'], privacy: 'open', when: ['none'], action: 'read', section: undefined },
      undefined,
      NO_CONFIG,
    ],
  ]);
  expect(await run('policy explain --system s')).toMatchObject({ code: 2, out: '', asked: [] });
  const access = {
    accessId: '019a2b3c-4d5e-7123-8456-123456789012',
    at: '2026-11-22T15:00:00.000Z',
    kind: 'access',
    who: { person: 'p-1', account: 'counselor', application: 'app', actor: null },
    system: 's',
    route: 'record',
    action: 'read',
    status: 200,
    code: 'ok',
    reasons: [reason],
    policy: { version: 'f'.repeat(64), from: 'store' as const },
    records: [{ record: 'P1', disclosure: 'basic', keys: [key], sections, contradicts: ['basic'] }],
  };
  const told = await run('policy explain some-id', { explainAccess: () => Promise.resolve(access) });
  expect(told).toMatchObject({
    code: 1,
    out: `2026-11-22T15:00:00.000Z: p-1 (account counselor), through the application app asked s for read (record).
Answer: 200 ok.
  private-record: It would be shown if the record were open.
Decided under the policy ffffffffffff, as the store has it.

Record P1: basic
${keyTold}  CONTRADICTION: the entry says another thing of basic than this policy. Run: casegate audit verify
${sectionsTold}`,
  });
});

test('policy who-can tells each account as it is found, and why the others do not see it', async () => {
  expect(await run('policy who-can trackone T1 basic')).toEqual({
    code: 1,
    out:
      '0 of 3 accounts could read basic of T1 in trackone at 2026-11-22T15:00:00.000Z (policy ffffffffffff, from the store).\n' +
      '  3 not: not-granted. No policy row allows it.\n',
    err: '',
    asked: [
      [
        'whoCan',
        {
          system: 'trackone',
          record: 'T1',
          section: 'basic',
          action: 'read',
          body: undefined,
          facts: {},
          privacy: undefined,
          application: undefined,
          at: undefined,
          policies: undefined,
          limit: 10_000,
        },
        expect.any(Function) as unknown,
        NO_CONFIG,
      ],
    ],
  });
  const found = {
    account: 'counselor',
    person: 'p-1',
    organization: 'north',
    applications: ['portal', 'tablet'],
    route: 'read-record',
    row: { line: 12, text: 'p, group:employment-counselor, assigned, *, always, *, read, allow' },
    key: { workgroup: 'employment-counselor', relations: ['assigned'], privacy: 'private' as const, when: ['in-scope'] },
  };
  const { whoCan } = fixedServices();
  const someone: Pick<Services, 'whoCan'> = {
    whoCan: async (question, onFound, choice) => {
      onFound(found);
      return { ...(await whoCan(question, onFound, choice)), found: 1, isCut: true };
    },
  };
  expect(await run('policy who-can trackone T1 basic --limit 1', someone)).toMatchObject({
    code: 0,
    out:
      'counselor (p-1, north) as employment-counselor, assigned; in-scope, through portal, tablet\n' +
      '    policy.csv:12  p, group:employment-counselor, assigned, *, always, *, read, allow\n' +
      'The first 1 accounts could read basic of T1 in trackone at 2026-11-22T15:00:00.000Z (policy ffffffffffff, from the store).\n' +
      'There are more: raise --limit.\n',
  });
  const json = await run('policy who-can trackone T1 basic --json', someone);
  expect(json.out.split('\n').map((line) => (line === '' ? null : (JSON.parse(line) as unknown)))).toMatchObject([
    found,
    { found: 1, isCut: true },
    null,
  ]);
  const told = await run(
    'policy who-can s r basic --private --fact agency=A --fact agency=B --fact county= --at 2026-01-01T00:00:00Z --policies here',
  );
  expect(told.asked[0]?.[1]).toMatchObject({
    privacy: 'private',
    facts: { agency: ['A', 'B'], county: [] },
    at: '2026-01-01T00:00:00Z',
    policies: 'here',
  });
  for (const wrong of ['--open --private', '--fact agency', '--limit 0'])
    expect(await run(`policy who-can s r basic ${wrong}`)).toMatchObject({ code: 2, out: '', asked: [] });
});

test('policy what-can says in words what a person may see and do', async () => {
  expect(await run('policy what-can nobody --at 2026-01-01T00:00:00Z')).toEqual({
    code: 1,
    out: 'There is no account or person of that name.\n',
    err: '',
    asked: [['whatCan', { person: 'nobody', system: undefined, at: '2026-01-01T00:00:00Z', policies: undefined }, NO_CONFIG]],
  });
  const statement = {
    workgroup: 'group:supervisor',
    relations: ['supervisor'],
    privacies: ['open' as const, 'private' as const],
    when: [],
    sections: ['*'],
    actions: ['read'],
  };
  const membership = {
    membership: 'm1',
    workgroup: 'supervisor',
    staffId: 'S1',
    scopes: { agency: ['A'], counties: ['1', '2'], offices: [] },
    privileges: ['private-records'],
    from: '2024-01-01T00:00:00.000Z',
    to: null,
    isInForce: true,
    may: [statement],
    denied: [{ ...statement, actions: ['delete'], relations: ['*'], when: ['exited'] }],
    words: [{ what: 'relation' as const, word: 'supervisor', says: 'they supervise' }],
    lacks: [{ what: 'condition' as const, word: 'in-region', says: 'the region is theirs' }],
  };
  const account = {
    account: 'boss',
    kind: 'person',
    person: 'p-1',
    organization: 'north',
    environment: 'production',
    standing: 'active',
    organizationStanding: 'active',
  };
  const refused = { word: 'account-suspended', says: 'The account is suspended.', needed: 'The suspension to be lifted.' };
  const old = { ...membership, isInForce: false, to: '2025-01-01T00:00:00.000Z', staffId: '', privileges: [], scopes: {} };
  const whatCan: Services['whatCan'] = () =>
    Promise.resolve({
      at: '2026-11-22T15:00:00.000Z',
      policy: { version: 'f'.repeat(64), from: 'folder' },
      accounts: [
        {
          ...account,
          systems: [
            {
              system: 'workforce-one',
              applications: [
                { application: 'portal', actions: ['*'], sections: ['*'] },
                { application: 'tablet', actions: ['read'], sections: ['basic', 'contact'] },
              ],
              refused: null,
              memberships: [membership, old],
            },
          ],
        },
        { ...account, account: 'boss-2', systems: [{ system: 'trackone', applications: [], refused, memberships: [] }] },
        { ...account, account: 'boss-3', systems: [] },
      ],
    });
  expect(await run('policy what-can p-1', { whatCan })).toMatchObject({
    code: 0,
    out: `At 2026-11-22T15:00:00.000Z, by the policy ffffffffffff (from the folder)

account boss (person, p-1), production: active; organization north: active
  workforce-one
    through portal (every action, every section), tablet (read, basic contact)
    as supervisor (m1: staff id S1; agency A; counties 1 2; privileges private-records; since 2024-01-01T00:00:00.000Z)
                 may     records        relation     when    sections
      may        read    open, private  supervisor   always  all
      may never  delete  open, private  any or none  exited  all
      supervisor: they supervise
      never in-region, as it would need: the region is theirs
    as supervisor (m1: 2024-01-01T00:00:00.000Z to 2025-01-01T00:00:00.000Z): does not count now

account boss-2 (person, p-1), production: active; organization north: active
  trackone
    nothing: account-suspended. The account is suspended.
    needed: The suspension to be lifted.

account boss-3 (person, p-1), production: active; organization north: active
  no membership in any case system
`,
  });
});
