import { converse } from '../support/raw-http';
import { RECORDS, trackOneRecord } from '../support/agency';
import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import {
  allBut,
  bodyOf,
  entryOf,
  expectRefusal,
  headersOf,
  keyOf,
  problemHeaders,
  problemOf,
  ruleLine,
  SECTIONS,
  withheldHeader,
  type Section,
  type WhoWords,
} from './expected';

const FROM = '2024-01-01';
const PRODUCTION = 'production';
const WF1 = 'workforce-one';
const OPEN = { '/privacy/indicator': false };
const PRIVATE = { '/privacy/indicator': true };
const ASSIGNED = 'p, group:employment-counselor, assigned, *, always, *, read, allow';
const BASIC = 'p, group:employment-counselor, *, *, always, basic, read, allow';
const records = { ...RECORDS, 'T1-200041': trackOneRecord('T1-200041') };

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      store,
      records,
      config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
    });
    const { issuer } = gateway.issuer;
    const service = (id: string) => ({
      id,
      kind: 'service',
      person: id,
      issuer,
      subject: id,
      environment: PRODUCTION,
      organization: 'north',
    });
    const membership = (id: string, account: string, words: object) => ({
      id,
      account,
      system: WF1,
      environment: PRODUCTION,
      agency: 'AG-NORTH',
      counties: ['62'],
      from: FROM,
      ...words,
    });
    const ended = '2025-01-01';
    const more = {
      accounts: [
        service('bare-service'),
        service('former-assistant'),
        { ...service('many-hats'), kind: 'person', person: 'person-many-hats' },
        { ...service('eight-hats'), kind: 'person', person: 'person-eight-hats' },
      ],
      standings: ['bare-service', 'former-assistant', 'many-hats', 'eight-hats'].map((id) => ({
        of: 'account',
        id,
        standing: 'active',
        from: FROM,
      })),
      memberships: [
        ...Array.from({ length: 9 }, (_, i) =>
          membership(`m-many-${i}`, 'many-hats', { workgroup: 'employment-counselor', staff_id: `S9${i}01` }),
        ),
        ...Array.from({ length: 9 }, (_, i) =>
          membership(`m-eight-${i}`, 'eight-hats', {
            workgroup: 'employment-counselor',
            staff_id: `S8${i}01`,
            ...(i === 8 ? { to: ended } : {}),
          }),
        ),
        membership('m-former-assistant', 'former-assistant', { workgroup: 'referred-service-worker' }),
      ],
      delegations: [
        { actor: 'former-assistant', account: 'counselor', from: FROM, to: ended },
        { actor: 'bare-service', account: 'counselor', from: FROM },
      ],
    };
    expect((await gateway.importRows(more)).status).toBe(200);
  });
  afterAll(() => gateway?.stop());

  const read = async (
    claims: Readonly<Record<string, unknown>>,
    record = 'P0',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> =>
    gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/${record}`, {
      headers: { authorization: `Bearer ${await gateway.token('counselor', claims)}`, ...headers },
    });
  const outcome = (reasons: readonly string[]) => ({ status: 200, code: 'ok', reasons });

  describe('the calling application', () => {
    test('carries no more than the sections that were registered for it, whoever asks', async () => {
      const reply = await read({ client_id: 'basic-portal' });
      const shown: readonly Section[] = ['basic', 'contact'];
      expect([reply.status, reply.json, headersOf(reply)]).toEqual([
        200,
        bodyOf('P0', shown),
        { view: 'partial', withheld: withheldHeader(shown), cache: 'no-store', type: 'application/json; charset=utf-8', isNamed: true },
      ]);
      expect(await gateway.entryOf(reply)).toEqual(
        entryOf(
          gateway,
          reply,
          { account: 'counselor', application: 'basic-portal' },
          {
            record: {
              id: 'P0',
              disclosure: 'partial',
              disclosed: { basic: ruleLine(BASIC), contact: ruleLine(ASSIGNED) },
              withheld: Object.fromEntries(allBut(...shown).map((name) => [name, 'application-narrows'])),
              keys: [keyOf('employment-counselor', ['assigned'], 'open', ['in-scope'])],
              narrowing: { carries: ['basic', 'contact'], actorKeys: null },
              unclassifiedFields: 3,
            },
            outcome: outcome(['application-narrows']),
          },
        ),
      );
    });

    test('lends nothing: a person who sees basic information sees no more of it through an application that may carry all', async () => {
      const reply = await read({ sub: 'other-counselor', client_id: 'basic-portal' }, 'P1');
      expect([headersOf(reply).view, reply.json]).toEqual(['basic', bodyOf('P1', ['basic'])]);
    });

    test.each([
      ['registered for another system', { client_id: 'elsewhere-portal' }, 'application-narrows', 'elsewhere-portal'],
      ['suspended', { client_id: 'closed-portal' }, 'application-not-active', 'closed-portal'],
      ['never registered', { client_id: 'stranger' }, 'application-not-registered', null],
      ['of another spelling', { client_id: 'Portal' }, 'application-not-registered', null],
    ] as const)('%s: refused before anything is sent upstream', async (_name, claims, reason, application) => {
      const sent = gateway.upstream.requests.length;
      const who: WhoWords = { account: 'counselor', application };
      await expectRefusal(gateway, await read(claims), 'application-not-registered', reason, who, { sent });
    });

    test('a token that names none is no token for this gateway', async () => {
      const sent = gateway.upstream.requests.length;
      const reply = await read({ client_id: undefined });
      expect([reply.status, headersOf(reply)]).toEqual([reply.status, problemHeaders]);
      expect([401, 403]).toContain(reply.status);
      expect(gateway.upstream.requests.length).toBe(sent);
    });
  });

  describe('a service', () => {
    test('with a membership of its own sees what that membership sees', async () => {
      const reply = await read({ sub: 'assistant-service', client_id: 'assistant-service' });
      expect([reply.status, reply.json]).toEqual([200, bodyOf('P0', allBut('privacy'), OPEN)]);
    });

    test.each([['without a membership', 'bare-service', 'no-membership', 'no-membership']] as const)(
      '%s opens nothing',
      async (_name, sub, code, reason) => {
        const sent = gateway.upstream.requests.length;
        const reply = await read({ sub });
        await expectRefusal(gateway, reply, code, reason, { account: sub, person: sub, application: 'portal' }, { sent });
      },
    );

    test('under the name of a client that no account is registered for, nobody is known', async () => {
      gateway.clock.forward(61_000);
      const sent = gateway.upstream.requests.length;
      const reply = await read({ sub: 'portal', client_id: 'portal' });
      expect([reply.status, reply.json]).toEqual([reply.status, problemOf('account-unknown', reply)]);
      expect(await gateway.entryOf(reply)).toMatchObject({ kind: 'refusal', who: null, outcome: { code: 'account-unknown' } });
      expect(gateway.upstream.requests.length).toBe(sent);
    });

    test("a client's own token under a person's subject is not that person", async () => {
      gateway.clock.forward(61_000);
      const reply = await read({ sub: 'counselor', client_id: 'counselor' });
      expect(reply.json).toEqual(problemOf('account-unknown', reply));
    });
  });

  describe('a service that acts for a person (RFC 8693)', () => {
    const act = (sub: string) => ({ act: { sub, iss: gateway.issuer.issuer } });

    test('narrows what the person sees by what it sees itself, and both are named', async () => {
      const reply = await read(act('assistant-service'));
      const shown = allBut('privacy');
      expect([reply.status, reply.json, headersOf(reply).view]).toEqual([200, bodyOf('P0', shown, OPEN), 'partial']);
      expect(await gateway.entryOf(reply)).toEqual(
        entryOf(
          gateway,
          reply,
          { account: 'counselor', actor: 'assistant-service' },
          {
            record: {
              id: 'P0',
              disclosure: 'partial',
              disclosed: {
                basic: ruleLine(BASIC),
                ...Object.fromEntries(allBut('basic', 'privacy').map((name) => [name, ruleLine(ASSIGNED)])),
              },
              withheld: { privacy: 'actor-narrows' },
              keys: [keyOf('employment-counselor', ['assigned'], 'open', ['in-scope'])],
              narrowing: { carries: ['*'], actorKeys: [keyOf('referred-service-worker', [], 'open', ['in-scope'])] },
              unclassifiedFields: 3,
            },
            outcome: outcome(['actor-narrows']),
          },
        ),
      );
    });

    test('WF1-02 through it the assigned counselor sees basic information of a private record alone', async () => {
      const reply = await read(act('assistant-service'), 'P1');
      expect([headersOf(reply).view, reply.json]).toEqual(['basic', bodyOf('P1', ['basic'])]);
      expect((await gateway.entryOf(reply)).outcome.reasons).toEqual(['actor-narrows']);
    });

    test.each([
      ['an actor who is not registered for this person', 'other-counselor', 'assistant-service', 'actor-not-registered'],
      ['an actor whose delegation has ended', 'counselor', 'former-assistant', 'actor-not-registered'],
      ['a person who acts for a person', 'counselor', 'supervisor', 'actor-not-registered'],
      ['an actor without a membership, who leaves nothing', 'counselor', 'bare-service', 'actor-narrows'],
    ] as const)('%s is refused before anything is sent upstream', async (_name, sub, actor, reason) => {
      const sent = gateway.upstream.requests.length;
      const reply = await read({ sub, ...act(actor) });
      const who: WhoWords = { account: sub, actor, application: 'portal' };
      await expectRefusal(gateway, reply, 'action-not-permitted', reason, who, { sent });
    });
  });

  describe('memberships', () => {
    test('WWP-03 more memberships than the system allows open nothing', async () => {
      const sent = gateway.upstream.requests.length;
      const reply = await read({ sub: 'many-hats' });
      await expectRefusal(gateway, reply, 'no-membership', 'too-many-roles', { account: 'many-hats', application: 'portal' }, { sent });
    });

    test('WWP-03 those that have ended do not count, and the entry names the others', async () => {
      const reply = await read({ sub: 'eight-hats' });
      expect([reply.status, reply.json]).toEqual([200, bodyOf('P0', allBut('privacy'), OPEN)]);
      const entry = await gateway.entryOf(reply);
      expect([entry.who?.memberships, entry.records[0]?.keys.length]).toEqual([Array.from({ length: 8 }, (_, i) => `m-eight-${i}`), 8]);
    });

    test('R44, GW-02 a workgroup that no row names is refused with no byte upstream', async () => {
      const [sent, connections] = [gateway.upstream.requests.length, gateway.upstream.connections()];
      const reply = await read({ sub: 'unknown-workgroup' });
      const who: WhoWords = { account: 'unknown-workgroup', application: 'portal' };
      await expectRefusal(gateway, reply, 'action-not-permitted', 'not-granted', who, { sent });
      expect(gateway.upstream.connections()).toBe(connections);
    });

    test('R44 what a token says of workgroups is not listened to', async () => {
      const claims = { workgroup: 'data-specialist', roles: ['data-specialist'], groups: ['group:data-specialist'], scope: 'admin' };
      const reply = await read({ sub: 'other-counselor', ...claims }, 'P1');
      expect([headersOf(reply).view, reply.json]).toEqual(['basic', bodyOf('P1', ['basic'])]);
    });

    test('a membership in one system opens no other: TrackOne knows the counselor as a team member, and nobody else', async () => {
      const get = (as: string) => gateway.get('/trackone/participants/T1-200041', as);
      const own = await get('counselor');
      expect([own.status, headersOf(own).view]).toEqual([200, 'full']);
      expect((await gateway.entryOf(own)).who?.memberships).toEqual(['m-t1-counselor']);
      const sent = gateway.upstream.requests.length;
      const told = { sent, system: 'trackone', route: 'read-participant' };
      const who: WhoWords = { account: 'other-counselor', application: 'portal' };
      await expectRefusal(gateway, await get('other-counselor'), 'no-membership', 'no-membership', who, told);
    });

    test('hidden and unknown records answer with the same bytes but for access id and date; the reason stands in the entry alone', async () => {
      const unknown = await gateway.get('/trackone/participants/T1-999999', 'counselor');
      expect([unknown.status, unknown.json, headersOf(unknown)]).toEqual([404, problemOf('record-hidden', unknown), problemHeaders]);
      const entry = await gateway.entryOf(unknown);
      expect(entry).toMatchObject({ records: [{ digest: expect.any(String) as unknown }], outcome: { reasons: ['record-unknown'] } });
      expect(JSON.stringify(entry)).not.toContain('T1-999999');
    });
  });

  describe('CT-06 production and training', () => {
    test('R46 an account of training is nobody here, and the same subject of production is the counselor of production', async () => {
      const reply = await read({});
      expect((await gateway.entryOf(reply)).who?.account).toBe('counselor');
      gateway.clock.forward(61_000);
      const trainee = await read({ sub: 'trainee' });
      expect(trainee.json).toEqual(problemOf('account-unknown', trainee));
    });

    test('R46 on a gateway of training the same token is the trainee, whose membership of production is not theirs', async () => {
      const training = await startTestGateway({ store: 'sqlite', records, config: { environment: 'training' } });
      try {
        const reply = await training.get('/workforce-one/records/P1', 'counselor');
        expect([reply.status, reply.json]).toEqual([200, bodyOf('P1', SECTIONS, PRIVATE)]);
        expect(await training.entryOf(reply)).toMatchObject({
          environment: 'training',
          who: { account: 'trainee', application: 'training-portal', memberships: ['m-trainee'] },
          records: [{ keys: [{ environment: 'training' }] }],
        });
        const other = await training.get('/workforce-one/records/P1', 'other-counselor');
        expect(other.json).toEqual(problemOf('account-unknown', other));
      } finally {
        await training.stop();
      }
    });
  });

  test("GW-01 the case system's own path and shape: HEAD answers as GET without a body, and its entry says HEAD", async () => {
    const token = await gateway.token('counselor');
    const head = `HEAD /workforce-one/records/P1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const { replies } = await converse(gateway.dataPort, head);
    expect([replies[0]?.status, replies[0]?.header('casegate-view'), replies[0]?.body.length]).toEqual([200, 'full', 0]);
    expect(await gateway.entryOf(replies[0]?.header('casegate-access-id') ?? '')).toMatchObject({
      method: 'HEAD',
      records: [{ id: 'P1', disclosure: 'full' }],
    });
  });

  test('the log is whole', async () => expect(await gateway.isWhole()).toBe(true));
});
