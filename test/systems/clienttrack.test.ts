import { ADMIN_AUDIENCE, AUDIENCE, startTestGateway } from '../support/gateway';
import { headersOf, keyOf, problemHeaders, problemOf } from '../journeys/expected';
import { expectCasesHold } from './expect-cases-hold';
import { officeRows, openOffice, serveBodies, type Held, type Office } from './office';
import { sample } from './sample';

const SYSTEM = 'clienttrack';
const ID = 'CT-310045';

/** The samples section by section as they may leave: written from the form, not by the code under test. */
const SHOWN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  basic: {
    participantId: ID,
    name: { first: 'Amina', middle: null, last: 'Samplewala' },
    birthDate: '1991-01-01',
    ssn: 'XXX-XX-9987',
    status: 'Active',
  },
  intake: {
    intake: {
      arrivalDate: '2024-02-09',
      arrivalStatus: 'Refugee',
      countryOfOrigin: 'Exampleland',
      languages: ['so', 'en'],
      interpreterNeeded: true,
      householdSize: 4,
      phone: '608-555-0171',
      address: { line1: '12 Model Rd', city: 'Madison', zip: '53703-0012' },
      remarks: 'Card shown, number XXX-XX-9987.',
    },
  },
  enrollment: { enrollments: [{ enrollmentId: 'E-41', program: 'Refugee Support Services', from: '2024-02-12', to: null }] },
  assignment: {
    county: 'Dane',
    agencies: ['LAKESHORE', 'HARBORVIEW'],
    caseManager: { staffId: 'C1001', name: 'Casey Manager', since: '2024-02-12' },
  },
  services: {
    services: [
      {
        serviceId: 8101,
        kind: 'Cultural orientation',
        date: '2024-02-20',
        provider: 'Lakeshore Resettlement',
        remarks: 'With interpreter',
      },
    ],
  },
  'case-notes': {
    caseNotes: [{ noteId: 1, date: '2024-02-20', author: 'C1001', text: 'SSN XXX-XX-9987 arrived by mail. Wants English classes.' }],
  },
  'medical-screening': {
    medicalScreening: {
      screenedOn: '2024-03-01',
      clinic: 'Sample Street Clinic',
      results: [{ test: 'Vision', result: 'refer', on: '2024-03-01' }],
      followUp: 'Referral sent under XXX-XX-9987, wait for the appointment.',
    },
  },
  rca: {
    rca: {
      enrollment: {
        caseNumber: '0412345678',
        from: '2024-03-01',
        to: null,
        monthsUsed: 2,
        employmentGoal: 'Kitchen work; card XXX-XX-9987 copied',
      },
      services: [{ serviceId: 9301, kind: 'Job search', date: '2024-03-15', hours: 12.5 }],
      benefits: [{ issuanceId: 'B-7', month: '2024-03', amount: 420.5, status: 'approved', approvedBy: 'C3001' }],
    },
  },
};
const MAIN = ['basic', 'intake', 'enrollment', 'assignment', 'services', 'case-notes'];
const RCA = ['rca-enrollment', 'rca-services', 'rca-benefits'];

const lakeshore = (workgroup: string): readonly Held[] => [{ workgroup, agency: 'LAKESHORE', counties: ['*'] }];
const harborview = (workgroup: string, counties: readonly string[]): readonly Held[] => [{ workgroup, agency: 'HARBORVIEW', counties }];
const PLANNER = 'rca-financial-and-employment-planner';
const PEOPLE: Readonly<Record<string, readonly Held[]>> = {
  'case-manager': lakeshore('case-manager'),
  'medical-case-manager': lakeshore('medical-case-manager'),
  'case-manager-administrator': lakeshore('case-manager-administrator'),
  planner: harborview(PLANNER, ['Dane', 'Dodge']),
  'rca-administrator': harborview('rca-administrator', ['Dane']),
  monitor: [{ workgroup: 'state-staff-monitoring' }],
  'dcf-administrator': [{ workgroup: 'dcf-administrator' }],
  'planner-of-rock': harborview(PLANNER, ['Rock']),
  'manager-elsewhere': [{ workgroup: 'case-manager', agency: 'ELMBROOK', counties: ['*'] }],
  'two-workgroups': [...lakeshore('case-manager'), ...lakeshore('medical-case-manager')],
};

const paths = (id: string) => [`/participants/${id}`, `/participants/${id}/medical-screening`, `/participants/${id}/rca`] as const;
const bodiesOf = (id: string, places: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    paths(id).map((path, at) => [
      path,
      sample(SYSTEM, ['record', 'medical-screening', 'rca'][at] as string, { '/participantId': id, ...places }),
    ]),
  );
const BODIES = {
  ...bodiesOf(ID, {}),
  ...bodiesOf('CT-ROCK', { '/county': 'Rock' }),
  ...bodiesOf('CT-NOWHERE', { '/county': null }),
};

/** Sections by route, in the order of record.yaml, and which place of the sample each fills. */
const ROUTES = [
  { name: 'read-participant', sections: MAIN, unclassifiedFields: 1 },
  { name: 'read-medical-screening', sections: ['medical-screening'], unclassifiedFields: 1 },
  { name: 'read-rca', sections: RCA, unclassifiedFields: 0 },
] as const;
const bodyOf = (sections: readonly string[]): unknown =>
  Object.assign({}, ...sections.map((name) => SHOWN[name] ?? SHOWN['rca'])) as unknown;

let office: Office;
beforeAll(async () => {
  office = await openOffice({ system: SYSTEM, people: PEOPLE, bodies: BODIES });
});
afterAll(() => office?.stop());

type Row = readonly [rule: string, person: string, workgroup: string, routes: readonly boolean[], when: readonly string[], row: string];
const own = (workgroup: string): string => `p, group:${workgroup}, *, *, in-scope, SECTION, read, allow`;
const all = (workgroup: string): string => `p, group:${workgroup}, *, *, always, *, read, allow`;

/** Who sees the record, the medical screening and the RCA part. */
const TABLE: readonly Row[] = [
  ['CT-01 CT-02', 'case-manager', 'case-manager', [true, false, false], ['in-scope'], own('case-manager')],
  ['CT-01 CT-02', 'medical-case-manager', 'medical-case-manager', [true, true, false], ['in-scope'], own('medical-case-manager')],
  [
    'CT-01 CT-02 R35',
    'case-manager-administrator',
    'case-manager-administrator',
    [true, true, false],
    ['in-scope'],
    own('case-manager-administrator'),
  ],
  ['CT-01 CT-02 R31 R36', 'planner', PLANNER, [true, false, true], ['in-scope'], own(PLANNER)],
  ['CT-01 CT-02 R31', 'rca-administrator', 'rca-administrator', [true, false, true], ['in-scope'], own('rca-administrator')],
  ['CT-01 CT-02 R38', 'monitor', 'state-staff-monitoring', [true, true, true], [], all('state-staff-monitoring')],
  ['CT-01 R39', 'dcf-administrator', 'dcf-administrator', [true, true, true], [], all('dcf-administrator')],
];

test.each(TABLE)(
  '%s %s: the record, the medical screening and the RCA part each come whole or are not found',
  async (_rule, as, workgroup, seen, when, row) => {
    const keys = [keyOf(workgroup, [], 'open', when)];
    for (const [at, { name, sections, unclassifiedFields }] of ROUTES.entries()) {
      const path = paths(ID)[at] as string;
      if (seen[at] === true) {
        const disclosed = Object.fromEntries(sections.map((section) => [section, row.replace('SECTION', section)]));
        const body = bodyOf(sections);
        await office.expectShown(as, path, {
          ...{ route: name, record: ID, view: 'full', body, disclosed, withheld: {}, keys, unclassifiedFields },
        });
      } else {
        const withheld = Object.fromEntries(sections.map((section) => [section, 'not-granted']));
        await office.expectHidden(as, path, { route: name, record: ID, withheld, keys });
      }
    }
  },
);

test('CT-02 medical screening does not come up by name for those who may not see it', async () => {
  const reply = await office.read('planner', paths(ID)[0]);
  expect([reply.status, JSON.stringify(reply.headers), reply.text].join(' ')).not.toMatch(/medical|screening/i);
});

describe('CT-11 a county restriction', () => {
  const hidden = (route: (typeof ROUTES)[number], shows: readonly string[]) =>
    Object.fromEntries(route.sections.map((section) => [section, shows.includes(section) ? 'out-of-scope' : 'not-granted']));

  test.each([
    ['Dane', 'planner', 'CT-ROCK'],
    ['Rock', 'planner-of-rock', ID],
    ['any, where the record names none', 'planner', 'CT-NOWHERE'],
  ])('%s: the planner does not find a record of another county, by any route', async (_county, as, record) => {
    for (const [at, route] of ROUTES.entries()) {
      await office.expectHidden(as, paths(record)[at] as string, {
        ...{ route: route.name, record, withheld: hidden(route, [...MAIN, ...RCA]), keys: [keyOf(PLANNER, [], 'open', [])] },
      });
    }
  });

  test('the same county of another agency is as far away, and the answer is that of a record that does not exist', async () => {
    await office.expectHidden('manager-elsewhere', paths(ID)[0], {
      ...{ route: 'read-participant', record: ID, withheld: hidden(ROUTES[0], MAIN), keys: [keyOf('case-manager', [], 'open', [])] },
    });
    const [there, nowhere] = [
      await office.read('manager-elsewhere', paths(ID)[0]),
      await office.read('manager-elsewhere', paths('CT-0')[0]),
    ];
    const { accessId: _one, ...one } = there.json as Record<string, unknown>;
    const { accessId: _other, ...other } = nowhere.json as Record<string, unknown>;
    expect([there.status, one, headersOf(there)]).toEqual([nowhere.status, other, headersOf(nowhere)]);
  });

  test('an account without it reaches every county of its agency, and nobody reaches a record without a county but the state', async () => {
    expect((await office.read('case-manager', paths('CT-ROCK')[0])).status).toBe(200);
    expect((await office.read('planner-of-rock', paths('CT-ROCK')[2])).status).toBe(200);
    expect((await office.read('case-manager', paths('CT-NOWHERE')[0])).status).toBe(404);
    expect((await office.read('monitor', paths('CT-NOWHERE')[0])).status).toBe(200);
  });
});

test('CT-01 R40 the form names one workgroup: an account with two opens nothing', () =>
  office.expectRefused('two-workgroups', paths(ID)[0], { code: 'no-membership', reason: 'too-many-roles', route: 'read-participant' }));

test('CT-06 an account of production opens nothing in training, and one of training nothing in production, though both gateways trust one issuer', async () => {
  const { gateway } = office;
  const { issuer } = gateway.issuer;
  // Both directories know both accounts of one person: by the WAMS id and by the training WAMS UAT id.
  const inTraining = officeRows(SYSTEM, issuer, { 'case-manager-uat': lakeshore('case-manager') }, 'training');
  const inProduction = officeRows(SYSTEM, issuer, { 'case-manager': lakeshore('case-manager') });
  expect((await gateway.importRows(inTraining)).status).toBe(200);
  const training = await startTestGateway({
    systems: [SYSTEM],
    config: { environment: 'training' },
    moreIssuers: [{ issuer, jwksUri: gateway.issuer.jwksUri, audience: AUDIENCE, adminAudience: ADMIN_AUDIENCE }],
    directory: Object.fromEntries(
      Object.keys(inTraining).map((kind) => [kind, [...(inProduction[kind] ?? []), ...(inTraining[kind] ?? [])]]),
    ),
  });
  try {
    serveBodies(training, BODIES);
    const read = async (of: typeof gateway, as: string) =>
      of.send('GET', `${of.dataUrl}/${SYSTEM}${paths(ID)[0]}`, {
        headers: { authorization: `Bearer ${await gateway.token(as, { client_id: 'desk' })}` },
      });
    const opened = [await read(gateway, 'case-manager'), await read(training, 'case-manager-uat')];
    expect(opened.map((reply) => [reply.status, reply.json])).toEqual(opened.map(() => [200, bodyOf(MAIN)]));
    expect((await training.entryOf(opened[1]!)).environment).toBe('training');

    for (const [of, as, environment] of [
      [training, 'case-manager', 'training'],
      [gateway, 'case-manager-uat', 'production'],
    ] as const) {
      const sent = of.upstream.requests.length;
      const reply = await read(of, as);
      expect([reply.status, reply.json, headersOf(reply)]).toEqual([403, problemOf('account-unknown', reply), problemHeaders]);
      expect(await of.entryOf(reply)).toEqual({
        format: 1,
        accessId: reply.accessId,
        kind: 'refusal',
        at: expect.any(String) as unknown,
        source: { address: '127.0.0.1' },
        who: null,
        system: SYSTEM,
        environment,
        route: 'read-participant',
        method: 'GET',
        action: null,
        records: [],
        outcome: { status: 403, code: 'account-unknown', reasons: ['account-unknown'] },
        upstream: null,
        policyVersion: null,
        directoryVersion: null,
        registryVersion: null,
      });
      expect(of.upstream.requests.length).toBe(sent);
    }
  } finally {
    await training.stop();
  }
});

describe('writes, which no route carries yet', () => {
  const NO = 'none, none, not-granted & no-section-granted';
  const below = ['case-manager', 'medical-case-manager', 'case-manager-administrator', PLANNER];

  test('CT-01 (asked of the engine by policy test) what each workgroup creates and updates', () =>
    expectCasesHold(
      SYSTEM,
      ['create', 'update'].flatMap((action) => {
        const ask = (workgroup: string, sections: string) =>
          `group:${workgroup}, none, open, in-scope, ${action}, partial, ${sections}, not-granted`;
        const manager = 'basic & intake & enrollment & services & case-notes';
        return [
          ask('case-manager', manager),
          ask('medical-case-manager', `${manager} & medical-screening`),
          ask('case-manager-administrator', `${manager} & medical-screening`),
          ask(PLANNER, `${manager} & rca-enrollment & rca-services`),
          ask('rca-administrator', `${manager} & rca-enrollment & rca-services`),
          `group:state-staff-monitoring, none, open, in-scope, ${action}, ${NO}`,
          `group:dcf-administrator, none, open, always, ${action}, full, all, granted`,
        ];
      }),
    ));

  test('CT-02 (asked of the engine by policy test) RCA benefits are approved by the RCA Administrator alone', () =>
    expectCasesHold(SYSTEM, [
      'group:rca-administrator, none, open, in-scope, approve, partial, rca-benefits, not-granted',
      'group:rca-administrator, none, open, always, approve, none, none, out-of-scope & not-granted & no-section-granted',
      ...[...below, 'state-staff-monitoring', 'dcf-administrator'].map((one) => `group:${one}, none, open, in-scope, approve, ${NO}`),
    ]));

  test('CT-02 (asked of the engine by policy test) records are deleted by the DCF Administrator alone', () =>
    expectCasesHold(SYSTEM, [
      'group:dcf-administrator, none, open, always, delete, full, all, granted',
      ...[...below, 'rca-administrator', 'state-staff-monitoring'].map((one) => `group:${one}, none, open, in-scope, delete, ${NO}`),
    ]));

  test('CT-01 (asked of the engine by policy test) participants are re-assigned by the Case Manager Administrator and the DCF Administrator', () =>
    expectCasesHold(SYSTEM, [
      'group:case-manager-administrator, none, open, in-scope, assign, partial, assignment, not-granted',
      'group:case-manager-administrator, none, open, always, assign, none, none, out-of-scope & not-granted & no-section-granted',
      'group:dcf-administrator, none, open, always, assign, partial, assignment, not-granted',
      ...['case-manager', 'medical-case-manager', PLANNER, 'rca-administrator', 'state-staff-monitoring'].map(
        (one) => `group:${one}, none, open, in-scope, assign, ${NO}`,
      ),
    ]));
});
