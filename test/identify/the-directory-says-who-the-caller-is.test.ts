import { exportPKCS8, generateKeyPair, importJWK, jwtVerify } from 'jose';
import type { Account, Application, Caller, Membership, Organization, VerifiedToken } from '../../src/vocabulary/access';
import { createAssertionSigner } from '../../src/identify/assertion-signer';
import { nameCaller, nameRefused } from '../../src/identify/name-who';
import type { RoleCollapse } from '../../src/vocabulary/case-system';
import { recognise, type CallerDirectory, type Wanted } from '../../src/identify/recognise';
import { createRecogniser } from '../../src/identify/recogniser';
import { standingAt } from '../../src/identify/standing';

const IDP = 'https://idp.example';
const AT = 1_760_000_000_000;
const DAY = 86_400_000;
const active = [{ standing: 'active', fromMs: AT - 100 * DAY }] as const;

const alice: Account = {
  id: 'acc-alice',
  kind: 'person',
  person: 'p-1',
  issuer: IDP,
  subject: 'alice',
  environment: 'production',
  organization: 'agency-a',
  standings: active,
};
const robot: Account = { ...alice, id: 'acc-robot', kind: 'service', person: 'nightly report', subject: 'robot' };
const agency: Organization = { id: 'agency-a', name: 'Agency A', standings: active };
const portal: Application = {
  id: 'app-portal',
  issuer: IDP,
  clientId: 'portal',
  environment: 'production',
  applicationClass: 'case-app',
  grants: [],
  origins: [],
  standings: active,
};
const counselor: Membership = {
  id: 'm-1',
  account: 'acc-alice',
  system: 'workforce-one',
  environment: 'production',
  workgroup: 'case-manager',
  staffId: 'S1',
  scopes: { agency: ['A'], counties: ['dane'], offices: [], programs: [], regions: [] },
  privileges: [],
  fromMs: AT - DAY,
  toMs: null,
};
const robotMembership: Membership = { ...counselor, id: 'm-r', account: 'acc-robot', workgroup: 'report' };
const token: VerifiedToken = {
  issuer: IDP,
  subject: 'alice',
  clientId: 'portal',
  actor: undefined,
  expiresAtMs: AT + DAY,
  acr: undefined,
  digest: 'd1',
};
const wanted: Wanted = { system: 'workforce-one', environment: 'production', atMs: AT, mostMemberships: 2, collapses: [] };

interface World {
  version: number;
  accounts: Account[];
  organizations: Organization[];
  applications: Application[];
  held: Membership[];
  delegations: [string, string][];
  relationsChangeMs: number;
  lookups: number;
}
const world = (over: Partial<World> = {}): World & CallerDirectory => {
  const all: World = {
    version: 7,
    accounts: [alice, robot],
    organizations: [agency],
    applications: [portal],
    held: [counselor, robotMembership],
    delegations: [],
    relationsChangeMs: Infinity,
    lookups: 0,
    ...over,
  };
  return Object.assign(all, {
    findAccount: (issuer: string, subject: string, environment: string) => {
      all.lookups += 1;
      return all.accounts.find((one) => one.issuer === issuer && one.subject === subject && one.environment === environment);
    },
    organization: (id: string) => all.organizations.find((one) => one.id === id),
    findApplication: (issuer: string, clientId: string, environment: string) =>
      all.applications.find((one) => one.issuer === issuer && one.clientId === clientId && one.environment === environment),
    memberships: (account: string, system: string, environment: string) =>
      all.held.filter((one) => one.account === account && one.system === system && one.environment === environment),
    nextRelationChange: () => all.relationsChangeMs,
    isDelegated: (actor: string, person: string) => all.delegations.some(([a, p]) => a === actor && p === person),
  });
};
const outcome = (asked: VerifiedToken, directory: CallerDirectory, over: Partial<Wanted> = {}): Caller | string => {
  try {
    return recognise(asked, { ...wanted, ...over }, directory);
  } catch (error) {
    const { code, options } = error as { code: string; options: { reason: string } };
    return `${code} ${options.reason}`;
  }
};

test('a person with a membership that holds now is a caller', () => {
  expect(outcome(token, world())).toEqual({
    account: alice,
    application: portal,
    memberships: [counselor],
    actor: null,
    directoryVersion: 7,
    holdsUntilMs: token.expiresAtMs,
  });
});

test('TOK-27, TOK-16, CT-06 issuer, subject and environment must all be the same', () => {
  const unknown = 'account-unknown account-unknown';
  for (const subject of ['ALICE', 'álice', 'alice%00', '\uff41lice', 'bob', '__proto__', 'constructor'])
    expect(outcome({ ...token, subject }, world())).toBe(unknown);
  expect(outcome({ ...token, issuer: 'https://other.example' }, world())).toBe(unknown);
  expect(outcome(token, world(), { environment: 'training' })).toBe(unknown);
});

test('STO-09 an account or application that a loose store gives for a look-alike is nobody', () => {
  const loose = Object.assign(world(), { findAccount: () => alice });
  expect(outcome({ ...token, subject: 'ALICE' }, loose)).toBe('account-unknown account-unknown');
  expect(outcome(token, loose, { environment: 'training' })).toBe('account-unknown account-unknown');
  expect(outcome({ ...token, clientId: 'PORTAL' }, Object.assign(world(), { findApplication: () => portal }))).toBe(
    'application-not-registered application-not-registered',
  );
  const lent = Object.assign(world(), {
    memberships: () => [robotMembership, { ...counselor, system: 'trackone' }, { ...counselor, environment: 'training' as const }],
  });
  expect(outcome(token, lent)).toBe('no-membership no-membership');
});

test.each([
  ['pending', 'account-not-active account-pending'],
  ['suspended', 'account-not-active account-suspended'],
  ['terminated', 'account-not-active account-terminated'],
] as const)('TOK-19 an account that is %s is refused from that moment on, and not before', (standing, refusal) => {
  const directory = world({ accounts: [{ ...alice, standings: [...active, { standing, fromMs: AT }] }] });
  expect(outcome(token, directory)).toBe(refusal);
  expect(outcome(token, directory, { atMs: AT - 1 })).toMatchObject({ account: { id: 'acc-alice' } });
});

test('an account without a standing that has begun is pending', () => {
  expect(outcome(token, world({ accounts: [{ ...alice, standings: [] }] }))).toBe('account-not-active account-pending');
  expect(outcome(token, world({ accounts: [{ ...alice, standings: [{ standing: 'active', fromMs: AT + 1 }] }] }))).toBe(
    'account-not-active account-pending',
  );
});

test('the last standing that has begun is in force, in whatever order they are listed', () => {
  const spans = [
    { standing: 'terminated', fromMs: 30 },
    { standing: 'pending', fromMs: 0 },
    { standing: 'active', fromMs: 10 },
    { standing: 'suspended', fromMs: 10 },
  ] as const;
  expect([-1, 0, 9, 10, 29, 30].map((atMs) => standingAt(spans, atMs))).toEqual([
    'pending',
    'pending',
    'pending',
    'suspended',
    'suspended',
    'terminated',
  ]);
});

test('an organization that is missing or not active closes its accounts', () => {
  const refusal = 'account-not-active organization-not-active';
  expect(outcome(token, world({ organizations: [] }))).toBe(refusal);
  expect(outcome(token, world({ organizations: [{ ...agency, standings: [...active, { standing: 'suspended', fromMs: AT }] }] }))).toBe(
    refusal,
  );
  expect(outcome(token, world({ organizations: [{ ...agency, standings: [] }] }))).toBe(refusal);
});

test('the calling application must be named, registered under the same issuer and environment, and active', () => {
  expect(outcome({ ...token, clientId: undefined }, world())).toBe('application-not-registered application-missing');
  expect(outcome({ ...token, clientId: 'other' }, world())).toBe('application-not-registered application-not-registered');
  expect(outcome(token, world({ applications: [{ ...portal, environment: 'training' }] }))).toBe(
    'application-not-registered application-not-registered',
  );
  expect(outcome(token, world({ applications: [{ ...portal, issuer: 'https://other.example' }] }))).toBe(
    'application-not-registered application-not-registered',
  );
  expect(outcome(token, world({ applications: [{ ...portal, standings: [...active, { standing: 'suspended', fromMs: AT }] }] }))).toBe(
    'application-not-registered application-not-active',
  );
});

test('only memberships of the asked system and environment that hold at the moment count; their end is exclusive', () => {
  const cases: [Partial<Membership>, boolean][] = [
    [{}, true],
    [{ fromMs: AT }, true],
    [{ fromMs: AT + 1 }, false],
    [{ toMs: AT + 1 }, true],
    [{ toMs: AT }, false],
    [{ system: 'trackone' }, false],
    [{ environment: 'training' }, false],
    [{ account: 'acc-robot' }, false],
  ];
  for (const [over, holds] of cases) {
    const found = outcome(token, world({ held: [{ ...counselor, ...over }] }));
    expect([over, typeof found === 'string' ? found : found.memberships.length]).toEqual([over, holds ? 1 : 'no-membership no-membership']);
  }
});

test('TOK-18, WWP-03 more memberships than the system allows open nothing; those that do not hold now are not counted', () => {
  const three = ['m-1', 'm-2', 'm-3'].map((id) => ({ ...counselor, id }));
  expect(outcome(token, world({ held: three }))).toBe('no-membership too-many-roles');
  expect(outcome(token, world({ held: three }), { mostMemberships: 3 })).toMatchObject({ memberships: three });
  expect(outcome(token, world({ held: [...three.slice(0, 2), { ...counselor, id: 'm-3', toMs: AT }] }))).toMatchObject({
    memberships: three.slice(0, 2),
  });
});

describe('WWP-03 roles held together collapse before they are counted', () => {
  const SUPERVISES = { these: ['fep', 'supervisor'], into: 'supervisor' };
  const REVIEWS = { these: ['supervisor', 'qc'], into: 'qc' };
  test.each<[string, readonly string[], readonly RoleCollapse[], string]>([
    ['FEP together with Supervisor is Supervisor', ['fep', 'supervisor'], [SUPERVISES], 'supervisor'],
    ['in whatever order they are held', ['supervisor', 'fep'], [SUPERVISES], 'supervisor'],
    ['FEP alone stays FEP', ['fep'], [SUPERVISES], 'fep'],
    ['beside a role that is not meant', ['fep', 'qc'], [SUPERVISES], 'fep qc'],
    ['a third role beside them stays, and makes two', ['fep', 'supervisor', 'qc'], [SUPERVISES], 'supervisor qc'],
    ['a fourth makes three', ['fep', 'supervisor', 'qc', 'clerk'], [SUPERVISES], 'no-membership too-many-roles'],
    ['several of the lost role are all lost', ['fep', 'fep', 'fep', 'supervisor'], [SUPERVISES], 'supervisor'],
    [
      'several of the remaining role all count',
      ['fep', 'supervisor', 'supervisor', 'supervisor'],
      [SUPERVISES],
      'no-membership too-many-roles',
    ],
    ['two collapses look at what is really held', ['fep', 'supervisor', 'qc'], [SUPERVISES, REVIEWS], 'qc'],
    ['in whatever order they stand', ['fep', 'supervisor', 'qc'], [REVIEWS, SUPERVISES], 'qc'],
    ['three into one need all three', ['fep', 'supervisor'], [{ these: ['fep', 'supervisor', 'qc'], into: 'qc' }], 'fep supervisor'],
    [
      'two that contradict each other leave nothing',
      ['fep', 'supervisor'],
      [SUPERVISES, { ...SUPERVISES, into: 'fep' }],
      'no-membership no-membership',
    ],
  ])('%s', (_what, workgroups, collapses, left) => {
    const held = workgroups.map((workgroup, i) => ({ ...counselor, id: `m-${i}`, workgroup }));
    const found = outcome(token, world({ held }), { collapses });
    expect(typeof found === 'string' ? found : found.memberships.map((one) => one.workgroup).join(' ')).toBe(left);
  });

  test('what remains keeps its own scope, staff id and privileges: nothing is merged', () => {
    const fep = { ...counselor, id: 'm-1', workgroup: 'fep', privileges: ['private-records'] };
    const supervisor = {
      ...counselor,
      id: 'm-2',
      workgroup: 'supervisor',
      staffId: 'S9',
      scopes: { ...counselor.scopes, counties: ['rock'] },
    };
    expect(outcome(token, world({ held: [fep, supervisor] }), { collapses: [SUPERVISES] })).toMatchObject({ memberships: [supervisor] });
  });

  test('a role that does not hold yet, or no longer, collapses nothing; the caller holds until it does', () => {
    const fep = { ...counselor, id: 'm-1', workgroup: 'fep' };
    const later = { ...counselor, id: 'm-2', workgroup: 'supervisor', fromMs: AT + 5_000 };
    expect(outcome(token, world({ held: [fep, later] }), { collapses: [SUPERVISES] })).toMatchObject({
      memberships: [fep],
      holdsUntilMs: AT + 5_000,
    });
    expect(outcome(token, world({ held: [fep, { ...later, fromMs: 0, toMs: AT }] }), { collapses: [SUPERVISES] })).toMatchObject({
      memberships: [fep],
    });
  });

  test('an acting service narrows as what its roles become', () => {
    const held = [counselor, ...['fep', 'supervisor', 'qc'].map((workgroup, i) => ({ ...robotMembership, id: `m-r${i}`, workgroup }))];
    const acted = { ...token, actor: { issuer: IDP, subject: 'robot' } };
    const found = outcome(acted, world({ held, delegations: [['acc-robot', 'acc-alice']] }), { collapses: [SUPERVISES] });
    expect(typeof found === 'string' ? found : found.actor?.memberships.map((one) => one.workgroup)).toEqual(['supervisor', 'qc']);
  });

  test('a caller is remembered for one list of collapses', () => {
    const recogniser = createRecogniser();
    const directory = world({ held: ['fep', 'supervisor'].map((workgroup, i) => ({ ...counselor, id: `m-${i}`, workgroup })) });
    const ask = (collapses: readonly RoleCollapse[]) => recogniser.recognise(token, { ...wanted, collapses }, directory).memberships.length;
    const collapses = [SUPERVISES];
    expect([ask(wanted.collapses), ask(collapses), ask(wanted.collapses), ask(collapses)]).toEqual([2, 1, 2, 1]);
    expect(recogniser.recognise(token, { ...wanted, collapses }, directory)).toBe(
      recogniser.recognise(token, { ...wanted, collapses }, directory),
    );
  });
});

test('a token without a person opens nothing unless it is a registered service account with a membership', () => {
  const own: VerifiedToken = { ...token, subject: 'portal', clientId: 'portal' };
  expect(outcome(own, world())).toBe('account-unknown account-unknown');
  // A client that was let register itself under a person's subject is not that person.
  expect(outcome({ ...token, clientId: 'alice' }, world({ applications: [{ ...portal, clientId: 'alice' }] }))).toBe(
    'account-unknown account-unknown',
  );
  const service: VerifiedToken = { ...token, subject: 'robot', clientId: 'robot' };
  const directory = world({ applications: [{ ...portal, clientId: 'robot' }] });
  expect(outcome(service, directory)).toMatchObject({ account: { id: 'acc-robot', kind: 'service' }, memberships: [robotMembership] });
  expect(outcome(service, world({ applications: [{ ...portal, clientId: 'robot' }], held: [] }))).toBe('no-membership no-membership');
});

describe('TOK-25 an actor', () => {
  const acted: VerifiedToken = { ...token, actor: { issuer: IDP, subject: 'robot' } };
  const pair: [string, string] = ['acc-robot', 'acc-alice'];

  test('is honoured for the registered pair', () => {
    expect(outcome(acted, world({ delegations: [pair] }))).toMatchObject({
      account: alice,
      memberships: [counselor],
      actor: { account: robot, memberships: [robotMembership] },
    });
  });

  test.each<[string, VerifiedToken, Partial<World>, string]>([
    ['without a registration', acted, {}, 'action-not-permitted actor-not-registered'],
    ['registered the other way round', acted, { delegations: [['acc-alice', 'acc-robot']] }, 'action-not-permitted actor-not-registered'],
    [
      'unknown',
      { ...acted, actor: { issuer: IDP, subject: 'other' } },
      { delegations: [pair] },
      'action-not-permitted actor-not-registered',
    ],
    [
      'of another issuer',
      { ...acted, actor: { issuer: 'https://other.example', subject: 'robot' } },
      { delegations: [pair] },
      'action-not-permitted actor-not-registered',
    ],
    [
      'that is a person',
      acted,
      { delegations: [pair], accounts: [alice, { ...robot, kind: 'person' }] },
      'action-not-permitted actor-not-registered',
    ],
    [
      'for a service',
      acted,
      { delegations: [pair], accounts: [{ ...alice, kind: 'service' }, robot] },
      'action-not-permitted actor-not-registered',
    ],
    [
      'that is suspended',
      acted,
      { delegations: [pair], accounts: [alice, { ...robot, standings: [{ standing: 'suspended', fromMs: 0 }] }] },
      'account-not-active account-suspended',
    ],
    ['without a membership', acted, { delegations: [pair], held: [counselor] }, 'action-not-permitted actor-narrows'],
    [
      'with too many',
      acted,
      { delegations: [pair], held: [counselor, ...['a', 'b', 'c'].map((id) => ({ ...robotMembership, id }))] },
      'action-not-permitted too-many-roles',
    ],
  ])('%s is refused', (_name, asked, over, refusal) => {
    expect(outcome(asked, world(over))).toBe(refusal);
  });
});

describe('the recogniser remembers', () => {
  test('the same caller while the version stays, and not past the next dated change', () => {
    const directory = world({
      accounts: [{ ...alice, standings: [...active, { standing: 'suspended', fromMs: AT + 5_000 }] }],
      held: [
        { ...counselor, toMs: AT + 3_000 },
        { ...counselor, id: 'm-2', fromMs: AT + 1_000 },
      ],
    });
    const { recognise: ask } = createRecogniser();
    const at = (ms: number): Caller => ask(token, { ...wanted, atMs: AT + ms }, directory);
    const first = at(0);
    expect(at(999)).toBe(first);
    expect(directory.lookups).toBe(1);
    expect(at(1_000).memberships.map(({ id }) => id)).toEqual(['m-1', 'm-2']);
    expect(at(2_999)).toBe(at(1_000));
    expect(at(3_000).memberships.map(({ id }) => id)).toEqual(['m-2']);
    expect(() => at(5_000)).toThrow('the account is suspended');
    // A clock that goes back is not answered from memory of later.
    expect(at(0).memberships.map(({ id }) => id)).toEqual(['m-1']);
  });

  test('TOK-19 a change of the directory holds for the next request', () => {
    const directory = world();
    const { recognise: ask } = createRecogniser();
    const first = ask(token, wanted, directory);
    expect(ask(token, { ...wanted, atMs: AT + 1 }, directory)).toBe(first);
    directory.organizations = [{ ...agency, standings: [{ standing: 'terminated', fromMs: 0 }] }];
    directory.version = 8;
    expect(() => ask(token, wanted, directory)).toThrow('the organization is not active');
    directory.organizations = [agency];
    directory.version = 9;
    expect(ask(token, wanted, directory)).toEqual({ ...first, directoryVersion: 9 });
  });

  test('nobody where nobody is to be remembered', () => {
    const directory = world();
    const { recognise: ask } = createRecogniser({ mostRemembered: 0 });
    expect(ask(token, wanted, directory)).not.toBe(ask(token, wanted, directory));
    expect(directory.lookups).toBe(2);
  });

  test('nothing across tokens, systems, environments and limits', () => {
    const directory = world({ held: [counselor, { ...counselor, id: 'm-2' }, { ...counselor, id: 'm-t', system: 'trackone' }] });
    const { recognise: ask } = createRecogniser();
    const first = ask(token, wanted, directory);
    expect(ask(token, { ...wanted, system: 'trackone' }, directory).memberships.map(({ id }) => id)).toEqual(['m-t']);
    expect(ask(token, wanted, directory)).toBe(first);
    expect(() => ask(token, { ...wanted, mostMemberships: 1 }, directory)).toThrow('more memberships');
    expect(() => ask(token, { ...wanted, environment: 'training' }, directory)).toThrow('no account');
    expect(() => ask({ ...token, digest: 'd2', subject: 'bob' }, wanted, directory)).toThrow('no account');
    expect(ask(token, wanted, world({ version: 7 }))).not.toBe(first);
  });

  test('a caller with an actor until the delegation ends, a supervisor until the supervision does', () => {
    const directory = world({ delegations: [['acc-robot', 'acc-alice']], relationsChangeMs: AT + 1_000 });
    const { recognise: ask } = createRecogniser();
    const acted: VerifiedToken = { ...token, actor: { issuer: IDP, subject: 'robot' } };
    const first = ask(acted, wanted, directory);
    expect([first.holdsUntilMs, ask(acted, { ...wanted, atMs: AT + 999 }, directory)]).toEqual([AT + 1_000, first]);
    directory.delegations = [];
    expect(() => ask(acted, { ...wanted, atMs: AT + 1_000 }, directory)).toThrow('not registered for this person');
  });

  test('TOK-06 nobody past the end of their token', () => {
    const { recognise: ask } = createRecogniser();
    const at = (ms: number): Caller => ask(token, { ...wanted, atMs: token.expiresAtMs + ms }, world());
    expect(at(-1).holdsUntilMs).toBe(token.expiresAtMs);
    expect(() => at(0)).toThrow(expect.objectContaining({ code: 'token-invalid', options: { reason: 'token-expired' } }));
  });
});

test('who is named for the entry, refused callers included', () => {
  const directory = world({ delegations: [['acc-robot', 'acc-alice']] });
  const acted: VerifiedToken = { ...token, actor: { issuer: IDP, subject: 'robot' } };
  const who = { account: 'acc-alice', person: 'p-1', organization: 'agency-a', issuer: IDP, application: 'app-portal', actor: 'acc-robot' };
  expect(nameCaller(recognise(acted, wanted, directory))).toEqual({ ...who, memberships: ['m-1'] });
  expect(nameRefused(acted, 'production', directory)).toEqual({ ...who, memberships: [] });
  expect(nameRefused({ ...token, clientId: 'other' }, 'production', directory)).toEqual({
    ...who,
    application: null,
    actor: null,
    memberships: [],
  });
  expect(nameRefused({ ...token, subject: 'bob' }, 'production', directory)).toBeNull();
});

test.each(['ES256', 'EdDSA'] as const)(
  'an assertion signed with %s says who asks, for one system, one call and half a minute',
  async (algorithm) => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const privateKeyPem = await exportPKCS8(privateKey);
    const signer = await createAssertionSigner({ privateKeyPem, algorithm, issuer: 'https://casegate.example', clock: () => AT + 999 });
    const jwk = signer.keySet.keys[0] ?? {};
    expect(Object.keys(jwk)).not.toContain('d');
    const text = await signer.sign({
      audience: 'workforce-one',
      accessId: 'id-1',
      account: 'acc-alice',
      organization: 'agency-a',
      application: 'app-portal',
      actor: 'acc-robot',
    });
    const { payload, protectedHeader } = await jwtVerify(text, await importJWK(jwk, algorithm), {
      currentDate: new Date(AT),
      typ: 'casegate-caller+jwt',
    });
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'casegate-caller+jwt', kid: jwk.kid });
    expect(payload).toEqual({
      iss: 'https://casegate.example',
      aud: 'workforce-one',
      sub: 'acc-alice',
      organization: 'agency-a',
      client_id: 'app-portal',
      act: { sub: 'acc-robot' },
      jti: 'id-1',
      iat: AT / 1000,
      exp: AT / 1000 + 30,
    });
    await expect(createAssertionSigner({ privateKeyPem, algorithm, issuer: 'x', clock: () => AT, lifetimeSeconds: 61 })).rejects.toThrow(
      '5 to 60',
    );
    await expect(createAssertionSigner({ privateKeyPem: 'nonsense', algorithm, issuer: 'x', clock: () => AT })).rejects.toThrow();
  },
);
