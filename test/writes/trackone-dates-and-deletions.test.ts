import { copyPolicies } from '../support/policy-copy';
import { sample } from '../systems/sample';
import type { Held } from '../systems/office';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'trackone';
const CURRENT = '/participants/T1-200041';
const EXITED = '/participants/T1-200077';
/** A Monday that is a holiday: the window of three business days begins on Wednesday, 30 June. */
const NOW = '2027-07-05T15:00:00Z';

const PEOPLE: Readonly<Record<string, readonly Held[]>> = {
  lafayette: [{ workgroup: 'team-member', staff_id: 'T9-17', regions: ['R4'], offices: ['R4-LAF'] }],
  kokomo: [{ workgroup: 'team-member', staff_id: 'T9-18', regions: ['R4'], offices: ['R4-KOK'] }],
  'master-user': [{ workgroup: 'master-user', staff_id: 'T9-01', regions: ['R4'], offices: ['*'] }],
  'state-staff': [{ workgroup: 'state-staff', staff_id: 'TS-01' }],
  'two-hats': [
    { workgroup: 'master-user', staff_id: 'T9-02', regions: ['R4'], offices: ['*'] },
    { workgroup: 'state-staff', staff_id: 'TS-02' },
  ],
};
const registered = (id: string, codes: Readonly<Record<string, readonly string[]>>): object => ({
  system: SYSTEM,
  environment: 'production',
  record_id: id,
  private: false,
  codes: { region: ['R4'], site: ['R4-LAF'], ...codes },
});

const records = () => ({
  [CURRENT]: sample(SYSTEM, 'record'),
  [EXITED]: sample(SYSTEM, 'exited-record'),
});

let office: WritingOffice;
const policies = copyPolicies();
beforeAll(async () => {
  const file = policies.read(SYSTEM, 'exceptions.csv');
  policies.save(
    SYSTEM,
    'exceptions.csv',
    file.replace(
      /end\n$/,
      'outage, R4-KOK, 2027-06-21, 2027-06-30, -, ticket 1\nmaintenance, R4-KOK, 2027-06-01, 2027-06-02, -, ticket 2\nend\n',
    ),
  );
  office = await openWritingOffice({
    system: SYSTEM,
    people: PEOPLE,
    bodies: records(),
    rows: {
      records: [
        registered('T1-200041', { participation: ['Current'] }),
        registered('T1-200077', { participation: ['Exited'], site: ['R4-KOK'], review: ['master-user'], 'reviewed-by': ['T9-02'] }),
        registered('T1-KOKOMO', { participation: ['Current'], site: ['R4-KOK'] }),
      ],
    },
    lists: { services: 'services', 'service-notes': 'serviceNotes' },
    options: { policies: policies.folder, clockShiftMs: Date.parse(NOW) - Date.now() },
  });
});
beforeEach(() =>
  office.cases.begin(
    { ...records(), '/participants/T1-KOKOMO': { ...sample(SYSTEM, 'record', { '/participantId': 'T1-KOKOMO' }), site: 'R4-KOK' } },
    {},
  ),
);
afterAll(async () => {
  await office.stop();
  policies.remove();
});

const service = (date: string | number | null): object => ({ serviceId: 55002, code: '102', title: 'Workshop', date, hours: 1.5 });
const add = (as: string, date: string | number | null, path = CURRENT) => office.write(as, 'POST', `${path}/services`, service(date));

test('TO-02 R85 a service is entered within three business days of the holiday calendar, whatever the stored ones say', async () => {
  for (const date of ['2027-07-05', '2027-06-30', '2027-08-01']) expect((await add('lafayette', date)).status).toBe(201);
  expect(office.cases.writes().length).toBe(3);
  for (const date of ['2027-06-29', '2014-08-04']) {
    await office.expectNotSent(await add('lafayette', date), 'outside-window');
    await office.expectNotSent(await add('master-user', date), 'outside-window');
  }
  for (const date of ['07/05/2027', '', 20270705, null]) await office.expectNotSent(await add('lafayette', date), 'outside-window');
  expect(office.cases.writes().length).toBe(3);
});

test('TO-03 what was done in a documented outage is entered until three business days after restoration, at that site alone', async () => {
  const kokomo = '/participants/T1-KOKOMO';
  for (const date of ['2027-06-21', '2027-06-29', '2027-06-15'])
    expect([date, (await add('kokomo', date, kokomo)).status]).toEqual([date, 201]);
  // Before the window that the outage interrupted; and in an exception that is long over.
  for (const date of ['2027-06-14', '2027-06-02']) await office.expectNotSent(await add('kokomo', date, kokomo), 'outside-window');
  await office.expectNotSent(await add('lafayette', '2027-06-29'), 'outside-window');
});

test('TO-04 R86 after the window a team member changes no service, neither its hours nor its date; the Master User corrects', async () => {
  (office.cases.records[CURRENT] as { services: object[] }).services.push({
    serviceId: 7,
    code: '1',
    title: 'New',
    date: '2027-07-05',
    hours: 1,
  });
  const services = ((await office.read('lafayette', CURRENT)).json as { services: Record<string, unknown>[] }).services;
  const [old, fresh] = services as [Record<string, unknown>, Record<string, unknown>];
  const patch = (as: string, next: readonly unknown[]) => office.writeFresh(as, 'PATCH', CURRENT, { services: next });
  expect((await patch('lafayette', [old, { ...fresh, hours: 2 }])).status).toBe(200);
  await office.expectNotSent(
    await patch('lafayette', [
      { ...old, hours: 9 },
      { ...fresh, hours: 2 },
    ]),
    'outside-window',
  );
  await office.expectNotSent(
    await patch('lafayette', [
      { ...old, date: '2027-07-05' },
      { ...fresh, hours: 2 },
    ]),
    'outside-window',
  );
  await office.expectNotSent(await patch('lafayette', [{ ...fresh, hours: 2 }]), 'outside-window');
  await office.expectNotSent(
    await office.writeFresh('lafayette', 'PATCH', CURRENT, { performance: { credential: 'GED' } }),
    'field-not-writable',
    { fields: ['/performance/credential'] },
  );
  expect(
    (
      await patch('master-user', [
        { ...old, hours: 9 },
        { ...fresh, hours: 2 },
      ])
    ).status,
  ).toBe(200);
  expect((await office.writeFresh('master-user', 'PATCH', CURRENT, { performance: { employedAtParticipation: 'Y' } })).status).toBe(200);
});

test('TO-06 R89 the date of a note never changes, and comes with a new one', async () => {
  const note = { noteId: 2, date: '2014-01-01', staff: 'T4-17', text: 'Corrected the hours of 55001.' };
  for (const as of ['lafayette', 'master-user'])
    expect((await office.write(as, 'POST', `${CURRENT}/service-notes`, note)).status).toBe(201);
  const notes = ((await office.read('master-user', CURRENT)).json as { serviceNotes: object[] }).serviceNotes;
  for (const as of ['lafayette', 'master-user', 'state-staff']) {
    const serviceNotes = [notes[0], { ...notes[1], date: '2014-01-02' }, notes[2]];
    const reply = await office.writeFresh(as, 'PATCH', CURRENT, { serviceNotes });
    if (as === 'state-staff') await office.expectNotSent(reply, 'action-not-permitted');
    else await office.expectNotSent(reply, 'field-not-writable', { fields: ['/serviceNotes/*/date'] });
  }
});

test('TO-07 R66 R91 exited participants are corrected and records deleted by state staff alone, after the review of another person', async () => {
  const change = { phone: '765-555-0100' };
  await office.expectNotSent(await office.writeFresh('master-user', 'PATCH', EXITED, change), 'action-not-permitted');
  await office.expectNotSent(await office.writeFresh('two-hats', 'PATCH', EXITED, change), 'action-not-permitted');
  expect((await office.writeFresh('state-staff', 'PATCH', EXITED, change)).status).toBe(200);
  for (const as of ['lafayette', 'master-user']) {
    const reply = await office.write(as, 'DELETE', EXITED, undefined, { 'if-match': '"x"' });
    await office.expectNotSent(reply, 'action-not-permitted');
  }
  // Whoever reviewed does not carry it out, and without a review nobody does.
  await office.expectNotSent(await office.writeFresh('two-hats', 'DELETE', EXITED), 'action-not-permitted');
  await office.expectNotSent(await office.writeFresh('state-staff', 'DELETE', CURRENT), 'action-not-permitted');
  const gone = await office.writeFresh('state-staff', 'DELETE', EXITED);
  expect([gone.status, Object.hasOwn(office.cases.records, EXITED)]).toEqual([204, false]);
  expect(office.cases.writes().map((one) => `${one.method} ${one.target}`)).toEqual([`PATCH ${EXITED}`, `DELETE ${EXITED}`]);
});
