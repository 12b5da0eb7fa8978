import { join } from 'node:path';
import type { DemoCaseSystems } from '../../demo/case-systems';
import { startChild, type Child } from '../../demo/start-child';
import { startTestGateway, type Reply, type TestGateway } from '../support/gateway';

const RECORD = 'WF1-1000017';
const PATH = `/workforce-one/records/${RECORD}`;

let demo: Child<DemoCaseSystems>;
let gateway: TestGateway;
beforeAll(async () => {
  demo = await startChild(join(__dirname, '..', '..', 'demo'), 'case-systems', { workforceOne: 0, trackOne: 0 });
  gateway = await startTestGateway({ systems: ['workforce-one'], caseSystem: { origin: demo.ready.workforceOneUrl } });
});
afterAll(async () => {
  await gateway.stop();
  await demo.stop();
});

const stored = async (): Promise<Record<string, unknown>> =>
  (await (await fetch(`${demo.ready.workforceOneUrl}/records/${RECORD}`)).json()) as Record<string, unknown>;
const write = async (as: string, method: string, path: string, body: unknown): Promise<Reply> => {
  const authorization = `Bearer ${await gateway.token(as)}`;
  const read = await gateway.get(PATH, as);
  const headers = { authorization, 'content-type': 'application/json', 'if-match': String(read.headers['etag']) };
  return gateway.send(method, `${gateway.dataUrl}${path}`, { headers, body: JSON.stringify(body) });
};

test('what is declared of json-server is true: a wrong If-Match is taken, and a merge patch is answered 200 and changes nothing', async () => {
  const before = await stored();
  const send = (type: string, ifMatch: string, body: unknown) =>
    fetch(`${demo.ready.workforceOneUrl}/records/${RECORD}`, {
      method: 'PATCH',
      headers: { 'content-type': type, 'if-match': ifMatch },
      body: JSON.stringify(body),
    });
  const merged = await send('application/merge-patch+json', '"wrong"', { caseStatus: 'Closed' });
  expect([merged.status, typeof merged.headers.get('etag'), await stored()]).toEqual([200, 'string', before]);
  const taken = await send('application/json', '"wrong"', { caseStatus: 'Pending' });
  expect([taken.status, await stored()]).toEqual([200, { ...before, caseStatus: 'Pending' }]);
});

test('WF1-14 the assigned counselor changes a member of a private record; hidden members stay as they are', async () => {
  const before = await stored();
  const reply = await write('counselor', 'PATCH', PATH, { demographics: { maritalStatus: 'married' } });
  expect([reply.status, (reply.json as { demographics: object }).demographics]).toEqual([
    200,
    { ...(before['demographics'] as object), maritalStatus: 'married' },
  ]);
  expect(await stored()).toEqual({ ...before, demographics: { ...(before['demographics'] as object), maritalStatus: 'married' } });
});

test('a member in which something is hidden is not sent where nothing keeps two writers apart', async () => {
  const before = await stored();
  const reply = await write('counselor', 'PATCH', PATH, { contact: { phone: '651-555-0100' } });
  expect([reply.status, (reply.json as { fields: unknown }).fields, await stored()]).toEqual([409, ['/contact'], before]);
});

test('WF1-14 a note is added by its own address', async () => {
  const before = await stored();
  const note = { noteId: 903, date: '2024-04-03', author: 'S1001', subject: 'Call', text: 'Reached.' };
  const reply = await write('counselor', 'POST', `${PATH}/case-notes`, note);
  expect(reply.status).toBe(201);
  expect(await stored()).toEqual({ ...before, caseNotes: [...(before['caseNotes'] as unknown[]), note] });
});

test('WF1-07 the data specialist passes a private record on, and sees of it afterwards what the policy says then', async () => {
  const reply = await write('data-specialist', 'PATCH', `${PATH}/assignment`, {
    assignment: { staffId: 'S1002', staffName: 'Another Counselor' },
  });
  expect([reply.status, (reply.json as { assignment: { staffId: string } }).assignment.staffId]).toEqual([200, 'S1002']);
  expect((await stored())['assignment']).toMatchObject({ staffId: 'S1002', agency: 'AG-NORTH' });
  // The former counselor, at once.
  expect((await gateway.get(PATH, 'counselor')).headers['casegate-view']).toBe('basic');
});
