import { RECORDS } from '../support/agency';
import { startTestGateway, STORES, type TestGateway } from '../support/gateway';
import { copyPolicies, type PolicyCopy } from '../support/policy-copy';

const limits = { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } };
const NOTES = 'p, group:employment-counselor, *, open, in-scope, case-notes, read, allow';

describe.each(STORES)('on %s', (store) => {
  let policies: PolicyCopy;
  let gateway: TestGateway;
  beforeAll(async () => {
    policies = copyPolicies();
    gateway = await startTestGateway({ store, records: RECORDS, policies: policies.folder, config: limits });
  });
  afterAll(async () => {
    await gateway?.stop();
    policies.remove();
  });

  const post = (path: string, body: object) => gateway.admin('POST', `/api/v1/policy/${path}`, 'administrator', JSON.stringify(body));
  const report = async () => (await gateway.admin('GET', '/api/v1/policy/shadow', 'auditor')).json as Record<string, unknown>;
  /** The folder's files, changed by `edit`: what an administrator prepared elsewhere. */
  const files = (edit: (text: string) => string = (text) => text) =>
    policies.files().map((one) => (one.system === 'workforce-one' ? { ...one, content: edit(one.content) } : one));
  /** Counselors in scope no longer read case notes; and the cases say so. */
  const narrowed = () =>
    files((text) =>
      text
        .replace(`${NOTES}\n`, '')
        .replace(
          /^(WF1-13 another counselor in scope, .*), all but privacy, not-granted$/m,
          '$1, all but privacy & case-notes, not-granted',
        ),
    );

  test('a candidate is asked about every decision, decides none, and its differences are counted with an example', async () => {
    expect(await report()).toEqual({ isRunning: false, version: null, since: null, by: null, counts: [] });
    const bad = await post('shadow/start', { files: files((text) => text.replace(/^end$/m, '')) });
    expect([bad.status, (bad.json as { problems: unknown[] }).problems.length > 0]).toEqual([422, true]);
    const started = await post('shadow/start', { files: narrowed() });
    expect(started.status).toBe(200);
    const { version } = started.json as { version: string };
    expect(await gateway.entryOf(started)).toMatchObject({
      kind: 'admin',
      route: 'shadow-start',
      who: { account: 'administrator' },
      details: { phase: 'done', number: 1, version },
    });

    // P0 is open: the other counselor of its agency reads its notes today.
    const seen = await gateway.get('/workforce-one/records/P0', 'other-counselor');
    expect([seen.status, Object.keys(seen.json as object)]).toEqual([200, expect.arrayContaining(['caseNotes']) as unknown]);
    await gateway.get('/workforce-one/records/P0', 'other-counselor');
    await gateway.get('/workforce-one/records/P0', 'counselor');
    await gateway.get('/workforce-one/records/P1', 'other-counselor');
    expect(await report()).toEqual({
      isRunning: true,
      version,
      since: expect.any(String) as unknown,
      by: 'administrator',
      counts: [
        { kind: 'compared', system: 'workforce-one', action: 'read', key: '', words: [], count: 4, example: seen.accessId },
        {
          kind: 'lost',
          system: 'workforce-one',
          action: 'read',
          key: 'employment-counselor, none, open, in-scope',
          words: ['case-notes'],
          count: 2,
          example: seen.accessId,
        },
      ],
    });
    // What is in force is untouched by it.
    expect((await gateway.admin('GET', '/api/v1/readiness', 'auditor')).json).toMatchObject({ policy: { number: 1, isAlarmed: false } });

    expect((await post('shadow/stop', {})).json).toEqual({ version });
    await gateway.get('/workforce-one/records/P0', 'other-counselor');
    const after = await report();
    expect([after['isRunning'], (after['counts'] as { count: number }[]).map((one) => one.count)]).toEqual([false, [4, 2]]);
    expect((await post('shadow/stop', {})).json).toEqual({ version: null });
  });

  test('a candidate that reads a fact otherwise, or has no such route, says that there is no comparison', async () => {
    const otherFact = files((text) => text.replace('at: /assignment/agency', 'at: /assignment/office'));
    expect((await post('shadow/start', { files: otherFact })).status).toBe(200);
    await gateway.get('/workforce-one/records/P0', 'counselor');
    const { counts } = await report();
    expect((counts as { kind: string; words: string[]; count: number }[]).map(({ kind, words, count }) => [kind, words, count])).toEqual(
      expect.arrayContaining([
        ['compared', [], 1],
        ['not-comparable', ['facts-differ'], 1],
      ]),
    );
  });
});
