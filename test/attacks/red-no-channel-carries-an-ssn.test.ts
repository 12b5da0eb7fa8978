import { PEOPLE, wf1Record } from '../support/agency';
import { findsCanary } from '../support/finds-canary';
import { STORES } from '../support/gateway';
import {
  fullEntry,
  headersOf,
  headersOfAnswer,
  headersOfProblem,
  problem,
  recordText,
  startHostileCaseSystem,
  type HostileCaseSystem,
} from '../support/hostile-case-system';
import { rawReply } from '../support/raw-upstream';

/** The canary in every field that a record of workforce-one has, in sections that nobody classified, in keys and in headers. */
const everywhere = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(everywhere);
  if (typeof value === 'object' && value !== null)
    return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, everywhere(inner)])), '219-09-9987': '219099987' };
  if (typeof value === 'number') return 219099987;
  return typeof value === 'string' ? `${value} 219-09-9987` : value;
};
const FACTS = ['/recordId', '/privacy', '/assignment'];

function soaked(id: string, isPrivate: boolean): unknown {
  const record = wf1Record(id, { '/privacy/indicator': isPrivate });
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      FACTS.includes(`/${key}`) ? value : key === 'ssn' ? '219-09-9987' : everywhere(value),
    ]),
  );
}

const HEADERS = ['Set-Cookie: ssn=219099987', 'X-SSN: 219-09-9987', 'ETag: "219099987"'];

describe.each(STORES)('on %s', (store) => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await startHostileCaseSystem({ store });
    for (const [id, isPrivate] of [
      ['OPEN', false],
      ['PRIVATE', true],
    ] as const)
      hostile.plant(rawReply(JSON.stringify(soaked(id, isPrivate)), { status: '200 219-09-9987', headers: HEADERS }), id);
    hostile.plant(rawReply('{"error":"219-09-9987"}', { status: '500 219-09-9987', headers: HEADERS }), 'BROKEN');
  });
  afterAll(() => hostile?.stop());

  test.each(PEOPLE.map(({ id }) => id))('TO-01 R19 R20 R30 whatever %s is answered, no channel of it holds the number', async (person) => {
    for (const id of ['OPEN', 'PRIVATE', 'BROKEN', 'NOBODY']) {
      for (const method of ['GET', 'HEAD', 'DELETE']) {
        const seen = await hostile.read(id, person, { method });
        expect(await hostile.leaks(seen)).toEqual([]);
        const shown = seen.json as { ssn?: unknown } | null;
        if (seen.status === 200 && method === 'GET') expect(shown?.ssn).toBe('XXX-XX-9987');
        else expect([401, 403, 404, 405, 502, method === 'HEAD' ? 200 : 0]).toContain(seen.status);
      }
    }
    // Refusals before a caller is known have entries of their own up to twenty a minute.
    hostile.gateway.clock.forward(61_000);
  });

  test('TO-01 R19 the status line and the headers are our own', async () => {
    const seen = await hostile.read('OPEN', 'counselor', { claims: { jti: 'again' } });
    expect([seen.statusLine, headersOf(seen)]).toEqual(['HTTP/1.1 200 OK', headersOfAnswer('full', seen.body.length)]);
  });

  test('TO-01 R21 a record that was masked before leaves byte for byte', async () => {
    const inside =
      '"ssn":"XXX-XX-9987","relatives":[{"ssn":"XXX-XX-3456"}],"caseNotes":[{"text":"SSN XXX-XX-9987, his XXX-XX-XXXX"}],' +
      '"documents":[{"fileName":"lease_XXX-XX-9987.pdf"}]';
    const id = hostile.plant(rawReply(recordText('MASKED', inside)), 'MASKED');
    const claims = { jti: 'masked' };
    const once = await hostile.read(id, 'counselor', { claims });
    expect(once.text).toBe(recordText(id, inside));
    hostile.plant(rawReply(once.body), id);
    const twice = await hostile.read(id, 'counselor', { claims });
    expect([twice.text, headersOf(twice)]).toEqual([once.text, headersOf(once)]);
    expect(await hostile.entryOf(twice)).toEqual(fullEntry(hostile, twice, id));
  });

  const ADDRESSES: readonly (readonly [string, string])[] = [
    ['a query', '/workforce-one/records/OPEN?ssn=219-09-9987'],
    ['a query of digits', '/workforce-one/records/OPEN?q=219099987'],
    ['a query, encoded', '/workforce-one/records?ssn=219%2D09%2D9987'],
    ['a query, encoded twice', '/workforce-one/records?ssn=219%252D09%252D9987'],
    ['digits encoded', '/workforce-one/records?ssn=%32%31%39099987'],
    ['a record number', '/workforce-one/records/219-09-9987'],
    ['a record number of digits', '/workforce-one/records/219099987'],
    ['another system', '/trackone/participants/219099987'],
    ['no system at all', '/219-09-9987'],
  ];
  test.each(ADDRESSES)(
    'TO-01 R26 %s that holds the number is refused, nothing goes upstream, nothing is written of it',
    async (_, address) => {
      hostile.gateway.clock.forward(61_000);
      const calls = hostile.gateway.upstream.requests.length;
      const seen = await hostile.read('', 'counselor', {
        path: address,
        headers: ['Referer: https://portal.example/?ssn=219-09-9987', 'User-Agent: 219099987'],
      });
      expect(seen.json).toEqual(problem('ssn-in-url', seen));
      expect([seen.status, headersOf(seen)]).toEqual([400, headersOfProblem(seen.body.length)]);
      expect(await hostile.entryOf(seen)).toEqual({
        format: 1,
        accessId: seen.accessId,
        kind: 'refusal',
        at: expect.any(String),
        source: { address: '127.0.0.1' },
        who: null,
        system: null,
        environment: 'production',
        route: null,
        method: 'GET',
        action: null,
        records: [],
        outcome: { status: 400, code: 'ssn-in-url', reasons: ['ssn-in-url'] },
        upstream: null,
        policyVersion: null,
        directoryVersion: null,
        registryVersion: null,
      });
      expect(hostile.gateway.upstream.requests.length).toBe(calls);
      expect(await hostile.leaks(seen)).toEqual([]);
    },
  );

  test('TO-01 R26 nor does a request header carry it on', async () => {
    const names = ['X-SSN', 'User-Agent', 'Referer', 'Cookie', 'X-Forwarded-For', 'Traceparent', 'Range', 'If-None-Match'];
    const seen = await hostile.read('OPEN', 'supervisor', { claims: { jti: 'h' }, headers: names.map((name) => `${name}: 219-09-9987`) });
    expect(seen.status).toBe(200);
    expect(hostile.gateway.upstream.requests.flatMap(({ head }) => findsCanary(head))).toEqual([]);
    expect(await hostile.leaks(seen)).toEqual([]);
  });

  test('TO-01 R27 nothing that was written holds the number', async () => {
    expect(await hostile.leaksAnywhere()).toEqual([]);
    expect(await hostile.gateway.isWhole()).toBe(true);
  });
});
