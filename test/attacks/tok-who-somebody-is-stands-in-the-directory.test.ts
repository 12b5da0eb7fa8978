import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { RECORDS } from '../support/agency';
import { AUDIENCE, serveRecords, SHIPPED_POLICIES, STORES, type Reply, type TestGateway } from '../support/gateway';
import { startIssuer, type TestIssuer } from '../support/issuer';
import { converse } from '../support/raw-http';
import { rawReply } from '../support/raw-upstream';
import { attack, deniedEntry, expectRefused, freshSource, get, ON_ROUTE, RECORD, startAttackedGateway, whoOf } from './attacked-gateway';
import { expectLikePlain, plainEntry, readPlainly } from './plain-read';

const FROM = '2024-01-01';
const bearerOf = (token: string): string => `Authorization: Bearer ${token}`;
const idOf = (reply: Reply | { header(name: string): string | undefined }): string =>
  'accessId' in reply ? reply.accessId : (reply.header('casegate-access-id') ?? '');

/** Rows of one more counselor, by whatever name. */
const counselor = (issuer: string, id: string, over: object = {}, workgroups: readonly string[] = ['employment-counselor']) => ({
  accounts: [
    { id, kind: 'person', person: `person-${id}`, issuer, subject: id, environment: 'production', organization: 'north', ...over },
  ],
  memberships: workgroups.map((workgroup, at) => ({
    id: `m-${id}-${at}`,
    account: id,
    system: 'workforce-one',
    environment: 'production',
    workgroup,
    staff_id: '',
    agency: 'AG-NORTH',
    counties: ['62'],
    from: FROM,
    ...('environment' in over ? { environment: over.environment } : {}),
  })),
  standings: [{ of: 'account', id, standing: 'active', from: FROM }],
});

async function demandApplied(reply: Promise<Reply>): Promise<void> {
  const { status, text } = await reply;
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
}

/** The case system had been asked when the refusal fell. */
const ASKED = { outcome: 'answered', durationMs: expect.any(Number) as unknown as number };

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startAttackedGateway({ store });
    await demandApplied(gateway.importRows(counselor(gateway.issuer.issuer, 'alice')));
  });
  beforeEach(() => serveRecords(gateway.upstream, RECORDS));
  afterAll(() => gateway?.stop());

  const send = (token: string) => attack(gateway, get(RECORD, bearerOf(token)));

  test('alice herself is let in', async () => {
    const { reply } = await send(await gateway.token('alice'));
    expect([reply.status, reply.header('casegate-view')]).toEqual([200, 'basic']);
    expect((await gateway.entryOf(idOf(reply))).who).toEqual(whoOf(gateway, 'alice', { memberships: ['m-alice-0'] }));
  });

  test.each([0, false, true, ['alice'], { $gt: '' }, null, ''])('TOK-15 sub %j is nobody, and nothing is looked up', async (sub) => {
    const before = gateway.upstream.requests.length;
    const { reply, source } = await send(await gateway.token('alice', { sub }));
    await expectRefused(gateway, reply, source, 'token-invalid', { ...ON_ROUTE, reason: 'token-claims' });
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test.each([
    ['ALICE', 'account-unknown'],
    ['Alice', 'account-unknown'],
    ['alice ', 'token-claims'],
    ['alice\u00a0', 'token-claims'],
    ['álice', 'account-unknown'],
    ['a\u0301lice', 'account-unknown'],
    ['alice%00', 'account-unknown'],
    ['alice\u0000', 'token-claims'],
    ['alice\u200b', 'token-claims'],
    ['\uff41\uff4c\uff49\uff43\uff45', 'account-unknown'],
    ['аlice', 'account-unknown'],
    ['person-alice', 'account-unknown'],
  ] as const)('TOK-16 STO-09 %j is not alice', async (sub, reason) => {
    const before = gateway.upstream.requests.length;
    const { reply, source } = await send(await gateway.token('alice', { sub }));
    const code = reason === 'token-claims' ? 'token-invalid' : reason;
    await expectRefused(gateway, reply, source, code, { ...ON_ROUTE, reason });
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test.each([['PORTAL'], ['portál'], ['\uff50ortal'], ['portal%00']])(
    'STO-09 the client %j is not the registered one',
    async (client_id) => {
      const { reply, source } = await send(await gateway.token('alice', { client_id }));
      await expectRefused(gateway, reply, source, 'application-not-registered', {
        ...deniedEntry('application-not-registered', whoOf(gateway, 'alice', { application: null })),
        source: { address: source },
      });
    },
  );

  test('TOK-19 a termination holds for the very next request, on a remembered token and an open connection, and stays', async () => {
    const token = await gateway.token('former-counselor');
    const source = freshSource();
    const ask = get(RECORD, bearerOf(token));
    const first = await converse(gateway.dataPort, ask, { localAddress: source });
    expect(first.replies[0]?.status).toBe(200);
    await demandApplied(
      gateway.importRows({
        standings: [{ of: 'account', id: 'former-counselor', standing: 'terminated', from: new Date(gateway.clock.now()).toISOString() }],
      }),
    );
    const before = gateway.upstream.requests.length;
    for (const seconds of [0, 1, 29, 30]) {
      gateway.clock.forward(seconds * 1000);
      const { reply, source: from } = await send(token);
      await expectRefused(gateway, reply, from, 'account-not-active', {
        ...deniedEntry('account-not-active', whoOf(gateway, 'former-counselor'), { reason: 'account-terminated' }),
        source: { address: from },
      });
    }
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test('TOK-19 a termination told beforehand holds from its moment, without any import then', async () => {
    const token = await gateway.token('south-counselor');
    const endsAtMs = gateway.clock.now() + 30_000;
    await demandApplied(
      gateway.importRows({
        standings: [{ of: 'account', id: 'south-counselor', standing: 'terminated', from: new Date(endsAtMs).toISOString() }],
      }),
    );
    expect((await send(token)).reply.status).toBe(200);
    gateway.clock.forward(endsAtMs - gateway.clock.now());
    const { reply, source } = await send(token);
    await expectRefused(gateway, reply, source, 'account-not-active', {
      ...deniedEntry('account-not-active', whoOf(gateway, 'south-counselor'), { reason: 'account-terminated' }),
      source: { address: source },
    });
  });

  /** Asks, changes the directory while the case system keeps us waiting, and gives the answer. */
  async function readWhile(person: string, change: Readonly<Record<string, readonly object[]>>) {
    const seen = gateway.upstream.requests.length;
    let release: () => void = () => undefined;
    gateway.upstream.answers((socket, _request) => {
      release = () => void socket.write(rawReply(JSON.stringify(RECORDS['P1'])));
    });
    const asked = send(await gateway.token(person));
    await gateway.upstream.seen(seen + 1);
    await demandApplied(gateway.importRows(change));
    release();
    const answered = await asked;
    expect(gateway.upstream.requests.length).toBe(seen + 1);
    return answered;
  }

  const membershipOf = (person: string, workgroup: string, staffId: string, over: object) => ({
    memberships: [
      {
        id: `m-${person}`,
        account: person,
        system: 'workforce-one',
        environment: 'production',
        workgroup,
        staff_id: staffId,
        agency: 'AG-NORTH',
        counties: ['*'],
        privileges: ['private-records'],
        from: FROM,
        ...over,
      },
    ],
  });

  test('TOK-20 a privilege taken away while the case system answers is gone in this very answer', async () => {
    const whole = await send(await gateway.token('data-specialist'));
    expect(whole.reply.header('casegate-view')).toBe('full');
    const before = await gateway.entryOf(idOf(whole.reply));
    const { reply, source } = await readWhile(
      'data-specialist',
      membershipOf('data-specialist', 'data-specialist', 'S1200', { privileges: [] }),
    );
    expect([reply.status, reply.header('casegate-view'), Object.keys(JSON.parse(reply.body.toString()) as object).sort()]).toEqual([
      200,
      'basic',
      ['birthDate', 'caseStatus', 'maxisCaseNumber', 'name', 'pmi', 'programName', 'recordId', 'ssn'],
    ]);
    const entry = await gateway.entryOf(idOf(reply));
    expect(entry).toEqual({
      ...plainEntry(gateway, source),
      who: whoOf(gateway, 'data-specialist', { memberships: ['m-data-specialist'] }),
      outcome: { status: 200, code: 'ok', reasons: ['no-private-privilege'] },
      records: [
        {
          id: 'P1',
          disclosure: 'basic',
          disclosed: { basic: expect.any(Number) as unknown as number },
          withheld: expect.objectContaining({ privacy: 'no-private-privilege', 'case-notes': 'no-private-privilege' }) as unknown as Record<
            string,
            string
          >,
          keys: [
            {
              environment: 'production',
              application: 'case-work',
              workgroup: 'data-specialist',
              relations: ['data-specialist'],
              privacy: 'private',
              when: ['in-scope'],
            },
          ],
          unclassifiedFields: expect.any(Number) as unknown as number,
        },
      ],
    });
    expect(entry.directoryVersion).toBe((before.directoryVersion ?? 0) + 1);
  });

  test('TOK-20 a membership that ends while the case system answers lets nothing out', async () => {
    const { reply, source } = await readWhile(
      'supervisor',
      membershipOf('supervisor', 'supervisor', 'S1100', { to: new Date(gateway.clock.now()).toISOString() }),
    );
    await expectRefused(gateway, reply, source, 'no-membership', {
      ...deniedEntry('no-membership', whoOf(gateway, 'supervisor')),
      source: { address: source },
      upstream: ASKED,
    });
  });

  test('TOK-20 an account suspended while the case system answers lets nothing out', async () => {
    const { reply, source } = await readWhile('monitor', {
      standings: [{ of: 'account', id: 'monitor', standing: 'suspended', from: new Date(gateway.clock.now()).toISOString() }],
    });
    await expectRefused(gateway, reply, source, 'account-not-active', {
      ...deniedEntry('account-not-active', whoOf(gateway, 'monitor'), { reason: 'account-suspended' }),
      source: { address: source },
      upstream: ASKED,
    });
  });
});

describe('roles and actors', () => {
  let gateway: TestGateway;
  let second: TestIssuer;
  beforeAll(async () => {
    second = await startIssuer({ audience: AUDIENCE });
    gateway = await startAttackedGateway({
      moreIssuers: [{ issuer: second.issuer, jwksUri: second.jwksUri, audience: AUDIENCE }],
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await second?.close();
  });

  test('TOK-18 roles, groups and scopes of a token are nothing: the directory says who is what', async () => {
    const plain = await readPlainly(gateway, bearerOf(await gateway.token('other-counselor')));
    expect([plain.reply.header('casegate-view'), plain.entry.who?.memberships]).toEqual(['basic', ['m-other-counselor']]);
    for (const claims of [
      { roles: ['DCF Administrator'] },
      { roles: ['employment-counselor', 'supervisor', 'data-specialist'], groups: ['admins'], scope: 'everything' },
      { workgroup: 'data-specialist', agency: '*', staff_id: 'S1001', privileges: ['private-records'] },
    ])
      await expectLikePlain(gateway, plain, get(RECORD, bearerOf(await gateway.token('other-counselor', claims))));
  });

  test('TOK-25 a service is itself, whomever a header says it acts for', async () => {
    const token = await gateway.token('assistant-service', { client_id: 'assistant-service' });
    const plain = await readPlainly(gateway, bearerOf(token));
    expect([plain.reply.header('casegate-view'), plain.entry.who]).toEqual([
      'basic',
      whoOf(gateway, 'assistant-service', { application: 'assistant-service', memberships: ['m-assistant-service'] }),
    ]);
    await expectLikePlain(
      gateway,
      plain,
      get(RECORD, bearerOf(token), 'X-On-Behalf-Of: counselor', 'X-Act-As: counselor', 'Impersonate-User: counselor'),
    );
  });

  test('TOK-25 a registered actor narrows what the person sees, and both are named', async () => {
    const { reply, source } = await attack(
      gateway,
      get(RECORD, bearerOf(await gateway.token('counselor', { act: { sub: 'assistant-service' } }))),
    );
    expect([reply.status, reply.header('casegate-view')]).toEqual([200, 'basic']);
    const entry = await gateway.entryOf(idOf(reply));
    expect([entry.source, entry.who]).toEqual([
      { address: source },
      whoOf(gateway, 'counselor', { actor: 'assistant-service', memberships: ['m-counselor'] }),
    ]);
    expect(entry.records[0]).toMatchObject({ id: 'P1', disclosure: 'basic', withheld: { 'case-notes': 'actor-narrows' } });
  });

  test.each([
    ['a service that nobody registered for this person', 'stray-service', 'stray-service'],
    ['a person', 'supervisor', 'supervisor'],
    ['the person', 'counselor', 'counselor'],
    ['nobody', 'nobody', null],
  ])('TOK-25 an actor who is %s is refused', async (_who, sub, actor) => {
    const before = gateway.upstream.requests.length;
    const { reply, source } = await attack(gateway, get(RECORD, bearerOf(await gateway.token('counselor', { act: { sub } }))));
    await expectRefused(gateway, reply, source, 'action-not-permitted', {
      ...deniedEntry('action-not-permitted', whoOf(gateway, 'counselor', { actor }), { reason: 'actor-not-registered' }),
      source: { address: source },
    });
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test('TOK-27 a subject of one issuer is nobody at another, though both are ours', async () => {
    const before = gateway.upstream.requests.length;
    const { reply, source } = await attack(
      gateway,
      get(RECORD, bearerOf(await second.token({ sub: 'counselor', aud: AUDIENCE, client_id: 'portal' }))),
    );
    await expectRefused(gateway, reply, source, 'account-unknown', ON_ROUTE);
    expect(gateway.upstream.requests.length).toBe(before);
  });

  test('TOK-27 an issuer signs for itself alone', async () => {
    for (const kid of [second.key().kid, gateway.issuer.key().kid]) {
      const token = await second.token({ sub: 'counselor', aud: AUDIENCE, iss: gateway.issuer.issuer }, { kid });
      const { reply, source } = await attack(gateway, get(RECORD, bearerOf(token)));
      await expectRefused(gateway, reply, source, 'token-invalid', { ...ON_ROUTE, reason: 'token-signature' });
    }
  });

  test('CT-06 an account of training never opens production', async () => {
    const rows = counselor(gateway.issuer.issuer, 'trainee-alone', { environment: 'training' });
    await demandApplied(gateway.importRows(rows));
    const before = gateway.upstream.requests.length;
    const { reply, source } = await attack(gateway, get(RECORD, bearerOf(await gateway.token('trainee-alone'))));
    await expectRefused(gateway, reply, source, 'account-unknown', ON_ROUTE);
    expect(gateway.upstream.requests.length).toBe(before);
  });
});

describe('a gateway of the training environment', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startAttackedGateway({ config: { environment: 'training' } });
  });
  afterAll(() => gateway?.stop());

  test('CT-06 one subject is two accounts: here it opens that of training alone', async () => {
    const { reply } = await attack(gateway, get(RECORD, bearerOf(await gateway.token('counselor'))));
    expect([reply.status, reply.header('casegate-view')]).toEqual([200, 'full']);
    expect(await gateway.entryOf(idOf(reply))).toMatchObject({
      environment: 'training',
      who: { account: 'trainee', application: 'training-portal', memberships: ['m-trainee'] },
      records: [{ keys: [{ environment: 'training' }] }],
    });
  });

  test('CT-06 an account of production never opens training', async () => {
    const { reply, source } = await attack(gateway, get(RECORD, bearerOf(await gateway.token('supervisor'))));
    await expectRefused(gateway, reply, source, 'account-unknown', { ...ON_ROUTE, environment: 'training' });
  });
});

describe('a system in which nobody holds more than two roles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-two-roles-'));
  let gateway: TestGateway;
  beforeAll(async () => {
    cpSync(SHIPPED_POLICIES, folder, { recursive: true });
    const file = join(folder, 'workforce-one', 'record.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('mostMemberships: 8', 'mostMemberships: 2'));
    gateway = await startAttackedGateway({ policies: folder });
  });
  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('TOK-18 two roles are taken, a third refuses the whole, whatever the token says of roles', async () => {
    const { issuer } = gateway.issuer;
    const roles = ['employment-counselor', 'supervisor', 'monitor'];
    await demandApplied(gateway.importRows(counselor(issuer, 'many', {}, roles.slice(0, 2))));
    const token = await gateway.token('many', { roles: ['monitor'] });
    const two = await attack(gateway, get(RECORD, bearerOf(token)));
    expect(two.reply.status).toBe(200);
    expect((await gateway.entryOf(idOf(two.reply))).who?.memberships).toEqual(['m-many-0', 'm-many-1']);
    await demandApplied(gateway.importRows({ memberships: counselor(issuer, 'many', {}, roles).memberships.slice(2) }));
    const before = gateway.upstream.requests.length;
    const { reply, source } = await attack(gateway, get(RECORD, bearerOf(token)));
    const refused: Partial<AccessEntry> = deniedEntry('no-membership', whoOf(gateway, 'many'), { reason: 'too-many-roles' });
    await expectRefused(gateway, reply, source, 'no-membership', { ...refused, source: { address: source } });
    expect(gateway.upstream.requests.length).toBe(before);
  });
});
