import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trackOneRecord } from '../support/agency';
import { STORES, type StoreKind } from '../support/gateway';
import {
  digestOf,
  headersOf,
  headersOfProblem,
  nothingOf,
  policyLine,
  problem,
  recordText,
  startHostileCaseSystem,
  T1_PATH,
  unknownEntry,
  type HostileCaseSystem,
  type ReadOptions,
  type Seen,
} from '../support/hostile-case-system';
import { rawReply } from '../support/raw-upstream';

const FROM = '2024-01-01';

/** One record of the counselor's site, one elsewhere in the region, one in another region, and one without the facts it must have. */
const registryRow = (recordId: string, codes: object, isPrivate: boolean | null = false): object => ({
  system: 'trackone',
  environment: 'production',
  record_id: recordId,
  ...(isPrivate === null ? {} : { private: isPrivate }),
  codes,
});

async function start(store: StoreKind): Promise<HostileCaseSystem> {
  const hostile = await startHostileCaseSystem({
    store,
    directory: {
      records: [
        registryRow('T1-ELSEWHERE', { region: ['R5'], site: ['R5-IND'] }),
        registryRow('T1-PRIVATE', { region: ['R5'], site: ['R5-IND'] }, true),
        registryRow('T1-NO-REGION', { site: ['R4-LAF'] }),
      ],
    },
  });
  // An application that carries the contact section alone: of a private record it may show an outsider nothing at all.
  const imported = await hostile.gateway.importRows({
    applications: [
      {
        id: 'contact-portal',
        issuer: hostile.gateway.issuer.issuer,
        client_id: 'contact-portal',
        environment: 'production',
        class: 'case-work',
        grants: [{ system: 'workforce-one', actions: ['read'], sections: ['contact'] }],
      },
    ],
    standings: [{ of: 'application', id: 'contact-portal', standing: 'active', from: FROM }],
  });
  if (imported.status !== 200) throw new Error(imported.text);
  for (const id of ['T1-ELSEWHERE', 'T1-PRIVATE', 'T1-NO-REGION', 'T1-200041'])
    hostile.plant(rawReply(JSON.stringify(trackOneRecord(id))), id);
  hostile.plant(rawReply(recordText('HIDDEN', '"ssn":"219-09-9987","contact":{"phone":"651-555-0142"}', true)), 'HIDDEN');
  return hostile;
}

const BODY_ROUTE: ReadOptions = { claims: { client_id: 'contact-portal' } };
const REGISTRY_ROUTE: ReadOptions = { path: T1_PATH };

describe.each(STORES)('on %s', (store) => {
  let hostile: HostileCaseSystem;
  beforeAll(async () => {
    hostile = await start(store);
  });
  afterAll(() => hostile?.stop());

  /** All of an answer but its access id and date. */
  const whole = (seen: Seen): unknown => [seen.statusLine, headersOf(seen), seen.text.replaceAll(seen.accessId, '[access id]')];

  /** What one read costs the world outside: calls to the case system, entries. */
  const effects = async (id: string, person: string, options: ReadOptions): Promise<{ seen: Seen; calls: number; entries: number }> => {
    const { upstream } = hostile.gateway;
    const [calls, entries] = [upstream.requests.length, (await hostile.gateway.entries()).length];
    const seen = await hostile.read(id, person, options);
    return { seen, calls: upstream.requests.length - calls, entries: (await hostile.gateway.entries()).length - entries };
  };

  test.each([
    ['where the facts stand in the body, both are fetched', 'HIDDEN', 'UNKNOWN-1', 'other-counselor', BODY_ROUTE, 1],
    ['where they stand in the registry, neither is', 'T1-ELSEWHERE', 'T1-UNKNOWN', 'counselor', REGISTRY_ROUTE, 0],
    ['a private one likewise', 'T1-PRIVATE', 'T1-UNKNOWN', 'counselor', REGISTRY_ROUTE, 0],
    ['one without the facts it must have likewise', 'T1-NO-REGION', 'T1-UNKNOWN', 'counselor', REGISTRY_ROUTE, 0],
  ] as const)('INF-07 INF-10 hidden and unknown are one answer; %s', async (_, hidden, unknown, person, options, calls) => {
    const one = await effects(hidden, person, options);
    const other = await effects(unknown, person, options);
    expect(one.seen.json).toEqual(problem('record-hidden', one.seen));
    expect(headersOf(one.seen)).toEqual(headersOfProblem(one.seen.body.length));
    expect(whole(other.seen)).toEqual(whole(one.seen));
    expect([one.calls, one.entries, other.calls, other.entries]).toEqual([calls, 1, calls, 1]);
    expect([...(await hostile.leaks(one.seen)), ...(await hostile.leaks(other.seen))]).toEqual([]);
  });

  test('INF-07 the record is there: whoever may see it does', async () => {
    expect((await hostile.read('HIDDEN', 'counselor')).status).toBe(200);
    expect((await hostile.read('T1-200041', 'counselor', REGISTRY_ROUTE)).status).toBe(200);
  });

  test('INF-07 HEAD and a wrong method tell no more', async () => {
    const answers = [];
    for (const id of ['HIDDEN', 'UNKNOWN-1']) {
      const head = await hostile.read(id, 'other-counselor', { ...BODY_ROUTE, method: 'HEAD' });
      const post = await hostile.read(id, 'other-counselor', { ...BODY_ROUTE, method: 'DELETE' });
      answers.push([whole(head), whole(post)]);
    }
    expect(answers[1]).toEqual(answers[0]);
  });

  test('INF-08 the true reasons stand in the entries alone', async () => {
    const asked = [
      ['HIDDEN', 'other-counselor', BODY_ROUTE],
      ['UNKNOWN-1', 'other-counselor', BODY_ROUTE],
      ['T1-ELSEWHERE', 'counselor', REGISTRY_ROUTE],
      ['T1-PRIVATE', 'counselor', REGISTRY_ROUTE],
      ['T1-NO-REGION', 'counselor', REGISTRY_ROUTE],
      ['T1-UNKNOWN', 'counselor', REGISTRY_ROUTE],
    ] as const;
    const seen: Seen[] = [];
    for (const [id, person, options] of asked) seen.push(await hostile.read(id, person, options));
    expect(seen.map(whole)).toEqual(seen.map(() => whole(seen[0] as Seen)));
    const entries = [];
    for (const one of seen) entries.push(await hostile.entryOf(one));
    expect(entries.map(({ outcome }) => outcome.reasons)).toEqual([
      ['application-narrows'],
      ['record-unknown'],
      ['out-of-scope'],
      ['out-of-scope'],
      ['facts-missing'],
      ['record-unknown'],
    ]);
    // A record that the facts know is named; any other is a keyed digest.
    expect(entries.map(({ records: [record] }) => record?.id ?? record?.digest)).toEqual([
      'HIDDEN',
      digestOf('workforce-one', 'UNKNOWN-1'),
      'T1-ELSEWHERE',
      'T1-PRIVATE',
      'T1-NO-REGION',
      digestOf('trackone', 'T1-UNKNOWN'),
    ]);
    expect(entries.map(({ upstream }) => upstream?.outcome ?? null)).toEqual(['answered', 'not-found', null, null, null, null]);
  });

  test('INF-08 a number of another form is refused alike whether a record of it exists or not', async () => {
    const answers = [];
    for (const id of ['HIDDEN!', 'UNKNOWN-1!', 'HIDDEN%20', 'UNKNOWN-1%20'])
      answers.push(await hostile.read(id, 'other-counselor', BODY_ROUTE));
    expect(answers.map(({ json }) => (json as { code: string }).code)).toEqual(Array.from({ length: 4 }, () => 'path-not-canonical'));
    expect(whole(answers[1] as Seen)).toEqual(whole(answers[0] as Seen));
    expect(whole(answers[3] as Seen)).toEqual(whole(answers[2] as Seen));
  });

  test('INF-07 INF-08 the whole entries of a hidden and of an unknown record', async () => {
    const hidden = await hostile.read('HIDDEN', 'other-counselor', BODY_ROUTE);
    const { records, outcome, upstream, who } = await hostile.entryOf(hidden);
    expect({ records, outcome, upstream, who }).toEqual({
      records: [
        {
          id: 'HIDDEN',
          disclosure: 'none',
          disclosed: {},
          withheld: {
            basic: 'application-narrows',
            privacy: 'not-granted',
            assignment: 'private-record',
            contact: 'private-record',
            demographics: 'private-record',
            relatives: 'private-record',
            activities: 'private-record',
            assessments: 'private-record',
            'employment-plans': 'private-record',
            'case-notes': 'private-record',
            documents: 'private-record',
            referrals: 'private-record',
          },
          keys: [
            {
              environment: 'production',
              application: 'case-work',
              workgroup: 'employment-counselor',
              relations: [],
              privacy: 'private',
              when: ['in-scope'],
            },
          ],
          narrowing: { carries: ['contact'], actorKeys: null },
          unclassifiedFields: 0,
        },
      ],
      outcome: { status: 404, code: 'record-hidden', reasons: ['application-narrows'] },
      upstream: { outcome: 'answered', durationMs: expect.any(Number) },
      who: {
        account: 'other-counselor',
        person: 'person-other-counselor',
        organization: 'north',
        issuer: hostile.gateway.issuer.issuer,
        application: 'contact-portal',
        actor: null,
        memberships: ['m-other-counselor'],
      },
    });
    const unknown = await hostile.read('UNKNOWN-1', 'counselor');
    expect(await hostile.entryOf(unknown)).toEqual({ ...unknownEntry(hostile, unknown, 'UNKNOWN-1'), directoryVersion: 2 });
    const elsewhere = await hostile.read('T1-UNKNOWN', 'counselor', REGISTRY_ROUTE);
    expect(await hostile.entryOf(elsewhere)).toMatchObject({
      records: [nothingOf(digestOf('trackone', 'T1-UNKNOWN'))],
      outcome: { status: 404, code: 'record-hidden', reasons: ['record-unknown'] },
      upstream: null,
    });
    expect(policyLine('workforce-one', 'p, group:employment-counselor, *, *, always, basic, read, allow')).toBe(5);
  });

  test('INF-14 nothing is remembered of a record: the tenth read of a hidden one costs what the first of an unknown one does', async () => {
    const { upstream } = hostile.gateway;
    const calls: number[] = [];
    const answers = new Set<string>();
    for (let turn = 0; turn < 10; turn += 1) {
      for (const id of ['HIDDEN', `UNKNOWN-${turn}`]) {
        const before = upstream.requests.length;
        answers.add(JSON.stringify(whole(await hostile.read(id, 'other-counselor', BODY_ROUTE))));
        calls.push(upstream.requests.length - before);
      }
    }
    expect([calls, answers.size]).toEqual([calls.map(() => 1), 1]);
    // What goes upstream for the one and the other differs in the number alone.
    const heads = upstream.requests.slice(-2).map(({ head }) => head.replace(/(HIDDEN|UNKNOWN-\d)/, '[id]'));
    expect(heads[1]).toBe(heads[0]);
  });

  test('INF-16 a number nobody knows is kept as a digest under a key that stands nowhere in the store', async () => {
    const key = 'a digest key for tests alone, 32 characters or more';
    const seen = await hostile.read('UNKNOWN-GUESS', 'counselor');
    const digest = (await hostile.entryOf(seen)).records[0]?.digest ?? '';
    const guesses = ['UNKNOWN-GUESS', JSON.stringify(['workforce-one', 'UNKNOWN-GUESS']), '"UNKNOWN-GUESS"'];
    const plain = guesses.flatMap((guess) =>
      ['', 'casegate', 'workforce-one'].map((other) => createHmac('sha256', other).update(guess).digest('hex')),
    );
    expect([...plain, ...guesses.map((guess) => createHash('sha256').update(guess).digest('hex'))]).not.toContain(digest);
    expect(digest).toBe(
      createHmac('sha256', key)
        .update(JSON.stringify(['workforce-one', 'UNKNOWN-GUESS']))
        .digest('hex'),
    );

    const entries = await hostile.gateway.entries({ all: true });
    const written = [JSON.stringify(entries), hostile.gateway.lines().join('\n'), await hostile.metrics()];
    if (hostile.gateway.storeSettings.kind === 'sqlite') {
      const { folder } = hostile.gateway.storeSettings;
      for (const name of readdirSync(folder)) if (/\.db/.test(name)) written.push(readFileSync(join(folder, name), 'latin1'));
    }
    expect(written.filter((text) => text.includes(key) || text.includes('UNKNOWN-GUESS'))).toEqual([]);
  });

  test('TO-01 INF-16 an SSN asked for as a record number is refused, and not even its digest is kept', async () => {
    const before = hostile.gateway.upstream.requests.length;
    const seen = await hostile.read('219-09-9987', 'counselor');
    expect(seen.json).toEqual(problem('ssn-in-url', seen));
    expect(await hostile.entryOf(seen)).toMatchObject({ kind: 'refusal', records: [], outcome: { status: 400, code: 'ssn-in-url' } });
    expect(hostile.gateway.upstream.requests.length).toBe(before);
    expect(await hostile.leaksAnywhere()).toEqual([]);
  });
});
