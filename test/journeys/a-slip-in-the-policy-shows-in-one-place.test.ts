import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDS } from '../support/agency';
import { startTestGateway, type TestGateway } from '../support/gateway';
import { copyPolicies, type PolicyCopy } from '../support/policy-copy';

let policies: PolicyCopy;
let gateway: TestGateway;
const odd = { ...(RECORDS['P0'] as Record<string, unknown>), ssn: 219099987 };
beforeEach(async () => {
  policies = copyPolicies();
  gateway = await startTestGateway({
    records: {
      ...RECORDS,
      P7: { ...odd, recordId: 'P7' },
      P8: { ...odd, recordId: 'P8', ssn: '219 09 9987' },
      P9: { ...odd, recordId: 'P9', ssn: 219099987.0 },
    },
    policies: policies.folder,
    config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 } },
  });
});
afterEach(async () => {
  await gateway.stop();
  policies.remove();
});

test('GW-08 metrics and alarms name the one system whose folder is gone, and no other', async () => {
  renameSync(join(policies.folder, 'trackone'), join(policies.folder, '.trackone'));
  const end = performance.now() + 5_000;
  let text = '';
  while (performance.now() < end) {
    text = (await gateway.admin('GET', '/metrics', 'auditor')).text;
    if (text.includes('casegate_policy_alarm{system="trackone"} 1')) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  const told = text.split('\n').filter((line) => /polic/.test(line) && /workforce-one|trackone/.test(line));
  expect(told.filter((line) => line.includes('workforce-one') && (line.includes('refused') || /alarm.* 1$/.test(line)))).toEqual([]);
});

test('TO-01 RED a field of SSNs that somebody made plain by a slip is refused with its place; as text it still leaves masked', async () => {
  const record = policies.read('workforce-one', 'record.yaml');
  const line = record.split('\n').findIndex((row) => row === '    /ssn: ssn') + 1;
  policies.save('workforce-one', 'record.yaml', record.replace(/^ {4}\/ssn: ssn$/m, '    /ssn: plain'));
  const state = async () =>
    ((await gateway.admin('GET', '/api/v1/readiness', 'auditor')).json as { policy: Record<string, unknown> }).policy;
  while ((await state())['isAlarmed'] !== true) await new Promise((done) => setTimeout(done, 20));
  expect(await state()).toMatchObject({
    number: 1,
    findings: [{ rule: 'ssn-unmasked', file: 'workforce-one/record.yaml', line, word: 'plain', nearest: 'ssn' }],
  });
  policies.save('workforce-one', 'record.yaml', record.replace(/^ {4}\/ssn: ssn$/m, '    /ssn: text'));
  while ((await state())['number'] !== 2) await new Promise((done) => setTimeout(done, 20));
  for (const id of ['P0', 'P7', 'P8', 'P9']) {
    const { ssn } = (await gateway.get(`/workforce-one/records/${id}`, 'counselor')).json as { ssn?: unknown };
    expect([id, String(ssn)]).toEqual([id, expect.stringMatching(/XXX-XX-\d{4}/) as unknown]);
  }
});
