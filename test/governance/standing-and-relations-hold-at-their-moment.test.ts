import { standingAt } from '../../src/governance/spans';
import { ISSUER, type Office, onBothStores, SMALL_OFFICE } from './on-both-stores';

const at = (moment: string): number => Date.parse(moment);

onBothStores('the directory in memory', (open) => {
  let office: Office;
  beforeAll(async () => {
    office = await open();
    expect((await office.bring({ 'office.yaml': SMALL_OFFICE })).problems).toEqual([]);
  });
  afterAll(() => office.close());

  test('WS-06 WWP-04 a standing with a moment takes effect at it by the clock alone', async () => {
    await office.bring({
      'standings.csv':
        'of,id,standing,from\naccount,supervisor,suspended,2026-06-01T12:30:00Z\naccount,supervisor,active,2026-06-01T13:00:00Z\naccount,supervisor,terminated,2026-06-02\n',
    });
    const { standings } = office.directory.account('supervisor') ?? { standings: [] };
    const version = office.directory.version;
    const read = [
      '2025-12-31T00:00:00Z',
      '2026-06-01T12:29:59.999Z',
      '2026-06-01T12:30:00Z',
      '2026-06-01T13:00:00Z',
      '2026-06-02T04:59:59Z',
      '2026-06-02T05:00:00Z',
    ];
    expect(read.map((moment) => standingAt(standings, at(moment)))).toEqual([
      'pending',
      'active',
      'suspended',
      'active',
      'active',
      'terminated',
    ]);
    expect(read.map((moment) => office.directory.hasRight('supervisor', 'auditor', at(moment)))).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(office.directory.version).toBe(version);
  });

  test('WS-03 a right ends with the standing of the organization', async () => {
    expect(office.directory.hasRight('batch', 'feed:workforce-one', at('2026-08-01T00:00:00Z'))).toBe(true);
    await office.bring({ 'standings.csv': 'of,id,standing,from\norganization,example-county,terminated,2026-08-01T00:00:00Z\n' });
    expect(office.directory.hasRight('batch', 'feed:workforce-one', at('2026-07-31T23:59:59Z'))).toBe(true);
    expect(office.directory.hasRight('batch', 'feed:workforce-one', at('2026-08-01T00:00:00Z'))).toBe(false);
    expect(office.directory.hasRight('batch', 'feed:trackone', at('2026-07-01T00:00:00Z'))).toBe(false);
    expect(office.directory.hasRight('batch', 'FEED:workforce-one', at('2026-07-01T00:00:00Z'))).toBe(false);
  });

  test('WF1-02 WF1-03 supervision is one direct dated edge, never oneself, and follows the staff id', async () => {
    const { directory } = office;
    const supervises = (
      who: string,
      staffId: string,
      moment: string,
      environment: 'production' | 'training' = 'production',
      system = 'workforce-one',
    ) => directory.supervises(who, staffId, system, environment, at(moment));
    expect(supervises('supervisor', 'X100', '2026-06-30T00:00:00Z')).toBe(true);
    expect(supervises('supervisor', 'X100', '2026-07-01T05:00:00Z')).toBe(false);
    expect(supervises('supervisor', 'X100', '2025-12-01T00:00:00Z')).toBe(false);
    const changesAfter = (moment: string) => directory.nextRelationChange('supervisor', at(moment));
    expect(changesAfter('2026-06-30T00:00:00Z')).toBe(at('2026-07-01T05:00:00Z'));
    expect(changesAfter('2026-07-01T05:00:00Z')).toBe(Infinity);
    expect(directory.nextRelationChange('nobody', 0)).toBe(Infinity);
    expect(supervises('supervisor', 'x100', '2026-06-01T00:00:00Z')).toBe(false);
    expect(supervises('supervisor', 'X200', '2026-06-01T00:00:00Z')).toBe(false);
    expect(supervises('supervisor', '', '2026-06-01T00:00:00Z')).toBe(false);
    expect(supervises('supervisor', 'X100', '2026-06-01T00:00:00Z', 'training')).toBe(false);
    expect(supervises('supervisor', 'X100', '2026-06-01T00:00:00Z', 'production', 'trackone')).toBe(false);
    expect(supervises('counselor', 'X200', '2026-06-01T00:00:00Z')).toBe(false);

    const chain = `
accounts:
  - {id: director, kind: person, person: p-7, issuer: '${ISSUER}', subject: sub-director, environment: production, organization: example-county}
supervision:
  - {supervisor: director, supervisee: supervisor, from: 2026-01-01}
`;
    expect((await office.bring({ 'chain.yaml': chain })).problems).toEqual([]);
    expect(supervises('director', 'X200', '2026-06-01T00:00:00Z')).toBe(true);
    expect(supervises('director', 'X100', '2026-06-01T00:00:00Z')).toBe(false);

    // The staff id passes to somebody else: the supervisor of the former holder has lost it, and their decisions are told so.
    const before = directory.version;
    const passed = await office.bring({
      'memberships.csv':
        'id,account,system,environment,workgroup,staff_id,agency,counties,privileges,from,to\n' +
        'm-counselor,counselor,workforce-one,production,case-manager,X100,A1,27053;27123,private-records,2026-01-01,2026-03-01\n' +
        'm-batch,batch,workforce-one,production,case-manager,X100,A1,,,2026-03-01,\n',
    });
    expect(passed.problems).toEqual([]);
    expect(supervises('supervisor', 'X100', '2026-02-01T00:00:00Z')).toBe(true);
    expect(supervises('supervisor', 'X100', '2026-06-01T00:00:00Z')).toBe(false);
    expect(changesAfter('2026-02-01T06:00:00Z')).toBe(at('2026-03-01T06:00:00Z'));
    expect(directory.changedSince(before, ['account:supervisor'])).toBe(true);
    expect(directory.changedSince(before, ['account:director', 'organization:example-county'])).toBe(false);
    expect(directory.changedSince(directory.version, ['account:supervisor'])).toBe(false);

    // It goes on to a third person by a row of theirs alone: the supervisor of whoever carried it last is told so too.
    const head = 'id,account,system,environment,workgroup,staff_id,agency,counties,privileges,from,to\n';
    const left = await office.bring({
      'memberships.csv': `${head}m-batch,batch,workforce-one,production,case-manager,X100,A1,,,2026-03-01,2026-05-01\n`,
      'supervision.csv': 'supervisor,supervisee,from,to\ndirector,batch,2026-01-01,\n',
    });
    expect(left.problems).toEqual([]);
    expect(supervises('director', 'X100', '2026-06-01T00:00:00Z')).toBe(true);
    const beforeThird = directory.version;
    const third = await office.bring({
      'memberships.csv': `${head}m-third,counselor,workforce-one,production,case-manager,X100,A1,,,2026-05-15,\n`,
    });
    expect(third.problems).toEqual([]);
    expect(supervises('director', 'X100', '2026-06-01T00:00:00Z')).toBe(false);
    expect(directory.changedSince(beforeThird, ['account:director'])).toBe(true);
    expect(directory.changedSince(beforeThird, ['account:batch', 'organization:example-county'])).toBe(false);
  });

  test('a delegation holds for the registered pair, while the actor is active', () => {
    const { directory } = office;
    expect(directory.isDelegated('batch', 'counselor', at('2026-06-01T00:00:00Z'))).toBe(true);
    expect(directory.isDelegated('batch', 'supervisor', at('2026-06-01T00:00:00Z'))).toBe(false);
    expect(directory.isDelegated('counselor', 'batch', at('2026-06-01T00:00:00Z'))).toBe(false);
    expect(directory.isDelegated('batch', 'batch', at('2026-06-01T00:00:00Z'))).toBe(false);
    expect(directory.isDelegated('batch', 'counselor', at('2025-06-01T00:00:00Z'))).toBe(false);
  });

  test('applications are found by issuer, client and environment; origins are those of active ones', async () => {
    const { directory } = office;
    expect(directory.findApplication(ISSUER, 'case-viewer', 'production')).toEqual({
      id: 'case-viewer',
      issuer: ISSUER,
      clientId: 'case-viewer',
      environment: 'production',
      applicationClass: 'viewer',
      grants: [{ system: 'workforce-one', actions: ['read'], sections: ['*'] }],
      origins: ['https://viewer.example.gov'],
      standings: [{ standing: 'active', fromMs: at('2026-01-01T06:00:00Z') }],
    });
    expect(directory.findApplication(ISSUER, 'case-viewer', 'training')).toBeUndefined();
    expect(directory.findApplication(ISSUER, 'Case-Viewer', 'production')).toBeUndefined();
    expect([...directory.origins()]).toEqual(['https://viewer.example.gov']);
    await office.bring({ 'standings.csv': 'of,id,standing,from\napplication,case-viewer,suspended,2026-06-01T12:05:00Z\n' });
    expect([...directory.origins()]).toEqual(['https://viewer.example.gov']);
    office.clock.nowMs = at('2026-06-01T12:05:00Z');
    expect([...directory.origins()]).toEqual([]);
  });
});
