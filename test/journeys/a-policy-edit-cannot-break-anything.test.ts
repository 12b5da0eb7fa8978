import { appendFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORDS, trackOneRecord } from '../support/agency';
import { SHIPPED_POLICIES, startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { bodyOf, entryOf, expectRefusal, headersOf, keyOf, problemHeaders, problemOf, ruleLine } from './expected';

const records = { ...RECORDS, 'T1-200041': trackOneRecord('T1-200041') };
const config = { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } };
const ROW = 'p, group:receptionist, *, *, always, basic, read, allow';
const CASE = 'GW-05 a receptionist sees basic information, group:receptionist, none, private, always, read, basic, basic, not-granted';

function copyOfPolicies(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-policies-'));
  cpSync(SHIPPED_POLICIES, folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

interface Readiness {
  readonly ready: boolean;
  readonly policy: {
    readonly version: string;
    readonly isAlarmed: boolean;
    readonly findings: readonly Record<string, unknown>[];
    readonly systems: readonly string[];
    readonly withoutPolicy: readonly string[];
  };
}

describe.each(STORES)('on %s', (store) => {
  const policies = copyOfPolicies();
  let gateway: TestGateway;
  let token = '';
  beforeAll(async () => {
    gateway = await startTestGateway({ store, records, config, policies: policies.folder });
    token = await gateway.token('unknown-workgroup');
  });
  afterAll(async () => {
    await gateway?.stop();
    policies.remove();
  });

  const file = (name: string) => join(policies.folder, 'workforce-one', name);
  const original = (name: string) => readFileSync(join(SHIPPED_POLICIES, 'workforce-one', name), 'utf8');
  const withLine = (name: string, line: string) => original(name).replace(/end\n$/, `${line}\nend\n`);
  /** As an editor that saves in one step. */
  const save = (name: string, text: string) => {
    writeFileSync(`${file(name)}.new`, text);
    renameSync(`${file(name)}.new`, file(name));
  };
  const admit = () => {
    save('cases.csv', withLine('cases.csv', CASE));
    save('policy.csv', withLine('policy.csv', ROW));
  };
  const withdraw = () => {
    save('policy.csv', original('policy.csv'));
    save('cases.csv', original('cases.csv'));
  };
  const ask = (): Promise<Reply> =>
    gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/P1`, { headers: { authorization: `Bearer ${token}` } });
  const readiness = async (): Promise<Readiness> => (await gateway.admin('GET', '/api/v1/readiness', 'auditor')).json as Readiness;
  /** Asks until it is so; the milliseconds it took. */
  const until = async (isSo: () => Promise<boolean>): Promise<number> => {
    const since = performance.now();
    while (!(await isSo())) if (performance.now() - since > 10_000) throw new Error('it never came');
    return performance.now() - since;
  };
  const isGood = async () => !(await readiness()).policy.isAlarmed;
  const alarm = async () =>
    /^casegate_policy_alarm\{system="workforce-one"\} (\d)$/m.exec((await gateway.admin('GET', '/metrics', 'auditor')).text)?.[1];

  test('GW-05 a good edit is in force within a second, without a restart; the swap and each later entry name its version', async () => {
    const before = (await readiness()).policy.version;
    const sent = gateway.upstream.requests.length;
    await expectRefusal(
      gateway,
      await ask(),
      'action-not-permitted',
      'not-granted',
      { account: 'unknown-workgroup', application: 'portal' },
      { sent },
    );
    admit();
    expect(await until(async () => (await ask()).status === 200)).toBeLessThan(1_000);
    const reply = await ask();
    const after = (await readiness()).policy.version;
    expect(after).not.toBe(before);
    expect([reply.json, headersOf(reply).view]).toEqual([bodyOf('P1', ['basic']), 'basic']);
    expect(await gateway.entryOf(reply)).toEqual(
      entryOf(
        gateway,
        reply,
        { account: 'unknown-workgroup' },
        {
          record: {
            id: 'P1',
            disclosure: 'basic',
            disclosed: { basic: ruleLine(ROW, policies.folder) },
            withheld: expect.any(Object) as Record<string, string>,
            keys: [keyOf('receptionist', [], 'private', ['in-scope'])],
            unclassifiedFields: 3,
          },
          outcome: { status: 200, code: 'ok', reasons: ['not-granted'] },
          versions: { policyVersion: after },
        },
      ),
    );
    const entries = await gateway.entries({ all: true });
    const swaps = entries.filter((entry) => entry.details?.['event'] === 'policy-swapped');
    expect(swaps.at(-1)).toEqual({
      format: 1,
      accessId: expect.any(String) as unknown,
      kind: 'system',
      at: expect.any(String) as unknown,
      source: null,
      who: null,
      system: null,
      environment: null,
      route: null,
      method: null,
      action: null,
      records: [],
      outcome: { status: 200, code: 'ok', reasons: [] },
      upstream: null,
      policyVersion: after,
      directoryVersion: null,
      registryVersion: null,
      details: {
        event: 'policy-swapped',
        number: 2,
        previous: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        changed: ['workforce-one'],
        origin: 'folder',
        host: hostname(),
      },
    });
    const since = entries.findIndex((entry) => entry.accessId === swaps.at(-1)?.accessId);
    const named = entries.slice(since).filter((entry) => entry.policyVersion !== null);
    expect([...new Set(named.map((entry) => entry.policyVersion))]).toEqual([after]);
  });

  test.each([
    ['an unknown section', 'policy.csv', 'p, group:monitor, *, *, always, case-note, read, allow', 33, 'unknown-word'],
    ['a workgroup that has no example', 'policy.csv', 'p, group:janitor, *, *, always, basic, read, allow', 4, 'workgroup-without-case'],
    [
      'an example that does not hold',
      'cases.csv',
      'a counselor sees all, group:employment-counselor, none, private, always, read, full, all, granted',
      1,
      'case-fails',
    ],
    ['a word too many', 'policy.csv', 'p, group:monitor, *, *, always, basic, read, allow, allow', null, null],
    ['a private view wider than the open one', 'policy.csv', 'p, group:receptionist, *, private, always, contact, read, allow', null, null],
  ])(
    'GW-05, R107 %s is refused with file, line, column and reason; the last good policy stays in force',
    async (_name, name, line, column, rule) => {
      admit();
      await until(isGood);
      const { version } = (await readiness()).policy;
      const good = readFileSync(file(name), 'utf8');
      const at = good.split('\n').indexOf('end') + 1;
      save(name, good.replace(/end\n$/, `${line}\nend\n`));
      await until(async () => (await readiness()).policy.isAlarmed);
      const { ready, policy } = await readiness();
      expect([ready, policy.version, policy.withoutPolicy]).toEqual([true, version, []]);
      expect(policy.findings[0]).toMatchObject({
        file: `workforce-one/${name}`,
        line: expect.any(Number) as unknown,
        column: expect.any(Number) as unknown,
        word: expect.any(String) as unknown,
        message: expect.stringMatching(/\w+/) as unknown,
        rule: rule ?? (expect.any(String) as unknown),
      });
      if (rule !== null) expect([policy.findings[0]?.['line'], policy.findings[0]?.['column']]).toEqual([at, column]);
      expect(await alarm()).toBe('1');
      const reply = await ask();
      expect([reply.status, reply.json, (await gateway.entryOf(reply)).policyVersion]).toEqual([200, bodyOf('P1', ['basic']), version]);
      expect((await gateway.send('GET', `${gateway.adminUrl}/readyz`)).text).toBe('ok\n');
      const told = gateway.lines().filter((one) => one.includes('"policy-refused"'));
      expect(told.length).toBeGreaterThan(0);
      // The entry says who tried and where it is wrong, and no word of the file.
      const refusals = (await gateway.entries({ all: true })).filter((entry) => entry.details?.['event'] === 'policy-refused');
      const { rule: brokenRule, file: badFile, line: badLine, column: badColumn } = policy.findings[0] ?? {};
      expect(refusals.at(-1)).toMatchObject({ kind: 'system', who: null, records: [], policyVersion: null });
      expect(refusals.at(-1)?.details).toEqual({
        event: 'policy-refused',
        host: hostname(),
        findings: policy.findings.length,
        first: expect.arrayContaining([{ rule: brokenRule, file: badFile, line: badLine, column: badColumn }]) as unknown,
      });

      save(name, good);
      await until(isGood);
      expect([await alarm(), (await readiness()).policy.version]).toEqual(['0', version]);
    },
  );

  test('C06 a file cut off on the way is refused, and a file taken away too', async () => {
    admit();
    await until(isGood);
    const { version } = (await readiness()).policy;
    const whole = readFileSync(file('policy.csv'), 'utf8');
    save('policy.csv', whole.slice(0, Math.floor(whole.length / 2)));
    await until(async () => !(await isGood()));
    const { policy } = await readiness();
    expect([policy.version, new Set(policy.findings.map((one) => one['file']))]).toEqual([version, new Set(['workforce-one/policy.csv'])]);
    rmSync(file('policy.csv'));
    await until(async () => JSON.stringify((await readiness()).policy.findings).includes('missing'));
    expect((await ask()).status).toBe(200);
    save('policy.csv', whole);
    await until(isGood);
  });

  test('R107 requests during 50 reloads are answered by the old policy or by the new one, never by a third', async () => {
    const versions = new Set<string>();
    admit();
    await until(async () => (await ask()).status === 200 && (await isGood()));
    versions.add((await readiness()).policy.version);
    withdraw();
    await until(async () => (await ask()).status === 403 && (await isGood()));
    versions.add((await readiness()).policy.version);
    const seen = new Map<string, number>();
    let isOver = false;
    const readers = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const reply = await ask();
        const isNew = reply.status === 200;
        expect(reply.json).toEqual(isNew ? bodyOf('P1', ['basic']) : problemOf('action-not-permitted', reply));
        const answer = isNew ? `200 ${reply.accessId}` : `403 ${reply.accessId}`;
        seen.set(answer, reply.status);
      }
    });
    for (let reload = 0; reload < 50; reload += 1) {
      if (reload % 2 === 0) admit();
      else withdraw();
      if (reload % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 60));
    }
    admit();
    await until(async () => (await ask()).status === 200);
    isOver = true;
    await Promise.all(readers);
    expect(seen.size).toBeGreaterThan(20);
    const entries = new Map((await gateway.entries()).map((entry) => [entry.accessId, entry]));
    const byVersion = new Map<string, Set<number>>();
    for (const [answer, status] of seen) {
      const version = entries.get(answer.slice(4))?.policyVersion ?? 'none';
      byVersion.set(version, (byVersion.get(version) ?? new Set()).add(status));
    }
    // Saved one after the other, the pair of files has states between: refused ones never decide, and each version decides in one way.
    for (const statuses of byVersion.values()) expect(statuses.size).toBe(1);
    expect([...byVersion.keys()].filter((version) => !versions.has(version))).toEqual([]);
    expect(versions.size).toBe(2);
  }, 60_000);

  test('the log that told all this is whole', async () => expect(await gateway.isWhole()).toBe(true));
});

test('GW-05 a system whose policy is bad at start has none: it answers policy-unavailable, and the others work', async () => {
  const policies = copyOfPolicies();
  appendFileSync(join(policies.folder, 'workforce-one', 'policy.csv'), 'p, group:monitor, *, *, always, everything, read, allow\n');
  let gateway: TestGateway | undefined;
  try {
    gateway = await startTestGateway({ records, config, policies: policies.folder });
    const closed = await gateway.get('/workforce-one/records/P1', 'counselor');
    expect([closed.status, closed.json, headersOf(closed)]).toEqual([503, problemOf('policy-unavailable', closed), problemHeaders]);
    expect(gateway.upstream.requests).toEqual([]);
    expect(await gateway.entryOf(closed)).toMatchObject({
      system: 'workforce-one',
      records: [],
      outcome: { status: 503, code: 'policy-unavailable', reasons: ['policy-unavailable'] },
    });
    const open = await gateway.get('/trackone/participants/T1-200041', 'counselor');
    expect([open.status, headersOf(open).view]).toEqual([200, 'full']);
    const ready = await gateway.send('GET', `${gateway.adminUrl}/readyz`);
    expect([ready.status, ready.text]).toEqual([503, 'not ready\n']);
    const { json } = await gateway.admin('GET', '/api/v1/readiness', 'auditor');
    const systems = ['clienttrack', 'trackone', 'wisconsin-work-programs', 'worksource'];
    expect(json).toMatchObject({ ready: false, policy: { isAlarmed: true, systems, withoutPolicy: ['workforce-one'] } });
    const metrics = (await gateway.admin('GET', '/metrics', 'auditor')).text;
    expect(metrics.split('\n').filter((line) => line.startsWith('casegate_policy_alarm{'))).toEqual([
      'casegate_policy_alarm{system="workforce-one"} 1',
      'casegate_policy_alarm{system="trackone"} 0',
    ]);
  } finally {
    await gateway?.stop();
    policies.remove();
  }
});
