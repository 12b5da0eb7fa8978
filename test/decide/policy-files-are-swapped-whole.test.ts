import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import type { Finding } from '../../src/decide/finding';
import { MODEL_TEXT } from '../../src/decide/model-text';
import { createPolicyDesk, type PolicyDesk, type PolicyDeskOptions, type PolicySwap } from '../../src/decide/policy-desk';
import type { Decision } from '../../src/vocabulary/access';
import { ask, key, shown } from './support/asking';
import type { PolicyStore } from '../../src/decide/policy-store';
import { openPolicyStore } from './support/policy-store';
import { CASES, casesFor, POLICY, RECORD, tempFolder, type TempFolder } from './support/policy-files';

/** What another worker sees of an open record in scope: all by POLICY, not the notes by NARROW. */
const NARROW = POLICY.replace('p, group:worker, *, open, in-scope, notes, read, allow\n', '');
const IN_SCOPE = key({ conditions: 1 });

interface Stage {
  readonly temp: TempFolder;
  readonly desk: PolicyDesk;
  readonly store: PolicyStore;
  readonly swaps: readonly PolicySwap[];
  readonly alarms: readonly (readonly Finding[])[];
  sees(): readonly string[];
  close(): Promise<void>;
}

const open: Stage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) {
    await stage.close();
  }
});

async function stage(files: Parameters<typeof tempFolder>[0] = {}, options: Partial<PolicyDeskOptions> = {}): Promise<Stage> {
  const temp = tempFolder({ cases: casesFor('worker'), ...files });
  const swaps: PolicySwap[] = [];
  const alarms: (readonly Finding[])[] = [];
  const kept = await openPolicyStore();
  const desk = await createPolicyDesk({
    folder: temp.folder,
    store: kept.store,
    approvalsNeeded: 0,
    host: 'here',
    clock: Date.now,
    log: { info: () => undefined, error: () => undefined },
    onSwap: (swap) => swaps.push(swap),
    onAlarm: (findings) => alarms.push(findings),
    ...options,
  });
  const made: Stage = {
    temp,
    desk,
    store: kept.store,
    swaps,
    alarms,
    close: async () => {
      await desk.close();
      await kept.close();
      temp.remove();
    },
    sees: () => {
      const policy = desk.current('small')!;
      return shown(policy, ask(policy, IN_SCOPE));
    },
  };
  open.push(made);
  return made;
}

/** Waits for a fact, at most a second: GW-05. */
async function within(ms: number, isSo: () => boolean): Promise<void> {
  const until = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > until) throw new Error(`not so within ${ms} ms`);
    await wait(5);
  }
}

test('GW-05 a changed file is in force within a second, under another version, with its keys decided beforehand', async () => {
  const { temp, desk, swaps, alarms, sees } = await stage();
  expect(sees()).toEqual(['basic', 'contact', 'notes']);
  const before = desk.version;
  expect(before).toBe((await checkPolicyFolder(temp.folder)).version);
  temp.write({ policy: NARROW });
  await within(1000, () => desk.version !== before);
  expect(sees()).toEqual(['basic', 'contact']);
  expect(desk.version).toBe((await checkPolicyFolder(temp.folder)).version);
  expect(swaps).toEqual([
    { version: before, previous: null, number: 1, changed: ['small'], keysDecided: 0, origin: 'start' },
    { version: desk.version, previous: before, number: 2, changed: ['small'], keysDecided: 2, origin: 'folder' },
  ]);
  expect(alarms).toEqual([]);
  expect(desk.state()).toMatchObject({ version: desk.version, systems: ['small'], isAlarmed: false, findings: [] });
});

test('GW-05 a warning keeps no version out and alarms nobody, and stays to be seen as long as its files are in force', async () => {
  const { temp, desk, alarms, sees } = await stage();
  const unused = ['supervisor', 'privileged'];
  expect(desk.state().warnings.map(({ rule, word }) => [rule, word])).toEqual(unused.map((word) => ['unused', word]));
  temp.write({ policy: NARROW.replace('end\n', 'p, group:worker, assigned, open, always, contact, read, allow\nend\n') });
  await within(1000, () => sees().length === 2);
  const warnings = [['shadowed', 'group:worker, assigned, open, always, contact, read, allow'], ...unused.map((word) => ['unused', word])];
  expect(desk.state()).toMatchObject({ isAlarmed: false, findings: [] });
  expect(desk.state().warnings.map(({ rule, word }) => [rule, word])).toEqual(warnings);
  // What is refused next to it has its own findings, and the warnings are still those of what is in force.
  temp.write({ policy: 'end\n' });
  await within(1000, () => alarms.length > 0);
  expect(desk.state()).toMatchObject({ isAlarmed: true, findings: [{ rule: 'C07', severity: 'error' }] });
  expect(desk.state().warnings.map(({ rule, word }) => [rule, word])).toEqual(warnings);
  expect(alarms).toHaveLength(1);
});

test('TO-02 a holiday more is in force within a second, and a calendar that is taken away from a system that counts by it is refused', async () => {
  const record = RECORD.replace('{ fact: agency, in: agency }', '{ fact: agency, within-business-days: 3 }');
  const holidays = 'date, name\n2025-12-25, Christmas Day\nend\n';
  const { temp, desk, alarms } = await stage({ record, holidays });
  const before = desk.version;
  expect(desk.current('small')?.system.holidays).toEqual(['2025-12-25']);
  temp.write({ holidays: holidays.replace('end\n', '2026-01-01, New Year\nend\n') });
  await within(1000, () => desk.version !== before);
  expect(desk.current('small')?.system.holidays).toEqual(['2025-12-25', '2026-01-01']);
  const counting = desk.version;
  rmSync(join(temp.folder, 'small', 'holidays.csv'));
  await within(1000, () => alarms.length > 0);
  expect(alarms).toMatchObject([[{ rule: 'unreadable', file: 'small/record.yaml', word: 'within-business-days' }]]);
  expect([desk.version, desk.current('small')?.system.holidays]).toEqual([counting, ['2025-12-25', '2026-01-01']]);
});

test('GW-05 the poll finds what the file system does not tell', async () => {
  const { temp, desk } = await stage({}, { pollMs: 100 });
  const before = desk.version;
  // A write behind the watchers' back: the system folder is replaced whole, so that its watcher looks at the old one.
  renameSync(join(temp.folder, 'small'), join(temp.folder, '.old'));
  mkdirSync(join(temp.folder, 'small'));
  temp.write({ record: RECORD, policy: NARROW, cases: casesFor('worker') });
  await within(1000, () => desk.version !== before && desk.current('small') !== undefined);
  temp.write({ policy: POLICY });
  await within(1000, () => desk.version === before);
});

test('POL-01 C09 a bad version changes nothing, names its place, and is forgotten with the next good one', async () => {
  const { temp, desk, alarms, sees } = await stage();
  const before = desk.version;
  const held = desk.current('small');
  temp.write({ policy: POLICY.replace('notes, read, allow', 'notes, read, Allow') });
  await within(1000, () => alarms.length > 0);
  const expected = [
    {
      rule: 'C02',
      severity: 'error',
      file: 'small/policy.csv',
      line: 4,
      column: 50,
      word: 'Allow',
      nearest: 'allow',
      message: 'the effect is exactly allow or deny',
    },
  ];
  expect(alarms).toEqual([expected]);
  expect(desk.current('small')).toBe(held);
  expect(desk.version).toBe(before);
  expect(desk.state()).toMatchObject({ version: before, isAlarmed: true, findings: expected });
  expect(sees()).toEqual(['basic', 'contact', 'notes']);
  temp.write({ policy: NARROW });
  await within(1000, () => alarms.length > 1);
  expect(alarms[1]).toEqual([]);
  expect(desk.state()).toMatchObject({ isAlarmed: false, findings: [] });
  expect(sees()).toEqual(['basic', 'contact']);
});

test('a version whose cases do not hold is refused, and so is one that widens privacy', async () => {
  const { temp, desk, alarms } = await stage();
  const before = desk.version;
  temp.write({ cases: CASES.replace('full, all', 'basic, basic') });
  await within(1000, () => alarms.at(-1)?.[0]?.rule === 'case-fails');
  temp.write({ cases: CASES, policy: POLICY.replace('end', 'p, group:worker, supervisor, private, always, notes, read, allow\nend') });
  await within(1000, () => alarms.at(-1)?.[0]?.rule === 'privacy-widens');
  expect(desk.version).toBe(before);
});

test('C06 a file that is cut off in the middle of a save is refused, and the rest of the save is taken', async () => {
  const { temp, desk, alarms, sees } = await stage({ policy: NARROW });
  const before = desk.version;
  const file = join(temp.folder, 'small', 'policy.csv');
  const handle = openSync(file, 'w');
  writeSync(handle, POLICY.slice(0, 90));
  await within(1000, () => alarms.length > 0);
  expect(alarms[0]?.map((one) => one.rule)).toContain('C06');
  expect([desk.version, sees()]).toEqual([before, ['basic', 'contact']]);
  writeSync(handle, POLICY.slice(90));
  closeSync(handle);
  await within(1000, () => desk.version !== before);
  expect(sees()).toEqual(['basic', 'contact', 'notes']);
  expect(desk.state().findings).toEqual([]);
});

test('a file that is written beside and renamed into place is taken', async () => {
  const { temp, desk } = await stage();
  const before = desk.version;
  const file = join(temp.folder, 'small', 'policy.csv');
  writeFileSync(`${file}.new`, NARROW);
  renameSync(`${file}.new`, file);
  await within(1000, () => desk.version !== before);
});

test('a system that is bad at start has no policy, the others have theirs; mended, it has one', async () => {
  const folder = tempFolder({ policy: 'P, x\nend\n' });
  folder.write({ record: RECORD.replace('system: small', 'system: other'), policy: POLICY, cases: CASES }, 'other');
  const { desk } = await stage({}, { folder: folder.folder });
  expect([desk.current('small'), desk.current('other')?.system.name, desk.current('nothing')]).toEqual([undefined, 'other', undefined]);
  expect(desk.state()).toMatchObject({
    systems: ['other'],
    isAlarmed: true,
    findings: [{ rule: 'C04', file: 'small/policy.csv', line: 1 }],
  });
  folder.write({ policy: POLICY, cases: CASES });
  await within(1000, () => desk.current('small') !== undefined);
  expect(desk.state()).toMatchObject({ systems: ['other', 'small'], isAlarmed: false });
  expect(desk.current('other')?.version).toBe(desk.current('small')?.version);
  folder.remove();
});

test('C07 another model puts nothing in force at start, and nothing out of force later', async () => {
  const bad = MODEL_TEXT.replace('some(where (p.eft == allow)) && ', '');
  const atStart = await stage({ model: bad });
  expect(atStart.desk.current('small')).toBeUndefined();
  expect(atStart.desk.state().findings).toMatchObject([{ rule: 'model', file: 'model.conf', line: 8 }]);
  const later = await stage();
  const before = later.desk.version;
  later.temp.write({ model: bad, policy: NARROW });
  await within(1000, () => later.alarms.length > 0);
  expect([later.desk.version, later.sees()]).toEqual([before, ['basic', 'contact', 'notes']]);
  later.temp.write({ model: MODEL_TEXT });
  await within(1000, () => later.desk.version !== before);
  expect(later.sees()).toEqual(['basic', 'contact']);
});

test('a folder that is gone, the whole one or that of a system, leaves the last good policy, and the alarm names it', async () => {
  const { temp, desk, alarms } = await stage({}, { pollMs: 50 });
  temp.write({ record: RECORD.replace('system: small', 'system: other'), policy: POLICY, cases: CASES }, 'other');
  await within(1000, () => desk.current('other') !== undefined);
  renameSync(temp.folder, `${temp.folder}-away`);
  await within(1000, () => alarms.length > 0);
  expect(desk.state()).toMatchObject({ systems: ['other', 'small'], isAlarmed: true, findings: [{ rule: 'unreadable', file: '.' }] });
  renameSync(`${temp.folder}-away`, temp.folder);
  await within(1000, () => !desk.state().isAlarmed);
  rmSync(join(temp.folder, 'other'), { recursive: true });
  await within(1000, () => desk.state().isAlarmed);
  expect(desk.state()).toMatchObject({
    systems: ['other', 'small'],
    findings: [{ rule: 'folder-gone', file: 'other', line: 1, column: 1 }],
  });
  // By hand it ends.
  const act = { origin: 'publish', account: null, person: null, host: 'here', reason: 'the system was closed', atMs: 0 } as const;
  expect(await desk.publish({ source: { kind: 'folder' }, from: null, ends: ['other'], act })).toMatchObject({
    kind: 'in-force',
    changed: ['other'],
  });
  expect(desk.state()).toMatchObject({ systems: ['small'], isAlarmed: false });
});

test('a git checkout that is moved underneath is taken whole: no version that mixes two commits ever comes into force', async () => {
  const { temp, desk, swaps } = await stage({}, { pollMs: 20 });
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', temp.folder, '-c', 'user.name=t', '-c', 'user.email=t@t.test', ...words], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const commit = (message: string): string => {
    git('add', '.');
    git('commit', '-qm', message);
    return git('rev-parse', 'HEAD').trim();
  };
  git('init', '-q');
  const wide = commit('wide');
  const first = desk.version;
  // Each file alone would be good beside the other commit's, so that only whole reading keeps them apart.
  temp.write({ policy: NARROW, cases: `# narrow\n${casesFor('worker')}`, record: RECORD.replace('title: Small', 'title: Narrow') });
  await within(2000, () => desk.version !== first);
  await desk.refresh();
  const [narrow, second] = [commit('narrow'), desk.version];
  const before = swaps.length;
  for (let round = 0; round < 6; round += 1) {
    const [to, expected] = round % 2 === 0 ? [wide, first] : [narrow, second];
    git('checkout', '-q', to);
    await within(2000, () => desk.version === expected);
  }
  expect(swaps.slice(before).map((swap) => swap.version)).toEqual([first, second, first, second, first, second]);
});

test('what lies beside the three files is no part of the policy', async () => {
  const { temp, desk } = await stage();
  const before = desk.version;
  appendFileSync(join(temp.folder, 'small', 'sample-record.json'), '{}');
  mkdirSync(join(temp.folder, '.git'));
  await desk.refresh();
  expect([desk.version, desk.state().findings]).toEqual([before, []]);
});

test('POL-24 a desk that cannot follow its store for ten polls says that it is stale; its policy stays until it knows better', async () => {
  const kept = await openPolicyStore();
  const temp = tempFolder({ cases: casesFor('worker') });
  let isAway = false;
  const store: PolicyStore = { ...kept.store, inForce: () => (isAway ? Promise.reject(new Error('away')) : kept.store.inForce()) };
  const log = { info: () => undefined, error: () => undefined };
  const desk = await createPolicyDesk({ folder: temp.folder, store, approvalsNeeded: 0, host: 'here', clock: Date.now, log });
  const stopPolling = desk.poll(20);
  isAway = true;
  await within(1000, () => desk.state().storeFault === 'away');
  await within(2000, () => desk.state().isStale);
  expect(desk.state().systems).toEqual(['small']);
  isAway = false;
  await within(1000, () => !desk.state().isStale);
  stopPolling();
  await desk.close();
  await kept.close();
  temp.remove();
});

test('a request that began under the old policy ends under it', async () => {
  const { temp, desk } = await stage();
  const held = desk.current('small')!;
  const first = ask(held, IN_SCOPE);
  temp.write({ policy: NARROW });
  await desk.refresh();
  expect(desk.current('small')).not.toBe(held);
  expect(ask(held, IN_SCOPE)).toBe(first);
  expect(ask(held, key({ conditions: 3 })).policyVersion).toBe(first.policyVersion);
});

test('the compiled system stays the same object while record.yaml does; a route of another version is refused', async () => {
  const { temp, desk } = await stage();
  const held = desk.current('small')!;
  temp.write({ policy: NARROW });
  await desk.refresh();
  expect(desk.current('small')!.system).toBe(held.system);
  temp.write({ record: RECORD.replace('  contact: Where\n  notes: What was said', '  notes: What was said\n  contact: Where') });
  await desk.refresh();
  const now = desk.current('small')!;
  expect(now.system).not.toBe(held.system);
  const grant = { system: 'small', actions: ['*'], sections: ['*'] };
  expect(now.decide({ route: held.system.routes[0]!, keys: [IN_SCOPE], grant, actorKeys: null })).toMatchObject({
    disclosure: 'none',
    reasons: ['engine-error'],
  });
  expect(shown(now, ask(now, IN_SCOPE))).toEqual(['basic', 'contact']);
});

test('POL-02 POL-03 C08 R107 1,000 decisions at a time during 50 reloads are the old or the new policy, never a third', async () => {
  const { temp, desk } = await stage();
  const answers = new Map<string, Set<string>>();
  const expected = { [POLICY]: 'basic,contact,notes', [NARROW]: 'basic,contact' };
  const versions = new Map<string, string>();
  let isDone = false;
  const decider = async (number: number): Promise<void> => {
    for (let i = number; !isDone; i++) {
      const policy = desk.current('small')!;
      // Keys never asked before and keys remembered, both.
      const decision: Decision = ask(policy, key({ conditions: i % 2 === 0 ? 1 : 3, application: `a${i % 50}` }));
      const seen = answers.get(decision.policyVersion) ?? new Set<string>();
      answers.set(decision.policyVersion, seen.add(shown(policy, decision).join()));
      await turn();
    }
  };
  const deciders = Array.from({ length: 1000 }, (_, i) => decider(i));
  for (let reload = 0; reload < 50; reload++) {
    const policy = reload % 2 === 0 ? NARROW : POLICY;
    temp.write({ policy: `${policy}# ${reload}\n` });
    await Promise.all([desk.refresh(), desk.refresh(), desk.refresh()]);
    versions.set(desk.version, expected[policy] ?? '');
  }
  isDone = true;
  await Promise.all(deciders);
  expect(versions.size).toBe(50);
  expect(answers.size).toBeGreaterThan(40);
  for (const [version, seen] of answers) expect([...seen]).toEqual([versions.get(version) ?? expected[POLICY]]);
});

test('keys remembered under the old version are decided under the new one in slices that leave the loop free', async () => {
  const many = Array.from({ length: 150 }, (_, i) => `w${i}`);
  const rows = many
    .map((word) => `p, group:${word}, *, *, always, basic, read, allow\np, group:${word}, *, open, in-scope, notes, read, allow\n`)
    .join('');
  const { temp, desk, swaps } = await stage({ policy: POLICY.replace('end', `${rows}end`), cases: casesFor('worker', ...many) });
  const policy = desk.current('small')!;
  for (const workgroup of many) {
    for (let relations = 0; relations < 4; relations++) {
      for (const isPrivate of [true, false]) ask(policy, key({ workgroup, relations, isPrivate, conditions: relations }));
    }
  }
  let longest = 0;
  let turns = 0;
  let isDone = false;
  const watch = (async () => {
    for (let since = performance.now(); !isDone; turns++) {
      await turn();
      longest = Math.max(longest, performance.now() - since);
      since = performance.now();
    }
  })();
  temp.write({ policy: POLICY.replace('end', `${rows.replaceAll('open', '*')}end`) });
  await desk.refresh();
  isDone = true;
  await watch;
  expect(swaps.at(-1)?.keysDecided).toBeGreaterThanOrEqual(1200);
  expect(turns).toBeGreaterThan(20);
  // A slice is 2 ms; a shared machine under test adds its own pauses.
  expect(longest).toBeLessThan(1_000);
  expect(shown(desk.current('small')!, ask(desk.current('small')!, key({ workgroup: 'w7', isPrivate: true, conditions: 1 })))).toEqual([
    'basic',
    'notes',
  ]);
});

test('keys are carried over by their words where record.yaml puts them in another order', async () => {
  const { temp, desk, swaps } = await stage();
  ask(desk.current('small')!, key({ relations: 1, conditions: 2, isPrivate: true }));
  const turned = RECORD.replace(
    /( {2}assigned:\n.*\n)( {2}supervisor:\n.*\n)/,
    (_all, assigned: string, supervisor: string) => `${supervisor}${assigned}`,
  );
  expect(turned).not.toBe(RECORD);
  temp.write({ record: turned });
  await desk.refresh();
  const policy = desk.current('small')!;
  expect(policy.system.relations.map((one) => one.word)).toEqual(['supervisor', 'assigned']);
  expect(swaps.at(-1)?.keysDecided).toBe(2);
  expect(shown(policy, ask(policy, key({ relations: 2, isPrivate: true })))).toEqual(['basic', 'contact', 'notes']);
  expect(shown(policy, ask(policy, key({ relations: 1, isPrivate: true })))).toEqual(['basic']);
});
