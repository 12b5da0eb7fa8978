import { createConnection, type Connection } from 'mysql2/promise';
import { verifyChains } from '../../src/audit/verify-chain';
import { openLogReader } from '../../src/storage/log-reader';
import { wf1Record } from '../support/agency';
import { startTestGateway, type Reply, type TestGateway } from '../support/gateway';
import { describeWithMariadb } from '../support/mariadb';
import { allBut, bodyOf, expectRefusal, keyOf, problemOf, SECTIONS } from './expected';

const FROM = '2024-01-01';
const OPEN = { '/privacy/indicator': false };
const PRIVATE = { '/privacy/indicator': true };
const records = {
  A1: wf1Record('A1', PRIVATE),
  ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`O${i}`, wf1Record(`O${i}`, OPEN)])),
};

describeWithMariadb('two gateways on one MariaDB', () => {
  let one: TestGateway;
  let other: TestGateway;
  let startedAt: number;
  const config = { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } };
  beforeAll(async () => {
    startedAt = Date.now();
    one = await startTestGateway({ store: 'mariadb', records, config });
    other = await startTestGateway({ store: 'mariadb', beside: one, config });
  });
  afterAll(async () => {
    await other?.stop();
    await one?.stop();
  });

  const read = (gateway: TestGateway, token: string, record: string): Promise<Reply> =>
    gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/${record}`, { headers: { authorization: `Bearer ${token}` } });
  const change = async (rows: Readonly<Record<string, readonly object[]>>): Promise<{ directory: number; registry: number }> => {
    const reply = await one.importRows(rows);
    expect([reply.status, (reply.json as { outcome?: unknown }).outcome]).toEqual([200, 'applied']);
    return (reply.json as { versions: { directory: number; registry: number } }).versions;
  };
  const at = (plusMs = 0) => new Date(one.clock.now() + plusMs).toISOString();
  const privileges = (words: readonly string[]) => ({
    memberships: [
      {
        id: 'm-data-specialist',
        account: 'data-specialist',
        system: 'workforce-one',
        environment: 'production',
        workgroup: 'data-specialist',
        staff_id: 'S1200',
        agency: 'AG-NORTH',
        counties: ['*'],
        privileges: words,
        from: FROM,
      },
    ],
  });
  const feed = async (recordId: string) => {
    const reply = await one.admin(
      'POST',
      '/api/v1/feeds/privacy',
      'feed',
      JSON.stringify([
        {
          transactionId: `T-${recordId}`,
          system: 'workforce-one',
          environment: 'production',
          recordId,
          action: 'set',
          effectiveAt: at(-1_000),
          sourceSequence: 1,
        },
      ]),
    );
    expect(reply.status).toBe(200);
  };

  test('a privilege taken and given back through one holds for the very next request on the other: not one stale decision in 40', async () => {
    const token = await other.token('data-specialist');
    const stale: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const mayRead = round % 2 === 1;
      const { directory } = await change(privileges(mayRead ? ['private-records'] : []));
      const reply = await read(other, token, 'A1');
      const { directoryVersion } = await other.entryOf(reply);
      if (reply.headers['casegate-view'] !== (mayRead ? 'full' : 'basic') || directoryVersion !== directory) stale.push(`round ${round}`);
      expect(reply.json).toEqual(bodyOf('A1', mayRead ? SECTIONS : ['basic']));
    }
    expect(stale).toEqual([]);
  });

  test('WF1-06 the indicator set through one holds for the very next request on the other, 25 records one after the other', async () => {
    const token = await other.token('other-counselor');
    for (let i = 0; i < 25; i += 1) {
      const before = await read(other, token, `O${i}`);
      expect([before.headers['casegate-view'], before.json]).toEqual(['partial', bodyOf(`O${i}`, allBut('privacy'), OPEN)]);
      await feed(`O${i}`);
      const after = await read(other, token, `O${i}`);
      expect([after.headers['casegate-view'], after.json]).toEqual(['basic', bodyOf(`O${i}`, ['basic'], OPEN)]);
      expect((await other.entryOf(after)).records[0]?.keys).toEqual([keyOf('employment-counselor', [], 'private', ['in-scope'])]);
    }
  });

  test('an account suspended through one is refused by the other at once, its remembered token included', async () => {
    const token = await other.token('other-counselor');
    expect((await read(other, token, 'A1')).status).toBe(200);
    await change({ standings: [{ of: 'account', id: 'other-counselor', standing: 'suspended', from: at() }] });
    const refused = await read(other, token, 'A1');
    expect([refused.status, refused.json]).toEqual([403, problemOf('account-not-active', refused)]);
    // Memory has caught up by the flush of that entry, or by the one before: from now on nothing goes upstream either.
    const sent = other.upstream.requests.length;
    const who = { account: 'other-counselor', application: 'portal' };
    await expectRefusal(other, await read(other, token, 'A1'), 'account-not-active', 'account-suspended', who, { sent });
    await change({ standings: [{ of: 'account', id: 'other-counselor', standing: 'active', from: at(1) }] });
    one.clock.forward(1);
    expect((await read(other, token, 'A1')).status).toBe(200);
  });

  test('TOK-19 an account made through one is known to the other at its very first request: not one of 15 is called unknown', async () => {
    const statuses: unknown[] = [];
    for (let i = 0; i < 15; i += 1) {
      const id = `newcomer-${i}`;
      const token = await other.token(id);
      await change({
        accounts: [
          { id, kind: 'person', person: id, issuer: one.issuer.issuer, subject: id, environment: 'production', organization: 'north' },
        ],
        standings: [{ of: 'account', id, standing: 'active', from: FROM }],
        memberships: [{ ...privileges([]).memberships[0], id: `m-${id}`, account: id, staff_id: '' }],
      });
      const reply = await read(other, token, 'A1');
      statuses.push([reply.status, reply.headers['casegate-view']]);
    }
    expect(statuses).toEqual(Array<unknown>(15).fill([200, 'basic']));
    const stranger = await read(other, await other.token('nobody'), 'A1');
    expect([stranger.status, stranger.json]).toEqual([403, problemOf('account-unknown', stranger)]);
  });

  test('under load, every answer asked for after a change was committed follows it', async () => {
    const token = await other.token('data-specialist');
    let committed = { view: 'full', sinceMs: performance.now() };
    let isChanging = false;
    let isOver = false;
    let asked = 0;
    const stale: string[] = [];
    await change({ ...privileges(['private-records']), organizations: [{ id: 'load', name: 'load' }] });
    const readers = Array.from({ length: 8 }, async (_, number) => {
      const gateway = number % 2 === 0 ? one : other;
      while (!isOver) {
        // What was in force when it was asked, unless a change was under way then or came before the answer.
        const [wanted, wasChanging] = [committed, isChanging];
        const reply = await read(gateway, token, 'A1');
        asked += 1;
        const view = String(reply.headers['casegate-view']);
        if (reply.status !== 200) stale.push(`${reply.status} ${reply.text}`);
        else if (!wasChanging && !isChanging && wanted === committed && view !== wanted.view) stale.push(`${view} for ${wanted.view}`);
      }
    });
    for (let round = 0; round < 10; round += 1) {
      isChanging = true;
      await change(privileges(round % 2 === 0 ? [] : ['private-records']));
      committed = { view: round % 2 === 0 ? 'basic' : 'full', sinceMs: performance.now() };
      isChanging = false;
      await read(other, token, 'A1');
    }
    isOver = true;
    await Promise.all(readers);
    expect(stale).toEqual([]);
    expect(asked).toBeGreaterThan(50);
  });

  test('a bulk import of 2,000 accounts through one disturbs no answer of the other', async () => {
    const token = await other.token('counselor');
    const issuer = one.issuer.issuer;
    const ids = Array.from({ length: 2_000 }, (_, i) => `bulk-${i}`);
    const rows = {
      accounts: ids.map((id) => ({
        id,
        kind: 'person',
        person: id,
        issuer,
        subject: id,
        environment: 'production',
        organization: 'north',
      })),
      standings: ids.map((id) => ({ of: 'account', id, standing: 'active', from: FROM })),
      memberships: ids.map((id) => ({
        id: `m-${id}`,
        account: id,
        system: 'workforce-one',
        environment: 'production',
        workgroup: 'employment-counselor',
        agency: 'AG-NORTH',
        counties: ['62'],
        from: FROM,
      })),
    };
    let isOver = false;
    const importing = change(rows).finally(() => (isOver = true));
    const outcomes = new Map<string, number>();
    while (!isOver) {
      const reply = await read(other, token, 'A1');
      const outcome = `${reply.status} ${String(reply.headers['casegate-view'])}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    await importing;
    expect([...outcomes.keys()]).toEqual(['200 full']);
    const newcomer = await read(other, await other.token('bulk-1999'), 'A1');
    expect([newcomer.status, newcomer.json]).toEqual([200, bodyOf('A1', ['basic'])]);
  });

  test('where changes never cease for one caller, that caller is told to try again, and not a byte of the record leaves', async () => {
    const [touched, untouched] = [await other.token('other-counselor'), await other.token('counselor')];
    const { storeSettings } = one;
    if (storeSettings.kind !== 'mariadb') throw new Error('another store');
    const connection: Connection = await createConnection(storeSettings.url);
    let isOver = false;
    const storm = (async () => {
      while (!isOver) {
        await connection.query('START TRANSACTION');
        await connection.query(`UPDATE store_version SET version = version + 1 WHERE name = 'directory'`);
        await connection.query(
          `INSERT INTO directory_change (version, change_kind, change_key) SELECT version, 'account', 'other-counselor' FROM store_version WHERE name = 'directory'`,
        );
        await connection.query('COMMIT');
      }
    })();
    const replies: Reply[] = [];
    const isUnsettled = ({ json }: Reply): boolean => (json as { code?: string }).code === 'decision-unsettled';
    try {
      for (let round = 0; round < 30 && !replies.some(isUnsettled); round += 1) {
        replies.push(await read(other, touched, 'O50'));
      }
      const beside = await read(other, untouched, 'O50');
      expect([200, 503]).toContain(beside.status);
    } finally {
      isOver = true;
      await storm;
      await connection.end();
    }
    // An entry that the changes keep from being written until its deadline is a refusal too, and has none.
    const unsettled = replies.filter(isUnsettled);
    expect(unsettled.length).toBeGreaterThan(0);
    for (const reply of replies) expect([200, 503]).toContain(reply.status);
    for (const reply of unsettled) {
      expect([reply.json, reply.headers['casegate-view'], reply.headers['retry-after'], reply.headers['cache-control']]).toEqual([
        problemOf('decision-unsettled', reply),
        'none',
        '1',
        'no-store',
      ]);
      expect(await other.entryOf(reply)).toMatchObject({
        kind: 'access',
        who: { account: 'other-counselor' },
        records: [{ disclosure: 'none', disclosed: {} }],
        outcome: { status: 503, code: 'decision-unsettled', reasons: ['stale-decision'] },
      });
    }
    expect((await read(other, touched, 'O50')).headers['casegate-view']).toBe('partial');
  });

  test('both wrote into one log, each into a chain of its own, whole, and no answer stands in it twice', async () => {
    const reader = openLogReader(one.storeSettings);
    try {
      const chains = (await verifyChains(reader)).filter((chain) => chain.entries > 0);
      expect(chains.map((chain) => chain.fault)).toEqual([null, null]);
      const entries = await one.entries({ all: true });
      expect(chains.reduce((sum, chain) => sum + chain.entries, 0)).toBe(entries.length);
      expect(new Set(entries.map((entry) => entry.accessId)).size).toBe(entries.length);
      expect(Math.min(...entries.map((entry) => Date.parse(entry.at)))).toBeGreaterThanOrEqual(startedAt);
    } finally {
      await reader.close();
    }
  });
});
