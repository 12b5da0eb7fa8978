import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'workforce-one';
const PRIVATE = '/records/WF1-1000017';
const OPEN = '/records/WF1-OPEN';
const NORTH = { agency: 'AG-NORTH', counties: ['62'] };

const records = () => ({
  [PRIVATE]: sample(SYSTEM, 'record', { '/assignment/staffId': 'W7001', '/referrals': [{ referralId: 'R-1', staffId: 'W7009' }] }),
  [OPEN]: sample(SYSTEM, 'record', {
    '/recordId': 'WF1-OPEN',
    '/privacy/indicator': false,
    '/assignment/staffId': 'W7001',
    '/referrals': [{ referralId: 'R-1', staffId: 'W7009' }],
  }),
});

let office: WritingOffice;
beforeAll(async () => {
  office = await openWritingOffice({
    system: SYSTEM,
    people: {
      assigned: [{ workgroup: 'employment-counselor', staff_id: 'W7001', ...NORTH }],
      colleague: [{ workgroup: 'employment-counselor', staff_id: 'W7002', ...NORTH }],
      lead: [{ workgroup: 'supervisor', staff_id: 'W7003', ...NORTH, privileges: ['private-records'] } as never],
      specialist: [{ workgroup: 'data-specialist', staff_id: 'W7004', ...NORTH, privileges: ['private-records'] } as never],
      'specialist-without-privilege': [{ workgroup: 'data-specialist', staff_id: 'W7005', ...NORTH }],
      'specialist-elsewhere': [
        { workgroup: 'data-specialist', staff_id: 'W7006', agency: 'AG-SOUTH', privileges: ['private-records'] } as never,
      ],
      watcher: [{ workgroup: 'monitor', staff_id: 'W7007', ...NORTH }],
      referred: [{ workgroup: 'referred-service-worker', staff_id: 'W7009', ...NORTH }],
      stranger: [{ workgroup: 'referred-service-worker', staff_id: 'W7010', ...NORTH }],
    },
    bodies: records(),
    rows: { supervision: [{ supervisor: 'lead', supervisee: 'assigned', from: '2024-01-01' }] },
    lists: { 'case-notes': 'caseNotes', 'hand-over-notes': 'handOverNotes' },
  });
});
beforeEach(() => office.cases.begin(records(), {}));
afterAll(() => office.stop());

const demographics = { demographics: { maritalStatus: 'married' } };
const note = { noteId: 903, date: '2024-04-03', author: 'W7001', subject: 'Call', text: 'Reached.' };
const others = [
  'colleague',
  'lead',
  'specialist',
  'specialist-without-privilege',
  'specialist-elsewhere',
  'watcher',
  'referred',
  'stranger',
];

test('WF1-14 R08 R09 data entry in a private record is the assigned counselor’s and nobody else’s', async () => {
  for (const as of others) {
    for (const [method, path, body] of [
      ['PATCH', PRIVATE, demographics],
      ['POST', `${PRIVATE}/case-notes`, note],
    ] as const) {
      const headers = { 'if-match': await office.tag(as, PRIVATE), 'content-type': 'application/json' };
      await office.expectNotSent(await office.write(as, method, path, body, headers), 'action-not-permitted');
    }
  }
  expect(office.cases.writes()).toEqual([]);
  expect((await office.writeFresh('assigned', 'PATCH', PRIVATE, demographics)).status).toBe(200);
  expect((await office.write('assigned', 'POST', `${PRIVATE}/case-notes`, note)).status).toBe(201);
  expect(office.cases.writes().map((one) => `${one.method} ${one.target}`)).toEqual([`PATCH ${PRIVATE}`, `POST ${PRIVATE}/case-notes`]);
});

test('WF1-14 in an open record the other counselors in scope enter data too; nobody changes who the person is or its privacy', async () => {
  expect((await office.writeFresh('colleague', 'PATCH', OPEN, demographics)).status).toBe(200);
  for (const [patch, fields] of [
    [{ name: { last: 'Other' } }, ['/name/last']],
    [{ privacy: { indicator: true } }, ['/privacy/indicator']],
    [{ assignment: { staffId: 'W7002' } }, ['/assignment/staffId']],
  ] as const) {
    await office.expectNotSent(await office.writeFresh('assigned', 'PATCH', OPEN, patch), 'field-not-writable', { fields });
  }
});

test('WF1-10 a worker of a referral hands over without reading: the answer is the basic view, and the note is there', async () => {
  const handed = { noteId: 1, handedOverOn: '2024-04-03', from: 'W7009', text: 'Moves on Friday.' };
  const reply = await office.write('referred', 'POST', `${PRIVATE}/hand-over-notes`, handed);
  const read = await office.read('referred', PRIVATE);
  expect([reply.status, reply.headers['casegate-view'], reply.json]).toEqual([201, 'basic', read.json]);
  expect(reply.text).not.toContain('Moves on Friday');
  expect((office.cases.records[PRIVATE] as { handOverNotes: unknown }).handOverNotes).toEqual([handed]);
  const { answer, intent } = await office.entriesOf(reply);
  expect([intent?.records[0]?.disclosure, Object.keys(answer.records[0]?.disclosed ?? {})]).toEqual(['none', ['basic']]);
  // Neither what is there nor anything else can be written by this way, and nobody else has it.
  await office.expectNotSent(
    await office.write('referred', 'POST', `${PRIVATE}/hand-over-notes`, { ...handed, secret: 1 }),
    'field-not-writable',
    {
      fields: ['/handOverNotes/*/?'],
    },
  );
  await office.expectNotSent(await office.write('stranger', 'POST', `${PRIVATE}/hand-over-notes`, handed), 'action-not-permitted');
  expect(office.cases.writes().length).toBe(1);
});

test('WF1-07 a private record is assigned by the data specialist of its agency, with the privilege, and by nobody else', async () => {
  const assignment = { assignment: { staffId: 'W7002' } };
  const assign = (as: string, path: string) => office.writeFresh(as, 'PATCH', `${path}/assignment`, assignment, {}, path);
  office.cases.sections = { assignment: PRIVATE };
  for (const as of ['assigned', 'colleague', 'lead', 'specialist-without-privilege', 'specialist-elsewhere', 'watcher', 'referred'])
    await office.expectNotSent(await assign(as, PRIVATE), 'action-not-permitted');
  expect((await assign('specialist', PRIVATE)).status).toBe(200);
  expect((office.cases.records[PRIVATE] as { assignment: { staffId: string } }).assignment.staffId).toBe('W7002');
  office.cases.sections = { assignment: OPEN };
  // Ours: an open one is also the supervisors' in scope.
  expect((await assign('lead', OPEN)).status).toBe(200);
  await office.expectNotSent(await assign('colleague', OPEN), 'action-not-permitted');
});
