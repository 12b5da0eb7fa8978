import { connect } from 'node:net';
import { type Office, openSqliteOffice, SMALL_OFFICE } from '../governance/on-both-stores';
import { openPlane, type Plane } from './support';

let office: Office;
let plane: Plane;
beforeAll(async () => {
  office = await openSqliteOffice();
  await office.bring({
    'office.yaml': SMALL_OFFICE,
    'rights.csv': 'account,right,from,to\nsupervisor,directory-admin,2026-01-01,\n',
  });
  plane = await openPlane(office);
});
afterAll(async () => {
  await plane.close();
  await office.close();
});
beforeEach(() => {
  plane.entries.length = 0;
});

const who = (account: string, person: string) => ({
  account,
  person,
  organization: 'example-county',
  issuer: 'https://sign-on.example.gov',
  application: 'console',
  actor: null,
  memberships: [],
});

const problem = (status: number, code: string, title: string, detail: string, accessId: unknown) => ({
  type: `urn:casegate:problem:${code}`,
  title,
  status,
  detail,
  code,
  accessId,
});

test('healthz and readyz say one word to anybody, and leave no entry', async () => {
  expect(await plane.ask('GET', '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  expect(await plane.ask('GET', '/readyz')).toMatchObject({ status: 200, text: 'ok\n' });
  const closed = await openPlane(office, { isReady: () => false });
  expect(await closed.ask('GET', '/readyz')).toMatchObject({ status: 503, text: 'not ready\n' });
  expect(await closed.ask('POST', '/readyz')).toMatchObject({ status: 401 });
  await closed.close();
  expect(plane.entries).toEqual([]);
});

const ALL = [
  ['GET', '/api/v1/directory/accounts'],
  ['POST', '/api/v1/directory/imports'],
  ['POST', '/api/v1/feeds/privacy'],
  ['GET', '/api/v1/access-log'],
  ['GET', '/api/v1/policy/drift'],
  ['GET', '/api/v1/readiness'],
  ['GET', '/metrics'],
  ['GET', '/api/v1/policy/versions'],
  ['POST', '/api/v1/policy/publications'],
  ['POST', '/api/v1/policy/approvals'],
  ['GET', '/api/v1/policy/shadow'],
  ['POST', '/api/v1/policy/shadow/start'],
  ['POST', '/api/v1/policy/shadow/stop'],
  ['GET', '/api/openapi.json'],
  ['GET', '/api/v1/nothing'],
  ['GET', '/'],
] as const;

test.each(ALL)('nobody without a token: %s %s', async (method, path) => {
  const reply = await plane.ask(method, path);
  expect(reply.json).toEqual(problem(401, 'token-missing', 'Sign in', 'Sign in to continue.', reply.headers['casegate-access-id']));
  expect(reply.headers['www-authenticate']).toBe('Bearer');
  expect(plane.entries).toEqual([
    expect.objectContaining({ kind: 'admin', who: null, outcome: { status: 401, code: 'token-missing', reasons: ['token-missing'] } }),
  ]);
});

test.each(ALL.slice(0, 7))('CON-07 a case worker is refused and written down: %s %s', async (method, path) => {
  const reply = await plane.ask(method, path, { as: 'counselor' });
  expect(reply.json).toEqual(
    problem(
      403,
      'right-missing',
      'Right missing',
      'This needs a right that your account does not hold.',
      reply.headers['casegate-access-id'],
    ),
  );
  expect(plane.entries).toEqual([
    {
      format: 1,
      accessId: reply.json.accessId,
      kind: 'admin',
      at: '2026-06-01T12:00:00.000Z',
      source: { address: '127.0.0.1' },
      who: who('counselor', 'p-1'),
      system: null,
      environment: 'production',
      route: expect.any(String),
      method,
      action: expect.any(String),
      records: [],
      outcome: { status: 403, code: 'right-missing', reasons: ['right-missing'] },
      upstream: null,
      policyVersion: null,
      directoryVersion: 1,
      registryVersion: 1,
      details: {},
    },
  ]);
});

test.each([
  ['PUT', '/api/v1/directory/accounts', 405, 'method-not-allowed'],
  ['HEAD', '/api/v1/directory/accounts', 405, undefined],
  ['OPTIONS', '/api/v1/directory/imports', 405, 'method-not-allowed'],
  ['GET', '/api/v1/directory/Accounts', 404, 'route-unknown'],
  ['GET', '/api/v1/directory/accounts/', 404, 'route-unknown'],
  ['GET', '/api/v1/directory/%61ccounts', 400, 'path-not-canonical'],
  ['GET', '/api/v1//directory/accounts', 400, 'path-not-canonical'],
  ['GET', '/api/v1/x/../directory/accounts', 400, 'path-not-canonical'],
  ['GET', '/api/v1/directory/accounts?limit=0', 400, 'query-not-allowed'],
  ['GET', '/api/v1/directory/accounts?limit=1&limit=2', 400, 'query-not-allowed'],
  ['GET', '/api/v1/directory/accounts?order=subject', 400, 'query-not-allowed'],
  ['GET', "/api/v1/access-log?account='%20OR%201=1", 400, 'query-not-allowed'],
  ['GET', '/api/v1/access-log?record=A17', 400, 'query-not-allowed'],
  ['GET', '/api/v1/access-log?account=%25', 400, 'query-not-allowed'],
])('CON-11 CON-07 %s %s is %i', async (method, path, status, code) => {
  const reply = await plane.ask(method, path, { as: 'supervisor' });
  expect([reply.status, reply.json?.code]).toEqual([status, code]);
  expect(plane.entries).toHaveLength(1);
});

test('an absolute-form request line and two tokens are refused', async () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(plane.port, '127.0.0.1', () => socket.write(text));
      let got = '';
      socket.on('data', (part) => (got += part.toString()));
      socket.on('close', () => resolve(got));
    });
  expect(await raw('GET http://x/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 400 [\s\S]*path-not-canonical/,
  );
  expect(
    await raw(
      'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Bearer supervisor\r\nauthorization: Bearer counselor\r\nConnection: close\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1.1 400 [\s\S]*header-not-allowed/);
});

test('CON-02 CON-14 every answer is closed to browsers and never kept', async () => {
  const reply = await plane.ask('GET', '/api/v1/readiness', { as: 'supervisor' });
  expect(reply.json).toEqual({ policy: 'in-force' });
  expect(reply.headers).toMatchObject({
    'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(reply.headers).not.toHaveProperty('x-powered-by');
  expect(reply.headers).not.toHaveProperty('etag');
});

test('CON-15 a fault shows no stack and no words of its own', async () => {
  const faults: unknown[] = [];
  const broken = await openPlane(office, {
    metrics: () => Promise.reject(new Error('secret inside')),
    observe: (_event, fields) => void faults.push(fields.cause),
  });
  const reply = await broken.ask('GET', '/metrics', { as: 'supervisor' });
  expect(reply.json).toEqual(
    problem(500, 'internal-fault', 'Fault', 'The gateway failed. Nothing was disclosed.', reply.headers['casegate-access-id']),
  );
  expect(faults).toEqual([new Error('secret inside')]);
  await broken.close();
});

test('metrics, accounts in pages and the log are given to those with the right, each with an entry', async () => {
  expect(await plane.ask('GET', '/metrics', { as: 'supervisor' })).toMatchObject({ status: 200, text: 'casegate_up 1\n' });
  const first = await plane.ask('GET', '/api/v1/directory/accounts?limit=3', { as: 'supervisor' });
  expect(first.json).toMatchObject({ accounts: [{ id: 'batch' }, { id: 'counselor' }, { id: 'counselor-uat' }], next: 'counselor-uat' });
  expect(first.json.accounts[1]).toEqual({
    id: 'counselor',
    kind: 'person',
    person: 'p-1',
    issuer: 'https://sign-on.example.gov',
    subject: 'sub-counselor',
    environment: 'production',
    organization: 'example-county',
    standings: [{ standing: 'active', from: '2026-01-01T06:00:00.000Z' }],
  });
  const second = await plane.ask('GET', `/api/v1/directory/accounts?limit=3&after=${first.json.next}`, { as: 'supervisor' });
  expect(second.json).toMatchObject({ accounts: [{ id: 'supervisor' }], next: null });
  // An auditor may type anything into a filter: what is not ours goes into the entry as a digest.
  const log = await plane.ask('GET', '/api/v1/access-log?system=workforce-one&record=219-09-9987&account=nobody', { as: 'supervisor' });
  expect(log.json).toEqual({ entries: [], next: null });
  expect(plane.entries.map((entry) => [entry.route, entry.outcome.code, entry.details])).toEqual([
    ['metrics', 'ok', {}],
    ['list-accounts', 'ok', { accounts: 3 }],
    ['list-accounts', 'ok', { accounts: 1 }],
    ['access-log', 'ok', { system: 'workforce-one', recordDigest: 'digest(25)', account: 'digest(6)', entries: 0 }],
  ]);
  expect(JSON.stringify(plane.entries)).not.toContain('219-09-9987');
});

test('a right that has ended, or an account that is suspended, opens nothing', async () => {
  await office.bring({ 'standings.csv': 'of,id,standing,from\naccount,supervisor,suspended,2026-06-01T12:30:00Z\n' });
  expect(await plane.ask('GET', '/metrics', { as: 'supervisor' })).toMatchObject({ status: 200 });
  office.clock.nowMs = Date.parse('2026-06-01T12:30:00Z');
  expect(await plane.ask('GET', '/metrics', { as: 'supervisor' })).toMatchObject({ status: 403 });
  office.clock.nowMs = Date.parse('2026-06-01T12:00:00Z');
});

test('the OpenAPI document describes every route and no other', async () => {
  const { json } = await plane.ask('GET', '/api/openapi.json', { as: 'supervisor' });
  expect(json.openapi).toBe('3.1.0');
  expect(Object.entries(json.paths).map(([path, operations]) => [path, Object.keys(operations as object)])).toEqual([
    ['/api/v1/feeds/privacy', ['post']],
    ['/api/v1/directory/imports', ['post']],
    ['/api/v1/directory/accounts', ['get']],
    ['/api/v1/access-log', ['get']],
    ['/api/v1/policy/drift', ['get']],
    ['/api/v1/readiness', ['get']],
    ['/metrics', ['get']],
    ['/api/v1/policy/versions', ['get']],
    ['/api/v1/policy/publications', ['post']],
    ['/api/v1/policy/approvals', ['post']],
    ['/api/v1/policy/shadow', ['get']],
    ['/api/v1/policy/shadow/start', ['post']],
    ['/api/v1/policy/shadow/stop', ['post']],
  ]);
  expect(json.paths['/api/v1/directory/imports'].post.requestBody.content['application/json'].schema).toMatchObject({
    type: 'object',
    required: ['files', 'dryRun'],
    additionalProperties: false,
  });
});
