import { RECORDS } from '../support/agency';
import { startTestGateway, type Reply, type TestGateway } from '../support/gateway';
import { copyPolicies, type PolicyCopy } from '../support/policy-copy';

let policies: PolicyCopy;
let gateway: TestGateway;
beforeEach(async () => {
  policies = copyPolicies();
  gateway = await startTestGateway({
    records: RECORDS,
    policies: policies.folder,
    config: { policies: { approval: 'two-people' }, rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
    directory: {
      rights: [
        { account: 'monitor', right: 'policy-admin', from: '2024-01-01' },
        { account: 'supervisor', right: 'policy-admin', from: '2024-01-01', to: new Date(Date.now() + 3_600_000).toISOString() },
        { account: 'assistant-service', right: 'policy-admin', from: '2024-01-01' },
        { account: 'stray-service', right: 'policy-admin', from: '2024-01-01' },
      ],
    },
  });
});
afterEach(async () => {
  await gateway.stop();
  policies.remove();
});
const approve = (as: string, version: string): Promise<Reply> =>
  gateway.admin('POST', '/api/v1/policy/approvals', as, JSON.stringify({ version }));
const waiting = async (): Promise<string> => {
  const { json } = await gateway.admin('GET', '/api/v1/policy/versions', 'auditor');
  return (json as { waiting: { version: string }[] }).waiting[0]!.version;
};

test('POL-22 two service accounts are no two people', async () => {
  const version = await waiting();
  const replies = [await approve('assistant-service', version), await approve('stray-service', version)];
  expect(replies.map((reply) => [reply.status, (reply.json as { lacking?: number }).lacking])).toEqual([
    [202, 2],
    [202, 2],
  ]);
  expect((await gateway.get('/workforce-one/records/P0', 'counselor')).status).toBe(503);
});

test('POL-22 whoever has lost the right to approve by the time a version comes into force no longer counts', async () => {
  const version = await waiting();
  expect((await approve('supervisor', version)).status).toBe(202);
  gateway.clock.forward(2 * 3_600_000);
  expect((await approve('supervisor', version)).status).toBe(403);
  const second = await approve('monitor', version);
  expect(second.status).toBe(202);
});
