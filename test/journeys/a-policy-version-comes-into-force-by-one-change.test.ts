import { hostname } from 'node:os';
import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { RECORDS, trackOneRecord } from '../support/agency';
import { admitReceptionist, copyPolicies, type PolicyCopy } from '../support/policy-copy';
import { describeWithMariadb } from '../support/mariadb';
import { problemOf } from './expected';

const records = { ...RECORDS, 'T1-200041': trackOneRecord('T1-200041') };
const limits = { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } };
const directory = { rights: [{ account: 'monitor', right: 'policy-admin', from: '2024-01-01' }] };
const HASH = /^[0-9a-f]{64}$/;

interface Line {
  readonly number: number;
  readonly version: string;
  readonly account: string | null;
  readonly origin: string;
  readonly approvedBy: readonly string[];
}

const versionsOf = async (gateway: TestGateway) => {
  const { status, json } = await gateway.admin('GET', '/api/v1/policy/versions', 'auditor');
  expect(status).toBe(200);
  return json as { readonly changes: readonly Line[]; readonly waiting: readonly Record<string, unknown>[]; readonly next: string | null };
};
const publish = (gateway: TestGateway, as: string, body: object): Promise<Reply> =>
  gateway.admin('POST', '/api/v1/policy/publications', as, JSON.stringify(body));
const approve = (gateway: TestGateway, as: string, version: string): Promise<Reply> =>
  gateway.admin('POST', '/api/v1/policy/approvals', as, JSON.stringify({ version }));
/** What a workgroup that only the changed policy knows may see. */
const receptionist = async (gateway: TestGateway): Promise<number> =>
  (await gateway.get('/workforce-one/records/P1', 'unknown-workgroup')).status;
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!(await isSo())) if (performance.now() > end) throw new Error('it never came');
};
const findings = async (gateway: TestGateway): Promise<readonly { readonly rule: string; readonly message: string }[]> => {
  const { json } = await gateway.admin('GET', '/api/v1/readiness', 'auditor');
  return (json as { policy: { findings: readonly { rule: string; message: string }[] } }).policy.findings;
};

describe.each(STORES)('on %s', (store) => {
  const running: { gateway: TestGateway; policies: PolicyCopy }[] = [];
  const start = async (config: object = {}): Promise<{ gateway: TestGateway; policies: PolicyCopy }> => {
    const policies = copyPolicies();
    const gateway = await startTestGateway({ store, records, policies: policies.folder, config: { ...limits, ...config }, directory });
    running.push({ gateway, policies });
    return { gateway, policies };
  };
  afterEach(async () => {
    for (const { gateway, policies } of running.splice(0)) {
      await gateway.stop();
      policies.remove();
    }
  });

  test('GW-05 POL-20 every change has its number, who and what; a version that was in force is named again, and that is a new change', async () => {
    const { gateway, policies } = await start();
    const first = (await versionsOf(gateway)).changes;
    expect(first).toEqual([
      {
        number: 1,
        version: expect.stringMatching(HASH) as unknown,
        at: expect.any(String) as unknown,
        account: null,
        origin: 'start',
        host: hostname(),
        reason: '',
        changed: expect.arrayContaining(['trackone', 'workforce-one']) as unknown,
        approvedBy: [],
      },
    ]);
    admitReceptionist(policies);
    await until(async () => (await receptionist(gateway)) === 200);
    const second = (await versionsOf(gateway)).changes;
    expect(second.map(({ number, origin, account }) => [number, origin, account])).toEqual([
      [2, 'folder', null],
      [1, 'start', null],
    ]);
    const back = await publish(gateway, 'administrator', {
      version: first[0]?.version.slice(0, 12),
      from: 2,
      reason: 'the form is not ready',
    });
    expect([back.status, back.json]).toEqual([
      200,
      { outcome: 'in-force', version: first[0]?.version, number: 3, changed: ['workforce-one'] },
    ]);
    expect(await receptionist(gateway)).toBe(403);
    expect((await versionsOf(gateway)).changes[0]).toMatchObject({
      number: 3,
      version: first[0]?.version,
      account: 'administrator',
      origin: 'publish',
      reason: 'the form is not ready',
    });
    // The folder still holds what was taken back: it says so, and does not come into force again by itself.
    expect((await findings(gateway)).map((one) => one.rule)).toEqual(['folder-differs']);
    const done = await gateway.entryOf(back);
    expect(done).toMatchObject({
      kind: 'admin',
      route: 'policy-publish',
      who: { account: 'administrator' },
      outcome: { status: 200, code: 'ok', reasons: ['right-held'] },
      policyVersion: first[0]?.version,
      details: { phase: 'done', outcome: 'in-force', version: first[0]?.version, number: 3, changed: ['workforce-one'] },
    });
    expect(await gateway.entryOf(String(done.details?.['intent']))).toMatchObject({
      kind: 'admin',
      route: 'policy-publish',
      policyVersion: second[0]?.version,
      details: { source: 'version', version: first[0]?.version.slice(0, 12) },
    });
    expect((await publish(gateway, 'administrator', {})).json).toMatchObject({
      outcome: 'in-force',
      number: 4,
      version: second[0]?.version,
    });
    expect([await receptionist(gateway), await findings(gateway)]).toEqual([200, []]);
    expect(await gateway.isWhole()).toBe(true);
  });

  test('POL-21 of two who start from one change the second is refused with 409, and nothing of it is in force', async () => {
    const { gateway, policies } = await start();
    const files = policies.files();
    const without = (line: string) =>
      files.map((one) => ({
        ...one,
        content: one.content
          .split('\n')
          .filter((row) => row !== line)
          .join('\n'),
      }));
    const note = (text: string) => files.map((one) => (one.file === 'cases.csv' ? { ...one, content: `# ${text}\n${one.content}` } : one));
    const [one, other] = await Promise.all([
      publish(gateway, 'administrator', { files: note('one'), from: 1 }),
      publish(gateway, 'monitor', { files: note('other'), from: 1 }),
    ]);
    expect([one.status, other.status].sort()).toEqual([200, 409]);
    const lost = one.status === 409 ? one : other;
    expect(lost.json).toEqual({ ...(problemOf('conflict', lost) as object), number: 2 });
    const { changes } = await versionsOf(gateway);
    expect(changes.map(({ number }) => number)).toEqual([2, 1]);
    // A version that the checks refuse is refused here as well, with the place.
    const bad = await publish(gateway, 'administrator', { files: without('end') });
    expect([bad.status, bad.json]).toMatchObject([
      422,
      {
        code: 'input-invalid',
        problems: expect.arrayContaining([expect.objectContaining({ rule: 'C06', file: 'workforce-one/policy.csv' })]),
      },
    ]);
    expect((await versionsOf(gateway)).changes).toEqual(changes);
    expect((await publish(gateway, 'administrator', { version: '0123456789abcdef' })).json).toMatchObject({ code: 'version-unknown' });
  });

  test('POL-22 under the two-person rule a version waits until two people vouch for it; nobody does so twice', async () => {
    const { gateway, policies } = await start({ policies: { approval: 'two-people' } });
    // Closed first: on an empty store not even the first version is in force by itself.
    const closed = await gateway.get('/workforce-one/records/P1', 'counselor');
    expect([closed.status, closed.json]).toEqual([503, problemOf('policy-unavailable', closed)]);
    const { waiting } = await versionsOf(gateway);
    expect(waiting).toMatchObject([{ from: 0, account: null, origin: 'start', approvals: [] }]);
    const version = String(waiting[0]?.['version']);
    expect((await findings(gateway)).map((one) => one.rule)).toEqual(['waits-for-approval']);

    const first = await approve(gateway, 'administrator', version);
    expect([first.status, first.json]).toEqual([202, { outcome: 'waiting', version, number: 0, lacking: 1 }]);
    const again = await approve(gateway, 'administrator', version);
    expect([again.status, (again.json as { code: string }).code]).toEqual([409, 'conflict']);
    expect((await approve(gateway, 'counselor', version)).status).toBe(403);
    expect((await gateway.get('/workforce-one/records/P1', 'counselor')).status).toBe(503);
    const second = await approve(gateway, 'monitor', version.slice(0, 12));
    expect([second.status, second.json]).toMatchObject([200, { outcome: 'in-force', version, number: 1 }]);
    const open = await gateway.get('/workforce-one/records/P1', 'counselor');
    expect([open.status, open.json]).toEqual([200, expect.objectContaining({ recordId: 'P1' })]);
    expect((await versionsOf(gateway)).changes).toMatchObject([{ number: 1, approvedBy: ['administrator', 'monitor'] }]);
    expect(await findings(gateway)).toEqual([]);

    // Whoever publishes vouches by it, and needs one other.
    admitReceptionist(policies);
    await until(async () => (await versionsOf(gateway)).waiting.length === 1);
    const published = await publish(gateway, 'monitor', {});
    expect([published.status, published.json]).toMatchObject([202, { outcome: 'waiting', lacking: 1 }]);
    expect(await receptionist(gateway)).toBe(403);
    expect((await approve(gateway, 'administrator', String((published.json as { version: unknown }).version))).status).toBe(200);
    expect(await receptionist(gateway)).toBe(200);
  });

  test('SUP a host whose folder differs at start follows the store, and says so until somebody publishes', async () => {
    const { gateway, policies } = await start();
    if (store !== 'mariadb') return;
    const elsewhere = copyPolicies();
    admitReceptionist(elsewhere);
    const other = await startTestGateway({ store, beside: gateway, records, policies: elsewhere.folder, config: limits });
    try {
      expect([await receptionist(other), (await findings(other)).map((one) => one.rule)]).toEqual([403, ['folder-differs']]);
      // Its folder never agreed with what is in force: a further edit there proposes nothing either.
      elsewhere.save('trackone', 'cases.csv', `# a remark\n${elsewhere.read('trackone', 'cases.csv')}`);
      await until(async () => (await findings(other))[0]?.message !== undefined && (await versionsOf(other)).changes.length === 1);
      expect((await publish(other, 'administrator', {})).json).toMatchObject({ outcome: 'in-force', number: 2 });
      // What was published through one holds for the very next request on the other.
      expect(await receptionist(gateway)).toBe(200);
      expect((await findings(other)).length).toBe(0);
      await until(async () => (await findings(gateway)).map((one) => one.rule).join() === 'folder-differs');
      policies.remove();
    } finally {
      await other.stop();
      elsewhere.remove();
    }
  });
});

describeWithMariadb('POL-24 two gateways on one MariaDB', () => {
  test('a version published through one holds for the very next request on the other: not one stale decision in 20', async () => {
    const policies = copyPolicies();
    const one = await startTestGateway({ store: 'mariadb', records, policies: policies.folder, config: limits, directory });
    const other = await startTestGateway({ store: 'mariadb', beside: one, records, policies: policies.folder, config: limits });
    try {
      const first = (await versionsOf(one)).changes[0]?.version;
      admitReceptionist(policies);
      await until(async () => (await receptionist(other)) === 200 && (await receptionist(one)) === 200);
      const second = (await versionsOf(one)).changes[0]?.version;
      const seen: number[] = [];
      for (let round = 0; round < 20; round += 1) {
        const published = await publish(one, 'administrator', { version: round % 2 === 0 ? first : second });
        expect(published.status).toBe(200);
        seen.push(await receptionist(other));
      }
      expect(seen).toEqual(Array.from({ length: 20 }, (_, round) => (round % 2 === 0 ? 403 : 200)));
      expect(await one.isWhole()).toBe(true);
    } finally {
      await other.stop();
      await one.stop();
      policies.remove();
    }
  }, 60_000);
});
