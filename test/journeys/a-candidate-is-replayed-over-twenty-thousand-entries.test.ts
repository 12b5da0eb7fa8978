import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeHistory } from '../../bench/make-history';
import { verifyChains } from '../../src/audit/verify-chain';
import type { PolicyImpact } from '../../src/cli/services/policy-impact';
import { policyImpact } from '../../src/compose/policy-impact-services';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { createPolicyInForce } from '../../src/decide/policy-in-force';
import { loadSettings } from '../../src/settings/load-settings';
import type { Settings } from '../../src/settings/settings-table';
import { openLogReader } from '../../src/storage/log-reader';
import { engines, type TestStore } from '../storage/test-stores';
import { candidateFolder, type CandidateFolder } from '../support/candidate-folder';
import { SHIPPED_POLICIES } from '../support/gateway';
import { asPlain, type PlainImpact, plainImpact, plainRows, sortedFigures } from '../support/plain-impact';
import { SECTIONS } from './expected';

const ENTRIES = 20_000;
const FROM_MS = Date.UTC(2026, 9, 1);
const TO_MS = Date.UTC(2026, 10, 1);
const NOW_MS = Date.UTC(2026, 10, 2);

const settingsFor = (store: TestStore['settings']): Settings => {
  const config = {
    environment: 'production',
    dataPlane: { port: 0 },
    adminPlane: { port: 0 },
    store: store.kind === 'sqlite' ? { kind: 'sqlite', folder: store.folder } : { kind: 'mariadb', tls: 'plain' },
    issuers: [{ issuer: 'https://login.test', jwksUri: 'https://login.test/keys', audience: 'https://gateway.test/records' }],
    systems: { 'workforce-one': { origin: 'http://127.0.0.1:1', credential: { kind: 'none' } } },
    policies: { folder: SHIPPED_POLICIES },
  };
  const env: Record<string, string> = { CASEGATE_LOG_DIGEST_KEY: 'a digest key for tests alone, 32 characters or more' };
  if (store.kind === 'mariadb') env['CASEGATE_STORE_URL'] = store.url;
  return loadSettings({ env, configText: JSON.stringify(config), folder: SHIPPED_POLICIES, mode: 'demo' });
};

const withoutExamples = ({ candidate: _candidate, ...found }: PolicyImpact, plain: Pick<PlainImpact, 'neverDecided'>) => ({
  decisions: found.decisions,
  changed: found.changed,
  neverDecided: found.neverDecided === null ? plain.neverDecided : Object.values(found.neverDecided).reduce((sum, one) => sum + one, 0),
  workgroups: sortedFigures(found.workgroups.map(asPlain)),
  people: sortedFigures((found.people ?? []).map(asPlain)),
  records: sortedFigures((found.records ?? []).map(asPlain)),
});

describe.each(engines)('on %s', (_engine, openStore) => {
  let store: TestStore;
  let candidate: CandidateFolder;
  let texts: readonly string[];
  let settings: Settings;
  const ask = (change: Partial<Parameters<typeof policyImpact>[0]> = {}): Promise<PolicyImpact> =>
    policyImpact(
      { candidate: candidate.folder, since: undefined, system: undefined, byEntries: false, failIf: [], ...change },
      settings,
      NOW_MS,
    );

  beforeAll(async () => {
    store = await openStore();
    settings = settingsFor(store.settings);
    const checked = await checkPolicyFolder(SHIPPED_POLICIES);
    const { parts } = checked.systems.find(({ name }) => name === 'workforce-one')!;
    const policy = createPolicyInForce(parts!, checked.version, (cause) => {
      throw cause;
    });
    const logStore = await store.openLogStore();
    await makeHistory(logStore, { entries: ENTRIES, fromMs: FROM_MS, toMs: TO_MS, policy, seed: 3 });
    await logStore.close();
    candidate = await candidateFolder(
      // Monitors lose case notes of open records; supervisors out of their scope gain contact; whoever was referred loses everything of private records.
      ['p, group:monitor, *, open, in-scope, case-notes, read, allow', ''],
      ['p, group:supervisor, *, open, in-scope, contact, read, allow', 'p, group:supervisor, *, open, always, contact, read, allow'],
      [
        'p, group:referred-service-worker, *, *, always, basic, read, allow',
        'p, group:referred-service-worker, *, open, always, basic, read, allow',
      ],
    );
    texts = (await store.sql('SELECT bytes FROM access_entry')).map((row) => String(row['bytes']));
  }, 120_000);
  afterAll(async () => {
    candidate?.remove();
    await store?.dispose();
  });

  test('the verifier finds the made history whole', async () => {
    const reader = openLogReader(store.settings);
    expect(await verifyChains(reader)).toMatchObject([{ entries: ENTRIES, fault: null }]);
    await reader.close();
  });

  test('the roll-ups, the entries and an independent count give the same figures', async () => {
    const plain = plainImpact(texts, plainRows(candidate.policyCsv), SECTIONS);
    expect([texts.length, plain.changed > 500, plain.workgroups.length > 10]).toEqual([ENTRIES, true, true]);
    const byEntries = await ask({ byEntries: true });
    expect(withoutExamples(byEntries, plain)).toEqual(plain);
    const counted = await ask();
    expect(withoutExamples(counted, plain)).toEqual({ ...plain, people: [], records: [] });
    for (const found of [counted, byEntries]) {
      expect(found).toMatchObject({ unsettled: 0, unchanged: plain.decisions - plain.changed, notReplayed: [], conditions: [] });
      expect(found.candidate).toEqual({ folder: candidate.folder, version: (await checkPolicyFolder(candidate.folder)).version });
    }
    expect([counted.people, counted.records, counted.neverDecided, counted.mismatchedFlushes]).toEqual([null, null, null, null]);
    expect(byEntries.mismatchedFlushes).toBe(0);
  }, 60_000);

  test('examples are entries in which it would have been so', async () => {
    const entries = new Map(
      texts.map((text) => JSON.parse(text) as { accessId: string; records: { keys: unknown }[] }).map((one) => [one.accessId, one]),
    );
    for (const { workgroups } of [await ask(), await ask({ byEntries: true })]) {
      for (const { keys, examples } of workgroups) {
        expect(examples.length).toBeGreaterThan(0);
        expect(examples.length).toBeLessThanOrEqual(3);
        for (const example of examples) expect(entries.get(example)?.records[0]?.keys).toMatchObject(keys);
      }
    }
  }, 60_000);

  test('the last days are counted alike from both, and the same candidate as was in force changes nothing', async () => {
    const [counted, byEntries] = [await ask({ since: '12d' }), await ask({ since: '12d', byEntries: true })];
    expect(counted.since).toBe('2026-10-21T00:00:00.000Z');
    expect(counted.decisions).toBeGreaterThan(ENTRIES / 4);
    expect(counted.decisions).toBeLessThan(ENTRIES / 2);
    expect({ ...counted, ...pathless(counted) }).toEqual({
      ...byEntries,
      countedFrom: 'roll-ups',
      people: null,
      records: null,
      neverDecided: null,
      mismatchedFlushes: null,
      ...pathless(byEntries),
    });
    expect(await ask({ candidate: SHIPPED_POLICIES })).toMatchObject({ changed: 0, unsettled: 0, workgroups: [], notReplayed: [] });
  }, 60_000);

  test('a version whose files are not at hand is not guessed at', async () => {
    const elsewhere = await candidateFolder(['p, group:monitor, *, open, in-scope, documents, read, allow', '']);
    const aside = { ...settings, policies: { ...settings.policies, folder: elsewhere.folder } };
    const question = {
      candidate: candidate.folder,
      since: undefined,
      system: 'workforce-one',
      byEntries: false,
      failIf: ['loses: monitor'],
    };
    const blind = await policyImpact(question, aside, NOW_MS);
    const { version } = await checkPolicyFolder(SHIPPED_POLICIES);
    expect(blind).toMatchObject({
      changed: 0,
      unchanged: 0,
      unsettled: blind.decisions,
      notReplayed: [{ system: 'workforce-one', why: 'version-not-kept', words: [version], sections: [], decisions: blind.decisions }],
    });
    expect(blind.conditions).toMatchObject([{ condition: 'loses: monitor', met: 0 }]);
    expect(blind.conditions[0]?.open).toBeGreaterThan(0);
    elsewhere.remove();
  }, 60_000);

  test('roll-ups that do not count what the entries say are noticed', async () => {
    const columns = 'chain, first_seq, system, environment, route, action, policy_version, key_json, granted_json, count, at_ms';
    const digest = store.settings.kind === 'sqlite' ? `x'${'ab'.repeat(32)}'` : `UNHEX('${'ab'.repeat(32)}')`;
    // A row that no flush wrote: the log takes rows in, it cannot be changed.
    await store.sql(
      `INSERT INTO decision_rollup (key_digest, ${columns}) SELECT ${digest}, ${columns} FROM decision_rollup WHERE first_seq = 1 LIMIT 1`,
    );
    const [counted, byEntries] = [await ask(), await ask({ byEntries: true })];
    expect(byEntries.mismatchedFlushes).toBe(1);
    expect(counted.decisions).toBeGreaterThan(byEntries.decisions);
  }, 60_000);
});

/** Which entries stand as examples is no figure. */
const pathless = (found: PolicyImpact) => ({ workgroups: found.workgroups.map(asPlain) });

test('the sections of the plain count are those that the route shows', () => {
  const record = readFileSync(join(SHIPPED_POLICIES, 'workforce-one', 'record.yaml'), 'utf8');
  const listed = /\n {2}read-record:\n[^]*?\n {4}sections:\n([^]*?)\n {4}factsFrom/.exec(record)?.[1];
  expect(listed?.split('\n').map((line) => line.trim().slice(2))).toEqual([...SECTIONS]);
});
