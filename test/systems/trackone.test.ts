import { keyOf } from '../journeys/expected';
import { expectCasesHold } from './expect-cases-hold';
import { openOffice, type Held, type Office, type Shown } from './office';
import { sample } from './sample';

const SYSTEM = 'trackone';
const CURRENT = 'T1-200041';
const EXITED = 'T1-200077';

/** The samples as they may leave: written from the policy, not by the code under test. */
const BASIC = {
  [CURRENT]: {
    participantId: CURRENT,
    name: { first: 'Morgan', last: 'Exampler' },
    birthDate: '1979-11-02',
    ssnLast4: 'XXX-XX-9987',
    fundingSource: 'WIA',
    status: 'Current',
    region: 'R4',
  },
  [EXITED]: {
    participantId: EXITED,
    name: { first: 'Devon', last: 'Patternson' },
    birthDate: '1968-03-21',
    ssnLast4: 'XXX-XX-9987',
    fundingSource: 'TAA',
    status: 'Exited',
    region: 'R4',
  },
} as const;
const NOTES = {
  [CURRENT]: [{ noteId: 1, date: '2014-08-04', staff: 'T4-17', text: 'Brought card, number XXX-XX-9987. Wants evening classes.' }],
  [EXITED]: [{ noteId: 9, date: '2014-05-30', staff: 'T4-18', text: 'Exit interview by phone.' }],
} as const;
const SERVICES = {
  [CURRENT]: [
    { serviceId: 55001, code: '102', title: 'Resume workshop', date: '2014-08-04', enteredOn: '2014-08-05', staff: 'T4-17', hours: 1.5 },
  ],
  [EXITED]: [
    {
      ...{ serviceId: 56010, code: '205', title: 'Welding course, ID XXX-XX-9987 checked', date: '2014-03-03' },
      ...{ enteredOn: '2014-03-04', staff: 'T4-18', hours: 40 },
    },
  ],
} as const;
const WHOLE = {
  [CURRENT]: {
    ...BASIC[CURRENT],
    site: 'R4-LAF',
    phone: '765-555-0161',
    email: 'morgan.exampler@example.org',
    address: { street: '7 Specimen Ave', city: 'Lafayette', state: 'IN', zip: '47901-0007' },
    services: SERVICES[CURRENT],
    performance: {
      ...{ participatedOn: '2014-07-14', employedAtParticipation: 'N', credential: null, credentialOn: null },
      ...{ exitedOn: null, exitReason: null },
    },
    serviceNotes: NOTES[CURRENT],
  },
  [EXITED]: {
    ...BASIC[EXITED],
    site: 'R4-KOK',
    phone: '765-555-0188',
    email: null,
    address: { street: '40 Template Blvd', city: 'Kokomo', state: 'IN', zip: '46901-0040' },
    services: SERVICES[EXITED],
    performance: {
      ...{ participatedOn: '2013-11-04', employedAtParticipation: 'N', credential: 'AWS D1.1', credentialOn: '2014-04-25' },
      ...{ exitedOn: '2014-05-30', exitReason: 'Employed; new employer asked for XXX-XX-9987' },
    },
    serviceNotes: NOTES[EXITED],
  },
} as const;

const SECTIONS = ['basic', 'contact', 'services', 'performance', 'service-notes', 'case-note-dates'];
const SITE_ROW = 'p, group:team-member, *, open, in-scope, *, read, allow';
const REGION_ROW = 'p, group:team-member, *, *, in-region, basic, read, allow';
const MASTER_ROW = 'p, group:master-user, region-operator, *, always, *, read, allow';
const STATE_ROW = 'p, group:state-staff, *, *, always, *, read, allow';

const team = (region: string, site: string): Held => ({ workgroup: 'team-member', regions: [region], offices: [site] });
const master = (region: string, staffId: string): Held => ({
  workgroup: 'master-user',
  staff_id: staffId,
  regions: [region],
  offices: ['*'],
});
const PEOPLE: Readonly<Record<string, readonly Held[]>> = {
  lafayette: [team('R4', 'R4-LAF')],
  kokomo: [team('R4', 'R4-KOK')],
  indianapolis: [team('R5', 'R5-IND')],
  'master-user': [master('R4', 'T4-01')],
  'master-user-elsewhere': [master('R5', 'T5-01')],
  'state-staff': [{ workgroup: 'state-staff', staff_id: 'TS-01' }],
  'two-hats': [master('R4', 'T4-02'), { workgroup: 'state-staff', staff_id: 'TS-02' }],
};

const registered = (id: string, codes: Readonly<Record<string, readonly string[]>>, isPrivate = false): object => ({
  system: SYSTEM,
  environment: 'production',
  record_id: id,
  private: isPrivate,
  codes: { region: ['R4'], site: ['R4-LAF'], ...codes },
});
/** Records by the dates of their services, for the window of TO-02. */
const DATED: Readonly<Record<string, readonly unknown[]>> = {
  'T1-THIRD': ['2027-06-30'],
  'T1-FOURTH': ['2027-06-29'],
  'T1-MIXED': ['2027-07-02', '2027-06-29'],
  'T1-NONE': [],
  'T1-SLASHES': ['07/02/2027'],
};
const dated = Object.entries(DATED).map(([id, dates]) => [
  `/participants/${id}`,
  sample(SYSTEM, 'record', { '/participantId': id, '/services': dates.map((date, at) => ({ serviceId: at, date })) }),
]);

const part = (id: typeof CURRENT | typeof EXITED, name: string): unknown => {
  const whole = sample(SYSTEM, id === CURRENT ? 'record' : 'exited-record');
  return { participantId: id, region: whole['region'], [name]: whole[name] };
};
const BODIES: Readonly<Record<string, unknown>> = {
  [`/participants/${CURRENT}`]: sample(SYSTEM, 'record'),
  [`/participants/${CURRENT}/services`]: part(CURRENT, 'services'),
  [`/participants/${CURRENT}/service-notes`]: part(CURRENT, 'serviceNotes'),
  [`/participants/${EXITED}`]: sample(SYSTEM, 'exited-record'),
  [`/participants/${EXITED}/services`]: part(EXITED, 'services'),
  [`/participants/${EXITED}/service-notes`]: part(EXITED, 'serviceNotes'),
  '/participants/T1-CONFIDENTIAL': sample(SYSTEM, 'record', { '/participantId': 'T1-CONFIDENTIAL', '/confidential': 'Y' }),
  ...Object.fromEntries(dated),
};

let office: Office;
beforeAll(async () => {
  office = await openOffice({
    system: SYSTEM,
    people: PEOPLE,
    bodies: BODIES,
    // T1-200041 stands in the directory of every test gateway, in R4 and R4-LAF.
    rows: {
      records: [
        registered(EXITED, { site: ['R4-KOK'], participation: ['Exited'], review: ['master-user'], 'reviewed-by': ['T4-02'] }),
        registered('T1-CONFIDENTIAL', {}, true),
        ...Object.keys(DATED).map((id) => registered(id, {})),
      ],
    },
  });
});
afterAll(() => office?.stop());

const under = (row: string, sections: readonly string[] = SECTIONS) => Object.fromEntries(sections.map((name) => [name, row]));
const withheld = (why: string, sections: readonly string[] = SECTIONS) => Object.fromEntries(sections.map((name) => [name, why]));
const full = (record: string, body: unknown, row: string, keys: Shown['keys'], unclassifiedFields = 0): Shown => ({
  ...{ route: 'read-participant', record, body, view: 'full', disclosed: under(row), withheld: {}, keys, unclassifiedFields },
});
const HERE = ['in-scope', 'in-region', 'current-participation'];

describe('site, region and Master User rights', () => {
  test("TO-01 R19 a team member at the participant's site sees all of the record, and of the SSN the last four digits", () =>
    office.expectShown(
      'lafayette',
      `/participants/${CURRENT}`,
      full(CURRENT, WHOLE[CURRENT], SITE_ROW, [keyOf('team-member', [], 'open', HERE)], 2),
    ));

  test('a team member at another site of the region sees that the person is known', () =>
    office.expectShown('kokomo', `/participants/${CURRENT}`, {
      route: 'read-participant',
      record: CURRENT,
      body: BASIC[CURRENT],
      view: 'basic',
      disclosed: { basic: REGION_ROW },
      withheld: withheld('out-of-scope', SECTIONS.slice(1)),
      keys: [keyOf('team-member', [], 'open', ['in-region', 'current-participation'])],
      unclassifiedFields: 2,
    }));

  test('a team member of another region, and the Master User of another, find nothing: not even the case system is asked', async () => {
    await office.expectHidden('indianapolis', `/participants/${CURRENT}`, {
      ...{ route: 'read-participant', record: CURRENT, withheld: withheld('out-of-scope'), isFetched: false },
      keys: [keyOf('team-member', [], 'open', [])],
    });
    await office.expectHidden('master-user-elsewhere', `/participants/${CURRENT}`, {
      ...{ route: 'read-participant', record: CURRENT, withheld: withheld('not-granted'), isFetched: false },
      keys: [keyOf('master-user', [], 'open', [])],
    });
  });

  test('a confidential record: basic information at the site, all for the Master User and state staff', async () => {
    const record = 'T1-CONFIDENTIAL';
    const body = { ...BASIC[CURRENT], participantId: record };
    await office.expectShown('lafayette', `/participants/${record}`, {
      ...{ route: 'read-participant', record, body, view: 'basic', disclosed: { basic: REGION_ROW } },
      ...{ withheld: withheld('private-record', SECTIONS.slice(1)), unclassifiedFields: 2 },
      keys: [keyOf('team-member', [], 'private', HERE)],
    });
    const whole = { ...WHOLE[CURRENT], participantId: record };
    const master = [keyOf('master-user', ['region-operator'], 'private', HERE)];
    await office.expectShown('master-user', `/participants/${record}`, full(record, whole, MASTER_ROW, master, 2));
    const state = [keyOf('state-staff', [], 'private', ['current-participation'])];
    await office.expectShown('state-staff', `/participants/${record}`, full(record, whole, STATE_ROW, state, 2));
  });

  test('TO-07 an exited participant is read as any other; whoever reviewed it is named so in the entry', async () => {
    const reviewed = ['exited', 'reviewed-by-master-user'];
    await office.expectShown('kokomo', `/participants/${EXITED}`, {
      ...full(EXITED, WHOLE[EXITED], SITE_ROW, [keyOf('team-member', [], 'open', ['in-scope', 'in-region', ...reviewed])]),
    });
    await office.expectShown('two-hats', `/participants/${EXITED}`, {
      ...full(EXITED, WHOLE[EXITED], MASTER_ROW, [
        keyOf('master-user', ['region-operator', 'own-review'], 'open', ['in-scope', 'in-region', ...reviewed]),
        keyOf('state-staff', [], 'open', reviewed),
      ]),
    });
  });
});

test('TO-01 R20 a full SSN leaves by no route, field or free text, and for nobody', async () => {
  for (const as of Object.keys(PEOPLE)) {
    for (const path of Object.keys(BODIES)) {
      const reply = await office.read(as, path);
      expect(`${JSON.stringify(reply.headers)} ${reply.text}`).not.toMatch(/219.?09.?9987/);
    }
  }
  expect(JSON.stringify(await office.gateway.entries({ all: true }))).not.toMatch(/219.?09.?9987/);
});

test('TO-01 TO-06 services, and service notes with their dates as a section of its own, come by routes of their own', async () => {
  for (const record of [CURRENT, EXITED] as const) {
    const as = record === CURRENT ? 'lafayette' : 'kokomo';
    // The part says nothing of the status: for the current participant neither source does.
    const when = ['in-scope', 'in-region', ...(record === EXITED ? ['exited', 'reviewed-by-master-user'] : [])];
    const common = { record, view: 'full', withheld: {}, keys: [keyOf('team-member', [], 'open', when)] } as const;
    await office.expectShown(as, `/participants/${record}/services`, {
      ...{ ...common, route: 'read-services', body: { services: SERVICES[record] }, disclosed: under(SITE_ROW, ['services']) },
    });
    const disclosed = under(SITE_ROW, ['service-notes', 'case-note-dates']);
    await office.expectShown(as, `/participants/${record}/service-notes`, {
      ...{ ...common, route: 'read-service-notes', body: { serviceNotes: NOTES[record] }, disclosed },
    });
  }
});

describe('TO-02 the window of three business days', () => {
  const holdsFor = async (id: string): Promise<boolean> => {
    const reply = await office.read('lafayette', `/participants/${id}`);
    expect(reply.status).toBe(200);
    const { records } = await office.gateway.entryOf(reply);
    const when = records[0]?.keys[0]?.when ?? [];
    expect(when.filter((word) => word !== 'within-three-business-days')).toEqual(HERE);
    return when.includes('within-three-business-days');
  };
  const all = async () => Object.fromEntries(await Promise.all(Object.keys(DATED).map(async (id) => [id, await holdsFor(id)] as const)));
  const at = (moment: string) => office.gateway.clock.forward(Date.parse(moment) - office.gateway.clock.now());

  test('TO-02 counts neither weekends nor the days of holidays.csv, in the zone of the system, and every service must lie in it', async () => {
    office.gateway.clock.stand();
    // Tuesday 6 July 2027 in Indianapolis, half past eleven in the evening. Monday the 5th is Independence Day, observed:
    // the three business days before are Friday the 2nd, Thursday the 1st and Wednesday the 30th of June.
    at('2027-07-06T23:30:00-04:00');
    expect(await all()).toEqual({ 'T1-THIRD': true, 'T1-FOURTH': false, 'T1-MIXED': false, 'T1-NONE': false, 'T1-SLASHES': false });
    // Half past midnight: another business day, though in UTC it was the 7th before.
    at('2027-07-07T00:30:00-04:00');
    expect(await all()).toEqual({ 'T1-THIRD': false, 'T1-FOURTH': false, 'T1-MIXED': false, 'T1-NONE': false, 'T1-SLASHES': false });
  });
});

describe('writes, which no route carries yet', () => {
  const NO = 'none, none, not-granted & no-section-granted';
  const SITE = 'in-scope & in-region & current-participation';
  const WINDOW = 'within-three-business-days';
  const REVIEWED = 'reviewed-by-master-user';

  test('TO-02 (asked of the engine by policy test) nobody back-dates a service by more than three business days', () =>
    expectCasesHold(SYSTEM, [
      `group:team-member, none, open, ${SITE} & ${WINDOW}, create, partial, services & service-notes & case-note-dates, not-granted`,
      `group:team-member, none, open, ${SITE}, create, partial, service-notes & case-note-dates, not-granted`,
      `group:master-user, region-operator, open, in-region & current-participation, create, partial, service-notes & case-note-dates, not-granted`,
      `group:state-staff, none, open, current-participation & ${WINDOW}, create, ${NO}`,
    ]));

  test("TO-04 (asked of the engine by policy test) after the window only the region's Master Users change what counts for performance", () =>
    expectCasesHold(SYSTEM, [
      `group:team-member, none, open, ${SITE} & ${WINDOW}, update, partial, contact & services & performance & service-notes, not-granted`,
      `group:team-member, none, open, ${SITE}, update, partial, contact & service-notes, not-granted`,
      `group:master-user, region-operator, open, in-region & current-participation, update, partial, all but case-note-dates, not-granted`,
      `group:master-user, none, open, current-participation, update, ${NO}`,
      `group:state-staff, none, open, current-participation & ${REVIEWED}, update, ${NO}`,
    ]));

  test('TO-06 (asked of the engine by policy test) nobody changes the date of a note, whatever else they change', () =>
    expectCasesHold(SYSTEM, [
      `group:team-member, none, open, ${SITE} & ${WINDOW} & ${REVIEWED}, update, partial, contact & services & performance & service-notes, not-granted`,
      `group:master-user, region-operator, open, ${SITE} & ${WINDOW} & ${REVIEWED}, update, partial, all but case-note-dates, not-granted`,
      `group:state-staff, none, open, exited & ${WINDOW} & ${REVIEWED}, update, partial, all but case-note-dates, not-granted`,
      `group:state-staff, none, open, closed & ${WINDOW} & ${REVIEWED}, update, partial, all but case-note-dates, not-granted`,
    ]));

  test("TO-07 (asked of the engine by policy test) exited, closed and deleted need state staff after the Master User's review, and another person", () =>
    expectCasesHold(SYSTEM, [
      ...['exited', 'closed'].flatMap((state) => [
        `group:state-staff, none, open, ${state} & ${REVIEWED}, update, partial, all but case-note-dates, not-granted`,
        `group:state-staff, none, open, ${state}, update, ${NO}`,
        `group:master-user, region-operator, open, in-region & ${state} & ${REVIEWED}, update, ${NO}`,
        `group:team-member, none, open, in-scope & in-region & ${state} & ${WINDOW} & ${REVIEWED}, update, ${NO}`,
        // The reviewer's own membership denies it, and a denial takes it away from every other membership of the person.
        `group:master-user, region-operator & own-review, open, in-region & ${state} & ${REVIEWED}, update, none, none, denied-by-rule & no-section-granted`,
      ]),
      `group:state-staff, none, open, ${REVIEWED}, delete, full, all, granted`,
      `group:state-staff, none, open, always, delete, ${NO}`,
      `group:master-user, region-operator, open, in-region & ${REVIEWED}, delete, ${NO}`,
      `group:master-user, region-operator & own-review, open, in-region & ${REVIEWED}, delete, none, none, denied-by-rule & no-section-granted`,
      'group:master-user, region-operator, open, in-region & exited, approve, full, all, granted',
      `group:state-staff, none, open, exited & ${REVIEWED}, approve, ${NO}`,
    ]));
});
