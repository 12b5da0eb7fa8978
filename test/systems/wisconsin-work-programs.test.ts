import { keyOf } from '../journeys/expected';
import { expectCasesHold } from './expect-cases-hold';
import { openOffice, type Held, type Office } from './office';
import { sample } from './sample';

const SYSTEM = 'wisconsin-work-programs';

/** The samples section by section as they may leave: written from the memo, not by the code under test. */
const SHOWN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  basic: {
    participationId: 'WWP-520017',
    pin: '7000123456',
    name: { first: 'Jordan', last: 'Specimen' },
    birthDate: '1990-08-19',
    ssn: 'XXX-XX-9987',
    program: 'W-2',
    status: 'Enrolled',
  },
  assignment: { assignment: { agency: 'AG-DANE', office: '5101', workerId: 'XWA123', workerName: 'Francis Planner' } },
  registration: {
    registration: {
      requestedOn: '2019-02-25',
      address: { line1: '3 Prototype Ct', city: 'Madison', zip: '53704-0003' },
      phone: '608-555-0133',
      courtOrder: 'Order of 2019-01-07, names XXX-XX-9987',
    },
  },
  eligibility: {
    eligibility: {
      determinedOn: '2019-02-26',
      result: 'eligible',
      monthlyIncome: 812.4,
      reason: 'Income under 150 percent; proof under XXX-XX-9987',
    },
  },
  enrollment: { enrollment: { enrolledOn: '2019-02-27', placement: 'CSJ', endedOn: null, endReason: null } },
  'informal-assessment': {
    informalAssessment: {
      assessedOn: '2019-02-28',
      workHistory: 'Two years in a warehouse, pay stub under XXX-XX-9987',
      education: '12',
      health: 'Back pain, sees a doctor in April',
      familyBarriers: 'Child care ends at five',
    },
  },
  services: {
    services: [
      {
        serviceId: 640,
        kind: 'Child care referral',
        provider: 'Sample Child Care',
        referredOn: '2019-03-01',
        providedOn: null,
        remarks: 'Asked by phone, no number left',
      },
    ],
  },
  'actions-needed': {
    actionsNeeded: [
      { actionId: 31, who: 'participant', what: 'Bring the lease', dueOn: '2019-03-06', doneOn: null },
      { actionId: 32, who: 'worker', what: 'Ask for the card of XXX-XX-9987', dueOn: '2019-03-04', doneOn: '2019-03-01' },
    ],
  },
};

const ROUTES = [
  {
    name: 'read-participation',
    path: (id: string) => `/participations/${id}`,
    sample: 'record',
    sections: ['basic', 'assignment', 'registration', 'eligibility', 'enrollment', 'actions-needed'],
    unclassifiedFields: 1,
  },
  {
    name: 'read-informal-assessment',
    path: (id: string) => `/participations/${id}/informal-assessment`,
    sample: 'informal-assessment',
    sections: ['informal-assessment'],
    unclassifiedFields: 0,
  },
  {
    name: 'read-services',
    path: (id: string) => `/participations/${id}/services`,
    sample: 'services',
    sections: ['services'],
    unclassifiedFields: 0,
  },
] as const;
const [RECORD, ASSESSMENT, SERVICES] = ROUTES;

/** Record ids by program and agency. */
const RECORDS: Readonly<Record<string, readonly [program: string, agency: string]>> = {
  'DANE-CF': ['CF', 'AG-DANE'],
  'DANE-TJ': ['TJ', 'AG-DANE'],
  'DANE-TMJ': ['TMJ', 'AG-DANE'],
  'DANE-W2': ['W-2', 'AG-DANE'],
  'DANE-LF': ['LF', 'AG-DANE'],
  'ROCK-W2': ['W-2', 'AG-ROCK'],
  'ROCK-CF': ['CF', 'AG-ROCK'],
};
const BODIES = Object.fromEntries(
  Object.entries(RECORDS).flatMap(([id, [program, agency]]) =>
    ROUTES.map((route) => [
      route.path(id),
      sample(SYSTEM, route.sample, { '/participationId': id, '/program': program, '/assignment/agency': agency }),
    ]),
  ),
);
function bodyOf(id: string, sections: readonly string[]): unknown {
  const body = structuredClone(Object.assign({}, ...sections.map((name) => SHOWN[name]))) as Record<string, Record<string, unknown>>;
  const [program, agency] = RECORDS[id] as readonly [string, string];
  if (sections.includes('basic')) Object.assign(body, { participationId: id, program });
  if (body['assignment'] !== undefined) body['assignment']['agency'] = agency;
  return body;
}

const W2 = 'wisconsin-works';
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'children-first': ['CF'],
  'transitional-jobs': ['TJ'],
  'transform-milwaukee-jobs': ['TMJ'],
  [W2]: ['W-2', 'LF'],
};
const ofProgram = (record: string): string =>
  Object.keys(PROGRAMS).find((word) => PROGRAMS[word]?.includes((RECORDS[record] as readonly [string, string])[0])) as string;

/** What each of the nine roles reads, whatever route it comes by (WWP-02). */
const ROLES: readonly (readonly [role: string, condition: string, record: string, sections: readonly string[]])[] = [
  ['cf-case-manager', 'children-first', 'DANE-CF', Object.keys(SHOWN).filter((name) => name !== 'eligibility')],
  ['tj-worker', 'transitional-jobs', 'DANE-TJ', Object.keys(SHOWN)],
  ['tmj-worker', 'transform-milwaukee-jobs', 'DANE-TMJ', Object.keys(SHOWN)],
  ['w2-office-administration', W2, 'DANE-W2', ['basic', 'assignment']],
  ['w2-fep', W2, 'DANE-W2', ['basic', 'assignment', 'enrollment', 'informal-assessment', 'services', 'actions-needed']],
  ['w2-resource-specialist', W2, 'DANE-W2', ['basic', 'assignment', 'enrollment', 'services', 'actions-needed']],
  ['w2-case-management-other', W2, 'DANE-LF', ['basic', 'assignment', 'enrollment', 'services', 'actions-needed']],
  ['w2-supervisor', W2, 'DANE-W2', ['basic', 'assignment', 'enrollment', 'informal-assessment', 'services', 'actions-needed']],
  ['w2-qc-staff', W2, 'DANE-LF', ['basic', 'assignment', 'enrollment', 'informal-assessment', 'services', 'actions-needed']],
];
/** TJ and TMJ staff read their program whole, in one row. */
const rowOf = (role: string, condition: string, section: string): string => {
  const shown = role === 'tj-worker' || role === 'tmj-worker' ? '*' : section;
  return `p, group:${role}, *, *, in-scope & ${condition}, ${shown}, read, allow`;
};

const held = (workgroup: string, programs: readonly string[], agency = 'AG-DANE'): Held => ({ workgroup, programs, agency });
const CF = held('cf-case-manager', ['CF']);
const SPECIALIST = held('w2-resource-specialist', ['W-2', 'LF']);
const PEOPLE: Readonly<Record<string, readonly Held[]>> = {
  ...Object.fromEntries(ROLES.map(([role, condition]) => [role, [held(role, PROGRAMS[condition] ?? [])]])),
  // A directory that lists more programs than the role has.
  ...Object.fromEntries(ROLES.map(([role]) => [`${role}-of-all`, [held(role, ['*'])]])),
  'two-roles': [CF, SPECIALIST],
  'two-agencies': [CF, held('w2-resource-specialist', ['W-2'], 'AG-ROCK')],
  'three-roles': [CF, held('tj-worker', ['TJ']), SPECIALIST],
  'fep-and-supervisor': [held('w2-fep', ['W-2', 'LF']), held('w2-supervisor', ['W-2'])],
  'fep-supervisor-and-cf': [held('w2-fep', ['W-2', 'LF']), held('w2-supervisor', ['W-2']), CF],
};

let office: Office;
beforeAll(async () => {
  office = await openOffice({ system: SYSTEM, people: PEOPLE, bodies: BODIES });
});
afterAll(() => office?.stop());

type Route = (typeof ROUTES)[number];
const withheldOn = (route: Route, shown: readonly string[], why: string): Record<string, string> =>
  Object.fromEntries(route.sections.filter((name) => !shown.includes(name)).map((name) => [name, why]));

/** Asserts one route for somebody who reads these sections under one row each. */
async function expectRead(
  as: string,
  record: string,
  route: Route,
  sections: readonly string[],
  told: { readonly keys: ReturnType<typeof keyOf>[]; readonly row: (section: string) => string; readonly memberships?: readonly string[] },
): Promise<void> {
  const shown = route.sections.filter((name) => sections.includes(name));
  const { keys, memberships } = told;
  const entry = { route: route.name, record, keys, withheld: withheldOn(route, shown, 'not-granted'), memberships };
  if (shown.length === 0) return office.expectHidden(as, route.path(record), entry);
  await office.expectShown(as, route.path(record), {
    ...entry,
    body: bodyOf(record, shown),
    view: shown.length === route.sections.length ? 'full' : 'partial',
    disclosed: Object.fromEntries(shown.map((section) => [section, told.row(section)])),
    unclassifiedFields: route.unclassifiedFields,
  });
}

describe('WWP-02 a role', () => {
  test.each(ROLES)('%s reads what is its own in its program, by every route', async (role, condition, record, sections) => {
    const told = { keys: [keyOf(role, [], 'open', ['in-scope', condition])], row: (section: string) => rowOf(role, condition, section) };
    for (const route of ROUTES) await expectRead(role, record, route, sections, told);
  });

  test.each(ROLES)('%s finds no record of another program, even where the directory lists it', async (role, condition) => {
    for (const other of ['DANE-CF', 'DANE-TJ', 'DANE-TMJ', 'DANE-W2'].filter((id) => ofProgram(id) !== condition)) {
      for (const route of ROUTES) {
        await office.expectHidden(`${role}-of-all`, route.path(other), {
          route: route.name,
          record: other,
          withheld: withheldOn(route, [], 'not-granted'),
          keys: [keyOf(role, [], 'open', ['in-scope', ofProgram(other)])],
        });
      }
    }
  });

  test.each([
    ['cf-case-manager', 'ROCK-CF', 'children-first', ['basic', 'assignment', 'registration', 'enrollment', 'actions-needed']],
    ['w2-supervisor', 'ROCK-W2', W2, ['basic', 'assignment', 'enrollment', 'actions-needed']],
  ])('%s finds no record of another agency', async (role, record, condition, sections) => {
    const withheld = Object.fromEntries(RECORD.sections.map((name) => [name, sections.includes(name) ? 'out-of-scope' : 'not-granted']));
    await office.expectHidden(role, RECORD.path(record), {
      ...{ route: RECORD.name, record, withheld, keys: [keyOf(role, [], 'open', [condition])] },
    });
  });
});

describe('WWP-02 WWP-03 a second role never lends its scope to the first', () => {
  const keysFor = (record: string, cf: readonly string[], w2: readonly string[]) => [
    keyOf('cf-case-manager', [], 'open', [...cf, ofProgram(record)]),
    keyOf('w2-resource-specialist', [], 'open', [...w2, ofProgram(record)]),
  ];

  test('a CF Case Manager who is also W-2 Resource Specialist has no CF rights on a W-2 record', async () => {
    const sections = ['basic', 'assignment', 'enrollment', 'services', 'actions-needed'];
    const told = {
      keys: keysFor('DANE-W2', [], ['in-scope']),
      row: (section: string) => rowOf('w2-resource-specialist', W2, section),
    };
    for (const route of ROUTES) await expectRead('two-roles', 'DANE-W2', route, sections, told);
  });

  test('and no W-2 rights on a CF record', async () => {
    const sections = Object.keys(SHOWN).filter((name) => name !== 'eligibility');
    const told = {
      keys: keysFor('DANE-CF', ['in-scope'], []),
      row: (section: string) => rowOf('cf-case-manager', 'children-first', section),
    };
    for (const route of ROUTES) await expectRead('two-roles', 'DANE-CF', route, sections, told);
  });

  test('two roles in two agencies: neither program is theirs in the other agency', async () => {
    for (const [record, why] of [
      ['DANE-W2', { basic: 'out-of-scope', assignment: 'out-of-scope', enrollment: 'out-of-scope', 'actions-needed': 'out-of-scope' }],
      [
        'ROCK-CF',
        {
          basic: 'out-of-scope',
          assignment: 'out-of-scope',
          registration: 'out-of-scope',
          enrollment: 'out-of-scope',
          'actions-needed': 'out-of-scope',
        },
      ],
    ] as const) {
      const withheld = { ...withheldOn(RECORD, [], 'not-granted'), ...why };
      await office.expectHidden('two-agencies', RECORD.path(record), {
        ...{ route: RECORD.name, record, withheld, keys: keysFor(record, [], []) },
      });
    }
    expect((await office.read('two-agencies', RECORD.path('DANE-CF'))).status).toBe(200);
    expect((await office.read('two-agencies', RECORD.path('ROCK-W2'))).status).toBe(200);
  });

  test('(asked of the engine by policy test) writes follow the same: each role writes in its program alone', () =>
    expectCasesHold(SYSTEM, [
      'group:w2-resource-specialist, none, open, in-scope & wisconsin-works, update, partial, services, not-granted',
      'group:w2-resource-specialist, none, open, in-scope & children-first, update, none, none, not-granted & no-section-granted',
      'group:cf-case-manager, none, open, in-scope & wisconsin-works, update, none, none, not-granted & no-section-granted',
      'group:cf-case-manager, none, open, in-scope & children-first, update, partial, all but assignment & eligibility, not-granted',
      'group:w2-qc-staff, none, open, in-scope & wisconsin-works, update, none, none, not-granted & no-section-granted',
      'group:w2-office-administration, none, open, in-scope & wisconsin-works, update, none, none, not-granted & no-section-granted',
    ]));
});

describe('WWP-03', () => {
  test('three roles open nothing', () =>
    office.expectRefused('three-roles', RECORD.path('DANE-CF'), {
      ...{ code: 'no-membership', reason: 'too-many-roles', route: RECORD.name },
    }));

  test.each([
    ['fep-and-supervisor', []],
    ['fep-supervisor-and-cf', [2]],
  ] as const)('FEP together with Supervisor is Supervisor, and counts once: %s', async (as, others) => {
    const memberships = [1, ...others].map((at) => `m-${as}-${at}`);
    const cf = (record: string) => others.map(() => keyOf('cf-case-manager', [], 'open', [ofProgram(record)]));
    const told = {
      keys: [keyOf('w2-supervisor', [], 'open', ['in-scope', W2]), ...cf('DANE-W2')],
      row: (section: string) => rowOf('w2-supervisor', W2, section),
      memberships,
    };
    const sections = ROLES.find(([role]) => role === 'w2-supervisor')?.[3] ?? [];
    for (const route of ROUTES) await expectRead(as, 'DANE-W2', route, sections, told);
    // The FEP's membership lists Learnfare, the supervisor's does not: what was given for the lost role is lost with it.
    const why: Record<string, string> = { 'informal-assessment': 'out-of-scope' };
    await office.expectHidden(as, ASSESSMENT.path('DANE-LF'), {
      ...{ route: ASSESSMENT.name, record: 'DANE-LF', withheld: why, memberships },
      keys: [keyOf('w2-supervisor', [], 'open', [W2]), ...cf('DANE-LF')],
    });
    expect((await office.read('w2-fep', SERVICES.path('DANE-LF'))).status).toBe(200);
  });
});
