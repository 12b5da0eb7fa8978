import { ISSUER, type Office, onBothStores, SMALL_OFFICE } from './on-both-stores';

onBothStores('directory import', (open) => {
  let office: Office;
  beforeEach(async () => {
    office = await open();
  });
  afterEach(() => office.close());

  const accountsOf = async (): Promise<readonly string[]> =>
    (await office.rows.reading((reader) => reader.find('accounts', 'organization', ['example-county']))).map((row) => row.id).sort();

  test('a first import adds every row, a second one changes nothing and raises no version', async () => {
    const first = await office.bring({ 'office.yaml': SMALL_OFFICE });
    expect(first.problems).toEqual([]);
    expect({ ...first, rows: first.rows.length }).toEqual({
      outcome: 'applied',
      totals: { added: 18, changed: 0, unchanged: 0, refused: 0 },
      rows: 18,
      problems: [],
      versions: { directory: 1, registry: 1 },
    });
    expect(first.rows[2]).toEqual({ file: 'office.yaml', line: 13, kind: 'accounts', key: 'counselor', outcome: 'added' });
    expect(office.directory.version).toBe(1);
    expect(office.registry.version).toBe(1);

    const second = await office.bring({ 'office.yaml': SMALL_OFFICE });
    expect({ ...second, rows: [] }).toEqual({
      outcome: 'unchanged',
      totals: { added: 0, changed: 0, unchanged: 18, refused: 0 },
      rows: [],
      problems: [],
      versions: { directory: 1, registry: 1 },
    });
  });

  test('a dry run says the same and writes nothing', async () => {
    const dry = await office.bring({ 'office.yaml': SMALL_OFFICE }, { dryRun: true });
    expect(dry).toMatchObject({ outcome: 'dry-run', totals: { added: 18, changed: 0, unchanged: 0, refused: 0 } });
    expect(dry.versions).toEqual({ directory: 0, registry: 0 });
    expect(await accountsOf()).toEqual([]);
  });

  test('CSV files of several kinds are one import: added, changed, unchanged by row', async () => {
    await office.bring({ 'office.yaml': SMALL_OFFICE });
    const report = await office.bring({
      'organizations.csv': '\ufeffid,name\r\nexample-county,Example County\r\nother-county,"Other, County"\r\n',
      'memberships.csv':
        'id,account,system,environment,workgroup,staff_id,agency,counties,privileges,from,to\n' +
        'm-counselor,counselor,workforce-one,production,case-manager,X100,A1,27053;27123,private-records,2026-01-01,\n' +
        'm-supervisor,supervisor,workforce-one,production,supervisor,X200,A1,*,,2026-01-01,2026-12-31\n',
      'records.csv':
        'system,environment,record_id,private,fact:agency,fact:assigned-staff\nworkforce-one,production,A17,,A2,\nworkforce-one,production,A18,,A1,X100;X200\n',
    });
    expect(report.problems).toEqual([]);
    expect(report.rows.map((row) => [row.file, row.line, row.key, row.outcome])).toEqual([
      ['organizations.csv', 2, 'example-county', 'unchanged'],
      ['organizations.csv', 3, 'other-county', 'added'],
      ['memberships.csv', 2, 'm-counselor', 'unchanged'],
      ['memberships.csv', 3, 'm-supervisor', 'changed'],
      ['records.csv', 2, 'workforce-one production A17', 'changed'],
      ['records.csv', 3, 'workforce-one production A18', 'added'],
    ]);
    expect(office.directory.organization('other-county')).toEqual({ id: 'other-county', name: 'Other, County', standings: [] });
    expect(office.directory.memberships('supervisor', 'workforce-one', 'production')).toEqual([
      {
        id: 'm-supervisor',
        account: 'supervisor',
        system: 'workforce-one',
        environment: 'production',
        workgroup: 'supervisor',
        staffId: 'X200',
        scopes: { agency: ['A1'], counties: ['*'], offices: [], programs: [], regions: [] },
        privileges: [],
        fromMs: Date.parse('2026-01-01T06:00:00Z'),
        toMs: Date.parse('2026-12-31T06:00:00Z'),
      },
    ]);
    // Blank privacy leaves what stood; codes were given, so those that are blank are silent now.
    expect(office.registry.find('workforce-one', 'production', 'A17')).toEqual({
      system: 'workforce-one',
      environment: 'production',
      recordId: 'A17',
      isPrivate: true,
      codes: { agency: ['A2'] },
      registryVersion: 2,
    });
    expect(office.registry.find('workforce-one', 'production', 'A18')).toMatchObject({
      isPrivate: null,
      codes: { agency: ['A1'], 'assigned-staff': ['X100', 'X200'] },
    });
  });

  test('one bad row of one file keeps every row of every file out, and every problem is named with its place', async () => {
    await office.bring({ 'office.yaml': SMALL_OFFICE });
    const report = await office.bring({
      'organizations.csv': 'id,name\nnew-county,New County\n',
      'accounts.csv':
        'id,kind,person,issuer,subject,environment,organization\n' +
        `user:eve,person,p-9,${ISSUER},sub-eve,production,example-county\n` +
        `eve,robot,p-9,${ISSUER},sub-eve,staging,nowhere\n` +
        `mallory,person,p-8,${ISSUER},sub-mallory,production,nowhere\n` +
        `mallory,person,p-8,${ISSUER},sub-mallory2,production,example-county\n`,
      'memberships.csv':
        'id,account,system,environment,workgroup,staff_id,from,to\n' +
        'm-9,counselor-uat,workforce-one,production,case-manager,X9,2026-01-01,\n' +
        'm-10,nobody,workforce-one,production,group:case-manager,X10,2026-02-30,\n' +
        'm-11,counselor,workforce-one,production,case-manager,X200,2026-03-01,2026-02-01\n' +
        'm-12,counselor,workforce-one,production,case-manager,X200,2026-03-01,\n',
    });
    expect(report.outcome).toBe('refused');
    expect(report.totals).toEqual({ added: 1, changed: 0, unchanged: 0, refused: 8 });
    expect(report.problems.map((one) => `${one.file}:${one.line} ${one.column}: ${one.reason}`).sort()).toEqual(
      [
        'accounts.csv:2 id: an id is written without its namespace (user:, group:, org:)',
        'accounts.csv:3 kind: Invalid option: expected one of "person"|"service"',
        'accounts.csv:3 environment: expected production or training',
        'accounts.csv:4 organization: there is no organization "nowhere", neither in the directory nor in these files',
        'accounts.csv:5 : stands twice: first in accounts.csv line 4',
        'memberships.csv:2 environment: is not that of the account, training (CT-06)',
        'memberships.csv:3 workgroup: an id is written without its namespace (user:, group:, org:)',
        'memberships.csv:3 from: expected a date (2026-01-31) or a moment with its offset (2026-01-31T08:00:00-06:00)',
        'memberships.csv:4 to: must be later than from',
        'memberships.csv:5 staff_id: is held by account "supervisor" in the directory at the same time',
      ].sort(),
    );
    expect(office.directory.organization('new-county')).toBeUndefined();
    expect(report.versions).toEqual({ directory: 1, registry: 1 });
  });

  test('a row that only the database can refuse undoes the rows before it', async () => {
    await office.bring({ 'office.yaml': SMALL_OFFICE });
    const fault = await office.rows
      .changing(async (transaction) => {
        await transaction.insert('organizations', [{ id: 'new-county', look: 'new-county', name: 'New' }]);
        await transaction.publish('directory', [{ kind: 'organization', key: 'new-county' }]);
        await transaction.insert('organizations', [{ id: 'example-county', look: 'other', name: 'Twice' }]);
      })
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'directory-unavailable' });
    await office.directory.catchUp();
    expect(office.directory.organization('new-county')).toBeUndefined();
    expect(office.directory.version).toBe(1);
  });

  test('headings, unreadable files and unknown kinds are problems with words', async () => {
    const report = await office.bring({
      'accounts.csv': 'id,kind,rights\nx,person,all\n',
      'people.csv': 'id\nx\n',
      'more.yaml': 'accounts: {id: x}\nusers: []\n',
      'rights.csv': 'account,right,from,to\n',
      'standings.csv': 'of,id,standing,from\naccount,x,active\n',
    });
    expect(report.problems.map((one) => `${one.file}:${one.line} ${one.column}: ${one.reason}`)).toEqual([
      'accounts.csv:1 rights: is no column of accounts: id, kind, person, issuer, subject, environment, organization',
      "people.csv:1 : the file's name says none of organizations, applications, accounts, standings, memberships, supervision, delegations, rights, records; name its kind",
      'more.yaml:1 accounts: expected a list of rows',
      'more.yaml:2 users: is none of organizations, applications, accounts, standings, memberships, supervision, delegations, rights, records',
      'standings.csv:2 : has fewer cells than the heading',
    ]);
    expect(report.outcome).toBe('refused');
  });

  test('what an id stands for cannot change, nobody supervises themselves, rights have a form', async () => {
    await office.bring({ 'office.yaml': SMALL_OFFICE });
    const report = await office.bring({
      'change.yaml': `
accounts:
  - {id: counselor, kind: person, person: p-77, issuer: '${ISSUER}', subject: sub-counselor, environment: production, organization: example-county}
  - {id: second, kind: person, person: p-2, issuer: '${ISSUER}', subject: sub-second, environment: production, organization: example-county}
memberships:
  - {id: m-counselor, account: supervisor, system: workforce-one, environment: production, workgroup: case-manager, from: 2026-01-01}
supervision:
  - {supervisor: supervisor, supervisee: supervisor, from: 2026-01-01}
  - {supervisor: supervisor, supervisee: second, from: 2026-01-01}
  - {supervisor: supervisor, supervisee: counselor-uat, from: 2026-01-01}
delegations:
  - {actor: supervisor, account: batch, from: 2026-01-01}
rights:
  - {account: counselor, right: root, from: 2026-01-01}
  - {account: counselor, right: 'security-officer:nowhere', from: 2026-01-01}
`,
    });
    expect(report.problems.map((one) => `${one.line} ${one.column}: ${one.reason}`).sort()).toEqual(
      [
        '3 person: cannot change once it is known; make a new one and end this one',
        '6 account: cannot change once it is known; make a new one and end this one',
        '8 supervisee: nobody supervises themselves, not through a second account either',
        '9 supervisee: nobody supervises themselves, not through a second account either',
        '10 supervisee: is an account of another environment (CT-06)',
        '12 actor: is no service account',
        '12 account: is no account of a person',
        '14 right: expected policy-admin, directory-admin, auditor, metrics, feed:<system> or security-officer:<organization>',
        '15 right: there is no organization "nowhere", neither in the directory nor in these files',
      ].sort(),
    );
  });

  test('overlapping imports lose nothing: each has its own version, in order', async () => {
    await office.bring({ 'office.yaml': SMALL_OFFICE });
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const reports = await Promise.all(
      numbers.map((i) =>
        office.bring({
          'organizations.csv': i % 4 === 3 ? `id,name\norg-${i},Org\norg-${i},Org\n` : `id,name\norg-${i},Org ${i}\n`,
        }),
      ),
    );
    const applied = reports.filter((report) => report.outcome === 'applied');
    expect(applied).toHaveLength(15);
    expect(applied.map((report) => report.versions.directory).sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 2));
    for (const i of numbers) expect(office.directory.organization(`org-${i}`) !== undefined).toBe(i % 4 !== 3);
  });
});
