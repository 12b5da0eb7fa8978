import { STORES } from '../support/gateway';
import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const PATH = '/participants/CT-310045';
const NOTE = { noteId: 2, date: '2024-03-02', text: 'Came by.' };

describe.each(STORES)('on %s', (store) => {
  let office: WritingOffice;
  beforeAll(async () => {
    office = await openWritingOffice({
      system: SYSTEM,
      people: {
        manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }],
        colleague: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }],
        'dcf-administrator': [{ workgroup: 'dcf-administrator' }],
      },
      bodies: { [PATH]: sample(SYSTEM, 'record') },
      lists: { 'case-notes': 'caseNotes' },
      options: { store },
    });
  });
  beforeEach(() => office.cases.begin({ [PATH]: sample(SYSTEM, 'record') }, { honoursIfMatch: true }));
  afterAll(() => office.stop());

  const post = (as: string, key: string, body: unknown = NOTE) =>
    office.write(as, 'POST', `${PATH}/case-notes`, body, { 'idempotency-key': key });

  test('the same write twice is sent once; the second is read and shaped anew, under the rights of then', async () => {
    const first = await post('manager', 'once-1');
    (office.cases.records[PATH] as { status: string }).status = 'Closed';
    const second = await post('manager', 'once-1');
    expect([first.status, second.status, office.cases.writes().length]).toEqual([201, 201, 1]);
    expect([(first.json as { status: string }).status, (second.json as { status: string }).status]).toEqual(['Active', 'Closed']);
    const { answer, intent } = await office.entriesOf(second);
    expect([intent, answer.details, answer.outcome]).toEqual([
      null,
      { write: { intent: null, repeats: first.accessId } },
      { status: 201, code: 'ok', reasons: ['granted'] },
    ]);
    // The record left the scope: what was once answered is not answered again.
    (office.cases.records[PATH] as { agencies: string[] }).agencies = ['ELMBROOK'];
    await office.expectNotSent(await post('manager', 'once-1'), 'record-hidden');
  });

  test('a key is one caller’s: the same from somebody else is another write', async () => {
    expect([(await post('manager', 'once-2')).status, (await post('colleague', 'once-2')).status, office.cases.writes().length]).toEqual([
      201, 201, 2,
    ]);
  });

  test('a key with another request is refused', async () => {
    await post('manager', 'once-3');
    await office.expectNotSent(await post('manager', 'once-3', { ...NOTE, text: 'Something else.' }), 'idempotency-key-reused');
    await office.expectNotSent(await post('manager', 'a key with blanks'), 'header-not-allowed');
    expect(office.cases.writes().length).toBe(1);
  });

  test('of two at once one alone is sent', async () => {
    const replies = await Promise.all([post('manager', 'once-4'), post('manager', 'once-4')]);
    expect(replies.map((one) => one.status).sort()).toEqual([201, 409]);
    expect(office.cases.writes().length).toBe(1);
  });

  test('what was certainly not written may come again under its key', async () => {
    office.cases.behaviour.onWrite = () => 'HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 0\r\n\r\n';
    const refused = await post('manager', 'once-5');
    expect([refused.status, (refused.json as { code: string }).code]).toEqual([422, 'write-refused']);
    office.cases.behaviour = {};
    expect([(await post('manager', 'once-5')).status, office.cases.writes().length]).toEqual([201, 2]);
  });

  test('CT-02 a deletion is the DCF Administrator’s, is answered 204, and twice as well under its key', async () => {
    await office.expectNotSent(await office.writeFresh('manager', 'DELETE', PATH), 'action-not-permitted');
    const headers = { 'if-match': await office.tag('dcf-administrator', PATH), 'idempotency-key': 'gone-1' };
    const gone = await office.write('dcf-administrator', 'DELETE', PATH, undefined, headers);
    const again = await office.write('dcf-administrator', 'DELETE', PATH, undefined, headers);
    expect([gone.status, gone.text, again.status, Object.keys(office.cases.records), office.cases.writes().length]).toEqual([
      204,
      '',
      204,
      [],
      1,
    ]);
    const { answer, intent } = await office.entriesOf(gone);
    expect([answer.outcome.status, intent?.details]).toEqual([
      204,
      {
        write: {
          answer: gone.accessId,
          fields: [],
          rights: expect.any(Object),
          proof: { kind: 'gone' },
          key: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });
});
