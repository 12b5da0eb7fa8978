import { ruleLine } from '../journeys/expected';
import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const ID = 'CT-310045';
const PATH = `/participants/${ID}`;
const ROW = (section: string, action: string): string => `p, group:case-manager, *, *, in-scope, ${section}, ${action}, allow`;
const SHOWN = ['basic', 'intake', 'enrollment', 'assignment', 'services', 'case-notes'] as const;

let office: WritingOffice;
beforeAll(async () => {
  office = await openWritingOffice({
    system: SYSTEM,
    people: {
      manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }],
      monitoring: [{ workgroup: 'state-staff-monitoring' }],
      elsewhere: [{ workgroup: 'case-manager', agency: 'ELMBROOK', counties: ['*'] }],
    },
    bodies: { [PATH]: sample(SYSTEM, 'record') },
    lists: { 'case-notes': 'caseNotes', services: 'services' },
  });
});
beforeEach(() => office.cases.begin({ [PATH]: sample(SYSTEM, 'record') }, { honoursIfMatch: true }));
afterAll(() => office.stop());

const line = (section: string, action: string): number => ruleLine(ROW(section, action), office.gateway.policies, SYSTEM);

test('a patch is an intent, one call to the case system, and an outcome; the answer is shaped like a read', async () => {
  const upstreamTag = String((await office.gateway.send('GET', `${office.gateway.upstream.origin}${PATH}`)).headers['etag']);
  const reply = await office.writeFresh('manager', 'PATCH', PATH, { intake: { phone: '608-555-0199' } });
  const read = await office.read('manager', PATH);
  expect([reply.status, reply.json, reply.headers['etag'], reply.headers['casegate-view'], reply.headers['cache-control']]).toEqual([
    200,
    read.json,
    read.headers['etag'],
    'full',
    'no-store',
  ]);
  expect((read.json as { intake: { phone: string } }).intake.phone).toBe('608-555-0199');

  const [sent, ...more] = office.cases.writes();
  expect([more.length, sent?.method, sent?.target, sent?.body, sent?.headers]).toEqual([
    0,
    'PATCH',
    PATH,
    '{"intake":{"phone":"608-555-0199"}}',
    [
      ['host', office.gateway.upstream.origin.slice('http://'.length)],
      ['connection', 'keep-alive'],
      ['accept', 'application/json'],
      ['accept-encoding', 'identity'],
      ['content-type', 'application/merge-patch+json'],
      ['if-match', upstreamTag],
      ['content-length', '35'],
    ],
  ]);

  const { answer, intent } = await office.entriesOf(reply);
  const common = {
    format: 1,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    source: { address: '127.0.0.1' },
    who: {
      account: 'manager',
      person: 'person-manager',
      organization: 'north',
      issuer: office.gateway.issuer.issuer,
      application: 'desk-production',
      actor: null,
      memberships: ['m-manager-0'],
    },
    system: SYSTEM,
    environment: 'production',
    route: 'change-participant',
    method: 'PATCH',
    action: 'update',
    policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
    directoryVersion: 2,
    registryVersion: 1,
  };
  const keys = [
    { environment: 'production', application: 'case-work', workgroup: 'case-manager', relations: [], privacy: 'open', when: ['in-scope'] },
  ];
  const record = { id: ID, withheld: {}, keys, unclassifiedFields: 0 };
  expect(intent).toEqual({
    ...common,
    accessId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    kind: 'intent',
    records: [{ ...record, disclosure: 'none', disclosed: {} }],
    outcome: { status: 0, code: 'ok', reasons: ['granted'] },
    upstream: null,
    details: {
      write: {
        answer: reply.accessId,
        fields: ['/intake/phone'],
        rights: { intake: line('intake', 'update') },
        proof: { kind: 'values', places: ['/intake/phone'], digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    },
  });
  const lines = SHOWN.map((section) => [section, line(section, 'read')] as const);
  expect(answer).toEqual({
    ...common,
    accessId: reply.accessId,
    kind: 'access',
    records: [{ ...record, disclosure: 'full', disclosed: Object.fromEntries(lines), unclassifiedFields: 1 }],
    outcome: { status: 200, code: 'ok', reasons: ['granted'] },
    upstream: { outcome: 'written', durationMs: expect.any(Number) },
    details: { write: { intent: intent?.accessId, fields: ['/intake/phone'] } },
  });
  expect(await office.gateway.isWhole()).toBe(true);
});

test('a new element is 201 and sent as it came; nothing of the record goes along', async () => {
  const note = { noteId: 2, date: '2024-03-02', author: 'C1001', text: 'Came by. ☎ 608-555-0171' };
  const reply = await office.write('manager', 'POST', `${PATH}/case-notes`, note);
  expect([reply.status, (reply.json as { caseNotes: unknown[] }).caseNotes.length]).toEqual([201, 2]);
  const [sent] = office.cases.writes();
  expect([sent?.target, Buffer.from(sent?.body ?? '', 'latin1').toString('utf8')]).toEqual([`${PATH}/case-notes`, JSON.stringify(note)]);
  const { answer, intent } = await office.entriesOf(reply);
  expect(intent?.details).toEqual({
    write: {
      answer: reply.accessId,
      fields: ['/caseNotes/*/noteId', '/caseNotes/*/date', '/caseNotes/*/author', '/caseNotes/*/text'],
      rights: { 'case-notes': line('case-notes', 'create') },
      proof: {
        ...{ kind: 'element', into: '/caseNotes', places: ['/noteId', '/date', '/author', '/text'], before: 0 },
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    },
  });
  expect(answer.outcome).toEqual({ status: 201, code: 'ok', reasons: ['granted'] });
});

test('CT-02 who may not write sends nothing: a monitor by the account alone, out of scope as if there were no record', async () => {
  const calls = office.gateway.upstream.requests.length;
  for (const [method, path, body] of [
    ['PATCH', PATH, { intake: { phone: '1' } }],
    ['PUT', PATH, {}],
    ['DELETE', PATH, undefined],
    ['POST', `${PATH}/case-notes`, { text: 'x' }],
    ['POST', `${PATH}/services`, { kind: 'x' }],
  ] as const) {
    for (const header of ['x-other', 'x-http-method-override']) {
      const reply = await office.write('monitoring', method, path, body, { [header]: 'GET' });
      await office.expectNotSent(reply, 'action-not-permitted');
    }
  }
  expect(office.gateway.upstream.requests.length).toBe(calls);
  const hidden = await office.write('elsewhere', 'PATCH', PATH, { intake: { phone: '1' } }, { 'if-match': '"x"' });
  const unknown = await office.write('elsewhere', 'PATCH', '/participants/CT-NONE', { intake: { phone: '1' } }, { 'if-match': '"x"' });
  await office.expectNotSent(hidden, 'record-hidden');
  await office.expectNotSent(unknown, 'record-hidden');
  expect(office.cases.writes()).toEqual([]);
});

test('the ETag is that of what is shown; a wrong one, a weak one, none and * are refused before anything is sent', async () => {
  const tag = await office.tag('manager', PATH);
  expect(tag).toMatch(/^"[A-Za-z0-9_-]{32}"$/);
  expect(await office.tag('monitoring', PATH)).toBe(tag);
  const send = (headers: Record<string, string>) => office.write('manager', 'PATCH', PATH, { intake: { phone: '1' } }, headers);
  await office.expectNotSent(await send({}), 'precondition-required');
  for (const wrong of ['"x"', '*', `W/${tag}`, tag.slice(1, -1)])
    await office.expectNotSent(await send({ 'if-match': wrong }), 'precondition-failed');
  // Somebody else was faster.
  (office.cases.records[PATH] as { status: string }).status = 'Closed';
  await office.expectNotSent(await send({ 'if-match': tag }), 'precondition-failed');
  expect(office.cases.writes()).toEqual([]);
  const fresh = await office.tag('manager', PATH);
  expect((await send({ 'if-match': `"x", ${fresh}` })).status).toBe(200);
});

test('concurrency if-match: who writes between our read and our write is not overwritten', async () => {
  office.cases.behaviour.onWrite = (_request, apply) => {
    (office.cases.records[PATH] as { status: string }).status = 'Closed';
    return apply();
  };
  const reply = await office.writeFresh('manager', 'PATCH', PATH, { intake: { phone: '1' } });
  expect([reply.status, (reply.json as { code: string }).code]).toEqual([412, 'precondition-failed']);
  const { answer, intent } = await office.entriesOf(reply);
  expect([answer.outcome, answer.upstream?.outcome, answer.details]).toEqual([
    { status: 412, code: 'precondition-failed', reasons: ['precondition-failed'] },
    'precondition-failed',
    { write: { intent: intent?.accessId, fields: ['/intake/phone'] } },
  ]);
  expect((office.cases.records[PATH] as { intake: { phone: string } }).intake.phone).toBe('608-555-0171');
});
