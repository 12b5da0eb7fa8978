import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyImpact } from '../../src/cli/services/policy-impact';
import { candidateFolder, type CandidateFolder } from '../support/candidate-folder';
import { compileTree, type CompiledTree } from '../support/compiled-tree';
import { startTestGateway, STORES, type Reply, type TestGateway } from '../support/gateway';

let tree: CompiledTree;
beforeAll(() => {
  tree = compileTree();
});
afterAll(() => tree?.remove());

const WF1 = '/workforce-one/records';
const ALL_BUT_BASIC = [
  'activities',
  'assessments',
  'assignment',
  'case-notes',
  'contact',
  'demographics',
  'documents',
  'employment-plans',
  'privacy',
  'referrals',
  'relatives',
];

describe.each(STORES)('policy impact on %s, beside a gateway that runs', (store) => {
  let gateway: TestGateway;
  let candidate: CandidateFolder;
  let inForce: CandidateFolder;
  let folder = '';
  const seen: Record<string, Reply> = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'casegate-impact-'));
    inForce = await candidateFolder();
    gateway = await startTestGateway({ store, policies: inForce.folder });
    const as = async (name: string, record: string, person: string, claims: Readonly<Record<string, unknown>> = {}): Promise<void> => {
      const authorization = `Bearer ${await gateway.token(person, claims)}`;
      seen[name] = await gateway.send('GET', `${gateway.dataUrl}${WF1}/${record}`, { headers: { authorization } });
    };
    await as('assigned, open', 'P0', 'counselor');
    await as('assigned, private', 'P1', 'counselor');
    await as('monitor, open', 'P0', 'monitor');
    await as('monitor, private', 'P1', 'monitor');
    // Another version comes into force: the one that decided so far is kept in the store alone.
    const first = (await gateway.entryOf(idOf('monitor, private'))).policyVersion;
    writeFileSync(join(inForce.folder, 'workforce-one', 'policy.csv'), `# Edited\n${inForce.policyCsv}`);
    while ((await versionInForce()) === first) await new Promise((resolve) => setTimeout(resolve, 20));
    await as('monitor, private again', 'P1', 'monitor');
    await as('unprivileged supervisor, private', 'P1', 'supervisor-without-privilege');
    await as('unprivileged supervisor through a narrow application', 'P1', 'supervisor-without-privilege', { client_id: 'basic-portal' });
    await as('assigned, through an acting service', 'P1', 'counselor', { act: { sub: 'assistant-service', iss: gateway.issuer.issuer } });
    await as('nobody here', 'P0', 'without-membership');
    await as('no such record', 'NOWHERE', 'counselor');
    candidate = await candidateFolder(
      ['p, group:monitor, monitor, *, always, privacy, read, allow', ''],
      [
        'p, group:supervisor, supervisor, private, private-privilege, *, read, allow',
        'p, group:supervisor, supervisor, private, always, *, read, allow',
      ],
    );
    const system = { origin: gateway.upstream.origin, credential: { kind: 'none' } };
    const { storeSettings, issuer } = gateway;
    const config = {
      environment: 'production',
      store: storeSettings.kind === 'sqlite' ? { kind: 'sqlite', folder: storeSettings.folder } : { kind: 'mariadb', tls: 'plain' },
      issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: 'https://gateway.test/records' }],
      systems: { 'workforce-one': system, trackone: system },
      policies: { folder: inForce.folder },
    };
    writeFileSync(join(folder, 'casegate.yaml'), JSON.stringify(config));
  });
  afterAll(async () => {
    await gateway?.stop();
    inForce?.remove();
    candidate?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const casegate = async (...words: readonly string[]) => {
    const { storeSettings } = gateway;
    const child = spawn(process.execPath, [tree.command, 'policy', 'impact', ...words], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        CASEGATE_LOG_DIGEST_KEY: 'a digest key for tests alone, 32 characters or more',
        ...(storeSettings.kind === 'mariadb' ? { CASEGATE_STORE_URL: storeSettings.url } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err, found: out.startsWith('{') ? (JSON.parse(out) as PolicyImpact) : null };
  };
  const versionInForce = async (): Promise<string> =>
    ((await gateway.admin('GET', '/api/v1/readiness', 'auditor')).json as { policy: { version: string } }).policy.version;
  const idOf = (name: string): string => seen[name]?.accessId ?? '';
  const times = (decisions: number) => (section: string) => ({ section, decisions });

  const MONITOR = { workgroup: 'monitor', relations: ['monitor'] };
  const SUPERVISOR = { workgroup: 'supervisor', relations: ['supervisor'], privacy: 'private', when: ['in-scope'] };

  test('who would have gained and lost what, how often, with examples; application and actor go on narrowing', async () => {
    const { code, found } = await casegate(candidate.folder, '--entries', '--json');
    const supervised = {
      change: 'gained',
      decisions: 2,
      sections: [times(2)('contact'), ...ALL_BUT_BASIC.filter((name) => name !== 'contact').map(times(1))],
      examples: [idOf('unprivileged supervisor, private'), idOf('unprivileged supervisor through a narrow application')],
    };
    const lost = (decisions: number, ...examples: readonly string[]) => ({
      change: 'lost',
      decisions,
      sections: [times(decisions)('privacy')],
      examples: examples.map(idOf),
    });
    const inWorkforceOne = { system: 'workforce-one', environment: 'production' };
    expect([code, found]).toEqual([
      0,
      {
        candidate: { folder: candidate.folder, version: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
        since: null,
        countedFrom: 'entries',
        decisions: 8,
        changed: 5,
        unchanged: 3,
        unsettled: 0,
        workgroups: [
          { ...inWorkforceOne, keys: [SUPERVISOR], ...supervised },
          {
            ...inWorkforceOne,
            keys: [{ ...MONITOR, privacy: 'private', when: ['in-scope'] }],
            ...lost(2, 'monitor, private', 'monitor, private again'),
          },
          { ...inWorkforceOne, keys: [{ ...MONITOR, privacy: 'open', when: ['in-scope'] }], ...lost(1, 'monitor, open') },
        ],
        people: [
          {
            system: 'workforce-one',
            account: 'supervisor-without-privilege',
            person: 'person-supervisor-without-privilege',
            ...supervised,
          },
          {
            system: 'workforce-one',
            account: 'monitor',
            person: 'person-monitor',
            ...lost(3, 'monitor, open', 'monitor, private', 'monitor, private again'),
          },
        ],
        records: [
          { ...inWorkforceOne, record: 'P1', ...supervised },
          { ...inWorkforceOne, record: 'P1', ...lost(2, 'monitor, private', 'monitor, private again') },
          { ...inWorkforceOne, record: 'P0', ...lost(1, 'monitor, open') },
        ],
        notReplayed: [],
        neverDecided: { 'no-membership': 1, 'record-unknown': 1 },
        mismatchedFlushes: 0,
        conditions: [],
      } satisfies Record<keyof PolicyImpact, unknown>,
    ]);
  });

  test('the roll-ups give the same figures without people and records', async () => {
    const [counted, byEntries] = [await casegate(candidate.folder, '--json'), await casegate(candidate.folder, '--entries', '--json')];
    const unordered = (found: PolicyImpact | null) => found?.workgroups.map((line) => ({ ...line, examples: line.examples.length > 0 }));
    expect({ ...counted.found, workgroups: unordered(counted.found) }).toEqual({
      ...byEntries.found,
      workgroups: unordered(byEntries.found),
      countedFrom: 'roll-ups',
      people: null,
      records: null,
      neverDecided: null,
      mismatchedFlushes: null,
    });
  });

  test('in plain words', async () => {
    const { code, out, err } = await casegate(candidate.folder, '--since', '30d', '--fail-if', 'gains: ssn');
    const lines = out.split('\n');
    expect([code, err, lines[1]]).toEqual([1, '', '5 would have been otherwise, 3 the same, 0 cannot be said in part or whole.']);
    expect(lines[0]).toMatch(
      /^8 decisions since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \(UTC\), replayed against .* \(version [0-9a-f]{12}\):$/,
    );
    expect(out).toContain('Would have seen more, by workgroup\n');
    expect(out).toMatch(/\n2 +workforce-one +supervisor \(supervisor, in-scope\) +private +contact, activities \(1\), .* [0-9a-f-]{36}\n/);
    expect(out).toMatch(
      /\nWould have seen less, by workgroup\n.*\n2 +workforce-one +monitor \(monitor, in-scope\) +private +privacy +[0-9a-f-]{36}\n/,
    );
    // Relatives have Social Security numbers.
    expect(out).toContain('\ngains: ssn  met by 1 decision\n');
  });

  test.each([
    [['--fail-if', 'loses: monitor'], 1],
    [['--fail-if', 'loses: assigned'], 0],
    [['--fail-if', 'loses: privacy', '--fail-if', 'loses: assigned'], 1],
    [['--fail-if', 'gains: contact', '--since', '2999-01-01'], 0],
    [['--system', 'trackone', '--fail-if', 'gains: *'], 0],
  ])('%j answers %i', async (words, code) => {
    expect(await casegate(candidate.folder, ...words)).toMatchObject({ code, err: '' });
  });

  test.each([
    [['--fail-if', 'gains: case-note'], /^casegate: 'gains: case-note': case-note is no section.* \(did you mean case-notes\?\)\n$/],
    [['--fail-if', 'widens: ssn'], /^casegate: a condition reads 'gains: WORD' or 'loses: WORD', not 'widens: ssn'\n$/],
    [['--system', 'workforce-on'], /^casegate: there is no system workforce-on \(did you mean workforce-one\?\)\n$/],
    [['--since', 'yesterday'], /^casegate: 'yesterday' is no moment: write 30d, /],
  ])('%j could not run: 2, and the reason', async (words, said) => {
    expect(await casegate(candidate.folder, ...words)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said) as unknown });
  });

  test('a candidate that would be refused is not replayed', async () => {
    const bad = await candidateFolder();
    writeFileSync(
      join(bad.folder, 'workforce-one', 'policy.csv'),
      bad.policyCsv.replace('case-notes, read, allow', 'case-notes, read, alow'),
    );
    const { code, out, err } = await casegate(bad.folder);
    bad.remove();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^casegate: the candidate would be refused: workforce-one\/policy\.csv:\d+:\d+ .* \(casegate policy check\)\n$/);
  });

  test('the log that was read is whole, and the gateway went on', async () => {
    expect([await gateway.isWhole(), (await gateway.get(`${WF1}/P0`, 'counselor')).status]).toEqual([true, 200]);
  });
});
