import Ajv2020 from 'ajv/dist/2020';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { bodyOf, problemOf } from './expected';
import type { ErrorCode } from '../../src/vocabulary/errors';
import { ERROR_TABLE } from '../../src/vocabulary/errors';

const ROUTES: readonly (readonly [method: 'GET' | 'POST', path: string, name: string, holders: readonly string[]])[] = [
  ['POST', '/api/v1/feeds/privacy', 'privacy-feed', ['feed']],
  ['POST', '/api/v1/directory/imports', 'directory-import', ['administrator']],
  ['GET', '/api/v1/directory/accounts', 'list-accounts', ['administrator', 'auditor']],
  ['GET', '/api/v1/access-log', 'access-log', ['auditor']],
  ['GET', '/api/v1/policy/drift', 'policy-drift', ['administrator', 'auditor']],
  ['GET', '/api/v1/readiness', 'readiness', ['administrator', 'auditor']],
  ['GET', '/metrics', 'metrics', ['auditor']],
  ['GET', '/api/v1/policy/versions', 'policy-versions', ['administrator', 'auditor']],
  ['POST', '/api/v1/policy/publications', 'policy-publish', ['administrator']],
  ['POST', '/api/v1/policy/approvals', 'policy-approve', ['administrator']],
  ['GET', '/api/v1/policy/shadow', 'shadow-report', ['administrator', 'auditor']],
  ['POST', '/api/v1/policy/shadow/start', 'shadow-start', ['administrator']],
  ['POST', '/api/v1/policy/shadow/stop', 'shadow-stop', ['administrator']],
  ['GET', '/api/openapi.json', 'openapi', ['administrator', 'auditor', 'feed']],
];
const PEOPLE = ['administrator', 'auditor', 'feed', 'counselor', 'supervisor'];

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ store, config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } } });
  });
  afterAll(() => gateway?.stop());

  const withToken = (method: string, path: string, token: string | null): Promise<Reply> =>
    gateway.send(method, `${gateway.adminUrl}${path}`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });

  /** The whole entry of an act or a denial on this plane. */
  const adminEntry = (
    reply: Reply,
    who: string | null,
    words: { readonly route: string | null; readonly method?: string; readonly outcome: object; readonly details?: object },
  ) => ({
    format: 1,
    accessId: reply.accessId,
    kind: 'admin',
    at: expect.any(String) as unknown,
    source: { address: '127.0.0.1' },
    who:
      who === null
        ? null
        : {
            account: who,
            person: `person-${who}`,
            organization: 'north',
            issuer: gateway.issuer.issuer,
            application: 'portal',
            actor: null,
            memberships: [],
          },
    system: null,
    environment: who === null ? null : 'production',
    route: words.route,
    method: words.method ?? 'GET',
    action: words.route,
    records: [],
    outcome: words.outcome,
    upstream: null,
    policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    directoryVersion: expect.any(Number) as unknown,
    registryVersion: expect.any(Number) as unknown,
    details: words.details ?? {},
  });
  const expectDenied = async (reply: Reply, code: ErrorCode, reason: string, who: string | null, route: string | null, method = 'GET') => {
    const { status } = ERROR_TABLE[code];
    expect([reply.status, reply.json, reply.headers['cache-control']]).toEqual([status, problemOf(code, reply), 'no-store']);
    expect(await gateway.entryOf(reply)).toEqual(adminEntry(reply, who, { route, method, outcome: { status, code, reasons: [reason] } }));
  };

  test.each(ROUTES)('%s %s takes no token of the data plane, and none at all', async (method, path, name) => {
    gateway.clock.forward(61_000);
    const [holder] = ROUTES.find((route) => route[2] === name)?.[3] ?? [];
    await expectDenied(
      await withToken(method, path, await gateway.token(holder as string)),
      'token-invalid',
      'token-audience',
      null,
      name,
      method,
    );
    await expectDenied(await withToken(method, path, null), 'token-missing', 'token-missing', null, name, method);
  });

  test.each(ROUTES)('%s %s needs its right: without it the denial is an entry', async (method, path, name, holders) => {
    for (const person of PEOPLE.filter((one) => !holders.includes(one))) {
      const reply = await withToken(method, path, await gateway.adminToken(person));
      await expectDenied(reply, 'right-missing', 'right-missing', person, name, method);
    }
  });

  test.each(ROUTES.filter(([method]) => method === 'GET'))(
    '%s %s answers those who hold the right, and that is an entry',
    async (method, path, name, holders) => {
      for (const person of holders) {
        const reply = await withToken(method, path, await gateway.adminToken(person));
        expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'no-store']);
        const entry = await gateway.entryOf(reply);
        const outcome = { status: 200, code: 'ok', reasons: ['right-held'] };
        expect(entry).toEqual(adminEntry(reply, person, { route: name, outcome, details: entry.details ?? {} }));
      }
    },
  );

  test('a right that has ended, and an account that is no longer active, open nothing', async () => {
    const token = await gateway.adminToken('auditor');
    const from = new Date(gateway.clock.now()).toISOString();
    expect((await withToken('GET', '/metrics', token)).status).toBe(200);
    await gateway.importRows({ standings: [{ of: 'account', id: 'auditor', standing: 'suspended', from }] });
    const refused = await withToken('GET', '/metrics', token);
    expect([refused.status, refused.json]).toEqual([403, problemOf('account-not-active', refused)]);
    gateway.clock.forward(1_000);
    const again = new Date(gateway.clock.now()).toISOString();
    await gateway.importRows({ standings: [{ of: 'account', id: 'auditor', standing: 'active', from: again }] });
    expect((await withToken('GET', '/metrics', token)).status).toBe(200);
    await gateway.importRows({ rights: [{ account: 'auditor', right: 'auditor', from: '2024-01-01', to: again }] });
    await expectDenied(await withToken('GET', '/metrics', token), 'right-missing', 'right-missing', 'auditor', 'metrics');
    await gateway.importRows({ rights: [{ account: 'auditor', right: 'auditor', from: again }] });
    expect((await withToken('GET', '/metrics', token)).status).toBe(200);
  });

  test("a feed's right is for its system alone", async () => {
    const batch = [
      {
        transactionId: 'X-1',
        system: 'trackone',
        environment: 'production',
        recordId: 'T1-1',
        action: 'set',
        effectiveAt: '2026-01-01T00:00:00Z',
        sourceSequence: 1,
      },
    ];
    const reply = await gateway.admin('POST', '/api/v1/feeds/privacy', 'feed', JSON.stringify(batch));
    await expectDenied(reply, 'right-missing', 'right-missing', 'feed', 'privacy-feed', 'POST');
  });

  test('a change of the directory has its entry before it is made and after, of counts and no values', async () => {
    const reply = await gateway.importRows({ organizations: [{ id: 'new-partner', name: 'A Name Nobody May Log' }] });
    const done = await gateway.entryOf(reply);
    const intent = await gateway.entryOf(String(done.details?.['intent']));
    expect(intent).toEqual(
      adminEntry({ ...reply, accessId: intent.accessId }, 'administrator', {
        route: 'directory-import',
        method: 'POST',
        outcome: { status: 202, code: 'ok', reasons: ['right-held'] },
        details: { phase: 'intended', files: 1 },
      }),
    );
    expect(done).toMatchObject({ outcome: { status: 200, code: 'ok' }, details: { phase: 'done', outcome: 'applied', added: 1 } });
    expect(JSON.stringify([intent, done])).not.toContain('Nobody May Log');
  });

  test('GW-04 who saw this record, what did this person see, what was refused: the log answers by the plane', async () => {
    const seen = await gateway.get('/workforce-one/records/P1', 'counselor');
    const refused = await gateway.get('/workforce-one/records/P1', 'suspended-counselor');
    const search = async (query: string) => {
      const reply = await gateway.admin('GET', `/api/v1/access-log?${query}`, 'auditor');
      expect(reply.status).toBe(200);
      return (reply.json as { entries: { accessId: string }[] }).entries;
    };
    expect(await search('system=workforce-one&record=P1&limit=10')).toEqual([await gateway.entryOf(seen)]);
    expect(await search('account=suspended-counselor')).toEqual([await gateway.entryOf(refused)]);
    expect(await search(`accessId=${seen.accessId}`)).toEqual([await gateway.entryOf(seen)]);
  });

  test('the data plane serves none of it, and this plane no record', async () => {
    const token = await gateway.adminToken('auditor');
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/openapi.json', '/api/v1/readiness', '/api/v1/access-log', '/']) {
      const reply = await gateway.send('GET', `${gateway.dataUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect([path, reply.status, (reply.json as { code?: unknown }).code]).toEqual([path, 404, 'route-unknown']);
    }
    const sent = gateway.upstream.requests.length;
    const reply = await withToken('GET', '/workforce-one/records/P1', token);
    await expectDenied(reply, 'route-unknown', 'route-unknown', 'auditor', null);
    const data = await gateway.get('/workforce-one/records/P1', 'counselor', {
      authorization: `Bearer ${await gateway.adminToken('counselor')}`,
    });
    expect([data.status, data.json]).toEqual([401, problemOf('token-invalid', data)]);
    expect(gateway.upstream.requests.length).toBe(sent);
    expect((await gateway.get('/workforce-one/records/P1', 'other-counselor')).json).toEqual(bodyOf('P1', ['basic']));
  });

  test('healthz and readyz answer one word to anybody, with no entry', async () => {
    const before = (await gateway.entries({ all: true })).filter((entry) => entry.kind === 'admin').length;
    for (const [path, word] of [
      ['/healthz', 'ok\n'],
      ['/readyz', 'ok\n'],
    ]) {
      const reply = await withToken('GET', path as string, null);
      expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([200, word, 'text/plain; charset=utf-8']);
    }
    expect((await gateway.entries({ all: true })).filter((entry) => entry.kind === 'admin').length).toBe(before);
  });

  test('the description is OpenAPI 3.1, names every route with its right, and its schemas are schemas', async () => {
    const { json } = await gateway.admin('GET', '/api/openapi.json', 'administrator');
    const description = json as {
      openapi: string;
      info: { title: string };
      paths: Record<
        string,
        Record<string, { operationId: string; description: string; requestBody?: unknown; responses: Record<string, unknown> }>
      >;
      components: { schemas: Record<string, object>; securitySchemes: object };
      security: readonly object[];
    };
    expect([description.openapi, description.info.title, description.security]).toEqual([
      '3.1.0',
      'Casegate admin plane',
      [{ bearer: [] }],
    ]);
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [method.toUpperCase(), path, operation.operationId]),
    );
    expect(described).toEqual(ROUTES.filter(([, , name]) => name !== 'openapi').map(([method, path, name]) => [method, path, name]));
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schemas: object[] = [];
    const collect = (at: unknown): void => {
      if (typeof at !== 'object' || at === null) return;
      for (const [key, value] of Object.entries(at)) {
        if (key === 'schema' && !('$ref' in (value as object))) schemas.push(value as object);
        collect(value);
      }
    };
    collect(description.paths);
    schemas.push(...Object.values(description.components.schemas));
    expect(schemas.length).toBeGreaterThan(10);
    for (const schema of schemas) expect(ajv.validateSchema(schema)).toBe(true);
    const { Problem } = description.components.schemas;
    const refused = await gateway.admin('GET', '/metrics', 'counselor');
    expect(ajv.compile(Problem as object)(refused.json)).toBe(true);
    // Answers fit what was described of them.
    const schemaOf = (path: string) =>
      (description.paths[path]?.['get']?.responses['200'] as { content: { 'application/json': { schema: object } } }).content[
        'application/json'
      ].schema;
    for (const path of ['/api/v1/directory/accounts', '/api/v1/access-log', '/api/v1/policy/drift', '/api/v1/readiness']) {
      expect([path, ajv.compile(schemaOf(path))((await gateway.admin('GET', path, 'auditor')).json)]).toEqual([path, true]);
    }
  });

  test('an upgrade is cut, and a path that could be read in two ways is refused', async () => {
    const bytes = await new Promise<string>((resolve, reject) => {
      const socket = connect(gateway.adminPort, '127.0.0.1', () =>
        socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
      let all = '';
      socket.on('data', (part: Buffer) => (all += part.toString()));
      socket.on('close', () => resolve(all));
      socket.on('error', reject);
    });
    expect(bytes).toBe('');
    gateway.clock.forward(61_000);
    const reply = await withToken('GET', '/api/v1/%72eadiness', await gateway.adminToken('auditor'));
    expect([reply.status, reply.json]).toEqual([reply.status, problemOf('path-not-canonical', reply)]);
  });

  test('TOK-19 a right that ends while the body is on its way opens nothing', async () => {
    const from = '2024-01-01';
    const id = 'second-administrator';
    const account = {
      id,
      kind: 'person',
      person: id,
      issuer: gateway.issuer.issuer,
      subject: id,
      environment: 'production',
      organization: 'north',
    };
    const made = await gateway.importRows({
      accounts: [account],
      standings: [{ of: 'account', id, standing: 'active', from }],
      rights: [{ account: id, right: 'directory-admin', from }],
    });
    expect(made.status).toBe(200);
    const body = JSON.stringify({
      files: [{ name: 'x.yaml', content: JSON.stringify({ organizations: [{ id: 'slow', name: 'Slow' }] }) }],
      dryRun: false,
    });
    const authorization = `Bearer ${await gateway.adminToken('second-administrator')}`;
    const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
      const slow = httpRequest(
        `${gateway.adminUrl}/api/v1/directory/imports`,
        { method: 'POST', headers: { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } },
        (reply) => {
          let text = '';
          reply.on('data', (part: Buffer) => (text += part.toString()));
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
        },
      );
      slow.on('error', reject);
      slow.write(body.slice(0, 10), () => {
        void gateway
          .importRows({
            standings: [
              { of: 'account', id: 'second-administrator', standing: 'suspended', from: new Date(gateway.clock.now()).toISOString() },
            ],
          })
          .then((done) => {
            expect(done.status).toBe(200);
            slow.end(body.slice(10));
          }, reject);
      });
    });
    const { status, text } = await answered;
    const { accessId } = JSON.parse(text) as { accessId: string };
    expect([status, JSON.parse(text)]).toEqual([403, problemOf('right-missing', { accessId } as Reply)]);
    expect(await gateway.entryOf(accessId)).toMatchObject({ kind: 'admin', outcome: { status: 403, code: 'right-missing' } });
    expect((await gateway.importRows({ organizations: [{ id: 'slow', name: 'Slow' }] })).json).toMatchObject({ totals: { added: 1 } });
  });

  test('HDR-06 a request for another host is misdirected, whoever asks', async () => {
    gateway.clock.forward(61_000);
    const reply = await gateway.send('GET', `${gateway.adminUrl}/api/v1/readiness`, {
      headers: { authorization: `Bearer ${await gateway.adminToken('auditor')}`, host: 'evil.example' },
    });
    expect([reply.status, reply.json]).toEqual([421, problemOf('host-unknown', reply)]);
    expect(await gateway.entryOf(reply)).toMatchObject({ kind: 'admin', who: null, outcome: { status: 421, code: 'host-unknown' } });
  });

  test('the log is whole', async () => expect(await gateway.isWhole()).toBe(true));
});
