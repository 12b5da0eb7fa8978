import { converse } from '../support/raw-http';
import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const PATH = '/participants/CT-310045';
const URL_PATH = `/${SYSTEM}${PATH}`;
const SMUGGLED = `GET ${URL_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const PATCH = '{"status":"Closed"}';

let office: WritingOffice;
beforeAll(async () => {
  office = await openWritingOffice({
    system: SYSTEM,
    people: {
      manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }],
      monitoring: [{ workgroup: 'state-staff-monitoring' }],
    },
    bodies: { [PATH]: sample(SYSTEM, 'record') },
    options: { config: { limits: { requestTimeoutMs: 2_000, headersTimeoutMs: 1_500 } } },
  });
});
beforeEach(() => office.cases.begin({ [PATH]: sample(SYSTEM, 'record') }, { honoursIfMatch: true }));
afterAll(() => office.stop());

const head = async (as: string, method: string, ...headers: readonly string[]): Promise<string> => {
  const token = await office.gateway.token(as, { client_id: 'desk' });
  const tag = await office.tag(as, PATH);
  return [
    `${method} ${URL_PATH} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    `If-Match: ${tag}`,
    'Content-Type: application/merge-patch+json',
    ...headers,
    '',
    '',
  ].join('\r\n');
};
const talk = (bytes: string, replies = 1, pieces: readonly string[] = []) =>
  converse(office.gateway.dataPort, bytes, { replies, pieces, timeoutMs: 8_000 });
const codeOf = (body: Buffer): unknown => (JSON.parse(body.toString()) as { code?: string }).code;

test('SMG-07 a body that nobody reads ends the connection: what stands behind it is not looked at', async () => {
  const unsigned = `PATCH ${URL_PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`;
  for (const bytes of [unsigned + SMUGGLED, (await head('monitoring', 'PATCH', `Content-Length: ${SMUGGLED.length}`)) + SMUGGLED]) {
    const { replies, closed } = await talk(bytes + SMUGGLED, 2);
    expect([replies.length, closed, [401, 403].includes(replies[0]?.status ?? 0)]).toEqual([1, true, true]);
  }
  expect(office.cases.writes()).toEqual([]);
});

test('a body that is read leaves the connection open, chunked or not', async () => {
  const chunked = (await head('manager', 'PATCH', 'Transfer-Encoding: chunked')) + `5\r\n${PATCH.slice(0, 5)}\r\n`;
  const rest = `${(PATCH.length - 5).toString(16)}\r\n${PATCH.slice(5)}\r\n0\r\n\r\n`;
  const { replies, closed } = await talk(chunked, 2, [rest, SMUGGLED]);
  expect([replies.map((one) => one.status), closed]).toEqual([[200, 401], false]);
  expect(office.cases.writes().map((one) => one.body)).toEqual([PATCH]);
});

test('BOD-33 both lengths, a length that lies, and 100-continue write nothing', async () => {
  const both = (await head('manager', 'PATCH', `Content-Length: ${PATCH.length}`, 'Transfer-Encoding: chunked')) + '0\r\n\r\n';
  expect((await talk(both)).replies[0]?.status).toBe(400);
  const waiting = (await head('manager', 'PATCH', `Content-Length: ${PATCH.length}`, 'Expect: 100-continue')) + PATCH;
  const expecting = await talk(waiting);
  expect([expecting.replies[0]?.status, expecting.closed]).toEqual([417, true]);
  const short = (await head('manager', 'PATCH', `Content-Length: ${PATCH.length + 1}`)) + PATCH;
  const late = await talk(short);
  expect([late.replies.length, late.replies[0]?.status, codeOf(late.replies[0]?.body ?? Buffer.from('{}')), late.closed]).toEqual([
    1,
    408,
    'request-timeout',
    true,
  ]);
  const twice = await talk((await head('manager', 'PATCH', 'If-Match: "x"', `Content-Length: ${PATCH.length}`)) + PATCH);
  expect([twice.replies[0]?.status, codeOf(twice.replies[0]?.body ?? Buffer.from('{}'))]).toEqual([400, 'header-not-allowed']);
  expect(office.cases.writes()).toEqual([]);
});

test('PTH-24 methods that a route does not declare are 405 with those that it does', async () => {
  const post = await office.write('manager', 'POST', PATH, {});
  const get = await office.read('manager', `${PATH}/services`);
  expect([post.status, post.headers['allow'], get.status, get.headers['allow']]).toEqual([
    405,
    'GET, HEAD, PATCH, PUT, DELETE',
    405,
    'POST',
  ]);
});
