import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_POLICIES, startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';
import { allBut, bodyOf, type Section } from './expected';

const SWAPS = 50;
const REQUESTS = 1_000;
const READERS = 4;

/** What the office's receptionists see under each of two policies, of an open record and of a private one. */
const POLICIES = {
  wide: { open: allBut('privacy'), private: ['basic'] },
  narrow: { open: ['basic', 'contact'], private: ['basic'] },
} as const satisfies Record<string, Record<string, readonly Section[]>>;
type Policy = keyof typeof POLICIES;

const rowsOf = (policy: Policy): readonly string[] => [
  'p, group:receptionist, *, *, always, basic, read, allow',
  ...POLICIES[policy].open.slice(1).map((section) => `p, group:receptionist, *, open, always, ${section}, read, allow`),
];
/** Holds under both. */
const CASE = 'a receptionist deletes nothing, group:receptionist, none, open, always, delete, none, none, not-granted & no-section-granted';

const ASKED = [
  ['unknown-workgroup', 'P0'],
  ['unknown-workgroup', 'P1'],
  ['unknown-workgroup', 'P3'],
  ['counselor', 'P1'],
] as const;

function expected(policy: Policy, person: string, record: string): readonly Section[] {
  if (person === 'counselor') return allBut();
  return POLICIES[policy][record === 'P1' ? 'private' : 'open'];
}

const PLACES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  P0: { '/privacy/indicator': false },
  P1: {},
  P3: { '/privacy/indicator': false, '/assignment/agency': 'AG-SOUTH', '/assignment/county': '19', '/assignment/staffId': 'S2001' },
};

describe.each(STORES)('on %s', (store) => {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-swaps-'));
  let gateway: TestGateway;
  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string): string => join(folder, 'workforce-one', name);
  /** As an editor that saves in one step. The comment makes each edit a version of its own. */
  const edit = (name: string, lines: readonly string[], comment = ''): void => {
    const text = readFileSync(join(SHIPPED_POLICIES, 'workforce-one', name), 'utf8');
    writeFileSync(
      `${file(name)}.new`,
      text.replace(/end\n$/, `${[...lines, ...(comment === '' ? [] : [`# ${comment}`])].join('\n')}\nend\n`),
    );
    renameSync(`${file(name)}.new`, file(name));
  };
  const readiness = async () =>
    (await gateway.admin('GET', '/api/v1/readiness', 'auditor')).json as { policy: { version: string; isAlarmed: boolean } };

  test('R107 POL-02 1,000 requests over 50 swaps: none fails, and each shows exactly what the version in its entry grants', async () => {
    cpSync(SHIPPED_POLICIES, folder, { recursive: true });
    edit('cases.csv', [CASE]);
    edit('policy.csv', rowsOf('wide'));
    const config = { rateLimits: { addressPerMinute: 10_000_000, callerPerMinute: 10_000_000 } };
    gateway = await startTestGateway({ store, config, policies: folder });
    const tokens = new Map<string, string>();
    for (const [person] of ASKED) tokens.set(person, await gateway.token(person));

    const answers: { readonly reply: Reply; readonly person: string; readonly record: string }[] = [];
    let isOver = false;
    const readers = Array.from({ length: READERS }, async (_, reader) => {
      for (let i = reader; !isOver; i += 1) {
        const [person, record] = ASKED[i % ASKED.length] ?? ASKED[0];
        const headers = { authorization: `Bearer ${tokens.get(person) ?? ''}` };
        answers.push({
          person,
          record,
          reply: await gateway.send('GET', `${gateway.dataUrl}/workforce-one/records/${record}`, { headers }),
        });
      }
    });
    const versions = new Map<string, Policy>([[(await readiness()).policy.version, 'wide']]);
    for (let swap = 1; swap <= SWAPS; swap += 1) {
      const policy: Policy = swap % 2 === 0 ? 'wide' : 'narrow';
      const [before, asked] = [(await readiness()).policy.version, answers.length];
      edit('policy.csv', rowsOf(policy), `edit ${swap}`);
      let now = await readiness();
      while (now.policy.version === before || answers.length < asked + REQUESTS / SWAPS) {
        expect(now.policy.isAlarmed).toBe(false);
        now = await readiness();
      }
      versions.set(now.policy.version, policy);
    }
    isOver = true;
    await Promise.all(readers);

    expect([versions.size, answers.length >= REQUESTS]).toEqual([SWAPS + 1, true]);
    const entries = new Map((await gateway.entries()).map((entry) => [entry.accessId, entry]));
    const seen = new Set<string>();
    for (const { reply, person, record } of answers) {
      const entry = entries.get(reply.accessId);
      const policy = versions.get(entry?.policyVersion ?? '');
      if (policy === undefined) throw new Error(`an answer of the version ${entry?.policyVersion}, which never was in force`);
      seen.add(entry?.policyVersion ?? '');
      const sections = expected(policy, person, record);
      expect([reply.status, reply.json, Object.keys(entry?.records[0]?.disclosed ?? {}).sort()]).toEqual([
        200,
        bodyOf(record, sections, PLACES[record]),
        [...sections].sort(),
      ]);
    }
    expect(seen.size).toBeGreaterThan(SWAPS / 2);
    expect(await gateway.isWhole()).toBe(true);
  }, 240_000);
});
