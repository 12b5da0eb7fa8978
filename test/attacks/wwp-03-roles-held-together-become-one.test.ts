import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORDS, wf1Record } from '../support/agency';
import { serveRecords, SHIPPED_POLICIES, type Reply, type TestGateway } from '../support/gateway';
import { attack, deniedEntry, expectRefused, get, RECORD, startAttackedGateway, whoOf } from './attacked-gateway';

/*
 * workforce-one as shipped, but a counselor who is a supervisor as well is a supervisor, and nobody holds more than one role.
 * P0 is an open record of AG-NORTH in county 62; W1 and W2 are private and assigned to people who will hold both roles.
 */
const folder = mkdtempSync(join(tmpdir(), 'casegate-collapse-'));
const file = (name: string): string => join(folder, 'workforce-one', name);
const assignedTo = (id: string, staffId: string) => wf1Record(id, { '/privacy/indicator': true, '/assignment/staffId': staffId });
const at = (id: string): string => `/workforce-one/records/${id}`;
let gateway: TestGateway;
beforeAll(async () => {
  cpSync(SHIPPED_POLICIES, folder, { recursive: true });
  const record = readFileSync(file('record.yaml'), 'utf8');
  writeFileSync(
    file('record.yaml'),
    record.replace(
      /mostMemberships: \d+/,
      'mostMemberships: 1\ncollapses:\n  - { these: [employment-counselor, supervisor], into: supervisor }',
    ),
  );
  gateway = await startAttackedGateway({ policies: folder });
});
beforeEach(() => serveRecords(gateway.upstream, { ...RECORDS, W1: assignedTo('W1', 'S1801'), W2: assignedTo('W2', 'S1802') }));
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A person who holds these workgroups; each with the scope that is named, or the whole of AG-NORTH. */
async function hire(id: string, held: readonly { readonly workgroup: string; readonly more?: object }[]): Promise<string> {
  const applied = await gateway.importRows({
    accounts: [
      {
        id,
        kind: 'person',
        person: `person-${id}`,
        issuer: gateway.issuer.issuer,
        subject: id,
        environment: 'production',
        organization: 'north',
      },
    ],
    memberships: held.map(({ workgroup, more }, at) => ({
      id: `m-${id}-${at}`,
      account: id,
      system: 'workforce-one',
      environment: 'production',
      workgroup,
      staff_id: '',
      agency: 'AG-NORTH',
      counties: ['62'],
      from: '2024-01-01',
      ...more,
    })),
    standings: [{ of: 'account', id, standing: 'active', from: '2024-01-01' }],
  });
  expect([applied.status, applied.status === 200 ? '' : applied.text]).toEqual([200, '']);
  return gateway.token(id);
}

const read = async (token: string, path = RECORD): Promise<Reply> =>
  gateway.send('GET', `${gateway.dataUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });

test('WWP-03 both roles together count once, and open as the one they become', async () => {
  const token = await hire('both', [
    { workgroup: 'employment-counselor', more: { staff_id: 'S1801' } },
    { workgroup: 'supervisor', more: { staff_id: 'S1800' } },
  ]);
  // W1 is assigned to S1801: as a counselor this person would see all of it.
  const reply = await read(token, at('W1'));
  expect([reply.status, reply.headers['casegate-view']]).toEqual([200, 'basic']);
  const entry = await gateway.entryOf(reply);
  expect(entry.who?.memberships).toEqual(['m-both-1']);
  expect(entry.records[0]?.keys.map((one) => one.workgroup)).toEqual(['supervisor']);
});

test('WWP-03 where scopes differ, the scope of the role that is lost is lost', async () => {
  const token = await hire('wide', [
    { workgroup: 'employment-counselor', more: { counties: ['*'] } },
    { workgroup: 'supervisor', more: { agency: 'AG-SOUTH', counties: ['19'] } },
  ]);
  const entry = await gateway.entryOf(await read(token, at('P0')));
  expect(entry.who?.memberships).toEqual(['m-wide-1']);
  expect(entry.records[0]?.disclosure).toBe('basic');
});

test('WWP-03 several memberships of the role that remains all remain, and count', async () => {
  const token = await hire('twice', [
    { workgroup: 'employment-counselor' },
    { workgroup: 'supervisor' },
    { workgroup: 'supervisor', more: { agency: 'AG-SOUTH', counties: ['19'] } },
  ]);
  const { reply, source } = await attack(gateway, get(RECORD, `Authorization: Bearer ${token}`));
  await expectRefused(gateway, reply, source, 'no-membership', {
    ...deniedEntry('no-membership', whoOf(gateway, 'twice'), { reason: 'too-many-roles' }),
    source: { address: source },
  });
});

test('WWP-03 a third role is still one too many', async () => {
  const token = await hire('three', [{ workgroup: 'employment-counselor' }, { workgroup: 'supervisor' }, { workgroup: 'monitor' }]);
  const { reply, source } = await attack(gateway, get(RECORD, `Authorization: Bearer ${token}`));
  await expectRefused(gateway, reply, source, 'no-membership', {
    ...deniedEntry('no-membership', whoOf(gateway, 'three'), { reason: 'too-many-roles' }),
    source: { address: source },
  });
});

test('WWP-03 with the end of one role the other opens again as itself, at that moment', async () => {
  const endsAt = new Date(gateway.clock.now() + 60_000).toISOString();
  const token = await hire('ending', [
    { workgroup: 'employment-counselor', more: { staff_id: 'S1802' } },
    { workgroup: 'supervisor', more: { to: endsAt } },
  ]);
  expect((await read(token, at('W2'))).headers['casegate-view']).toBe('basic');
  gateway.clock.forward(61_000);
  const reply = await read(token, at('W2'));
  expect(reply.headers['casegate-view']).toBe('full');
  expect((await gateway.entryOf(reply)).who?.memberships).toEqual(['m-ending-0']);
});

test('WWP-03 the rule comes into force with its file, for tokens and callers that are remembered', async () => {
  const token = await hire('remembered', [{ workgroup: 'monitor' }, { workgroup: 'data-specialist' }]);
  expect((await read(token)).status).toBe(403);
  const before = readFileSync(file('record.yaml'), 'utf8');
  writeFileSync(
    file('record.yaml'),
    before.replace('collapses:\n', 'collapses:\n  - { these: [monitor, data-specialist], into: monitor }\n'),
  );
  let reply = await read(token);
  for (const until = Date.now() + 5_000; reply.status !== 200 && Date.now() < until;) reply = await read(token);
  expect(reply.status).toBe(200);
  expect((await gateway.entryOf(reply)).who?.memberships).toEqual(['m-remembered-0']);
});
