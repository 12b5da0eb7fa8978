import { ACCESS_ID, makeClient, makeRoute, outcomeOf } from '../support/upstream-call';
import { rawReply, startRawUpstream, type RawUpstream } from '../support/raw-upstream';

let upstream: RawUpstream;
beforeEach(async () => {
  upstream = await startRawUpstream();
});
afterEach(() => upstream.close());

const headOf = (...lines: string[]): string => [...lines, '', ''].join('\r\n');

test('HDR-01, HDR-10, HDR-11, HDR-12, SMG-13, PTH-27..31 a call is these bytes and no others: our method, our path, our headers', async () => {
  const client = makeClient(upstream.origin);
  expect(await outcomeOf(client, { bearer: 'the-callers-own-token' })).toEqual({ status: 200, mediaType: 'application/json', body: '{}' });
  expect(upstream.requests.map((request) => request.head)).toEqual([
    headOf(
      'GET /records/A17 HTTP/1.1',
      `host: 127.0.0.1:${upstream.port}`,
      'connection: keep-alive',
      'accept: application/json',
      'accept-encoding: identity',
    ),
  ]);
  await client.close();
});

test('HDR-13 access id and a well-formed traceparent go along where configured; a malformed one is dropped', async () => {
  const client = makeClient(upstream.origin, { tells: { accessId: true, traceparent: true } });
  const good = '00-0190a5b07c1a70008000000000000001-00f067aa0ba902b7-01';
  for (const traceparent of [
    good,
    `${good}\r\nx-user: admin`,
    good.toUpperCase(),
    '0'.repeat(5120),
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    undefined,
  ]) {
    await outcomeOf(client, { traceparent });
  }
  const told = upstream.requests.map((request) =>
    request.headers.filter(([name]) => !['host', 'connection', 'accept', 'accept-encoding'].includes(name)),
  );
  const id = ['x-casegate-access-id', ACCESS_ID];
  expect(told).toEqual([[id, ['traceparent', good]], [id], [id], [id], [id], [id]]);
  await client.close();
});

test('the path is built from the route and the record id alone; the base path stands before it', async () => {
  const client = makeClient(upstream.origin, { basePath: '/api/v2' });
  await outcomeOf(client, {
    route: makeRoute({ segments: ['cases', null, 'record'], mediaTypes: ['application/json', 'application/vnd.api+json'] }),
  });
  expect(upstream.requests.map(({ target, headers }) => [target, headers.find(([name]) => name === 'accept')?.[1]])).toEqual([
    ['/api/v2/cases/A17/record', 'application/json, application/vnd.api+json'],
  ]);
  await client.close();
});

test.each(['1/../2', '1%2f2', '..', '', ' 1', '1\r\nX-User: admin', 'é', 'A'.repeat(65), '-1', '1?x=1', '1\\..\\2'])(
  'a record id %j is never called',
  async (recordId) => {
    const client = makeClient(upstream.origin);
    expect(await outcomeOf(client, { recordId })).toEqual({
      code: 'internal-fault',
      message: 'a record id of a form that is never called',
    });
    expect(upstream.requests).toEqual([]);
    await client.close();
  },
);

test('a route or an address that is not plain is refused', async () => {
  const client = makeClient(upstream.origin);
  for (const segments of [['..', null], ['a/b', null], ['records'], [null, null], ['', null]]) {
    await expect(client.fetchRecord({ route: makeRoute({ segments }), recordId: 'A17', accessId: ACCESS_ID })).rejects.toThrow(
      /not plain|exactly once/,
    );
  }
  await client.close();
  const origins = [
    'http://case-system.example',
    'https://user:pw@case-system.example',
    'https://case-system.example/?x=1',
    'https://case-system.example/api',
    'ftp://127.0.0.1',
    'nonsense',
  ];
  for (const origin of origins) expect(() => makeClient(origin)).toThrow();
  for (const basePath of ['api', '/api/', '/api/../x', '//evil']) expect(() => makeClient(upstream.origin, { basePath })).toThrow();
});

test('a secret header goes along; a name that frames the message or a value no header may hold is refused at start', async () => {
  const client = makeClient(upstream.origin, {
    credential: { kind: 'secret-header', header: 'X-Api-Key', secret: { value: 's3cret value' } },
  });
  await outcomeOf(client);
  expect(upstream.requests[0]?.headers.filter(([name]) => name === 'x-api-key')).toEqual([['x-api-key', 's3cret value']]);
  await client.close();
  for (const header of ['Host', 'transfer-encoding', 'Content-Length', 'x y', 'x:y', '']) {
    expect(() => makeClient(upstream.origin, { credential: { kind: 'secret-header', header, secret: { value: 's' } } })).toThrow(
      'cannot be used here',
    );
  }
  for (const value of ['', ' ', 'a\r\nx: y', 'a\nb', 'é', 'a\0b']) {
    expect(() => makeClient(upstream.origin, { credential: { kind: 'secret-header', header: 'x-api-key', secret: { value } } })).toThrow(
      /empty or holds/,
    );
  }
});

test("HDR-12 the caller's own token goes on only where that is declared", async () => {
  const client = makeClient(upstream.origin, { credential: { kind: 'forward-bearer' } });
  await outcomeOf(client, { bearer: 'abc.def.ghi' });
  expect(upstream.requests[0]?.headers.filter(([name]) => name === 'authorization')).toEqual([['authorization', 'Bearer abc.def.ghi']]);
  expect(await outcomeOf(client)).toMatchObject({ code: 'internal-fault' });
  expect(await outcomeOf(client, { bearer: 'a\r\nb' })).toMatchObject({ code: 'internal-fault' });
  expect(upstream.requests).toHaveLength(1);
  expect(client.state()).toEqual({ breaker: 'closed', calls: 0 });
  await client.close();
});

test('an assertion of the caller goes along where configured, and a call that names no caller is not made', async () => {
  const asked: unknown[] = [];
  const signer = {
    sign: async (claims: unknown) => {
      asked.push(claims);
      return 'signed.by.us';
    },
  };
  const client = makeClient(upstream.origin, { assertion: { header: 'X-Casegate-Caller', audience: 'workforce-one', signer } });
  const assertionOf = { account: 'a-1', organization: 'agency-a', application: 'portal', actor: null };
  await outcomeOf(client, { assertionOf });
  expect(asked).toEqual([{ audience: 'workforce-one', accessId: ACCESS_ID, ...assertionOf }]);
  expect(upstream.requests[0]?.headers.filter(([name]) => name === 'x-casegate-caller')).toEqual([['x-casegate-caller', 'signed.by.us']]);
  expect(await outcomeOf(client)).toMatchObject({ code: 'internal-fault' });
  expect(upstream.requests).toHaveLength(1);
  await client.close();
  const twice = {
    assertion: { header: 'Authorization', audience: 'workforce-one', signer },
    credential: { kind: 'forward-bearer' },
  } as const;
  expect(() => makeClient(upstream.origin, twice)).toThrow('cannot stand in one header');
});

test('connections are used again', async () => {
  const client = makeClient(upstream.origin);
  for (let i = 0; i < 20; i += 1) await outcomeOf(client);
  // undici frees a connection one turn of the loop after its answer, so two take turns.
  expect(upstream.connections()).toBeLessThanOrEqual(2);
  upstream.answers(rawReply('{"n":1}'));
  expect(await outcomeOf(client)).toMatchObject({ body: '{"n":1}' });
  await client.close();
  expect(await outcomeOf(client)).toMatchObject({ code: 'shutting-down' });
});
