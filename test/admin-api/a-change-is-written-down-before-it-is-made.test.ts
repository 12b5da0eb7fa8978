import { type Office, onBothStores, SMALL_OFFICE } from '../governance/on-both-stores';
import { openPlane, type Plane } from './support';

const json = { 'content-type': 'application/json' };
const ndjson = { 'content-type': 'application/x-ndjson' };
const CLEAR = {
  transactionId: 't1',
  system: 'workforce-one',
  environment: 'production',
  recordId: 'A17',
  action: 'clear',
  effectiveAt: '2026-06-01T11:00:00Z',
  sourceSequence: 1,
};

onBothStores('changes through the admin plane', (open) => {
  let office: Office;
  let plane: Plane;
  beforeEach(async () => {
    office = await open();
    await office.bring({ 'office.yaml': SMALL_OFFICE, 'rights.csv': 'account,right,from,to\nsupervisor,directory-admin,2026-01-01,\n' });
    plane = await openPlane(office);
  });
  afterEach(async () => {
    await plane.close();
    await office.close();
  });

  const feed = (body: string, as = 'batch', headers = ndjson) => plane.ask('POST', '/api/v1/feeds/privacy', { as, body, headers });
  const bring = (body: unknown) =>
    plane.ask('POST', '/api/v1/directory/imports', { as: 'supervisor', headers: json, body: JSON.stringify(body) });
  const isPrivate = () => office.registry.find('workforce-one', 'production', 'A17')?.isPrivate;
  const told = () => plane.entries.map((entry) => [entry.route, entry.outcome.code, entry.details]);

  test('WF1-06 a privacy transaction holds when its answer is there, with an entry before and after', async () => {
    const reply = await feed(JSON.stringify(CLEAR));
    expect([reply.status, reply.json]).toEqual([200, { rows: [{ line: 1, outcome: 'applied' }], registryVersion: 2 }]);
    expect(isPrivate()).toBe(false);
    const [intent, done] = plane.entries;
    expect(told()).toEqual([
      ['privacy-feed', 'ok', { phase: 'intended', systems: ['workforce-one'], transactions: 1 }],
      ['privacy-feed', 'ok', { phase: 'done', intent: intent?.accessId, systems: ['workforce-one'], applied: 1, registryVersion: 2 }],
    ]);
    expect([intent?.outcome.status, done?.outcome.status]).toEqual([202, 200]);
    expect(done?.accessId).toBe(reply.headers['casegate-access-id']);
    expect(done?.who?.account).toBe('batch');
  });

  test('a batch for a system beyond the right is refused whole', async () => {
    const reply = await feed(`${JSON.stringify(CLEAR)}\n${JSON.stringify({ ...CLEAR, transactionId: 't2', system: 'trackone' })}\n`);
    expect(reply.json).toMatchObject({ status: 403, code: 'right-missing' });
    expect(told()).toEqual([['privacy-feed', 'right-missing', {}]]);
    expect(isPrivate()).toBe(true);
  });

  test('a bad line refuses the batch with 422 and names the line, nothing of what was sent', async () => {
    const reply = await feed(
      `${JSON.stringify(CLEAR)}\n${JSON.stringify({ ...CLEAR, transactionId: 't2', recordId: '219-09-9987 x', extra: 'marker' })}\n`,
    );
    expect(reply.json).toEqual({
      type: 'urn:casegate:problem:input-invalid',
      title: 'Input not valid',
      status: 422,
      detail: 'Some of what you sent is not valid.',
      code: 'input-invalid',
      accessId: reply.headers['casegate-access-id'],
      problems: [
        { line: 2, column: 'recordId', reason: 'expected letters, digits, - and _, at most 64' },
        { line: 2, column: '', reason: 'has a key that is not known here' },
      ],
    });
    expect(reply.text + JSON.stringify(plane.entries)).not.toMatch(/219-09-9987|marker/);
    expect(told()).toEqual([['privacy-feed', 'input-invalid', { problems: 2 }]]);
    expect(isPrivate()).toBe(true);
  });

  test('an import runs dry, then for good, and holds when its answer is there', async () => {
    const files = [{ name: 'organizations.csv', content: 'id,name\nnew-county,New County\n' }];
    const dry = await bring({ files, dryRun: true });
    expect(dry.json).toMatchObject({ outcome: 'dry-run', totals: { added: 1 } });
    expect(office.directory.organization('new-county')).toBeUndefined();
    const real = await bring({ files, dryRun: false });
    expect(real.json).toEqual({
      outcome: 'applied',
      totals: { added: 1, changed: 0, unchanged: 0, refused: 0 },
      rows: [{ file: 'organizations.csv', line: 2, kind: 'organizations', key: 'new-county', outcome: 'added' }],
      problems: [],
      versions: { directory: 2, registry: 1 },
    });
    expect(office.directory.organization('new-county')?.name).toBe('New County');
    const totals = { added: 1, changed: 0, unchanged: 0, refused: 0 };
    expect(told()).toEqual([
      ['directory-import', 'ok', { outcome: 'dry-run', ...totals, versions: { directory: 1, registry: 1 } }],
      ['directory-import', 'ok', { phase: 'intended', files: 1 }],
      [
        'directory-import',
        'ok',
        { phase: 'done', intent: plane.entries[1]?.accessId, outcome: 'applied', ...totals, versions: { directory: 2, registry: 1 } },
      ],
    ]);
  });

  test('CON-08 keys that are not ours are refused, not dropped', async () => {
    const files = [{ name: 'organizations.csv', content: 'id,name\nnew-county,New\n' }];
    for (const body of [
      { files, dryRun: false, approvedBy: 'me' },
      { files: [{ ...files[0], id: 1 }], dryRun: false },
      { files: [{ name: '../x.csv', content: '' }], dryRun: true },
    ]) {
      expect((await bring(body)).json).toMatchObject({ status: 422, code: 'input-invalid' });
    }
    const twice = await plane.ask('POST', '/api/v1/directory/imports', {
      as: 'supervisor',
      headers: json,
      body: '{"files":[],"dryRun":true,"dryRun":false}',
    });
    expect(twice.json.problems).toEqual([{ line: 0, column: '', reason: 'has a key that stands twice' }]);
    expect(office.directory.version).toBe(1);
  });

  test('a refused import names every row and problem, and changes nothing', async () => {
    const reply = await bring({
      files: [{ name: 'rights.csv', content: 'account,right,from,to\nnobody,auditor,2026-01-01,\n' }],
      dryRun: false,
    });
    expect(reply.json).toMatchObject({
      status: 422,
      problems: [
        {
          file: 'rights.csv',
          line: 2,
          column: 'account',
          reason: 'there is no account "nobody", neither in the directory nor in these files',
        },
      ],
      totals: { refused: 1 },
    });
    expect(told()).toEqual([
      ['directory-import', 'ok', { phase: 'intended', files: 1 }],
      ['directory-import', 'input-invalid', { phase: 'done', intent: plane.entries[0]?.accessId, problems: 1 }],
    ]);
  });

  test('without a log nothing is changed and nothing is told', async () => {
    plane.log.isDown = true;
    const reply = await feed(JSON.stringify(CLEAR));
    expect(reply.json).toEqual({
      type: 'urn:casegate:problem:audit-unavailable',
      title: 'Log unavailable',
      status: 503,
      detail: 'The access log cannot be written, so records cannot be shown.',
      code: 'audit-unavailable',
      accessId: reply.headers['casegate-access-id'],
    });
    expect(isPrivate()).toBe(true);
    expect((await plane.ask('GET', '/metrics', { as: 'supervisor' })).json).toMatchObject({ code: 'audit-unavailable' });
    expect((await plane.ask('GET', '/metrics', { as: 'counselor' })).json).toMatchObject({ code: 'audit-unavailable' });
    expect((await plane.ask('GET', '/metrics')).json).toMatchObject({ code: 'audit-unavailable' });
  });

  test('a log that goes down between change and answer leaves the intention, and no answer', async () => {
    plane.log.downAfter = 1;
    expect((await feed(JSON.stringify(CLEAR))).json).toMatchObject({ status: 503, code: 'audit-unavailable' });
    expect(told()).toEqual([['privacy-feed', 'ok', { phase: 'intended', systems: ['workforce-one'], transactions: 1 }]]);
    expect(isPrivate()).toBe(false);
  });

  test.each([
    ['text/plain', '{}', 415, 'media-type-not-supported'],
    ['application/json; charset=utf-16', '[]', 415, 'media-type-not-supported'],
    ['application/x-ndjson', Buffer.from([0x7b, 0xff, 0x7d]), 415, 'media-type-not-supported'],
    ['application/x-ndjson', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20), 413, 'payload-too-large'],
    ['application/x-ndjson', '', 422, 'input-invalid'],
    ['application/json', '{}', 422, 'input-invalid'],
  ])('a body of %s is refused', async (type, body, status, code) => {
    const reply = await plane.ask('POST', '/api/v1/feeds/privacy', { as: 'batch', body, headers: { 'content-type': type } });
    expect([reply.status, reply.json.code]).toEqual([status, code]);
    expect(plane.entries.map((entry) => entry.outcome.code)).toEqual([code]);
  });

  test('a compressed body and a body on a read are refused', async () => {
    const packed = await plane.ask('POST', '/api/v1/feeds/privacy', {
      as: 'batch',
      body: '[]',
      headers: { ...json, 'content-encoding': 'gzip' },
    });
    expect(packed.json.code).toBe('media-type-not-supported');
    const read = await plane.ask('GET', '/metrics', { as: 'supervisor', body: 'x', headers: { 'content-length': '1' } });
    expect(read.json.code).toBe('body-not-allowed');
  });
});
