import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const ID = 'CT-310045';
const PATH = `/participants/${ID}`;

interface Participant {
  ssn: string;
  exportBatch: string;
  intake: Record<string, unknown>;
  caseNotes: Record<string, unknown>[];
  services: Record<string, unknown>[];
  [name: string]: unknown;
}

let office: WritingOffice;
let before: Participant;
beforeAll(async () => {
  office = await openWritingOffice({
    system: SYSTEM,
    people: { manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }] },
    bodies: { [PATH]: sample(SYSTEM, 'record') },
  });
});
beforeEach(() => {
  office.cases.begin({ [PATH]: sample(SYSTEM, 'record') }, { honoursIfMatch: true });
  before = structuredClone(office.cases.records[PATH]) as Participant;
});
afterAll(() => office.stop());

const stored = (): Participant => office.cases.records[PATH] as Participant;
const shown = async (): Promise<Participant> => (await office.read('manager', PATH)).json as Participant;

test('PTH-26 a PUT of the partial view with one change leaves every hidden value as it is', async () => {
  const view = await shown();
  expect([view.ssn, view.exportBatch, view.intake['remarks']]).toEqual(['XXX-XX-9987', undefined, 'Card shown, number XXX-XX-9987.']);
  const reply = await office.writeFresh('manager', 'PUT', PATH, { ...view, intake: { ...view.intake, householdSize: 5 } });
  expect(reply.status).toBe(200);
  expect(stored()).toEqual({ ...before, intake: { ...before.intake, householdSize: 5 } });
  expect((await office.entriesOf(reply)).intent?.details?.['write']).toMatchObject({ fields: ['/intake/householdSize'] });
});

test('PTH-26 what was shown, sent back as it was, is not sent on: masked SSN and all', async () => {
  const view = await shown();
  const replies = [
    await office.writeFresh('manager', 'PUT', PATH, view),
    await office.writeFresh('manager', 'PATCH', PATH, { ssn: 'XXX-XX-9987', intake: { remarks: view.intake['remarks'] } }),
  ];
  for (const reply of replies) {
    expect([reply.status, reply.json]).toEqual([200, view]);
    expect((await office.entriesOf(reply)).intent).toBeNull();
  }
  expect([office.cases.writes(), stored()]).toEqual([[], before]);
});

test.each([
  ['another mask in the place of the SSN', { ssn: 'XXX-XX-1111' }, 'input-invalid', ['/ssn']],
  ['a number over the masked one', { ssn: '900-12-3456' }, 'unseen-values', ['/ssn']],
  ['the masked SSN taken away', { ssn: null }, 'unseen-values', ['/ssn']],
  ['a text with a mask inside', { intake: { remarks: 'Card shown, number XXX-XX-9987. Called.' } }, 'unseen-values', ['/intake/remarks']],
  ['a text that hides a number taken away', { intake: { remarks: null } }, 'unseen-values', ['/intake/remarks']],
  ['a list that hides a number taken away', { caseNotes: null }, 'unseen-values', ['/caseNotes/*', '/caseNotes/*/text']],
])('PTH-26 %s is refused by name', async (_what, patch, code, fields) => {
  const reply = await office.writeFresh('manager', 'PATCH', PATH, patch);
  await office.expectNotSent(reply, code as 'unseen-values', { fields });
  expect([office.cases.writes(), stored()]).toEqual([[], before]);
});

test.each([
  ['a field of a section without the right', { county: 'Rock' }, ['/county']],
  ['the id', { participantId: 'CT-1' }, ['/participantId']],
  ['a field nobody classified, by our name of its place alone', { intake: { '219-09-9987': 1 } }, ['/intake/?']],
  ['one at the root', { exportBatch: null, ssn2: '1' }, ['/?']],
  ['a hidden one that is there and one that is not, alike', { exportBatch: 'x' }, ['/?']],
  ['an object where a value stands', { status: { a: 1 } }, ['/status/?']],
])('%s is refused by name', async (_what, patch, fields) => {
  const reply = await office.writeFresh('manager', 'PATCH', PATH, patch);
  await office.expectNotSent(reply, 'field-not-writable', { fields });
  expect([office.cases.writes(), stored()]).toEqual([[], before]);
  expect(reply.text).not.toMatch(/219-?09-?9987/);
});

test('JSON Patch works on what is shown and is sent in the form that the case system takes', async () => {
  const type = { 'content-type': 'application/json-patch+json' };
  const reply = await office.writeFresh(
    'manager',
    'PATCH',
    PATH,
    [
      { op: 'test', path: '/ssn', value: 'XXX-XX-9987' },
      { op: 'replace', path: '/intake/householdSize', value: 5 },
      { op: 'add', path: '/services/-', value: { serviceId: 8102, kind: 'Job club', date: '2024-03-01' } },
    ],
    type,
  );
  expect(reply.status).toBe(200);
  expect(office.cases.writes().map((one) => one.body)).toEqual([
    JSON.stringify({
      intake: { householdSize: 5 },
      services: [...before.services, { serviceId: 8102, kind: 'Job club', date: '2024-03-01' }],
    }),
  ]);
  const failing = await office.writeFresh('manager', 'PATCH', PATH, [{ op: 'test', path: '/ssn', value: '219-09-9987' }], type);
  await office.expectNotSent(failing, 'write-refused');
});

test('a note is added behind one whose number is hidden, and that one stays as it is', async () => {
  const view = await shown();
  const caseNotes = [...view.caseNotes, { noteId: 2, date: '2024-03-02', author: 'C1001', text: 'Given as XXX-XX-9987 on the phone.' }];
  const reply = await office.writeFresh('manager', 'PATCH', PATH, { caseNotes });
  expect(reply.status).toBe(200);
  expect(stored().caseNotes).toEqual([before.caseNotes[0], caseNotes[1]]);
  // Which of two the hidden number belongs to is not guessed.
  const swapped = await office.writeFresh('manager', 'PATCH', PATH, { caseNotes: [caseNotes[1], caseNotes[0]] });
  await office.expectNotSent(swapped, 'unseen-values', { fields: ['/caseNotes/*', '/caseNotes/*/text'] });
});

test('BOD-05 numbers are sent as they were written', async () => {
  const reply = await office.writeFresh('manager', 'PATCH', PATH, '{"intake":{"householdSize":9007199254740993.10}}');
  expect([reply.status, office.cases.writes()[0]?.body]).toEqual([200, '{"intake":{"householdSize":9007199254740993.10}}']);
});

test.each([
  ['BOD-33 null', 'null', 'application/json', 'body-malformed'],
  ['BOD-33 a list', '[]', 'application/json', 'body-malformed'],
  ['BOD-33 a text', '"x"', 'application/json', 'body-malformed'],
  ['BOD-33 nothing', '', 'application/json', 'body-malformed'],
  ['BOD-33 two values', '{},{}', 'application/json', 'body-malformed'],
  ['BOD-33 members of a wrapper', '1," ":2', 'application/json', 'body-malformed'],
  ['BOD-01 a key twice', '{"status":"A","stat\\u0075s":"B"}', 'application/json', 'body-malformed'],
  ['BOD-02 __proto__', '{"__proto__":{"status":"A"}}', 'application/json', 'body-malformed'],
  ['BOD-04 depth', '{"a":'.repeat(2_000), 'application/json', 'body-malformed'],
  ['BOD-06 a comment', '{"status":"A"/**/}', 'application/json', 'body-malformed'],
  ['BOD-10 utf-7', '{"status":"A"}', 'application/json; charset=utf-7', 'media-type-not-supported'],
  ['BOD-10 utf-16', '{"status":"A"}', 'application/json; charset=utf-16', 'media-type-not-supported'],
  ['BOD-33 text/plain', '{"status":"A"}', 'text/plain', 'media-type-not-supported'],
  ['BOD-33 a form', 'status=A', 'application/x-www-form-urlencoded', 'media-type-not-supported'],
] as const)('%s is refused', async (_what, body, type, code) => {
  const reply = await office.writeFresh('manager', 'PATCH', PATH, body, { 'content-type': type });
  await office.expectNotSent(reply, code);
});

test('BOD-33 a body over the cap, one in gzip and one without a type are refused', async () => {
  const large = await office.writeFresh('manager', 'PATCH', PATH, `{"status":"${'x'.repeat(300_000)}"}`);
  await office.expectNotSent(large, 'payload-too-large');
  const packed = await office.writeFresh('manager', 'PATCH', PATH, '{"status":"A"}', { 'content-encoding': 'gzip' });
  await office.expectNotSent(packed, 'media-type-not-supported');
  const deleting = await office.write('manager', 'DELETE', PATH, '{}');
  await office.expectNotSent(deleting, 'action-not-permitted');
  expect(stored()).toEqual(before);
});

test('LOD-14 a patch that copies into itself until it is a world is refused at once', async () => {
  const copies = Array.from({ length: 100 }, () => ({ op: 'copy', from: '/intake/languages', path: '/intake/languages/-' }));
  const startedMs = performance.now();
  const reply = await office.writeFresh('manager', 'PATCH', PATH, copies, { 'content-type': 'application/json-patch+json' });
  await office.expectNotSent(reply, 'body-malformed');
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test('LOD-14 a body of nothing but fields is worked out in time', async () => {
  const services = Array.from({ length: 2_500 }, (_, i) => ({ serviceId: i, kind: 'x', date: '2024-01-01', provider: 'p', remarks: 'r' }));
  const startedMs = performance.now();
  const reply = await office.writeFresh('manager', 'PATCH', PATH, { services });
  expect([reply.status, performance.now() - startedMs < 5_000]).toEqual([200, true]);
});
