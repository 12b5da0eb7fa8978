import { rawReply } from '../support/raw-upstream';
import { wf1Record } from '../support/agency';
import { serveRecords, startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { allBut, bodyOf, expectRefusal, headersOf, keyOf, problemOf, SECTIONS, type Section } from './expected';

const FROM = '2024-01-01';
const PRIVATE = { '/privacy/indicator': true };
const OPEN = { '/privacy/indicator': false };
const MINUTE_MS = 60_000;

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  let records: Record<string, unknown> = {};
  beforeAll(async () => {
    records = {};
    gateway = await startTestGateway({
      store,
      records,
      config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
    });
  });
  afterAll(() => gateway?.stop());

  const at = (plusMs = 0) => new Date(gateway.clock.now() + plusMs).toISOString();
  const read = async (as: string, record: string, token?: string): Promise<Reply> =>
    gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/${record}`, {
      headers: { authorization: `Bearer ${token ?? (await gateway.token(as))}` },
    });
  /** The view and the sections that stand in the body: none but those, whole. */
  const expectSees = async (
    as: string,
    record: string,
    view: string,
    shown: readonly Section[],
    places: Readonly<Record<string, unknown>>,
  ) => {
    const reply = await read(as, record);
    expect([as, record, reply.status, headersOf(reply).view]).toEqual([as, record, 200, view]);
    expect(reply.json).toEqual(bodyOf(record, shown, places));
    return reply;
  };
  const expectFull = (as: string, record: string, places = PRIVATE as Readonly<Record<string, unknown>>) =>
    expectSees(as, record, 'full', SECTIONS, places);
  const expectBasic = (as: string, record: string, places = PRIVATE as Readonly<Record<string, unknown>>) =>
    expectSees(as, record, 'basic', ['basic'], places);
  /** Through the admin plane of the running gateway; the versions that hold from now on. */
  const change = async (rows: Readonly<Record<string, readonly object[]>>) => {
    const reply = await gateway.importRows(rows);
    expect([reply.status, (reply.json as { outcome?: unknown }).outcome]).toEqual([200, 'applied']);
    return (reply.json as { versions: { directory: number; registry: number } }).versions;
  };
  const membership = (id: string, account: string, words: object) => ({
    memberships: [{ id, account, system: 'workforce-one', environment: 'production', from: FROM, ...words }],
  });
  const standing = (of: string, id: string, word: string, from = at()) => ({ standings: [{ of, id, standing: word, from }] });

  test('WF1-02, R04 a reassignment in the case system moves the record to the new counselor and their supervisor', async () => {
    records['R1'] = wf1Record('R1', PRIVATE);
    await expectFull('counselor', 'R1');
    await expectFull('supervisor', 'R1');
    await expectBasic('other-counselor', 'R1');
    await expectBasic('other-supervisor', 'R1');
    const moved = { ...PRIVATE, '/assignment/staffId': 'S1002' };
    records['R1'] = wf1Record('R1', moved);
    await expectBasic('counselor', 'R1', moved);
    await expectBasic('supervisor', 'R1', moved);
    await expectFull('other-counselor', 'R1', moved);
    await expectFull('other-supervisor', 'R1', moved);
  });

  test('WF1-02, R05 a transfer to another agency moves the record from one data specialist to the other', async () => {
    records['R2'] = wf1Record('R2', PRIVATE);
    await expectFull('data-specialist', 'R2');
    await expectBasic('south-data-specialist', 'R2');
    const moved = { ...PRIVATE, '/assignment/agency': 'AG-SOUTH' };
    records['R2'] = wf1Record('R2', moved);
    await expectBasic('data-specialist', 'R2', moved);
    await expectFull('south-data-specialist', 'R2', moved);
  });

  test('WF1-02, WF1-13 the registry and the body must agree: a registry that names another assignee opens to neither', async () => {
    records['R3'] = wf1Record('R3', PRIVATE);
    await expectFull('counselor', 'R3');
    await change({
      records: [{ system: 'workforce-one', environment: 'production', record_id: 'R3', codes: { 'assigned-to': ['S1002'] } }],
    });
    await expectBasic('counselor', 'R3');
    await expectBasic('other-counselor', 'R3');
    await change({
      records: [{ system: 'workforce-one', environment: 'production', record_id: 'R3', codes: { 'assigned-to': ['S1001'] } }],
    });
    await expectFull('counselor', 'R3');
  });

  test('WF1-02, R04 supervision re-parented: the new supervisor sees the record, the old one does not', async () => {
    records['R4'] = wf1Record('R4', PRIVATE);
    await expectFull('supervisor', 'R4');
    await expectBasic('other-supervisor', 'R4');
    const now = at();
    const { directory } = await change({
      supervision: [
        { supervisor: 'supervisor', supervisee: 'counselor', from: FROM, to: now },
        { supervisor: 'other-supervisor', supervisee: 'counselor', from: now },
      ],
    });
    const [before, after] = [await expectBasic('supervisor', 'R4'), await expectFull('other-supervisor', 'R4')];
    const entries = [await gateway.entryOf(before), await gateway.entryOf(after)];
    expect(entries.map((entry) => [entry.directoryVersion, entry.records[0]?.keys])).toEqual([
      [directory, [keyOf('supervisor', [], 'private', ['in-scope', 'private-privilege'])]],
      [directory, [keyOf('supervisor', ['supervisor'], 'private', ['in-scope', 'private-privilege'])]],
    ]);
    await change({
      supervision: [
        { supervisor: 'other-supervisor', supervisee: 'counselor', from: now, to: at(1) },
        { supervisor: 'supervisor', supervisee: 'counselor', from: at(1) },
      ],
    });
  });

  test('WF1-09, R06 a counselor who left, their membership ended too, leaves the record to supervisor and data specialist alone', async () => {
    const left = { ...PRIVATE, '/assignment/staffId': 'S1005' };
    records['R5'] = wf1Record('R5', left);
    const words = { workgroup: 'employment-counselor', staff_id: 'S1005', agency: 'AG-NORTH', counties: ['62'] };
    await change(membership('m-departed-counselor', 'departed-counselor', { ...words, to: at() }));
    await expectFull('supervisor', 'R5', left);
    await expectFull('data-specialist', 'R5', left);
    for (const as of ['other-supervisor', 'counselor', 'other-counselor', 'south-data-specialist']) await expectBasic(as, 'R5', left);
    // Whoever has the staff id next has their own supervisor, and the old one nothing.
    await change(membership('m-next-S1005', 'former-counselor', { ...words, from: at(), workgroup: 'employment-counselor' }));
    await expectBasic('supervisor', 'R5', left);
    await expectFull('former-counselor', 'R5', left);
  });

  test('WF1-04 the privilege taken away: basic information from the next request on', async () => {
    records['R6'] = wf1Record('R6', PRIVATE);
    const words = { workgroup: 'data-specialist', staff_id: 'S1200', agency: 'AG-NORTH', counties: ['*'] };
    await expectFull('data-specialist', 'R6');
    const { directory } = await change(membership('m-data-specialist', 'data-specialist', { ...words, privileges: [] }));
    const reply = await expectBasic('data-specialist', 'R6');
    expect(await gateway.entryOf(reply)).toMatchObject({
      directoryVersion: directory,
      records: [
        {
          withheld: Object.fromEntries(allBut('basic').map((name) => [name, 'no-private-privilege'])),
          keys: [keyOf('data-specialist', ['data-specialist'], 'private', ['in-scope'])],
        },
      ],
      outcome: { status: 200, code: 'ok', reasons: ['no-private-privilege'] },
    });
    await change(membership('m-data-specialist', 'data-specialist', { ...words, privileges: ['private-records'] }));
    await expectFull('data-specialist', 'R6');
  });

  test('a membership that ends, or begins, by its date alone does so, remembered token or not', async () => {
    records['R7'] = wf1Record('R7', OPEN);
    const words = { workgroup: 'employment-counselor', staff_id: 'S1002', agency: 'AG-NORTH', counties: ['62'] };
    const until = at(MINUTE_MS);
    await change(membership('m-other-counselor', 'other-counselor', { ...words, to: until }));
    await change(membership('m-later', 'without-membership', { ...words, staff_id: 'S1700', from: until }));
    const [leaving, coming] = [await gateway.token('other-counselor'), await gateway.token('without-membership')];
    expect((await read('other-counselor', 'R7', leaving)).status).toBe(200);
    await expectRefusal(gateway, await read('', 'R7', coming), 'no-membership', 'no-membership', {
      account: 'without-membership',
      application: 'portal',
    });
    gateway.clock.forward(MINUTE_MS + 1);
    const sent = gateway.upstream.requests.length;
    const refused = await read('other-counselor', 'R7', leaving);
    await expectRefusal(
      gateway,
      refused,
      'no-membership',
      'no-membership',
      { account: 'other-counselor', application: 'portal' },
      { sent },
    );
    expect((await read('', 'R7', coming)).headers['casegate-view']).toBe('partial');
    await change(membership('m-other-counselor', 'other-counselor', words));
    expect((await read('other-counselor', 'R7', leaving)).status).toBe(200);
  });

  test.each([
    ['suspended', 'account-suspended'],
    ['terminated', 'account-terminated'],
    ['pending', 'account-pending'],
  ])('an account that is %s is refused on the next request, its remembered token included', async (word, reason) => {
    records['R8'] = wf1Record('R8', PRIVATE);
    const token = await gateway.token('counselor');
    expect((await read('counselor', 'R8', token)).headers['casegate-view']).toBe('full');
    await change(standing('account', 'counselor', word));
    const sent = gateway.upstream.requests.length;
    const who = { account: 'counselor', application: 'portal' };
    await expectRefusal(gateway, await read('counselor', 'R8', token), 'account-not-active', reason, who, { sent });
    await expectRefusal(gateway, await read('counselor', 'R8'), 'account-not-active', reason, who, { sent });
    await change(standing('account', 'counselor', 'active', at(1)));
    gateway.clock.forward(1);
    expect((await read('counselor', 'R8', token)).headers['casegate-view']).toBe('full');
  });

  test('a suspension filed ahead takes effect at its moment by itself, and ends by itself', async () => {
    records['R9'] = wf1Record('R9', PRIVATE);
    const token = await gateway.token('counselor');
    await change({ standings: [...standing('account', 'counselor', 'suspended', at(MINUTE_MS)).standings] });
    await change({ standings: [...standing('account', 'counselor', 'active', at(2 * MINUTE_MS)).standings] });
    expect((await read('counselor', 'R9', token)).status).toBe(200);
    gateway.clock.forward(MINUTE_MS);
    const who = { account: 'counselor', application: 'portal' };
    await expectRefusal(gateway, await read('counselor', 'R9', token), 'account-not-active', 'account-suspended', who);
    gateway.clock.forward(MINUTE_MS);
    expect((await read('counselor', 'R9', token)).status).toBe(200);
  });

  test('a suspended application carries nobody, until it is active again', async () => {
    records['R10'] = wf1Record('R10', PRIVATE);
    const token = await gateway.token('counselor');
    expect((await read('counselor', 'R10', token)).status).toBe(200);
    await change(standing('application', 'portal', 'suspended'));
    const refused = await read('counselor', 'R10', token);
    await expectRefusal(gateway, refused, 'application-not-registered', 'application-not-active', {
      account: 'counselor',
      application: 'portal',
    });
    // The administrator signs in through the same portal: another door is needed to open it again.
    const admin = await gateway.adminToken('administrator', { client_id: 'basic-portal' });
    const reopened = await gateway.send('POST', `${gateway.adminUrl}/api/v1/directory/imports`, {
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        files: [{ name: 'more.yaml', content: JSON.stringify(standing('application', 'portal', 'active', at(1))) }],
        dryRun: false,
      }),
    });
    expect(reopened.status).toBe(200);
    gateway.clock.forward(1);
    expect((await read('counselor', 'R10', token)).status).toBe(200);
  });

  test('an organization that was closed takes all its people with it, at that moment', async () => {
    records['R11'] = wf1Record('R11', OPEN);
    const until = at(MINUTE_MS);
    await change({
      organizations: [{ id: 'contractor', name: 'contractor' }],
      accounts: [
        {
          id: 'contracted',
          kind: 'person',
          person: 'person-contracted',
          issuer: gateway.issuer.issuer,
          subject: 'contracted',
          environment: 'production',
          organization: 'contractor',
        },
      ],
      ...membership('m-contracted', 'contracted', { workgroup: 'employment-counselor', agency: 'AG-NORTH', counties: ['62'] }),
      standings: [
        { of: 'organization', id: 'contractor', standing: 'active', from: FROM },
        { of: 'organization', id: 'contractor', standing: 'terminated', from: until },
        { of: 'account', id: 'contracted', standing: 'active', from: FROM },
      ],
    });
    const token = await gateway.token('contracted');
    expect((await read('contracted', 'R11', token)).headers['casegate-view']).toBe('partial');
    gateway.clock.forward(MINUTE_MS);
    const refused = await read('contracted', 'R11', token);
    await expectRefusal(gateway, refused, 'account-not-active', 'organization-not-active', {
      account: 'contracted',
      organization: 'contractor',
      application: 'portal',
    });
  });

  describe('what changes while the case system thinks', () => {
    /** Holds the case system's answer back until `meanwhile` is done. */
    const during = async (record: string, token: string, meanwhile: () => Promise<unknown>): Promise<Reply> => {
      const before = gateway.upstream.requests.length;
      let release: () => void = () => undefined;
      const held = new Promise<void>((go) => (release = go));
      gateway.upstream.answers((socket, _request) => void held.then(() => socket.write(rawReply(JSON.stringify(records[record])))));
      try {
        const answer = read('', record, token);
        await gateway.upstream.seen(before + 1);
        await meanwhile();
        release();
        return await answer;
      } finally {
        release();
        serveRecords(gateway.upstream, records);
      }
    };

    test('a suspension: not a byte of the record leaves', async () => {
      records['R12'] = wf1Record('R12', PRIVATE);
      const token = await gateway.token('counselor');
      const reply = await during('R12', token, () => change(standing('account', 'counselor', 'suspended')));
      expect([reply.status, reply.json]).toEqual([403, problemOf('account-not-active', reply)]);
      expect(await gateway.entryOf(reply)).toMatchObject({
        who: { account: 'counselor' },
        records: [{ disclosure: 'none', disclosed: {} }],
        outcome: { status: 403, code: 'account-not-active', reasons: ['account-suspended'] },
      });
      await change(standing('account', 'counselor', 'active', at(1)));
      gateway.clock.forward(1);
    });

    test('WF1-06 the indicator set by the feed: basic information leaves, from the body fetched before', async () => {
      records['R13'] = wf1Record('R13', OPEN);
      const token = await gateway.token('other-counselor');
      const fetched = gateway.upstream.requests.length;
      const reply = await during('R13', token, () =>
        feed([{ transactionId: 'in-flight', recordId: 'R13', action: 'set', effectiveAt: at(-1000), sourceSequence: 1 }]),
      );
      expect([reply.status, headersOf(reply).view, reply.json]).toEqual([200, 'basic', bodyOf('R13', ['basic'], OPEN)]);
      expect((await gateway.entryOf(reply)).records[0]?.keys).toEqual([keyOf('employment-counselor', [], 'private', ['in-scope'])]);
      expect(gateway.upstream.requests.length).toBe(fetched + 1);
    });
  });

  interface Sent {
    readonly transactionId: string;
    readonly recordId: string;
    readonly action: 'set' | 'clear';
    readonly effectiveAt: string;
    readonly sourceSequence: number;
  }
  const send = (rows: readonly Sent[]) =>
    gateway.admin(
      'POST',
      '/api/v1/feeds/privacy',
      'feed',
      rows.map((row) => JSON.stringify({ system: 'workforce-one', environment: 'production', ...row })).join('\n'),
      'application/x-ndjson',
    );
  const feed = async (rows: readonly Sent[]): Promise<readonly string[]> => {
    const reply = await send(rows);
    expect(reply.status).toBe(200);
    return (reply.json as { rows: { outcome: string }[] }).rows.map((row) => row.outcome);
  };

  describe('WF1-06 privacy transactions', () => {
    const [EARLY, LATE] = ['2026-01-05T08:00:00-06:00', '2026-02-05T08:00:00-06:00'];
    let count = 0;
    const transaction = (action: 'set' | 'clear', effectiveAt = EARLY, sourceSequence = 1) => ({
      transactionId: `MAXIS-${(count += 1)}`,
      action,
      effectiveAt,
      sourceSequence,
    });

    /** On an open body: what a colleague in scope sees after the transactions, one batch each. */
    test.each([
      ['nothing was ever sent', () => [], 'open', []],
      ['set', () => [transaction('set')], 'private', ['applied']],
      ['clear on a record that was open', () => [transaction('clear')], 'open', ['applied']],
      ['set, then cleared later', () => [transaction('set', EARLY), transaction('clear', LATE)], 'open', ['applied', 'applied']],
      ['cleared, then set later', () => [transaction('clear', EARLY), transaction('set', LATE)], 'private', ['applied', 'applied']],
      [
        'out of order: the later set first, then the earlier clear',
        () => [transaction('set', LATE), transaction('clear', EARLY)],
        'private',
        ['applied', 'superseded'],
      ],
      [
        'out of order: the later clear first, then the earlier set',
        () => [transaction('clear', LATE), transaction('set', EARLY)],
        'open',
        ['applied', 'superseded'],
      ],
      [
        'one moment, a later sequence clears',
        () => [transaction('set', EARLY, 1), transaction('clear', EARLY, 2)],
        'open',
        ['applied', 'applied'],
      ],
      ['a tie: set, then clear', () => [transaction('set'), transaction('clear')], 'private', ['applied', 'superseded']],
      ['a tie: clear, then set', () => [transaction('clear'), transaction('set')], 'private', ['applied', 'applied']],
      [
        'one moment in two spellings is a tie',
        () => [transaction('set', '2026-01-05T08:00:00-06:00'), transaction('clear', '2026-01-05T14:00:00Z')],
        'private',
        ['applied', 'superseded'],
      ],
      [
        'delivered twice',
        () => {
          const one = transaction('set');
          return [one, one];
        },
        'private',
        ['applied', 'duplicate'],
      ],
      [
        'an old set delivered again after a clear',
        () => {
          const one = transaction('set', EARLY);
          return [one, transaction('clear', LATE), one];
        },
        'open',
        ['applied', 'applied', 'duplicate'],
      ],
    ] as const)('%s', async (name, make, privacy, outcomes) => {
      const id = `F-${name.replace(/[^a-z]+/gi, '-').slice(0, 50)}`;
      records[id] = wf1Record(id, OPEN);
      const said: string[] = [];
      for (const one of make()) {
        said.push(...(await feed([{ recordId: id, ...one }])));
      }
      expect(said).toEqual(outcomes);
      const isOpen = privacy === 'open';
      const reply = await expectSees('other-counselor', id, isOpen ? 'partial' : 'basic', isOpen ? allBut('privacy') : ['basic'], OPEN);
      expect((await gateway.entryOf(reply)).records[0]?.keys).toEqual([keyOf('employment-counselor', [], privacy, ['in-scope'])]);
      await expectFull('counselor', id, OPEN);
    });

    test('within one batch the same rules hold', async () => {
      records['F-batch'] = wf1Record('F-batch', OPEN);
      const batch = [transaction('set', LATE), transaction('clear', EARLY), transaction('clear', LATE)];
      expect(await feed(batch.map((one) => ({ recordId: 'F-batch', ...one })))).toEqual(['applied', 'superseded', 'superseded']);
      await expectBasic('other-counselor', 'F-batch', OPEN);
    });

    test('a record that nobody knows yet is private from its first day', async () => {
      expect(await feed([{ recordId: 'F-later', ...transaction('set') }])).toEqual(['applied']);
      const hidden = await read('other-counselor', 'F-later');
      expect([hidden.status, hidden.json]).toEqual([404, problemOf('record-hidden', hidden)]);
      records['F-later'] = wf1Record('F-later', OPEN);
      await expectBasic('other-counselor', 'F-later', OPEN);
    });

    test('WF1-08, R12 clearing never overrides a body that says private', async () => {
      records['F-body'] = wf1Record('F-body', PRIVATE);
      expect(await feed([{ recordId: 'F-body', ...transaction('clear') }])).toEqual(['applied']);
      await expectBasic('other-counselor', 'F-body');
      records['F-body'] = wf1Record('F-body', { '/privacy': undefined });
      const reply = await read('other-counselor', 'F-body');
      expect([reply.status, reply.json]).toEqual([200, bodyOf('F-body', ['basic'])]);
    });

    test('the entry of a batch stands before it is applied, and again with what became of it; nothing of a record in either', async () => {
      records['F-entry'] = wf1Record('F-entry', OPEN);
      const reply = await send([{ recordId: 'F-entry', ...transaction('set') }]);
      const { registryVersion } = reply.json as { registryVersion: number };
      const done = await gateway.entryOf(reply);
      const base = {
        format: 1,
        kind: 'admin',
        at: expect.any(String) as unknown,
        source: { address: '127.0.0.1' },
        who: {
          account: 'feed',
          person: 'person-feed',
          organization: 'north',
          issuer: gateway.issuer.issuer,
          application: 'portal',
          actor: null,
          memberships: [],
        },
        system: null,
        environment: 'production',
        route: 'privacy-feed',
        method: 'POST',
        action: 'privacy-feed',
        records: [],
        upstream: null,
        policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        directoryVersion: expect.any(Number) as unknown,
      };
      const intentId = String(done.details?.['intent']);
      expect(done).toEqual({
        ...base,
        accessId: reply.accessId,
        outcome: { status: 200, code: 'ok', reasons: ['right-held'] },
        registryVersion,
        details: { phase: 'done', intent: intentId, systems: ['workforce-one'], applied: 1, registryVersion },
      });
      expect(await gateway.entryOf(intentId)).toEqual({
        ...base,
        accessId: intentId,
        outcome: { status: 202, code: 'ok', reasons: ['right-held'] },
        registryVersion: registryVersion - 1,
        details: { phase: 'intended', systems: ['workforce-one'], transactions: 1 },
      });
      const after = await read('other-counselor', 'F-entry');
      expect((await gateway.entryOf(after)).registryVersion).toBe(registryVersion);
    });

    test.each([
      ['an id used before with other content', 'transactionId', 'was used before with other content', {}],
      ['a moment in the future', 'effectiveAt', 'lies in the future', { transactionId: 'X-future', effectiveAt: '2099-01-01T00:00:00Z' }],
      [
        'a moment without its offset',
        'effectiveAt',
        'expected a moment with its offset (RFC 3339)',
        { transactionId: 'X-local', effectiveAt: '2026-01-05T08:00:00' },
      ],
      ['an unknown action', 'action', 'expected set or clear', { transactionId: 'X-lift', action: 'lift' }],
      ['an unknown key', '', 'has a key that is not known here', { transactionId: 'X-key', force: true }],
    ])('%s refuses the whole batch', async (_name, column, reason, over) => {
      records['F-refused'] = wf1Record('F-refused', OPEN);
      const used = { transactionId: 'X-used', recordId: 'F-other', action: 'set' as const, effectiveAt: EARLY, sourceSequence: 1 };
      await feed([used]);
      const good = { recordId: 'F-refused', ...transaction('set') };
      const reply = await send([good, { ...used, action: 'clear', ...over } as Sent]);
      expect([reply.status, reply.json]).toEqual([
        422,
        { ...(problemOf('input-invalid', reply) as object), problems: [{ line: 2, column, reason }] },
      ]);
      expect(await gateway.entryOf(reply)).toMatchObject({
        kind: 'admin',
        who: { account: 'feed' },
        outcome: { status: 422, code: 'input-invalid', reasons: ['input-invalid'] },
      });
      await expectSees('other-counselor', 'F-refused', 'partial', allBut('privacy'), OPEN);
    });
  });

  test('every answer of all this names versions that grew, in one whole log', async () => {
    const entries = (await gateway.entries()).filter((entry) => entry.kind === 'access');
    const versions = entries.map((entry) => [entry.directoryVersion ?? 0, entry.registryVersion ?? 0] as const);
    for (const [i, [directory, registry]] of versions.entries()) {
      const [directoryBefore, registryBefore] = versions[i - 1] ?? [0, 0];
      expect(directory).toBeGreaterThanOrEqual(directoryBefore);
      expect(registry).toBeGreaterThanOrEqual(registryBefore);
    }
    expect(await gateway.isWhole()).toBe(true);
  });
});
