import { keyOf, problemOf } from '../journeys/expected';
import { expectCasesHold } from './expect-cases-hold';
import { openOffice, type Held, type Office, type Shown } from './office';
import { sample } from './sample';

const SYSTEM = 'worksource';

/** The samples section by section as they may leave: written from the policy, not by the code under test. */
const SHOWN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  basic: {
    clientId: 'WS-740012',
    name: { first: 'Riley', last: 'Mockup' },
    birthDate: '1984-12-05',
    ssn: 'XXX-XX-9987',
    status: 'Active',
  },
  assignment: { assignment: { wda: 'WDA-05', office: 'OF-0512', staffId: 'W5001' } },
  contact: {
    contact: {
      phone: '206-555-0150',
      email: 'riley.mockup@example.org',
      address: { line1: '9 Placeholder Way', city: 'Seattle', zip: '98101-0009' },
    },
  },
  enrollment: {
    programs: ['WIOA-ADULT'],
    enrollments: [{ enrollmentId: 'EN-3', program: 'WIOA-ADULT', from: '2026-03-02', to: null }],
  },
  services: { services: [{ serviceId: 12001, title: 'Resume help; card XXX-XX-9987 copied', date: '2026-03-10', staffId: 'W5001' }] },
  outcomes: { outcomes: [{ kind: 'employment', on: '2026-06-01', detail: 'Warehouse, 32 hours' }] },
  'case-notes': {
    caseNotes: [{ noteId: 5, date: '2026-03-10', author: 'W5001', text: 'Gave the number XXX-XX-9987 by phone. Wants evening work.' }],
  },
};
const MAIN = ['basic', 'assignment', 'contact', 'enrollment', 'services', 'outcomes'];

/** Clients by area, office and program. */
const CLIENTS: Readonly<Record<string, readonly [wda: string, office: string, program: string]>> = {
  'WS-740012': ['WDA-05', 'OF-0512', 'WIOA-ADULT'],
  'WS-YOUTH': ['WDA-05', 'OF-0512', 'WIOA-YOUTH'],
  'WS-OTHER-OFFICE': ['WDA-05', 'OF-0514', 'WIOA-ADULT'],
  'WS-OTHER-AREA': ['WDA-09', 'OF-0901', 'WIOA-ADULT'],
  // An office of that name in another area is another office.
  'WS-SAME-NAME': ['WDA-09', 'OF-0512', 'WIOA-ADULT'],
  'WS-UNASSIGNED': ['', '', 'WIOA-ADULT'],
};
const HOME = 'WS-740012';
const pathOf = (id: string): string => `/clients/${id}`;
const notesOf = (id: string): string => `/clients/${id}/case-notes`;
const BODIES = Object.fromEntries(
  Object.entries(CLIENTS).flatMap(([id, [wda, office, program]]) =>
    [
      [pathOf(id), 'record'],
      [notesOf(id), 'case-notes'],
    ].map(([path, name]) => [
      path,
      sample(SYSTEM, name as string, { '/clientId': id, '/assignment/wda': wda, '/assignment/office': office, '/programs': [program] }),
    ]),
  ),
);

const provider = (office: string, programs: readonly string[], more: Partial<Held> = {}): Held => ({
  ...{ workgroup: 'wioa-provider', regions: ['WDA-05'], offices: [office], programs },
  ...more,
});
/** A duty that ends while the test runs. */
const LAST_DAY_MS = Date.now() + 3_600_000;
const PEOPLE: Readonly<Record<string, readonly Held[]>> = {
  provider: [provider('OF-0512', ['WIOA-ADULT'])],
  'youth-provider': [provider('OF-0512', ['WIOA-YOUTH'])],
  'provider-of-two-duties': [provider('OF-0512', ['WIOA-YOUTH']), provider('OF-0514', ['WIOA-ADULT'])],
  'provider-until-noon': [provider('OF-0512', ['WIOA-ADULT'], { to: new Date(LAST_DAY_MS).toISOString() })],
  'board-staff': [{ workgroup: 'lwdb-staff', regions: ['WDA-05'], programs: ['WIOA-ADULT', 'WIOA-YOUTH'] }],
  'esd-monitor': [{ workgroup: 'esd-monitor' }],
  'internal-auditor': [{ workgroup: 'auditor', regions: ['*'], offices: ['*'], programs: ['*'] }],
  'state-auditor': [{ workgroup: 'auditor' }, provider('OF-0512', ['WIOA-ADULT'])],
  requester: [{ workgroup: 'access-requester', regions: ['*'], offices: ['*'], programs: ['*'] }],
  'requester-and-provider': [{ workgroup: 'access-requester', regions: ['WDA-05'] }, provider('OF-0512', ['WIOA-ADULT'])],
};

let office: Office;
beforeAll(async () => {
  office = await openOffice({
    system: SYSTEM,
    people: PEOPLE,
    bodies: BODIES,
    rows: { rights: [{ account: 'internal-auditor', right: 'auditor', from: '2024-01-01' }] },
  });
});
afterAll(() => office?.stop());

const PROVIDER_ROW = 'p, group:wioa-provider, *, *, in-office & in-duty, *, read, allow';
const AT_HOME = ['in-office', 'in-wda', 'in-duty'];
const bodyOf = (sections: readonly string[]): unknown => Object.assign({}, ...sections.map((name) => SHOWN[name])) as unknown;
const each = (sections: readonly string[], word: string) => Object.fromEntries(sections.map((name) => [name, word]));

const wholeClient = (row: string, keys: Shown['keys']): Shown => ({
  ...{ route: 'read-client', record: HOME, body: bodyOf(MAIN), view: 'full', disclosed: each(MAIN, row), withheld: {}, keys },
  unclassifiedFields: 1,
});
const wholeNotes = (row: string, keys: Shown['keys']): Shown => ({
  ...{ route: 'read-case-notes', record: HOME, body: bodyOf(['case-notes']), view: 'full', withheld: {}, keys },
  disclosed: each(['case-notes'], row),
});

describe('WS-12 the current duties', () => {
  test('a WIOA provider sees a client of their office, area and program, case notes and all', async () => {
    const keys = [keyOf('wioa-provider', [], 'open', AT_HOME)];
    await office.expectShown('provider', pathOf(HOME), wholeClient(PROVIDER_ROW, keys));
    await office.expectShown('provider', notesOf(HOME), wholeNotes(PROVIDER_ROW, keys));
  });

  test.each([
    ['provider', 'WS-OTHER-OFFICE', ['in-wda', 'in-duty']],
    ['provider', 'WS-OTHER-AREA', ['in-duty']],
    ['provider', 'WS-SAME-NAME', ['in-duty']],
    ['provider', 'WS-UNASSIGNED', ['in-duty']],
    ['provider', 'WS-YOUTH', ['in-office', 'in-wda']],
    ['youth-provider', HOME, ['in-office', 'in-wda']],
  ])('%s does not find %s, which their duties do not reach', async (as, record, when) => {
    const keys = [keyOf('wioa-provider', [], 'open', when)];
    await office.expectHidden(as, pathOf(record), {
      ...{ route: 'read-client', record, withheld: each(MAIN, 'out-of-scope'), keys },
    });
    await office.expectHidden(as, notesOf(record), {
      ...{ route: 'read-case-notes', record, withheld: { 'case-notes': 'out-of-scope' }, keys },
    });
  });

  test('two duties make no third: the office of one and the program of the other open nothing', async () => {
    const keys = [keyOf('wioa-provider', [], 'open', ['in-office', 'in-wda']), keyOf('wioa-provider', [], 'open', ['in-wda', 'in-duty'])];
    await office.expectHidden('provider-of-two-duties', pathOf(HOME), {
      ...{ route: 'read-client', record: HOME, withheld: each(MAIN, 'out-of-scope'), keys },
    });
  });

  test("the board's staff oversee their area and programs: no contact data, no case notes, no other area", async () => {
    const shown = ['basic', 'assignment', 'enrollment', 'services', 'outcomes'];
    const keys = [keyOf('lwdb-staff', [], 'open', ['in-wda', 'in-duty'])];
    await office.expectShown('board-staff', pathOf(HOME), {
      ...{ route: 'read-client', record: HOME, body: bodyOf(shown), view: 'partial', keys, unclassifiedFields: 1 },
      disclosed: Object.fromEntries(shown.map((name) => [name, `p, group:lwdb-staff, *, *, in-wda & in-duty, ${name}, read, allow`])),
      withheld: { contact: 'not-granted' },
    });
    await office.expectHidden('board-staff', notesOf(HOME), {
      ...{ route: 'read-case-notes', record: HOME, withheld: { 'case-notes': 'not-granted' }, keys },
    });
    await office.expectHidden('board-staff', pathOf('WS-OTHER-AREA'), {
      ...{ route: 'read-client', record: 'WS-OTHER-AREA', keys: [keyOf('lwdb-staff', [], 'open', ['in-duty'])] },
      withheld: { ...each(MAIN, 'out-of-scope'), contact: 'not-granted' },
    });
  });

  test('monitoring by ESD reads all areas', async () => {
    const row = 'p, group:esd-monitor, *, *, always, *, read, allow';
    const keys = [keyOf('esd-monitor', [], 'open', [])];
    await office.expectShown('esd-monitor', pathOf(HOME), wholeClient(row, keys));
    await office.expectShown('esd-monitor', notesOf(HOME), wholeNotes(row, keys));
    for (const id of Object.keys(CLIENTS)) expect((await office.read('esd-monitor', pathOf(id))).status).toBe(200);
  });

  test('the role of an access requester alone opens no record, and a provider who is one as well sees what a provider sees', async () => {
    const refused = { code: 'action-not-permitted', reason: 'not-granted' } as const;
    await office.expectRefused('requester', pathOf(HOME), { ...refused, route: 'read-client' });
    await office.expectRefused('requester', notesOf(HOME), { ...refused, route: 'read-case-notes' });
    const keys = [keyOf('access-requester', [], 'open', ['in-wda']), keyOf('wioa-provider', [], 'open', AT_HOME)];
    await office.expectShown('requester-and-provider', pathOf(HOME), wholeClient(PROVIDER_ROW, keys));
    await office.expectHidden('requester-and-provider', pathOf('WS-OTHER-OFFICE'), {
      ...{ route: 'read-client', record: 'WS-OTHER-OFFICE', withheld: each(MAIN, 'out-of-scope') },
      keys: [keyOf('access-requester', [], 'open', ['in-wda']), keyOf('wioa-provider', [], 'open', ['in-wda', 'in-duty'])],
    });
  });
});

const HERE = 'in-office & in-wda & in-duty';

describe('WS-10 an auditor', () => {
  const refused = { code: 'action-not-permitted', reason: 'not-granted' } as const;

  test('sees no client by this role, whatever its scope, and nothing goes to the case system', async () => {
    await office.expectRefused('internal-auditor', pathOf(HOME), { ...refused, route: 'read-client' });
    await office.expectRefused('internal-auditor', notesOf(HOME), { ...refused, route: 'read-case-notes' });
  });

  test('reads everything about access on the admin plane, which the right opens and not the workgroup', async () => {
    const { gateway } = office;
    const log = (as: string) => gateway.admin('GET', `/api/v1/access-log?system=${SYSTEM}&record=${HOME}`, as);
    const seen = await log('internal-auditor');
    expect(seen.status).toBe(200);
    expect((seen.json as { entries: unknown[] }).entries.length).toBeGreaterThan(0);
    const denied = await log('state-auditor');
    expect([denied.status, denied.json]).toEqual([403, problemOf('right-missing', denied)]);
  });

  test('changes nothing there: an import is refused, and the attempt is an entry', async () => {
    const { gateway } = office;
    const body = JSON.stringify({ files: [{ name: 'more.yaml', content: JSON.stringify({ organizations: [] }) }], dryRun: false });
    const reply = await gateway.admin('POST', '/api/v1/directory/imports', 'internal-auditor', body);
    expect([reply.status, reply.json]).toEqual([403, problemOf('right-missing', reply)]);
    expect(await gateway.entryOf(reply)).toMatchObject({
      kind: 'admin',
      who: { account: 'internal-auditor' },
      outcome: { status: 403, code: 'right-missing' },
    });
  });

  test('who is a provider as well reads as a provider, no more', async () => {
    const keys = [keyOf('auditor', [], 'open', []), keyOf('wioa-provider', [], 'open', AT_HOME)];
    await office.expectShown('state-auditor', pathOf(HOME), wholeClient(PROVIDER_ROW, keys));
  });

  test('(asked of the engine by policy test) changes no record: the writes of others are denied, which a second role cannot make good', () =>
    expectCasesHold(SYSTEM, [
      ...['create', 'update'].map(
        (action) => `group:auditor, none, open, ${HERE}, ${action}, none, none, denied-by-rule & no-section-granted`,
      ),
      ...['delete', 'assign', 'approve', 'export'].map(
        (action) => `group:auditor, none, open, ${HERE}, ${action}, none, none, not-granted & no-section-granted`,
      ),
      `group:wioa-provider, none, open, ${HERE}, update, partial, all but basic & assignment, not-granted`,
    ]));
});

test('WS-12 a duty that has ended opens nothing with the next request', async () => {
  const keys = [keyOf('wioa-provider', [], 'open', AT_HOME)];
  await office.expectShown('provider-until-noon', pathOf(HOME), wholeClient(PROVIDER_ROW, keys));
  office.gateway.clock.forward(LAST_DAY_MS - Date.now() + 1_000);
  await office.expectRefused('provider-until-noon', pathOf(HOME), {
    ...{ code: 'no-membership', reason: 'no-membership', route: 'read-client' },
  });
});
