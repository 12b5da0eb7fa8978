import { join } from 'node:path';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { SqliteDriver } from '../../src/storage/sqlite-driver';
import { problemOf } from '../journeys/expected';
import type { Reply } from '../support/gateway';
import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const PATH = '/participants/CT-310045';
const PATCH = { intake: { phone: '608-555-0199' } };

let office: WritingOffice;
beforeAll(async () => {
  office = await openWritingOffice({
    system: SYSTEM,
    people: { manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }] },
    bodies: { [PATH]: sample(SYSTEM, 'record') },
    lists: { 'case-notes': 'caseNotes' },
    options: { caseSystem: { limits: { deadlineMs: 400 } }, config: { log: { deadlineMs: 400 } } },
  });
});
beforeEach(() => office.cases.begin({ [PATH]: sample(SYSTEM, 'record') }, { honoursIfMatch: true }));
afterAll(() => office.stop());

/** The entry that says what was found, once it is there. */
async function outcomeOf(intent: string): Promise<AccessEntry> {
  for (;;) {
    const found = (await office.gateway.entries({ all: true })).find(
      (one) => one.kind === 'outcome' && (one.details?.['write'] as { intent: string }).intent === intent,
    );
    if (found !== undefined) return found;
    await new Promise((next) => setTimeout(next, 50));
  }
}

async function expectUnknown(reply: Reply): Promise<string> {
  expect([reply.status, reply.json]).toEqual([504, problemOf('outcome-unknown', reply)]);
  const { answer, intent } = await office.entriesOf(reply);
  expect([answer.outcome, answer.upstream?.outcome, answer.details]).toEqual([
    { status: 504, code: 'outcome-unknown', reasons: ['outcome-unknown'] },
    'outcome-unknown',
    { write: { intent: intent?.accessId, fields: expect.any(Array) } },
  ]);
  return intent?.accessId ?? '';
}

test.each([
  ['no answer in time', undefined],
  ['a reset', (socket: { destroy(): void }, _request: unknown) => socket.destroy()],
  ['an answer cut off in its head', (socket: { end(text: string): void }, _request: unknown) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
  ['a failure after the fact', 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n'],
  ['a promise to do it later', 'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'],
])('%s: the outcome is unknown, is said to be, and is found by reading again', async (_what, answer) => {
  office.cases.behaviour.onWrite = (_request, apply) => {
    apply();
    return answer as undefined;
  };
  const intent = await expectUnknown(await office.writeFresh('manager', 'PATCH', PATH, PATCH));
  expect(office.cases.writes().length).toBe(1);
  const found = await outcomeOf(intent);
  expect([found.outcome, found.records[0]?.id, found.details]).toEqual([
    { status: 0, code: 'ok', reasons: ['write-applied'] },
    'CT-310045',
    { write: { intent } },
  ]);
});

test('until it is known, the same key is refused; then it is answered as done', async () => {
  office.cases.behaviour.onWrite = () => undefined;
  const headers = { 'if-match': await office.tag('manager', PATH), 'idempotency-key': 'unknown-1' };
  const intent = await expectUnknown(await office.write('manager', 'PATCH', PATH, PATCH, headers));
  await office.expectNotSent(await office.write('manager', 'PATCH', PATH, PATCH, headers), 'write-open');
  (office.cases.records[PATH] as { intake: { phone: string } }).intake.phone = '608-555-0199';
  expect((await outcomeOf(intent)).outcome.reasons).toEqual(['write-applied']);
  const again = await office.write('manager', 'PATCH', PATH, PATCH, headers);
  expect([again.status, (again.json as { intake: { phone: string } }).intake.phone, office.cases.writes().length]).toEqual([
    200,
    '608-555-0199',
    1,
  ]);
});

describe('a log that cannot be written', () => {
  let lock: SqliteDriver;
  beforeEach(() => {
    if (office.gateway.storeSettings.kind !== 'sqlite') throw new Error('SQLite');
    lock = new SqliteDriver(join(office.gateway.storeSettings.folder, 'access-log.db'), {});
  });
  afterEach(() => lock.close());

  test('AUD-01 before the intent: nothing is sent', async () => {
    const tag = await office.tag('manager', PATH);
    lock.exec('BEGIN IMMEDIATE');
    const reply = await office.write('manager', 'PATCH', PATH, PATCH, { 'if-match': tag });
    lock.exec('ROLLBACK');
    expect([reply.status, reply.json, office.cases.writes()]).toEqual([503, problemOf('audit-unavailable', reply), []]);
    await untilWritable();
  });

  test('between intent and outcome: 503 outcome-unrecorded names the intent, and the outcome is recorded when the log is back', async () => {
    office.cases.behaviour.onWrite = (_request, apply) => {
      lock.exec('BEGIN IMMEDIATE');
      return apply();
    };
    const reply = await office.writeFresh('manager', 'PATCH', PATH, PATCH);
    lock.exec('ROLLBACK');
    const intent = (reply.json as { intent: string }).intent;
    expect([reply.status, reply.json]).toEqual([
      503,
      { ...(problemOf('outcome-unrecorded', reply) as object), intent: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
    expect((await outcomeOf(intent)).outcome.reasons).toEqual(['write-applied']);
    expect((office.cases.records[PATH] as { intake: { phone: string } }).intake.phone).toBe('608-555-0199');
    await untilWritable();
    expect(await office.gateway.isWhole()).toBe(true);
  });

  async function untilWritable(): Promise<void> {
    while ((await office.read('manager', PATH)).status !== 200) await new Promise((next) => setTimeout(next, 50));
  }
});

test('a store of keys that fails writes nothing under a key, and everything without one', async () => {
  if (office.gateway.storeSettings.kind !== 'sqlite') throw new Error('SQLite');
  const store = new SqliteDriver(join(office.gateway.storeSettings.folder, 'governance.db'), {});
  const post = (headers: Readonly<Record<string, string>>) => office.write('manager', 'POST', `${PATH}/case-notes`, { text: 'x' }, headers);
  store.exec('ALTER TABLE write_key RENAME TO write_key_gone');
  try {
    await office.expectNotSent(await post({ 'idempotency-key': 'k' }), 'keys-unavailable');
    expect([(await post({})).status, office.cases.writes().length]).toEqual([201, 1]);
  } finally {
    store.exec('ALTER TABLE write_key_gone RENAME TO write_key');
    store.close();
  }
});
