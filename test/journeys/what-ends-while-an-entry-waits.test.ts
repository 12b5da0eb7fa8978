import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { bodyOf, problemOf, SECTIONS } from './expected';

/** Runs once between the decision and its entry's flush: what is waiting then was decided before. */
let meanwhile: (() => void) | null = null;
jest.mock('../../src/audit/access-log', () => {
  const actual = jest.requireActual<typeof import('../../src/audit/access-log')>('../../src/audit/access-log');
  return {
    ...actual,
    openAccessLog: async (parts: Parameters<typeof actual.openAccessLog>[0]) => {
      const log = await actual.openAccessLog(parts);
      const append: typeof log.append = (entry, bind) => {
        const waited = log.append(entry, bind);
        meanwhile?.();
        meanwhile = null;
        return waited;
      };
      return { ...log, append };
    },
  };
});

const FROM = '2024-01-01';
const HOUR_MS = 3_600_000;

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  let endsAtMs: number;
  beforeEach(async () => {
    gateway = await startTestGateway({ store });
    gateway.clock.stand();
    endsAtMs = gateway.clock.now() + HOUR_MS;
  });
  afterEach(() => gateway.stop());

  /** Asked a second before the end; decided, and then the clock moves on while the entry waits. */
  const readAcross = async (person: string, claims: object, forwardMs: number): Promise<Reply> => {
    gateway.clock.forward(HOUR_MS - 1_000);
    const token = await gateway.token(person, { ...claims });
    meanwhile = () => gateway.clock.forward(forwardMs);
    return gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/P1`, { headers: { authorization: `Bearer ${token}` } });
  };
  const end = () => new Date(endsAtMs).toISOString();
  const suspended = (of: string, id: string) => ({ standings: [{ of, id, standing: 'suspended', from: end() }] });
  const membership = (account: string, words: object) => ({
    memberships: [
      {
        id: `m-${account}`,
        account,
        system: 'workforce-one',
        environment: 'production',
        workgroup: 'employment-counselor',
        agency: 'AG-NORTH',
        counties: ['62'],
        from: FROM,
        ...words,
      },
    ],
  });
  const supervision = (to: string) => ({ supervision: [{ supervisor: 'supervisor', supervisee: 'counselor', from: FROM, to }] });
  const delegation = (to: string) => ({ delegations: [{ actor: 'assistant-service', account: 'counselor', from: FROM, to }] });
  const acting = () => ({ act: { sub: 'assistant-service', iss: gateway.issuer.issuer } });
  const expiring = () => ({ iat: Math.floor(endsAtMs / 1000) - 90, exp: Math.floor(endsAtMs / 1000) - 30 });

  test.each([
    ['the account', 'counselor', () => suspended('account', 'counselor'), () => ({}), 'account-not-active', 'account-suspended'],
    [
      'its organization',
      'counselor',
      () => suspended('organization', 'north'),
      () => ({}),
      'account-not-active',
      'organization-not-active',
    ],
    [
      'the application',
      'counselor',
      () => suspended('application', 'portal'),
      () => ({}),
      'application-not-registered',
      'application-not-active',
    ],
    [
      'the membership',
      'counselor',
      () => membership('counselor', { staff_id: 'S1001', to: end() }),
      () => ({}),
      'no-membership',
      'no-membership',
    ],
    ['the delegation', 'counselor', () => delegation(end()), acting, 'action-not-permitted', 'actor-not-registered'],
    [
      'the standing of the actor',
      'counselor',
      () => suspended('account', 'assistant-service'),
      acting,
      'action-not-permitted',
      'actor-not-registered',
    ],
    ['the token', 'counselor', () => ({ organizations: [{ id: 'other', name: 'other' }] }), expiring, 'token-invalid', 'token-expired'],
  ] as const)('TOK-19 %s ends: not a byte of the record leaves', async (_what, person, rows, claims, code, reason) => {
    expect((await gateway.importRows(rows())).status).toBe(200);
    const reply = await readAcross(person, claims(), 1_999);
    expect([reply.status, reply.json]).toEqual([reply.status, problemOf(code, reply)]);
    const entry = await gateway.entryOf(reply);
    expect([entry.outcome, entry.records.map((one) => one.disclosure)]).toEqual([
      { status: reply.status, code, reasons: [reason] },
      code === 'token-invalid' ? [] : ['none'],
    ]);
  });

  test.each([
    ['the supervision ends', () => supervision(end())],
    [
      'the staff id under it goes to somebody else',
      () => ({
        memberships: [
          ...membership('counselor', { staff_id: 'S1001', to: end() }).memberships,
          ...membership('no-staff-id', { staff_id: 'S1001', from: end() }).memberships,
        ],
      }),
    ],
  ] as const)('TOK-19 WF1-03 %s: the supervisor is shown what anybody is', async (_what, rows) => {
    expect((await gateway.importRows(rows())).status).toBe(200);
    const reply = await readAcross('supervisor', {}, 1_000);
    expect([reply.status, reply.headers['casegate-view'], reply.json]).toEqual([200, 'basic', bodyOf('P1', ['basic'])]);
    expect((await gateway.entryOf(reply)).records[0]?.disclosure).toBe('basic');
  });

  test('TOK-19 a millisecond before the end it still holds, and the case system is asked once', async () => {
    expect((await gateway.importRows(supervision(end()))).status).toBe(200);
    const reply = await readAcross('supervisor', {}, 999);
    expect([reply.status, reply.headers['casegate-view'], reply.json]).toEqual([200, 'full', bodyOf('P1', SECTIONS)]);
    expect(gateway.upstream.requests.length).toBe(1);
  });
});
