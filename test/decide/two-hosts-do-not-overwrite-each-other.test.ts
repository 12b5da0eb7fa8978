import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createPolicyDesk, type PolicyDesk, type PolicyDeskOptions } from '../../src/decide/policy-desk';
import type { PolicyStore } from '../../src/decide/policy-store';
import { openPolicyStore } from './support/policy-store';
import { casesFor, POLICY, RECORD, tempFolder } from './support/policy-files';

const NARROW = POLICY.replace('p, group:worker, *, open, in-scope, notes, read, allow\n', '');
const cases = casesFor('worker');
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function desk(folder: string, store: PolicyStore, options: Partial<PolicyDeskOptions> = {}): Promise<PolicyDesk> {
  const made = await createPolicyDesk({
    folder,
    store,
    approvalsNeeded: 0,
    host: 'h',
    clock: Date.now,
    log: { info: () => undefined, error: () => undefined },
    pollMs: 3_600_000,
    ...options,
  });
  closers.push(() => made.close());
  return made;
}
const folderWith = (...systems: readonly string[]) => {
  const temp = tempFolder({ cases, record: RECORD, policy: POLICY });
  for (const name of systems) temp.write({ record: RECORD.replace('system: small', `system: ${name}`), policy: POLICY, cases }, name);
  closers.push(() => temp.remove());
  return temp;
};
const storeHere = async (): Promise<PolicyStore> => {
  const kept = await openPolicyStore();
  closers.push(() => kept.close());
  return kept.store;
};

test('POL-21 a folder whose typo is mended after another host changed the same system does not silently bring the old rows back', async () => {
  const store = await storeHere();
  const [first, second] = [folderWith(), folderWith()];
  const [one, other] = [await desk(first.folder, store), await desk(second.folder, store)];
  // The second host's administrator is in the middle of an edit: refused, POLICY stays.
  second.write({ policy: POLICY.replace('notes, read, allow', 'notes, read, Allow') });
  await other.refresh();
  // The first host narrows: the notes are closed.
  first.write({ policy: NARROW });
  await one.refresh();
  await other.catchUp(2);
  expect([one.number, other.number]).toEqual([2, 2]);
  // The typo is mended; this folder has never seen change 2.
  second.write({ policy: `# reviewed\n${POLICY}` });
  await other.refresh();
  expect(other.state().findings.map(({ rule }) => rule)).toEqual(['folder-differs']);
  expect(other.number).toBe(2);
});

test('POL-21 a system folder that was away and comes back as it was does not undo what was published meanwhile', async () => {
  const store = await storeHere();
  const [first, second] = [folderWith('other'), folderWith('other')];
  const [one, other] = [await desk(first.folder, store), await desk(second.folder, store)];
  renameSync(join(second.folder, 'other'), join(second.folder, '.other'));
  await other.refresh();
  first.write({ policy: NARROW }, 'other');
  await one.refresh();
  await other.catchUp(2);
  renameSync(join(second.folder, '.other'), join(second.folder, 'other'));
  await other.refresh();
  expect(other.number).toBe(2);
  expect(other.version).toBe(one.version);
});

test('one system that cannot be read does not keep the others from changing, and the finding names its place', async () => {
  const store = await storeHere();
  const temp = folderWith('other');
  const one = await desk(temp.folder, store);
  rmSync(join(temp.folder, 'other', 'policy.csv'));
  mkdirSync(join(temp.folder, 'other', 'policy.csv'));
  temp.write({ policy: NARROW });
  await one.refresh();
  expect(one.state().findings.map(({ file }) => file)).toEqual(['other/policy.csv']);
  expect(one.number).toBe(2);
});

test('design 8 a gateway that cannot take the version in force has no policy and says so', async () => {
  const real = await storeHere();
  const temp = folderWith();
  const away = folderWith();
  let isSpoilt = false;
  const store: PolicyStore = {
    ...real,
    filesOf: (version) =>
      isSpoilt
        ? Promise.reject(Object.assign(new Error('small/policy.csv is not as it was kept'), { code: 'POLICY_SPOILT' }))
        : real.filesOf(version),
  };
  const reader = await desk(temp.folder, store);
  const writer = await desk(away.folder, real);
  closers.push(reader.poll(5));
  isSpoilt = true;
  away.write({ policy: NARROW });
  await writer.refresh();
  expect(writer.number).toBe(2);
  while (reader.number < 2) await wait(5);
  expect(reader.state()).toMatchObject({ systems: [], isAlarmed: true, findings: [{ rule: 'store', file: '.' }, { rule: 'folder-differs' }] });
});

test('what the poll finds while files are still being written is left until they hold still', async () => {
  const store = await storeHere();
  const temp = folderWith('other');
  const one = await desk(temp.folder, store, { pollMs: 400 });
  // A pull: two systems change together, one after the other, with less than the settling time between them.
  let torn = 0;
  for (let round = 0; round < 4; round += 1) {
    const before = one.number;
    const text = round % 2 === 0 ? NARROW : POLICY;
    await wait(380 + ((round * 37) % 400));
    for (let file = 0; file < 12; file += 1) {
      temp.write({ policy: `# ${round} ${file}\n${text}` }, file % 2 === 0 ? 'small' : 'other');
      await wait(20);
    }
    await wait(700);
    torn += one.number - before - 1;
  }
  expect(torn).toBe(0);
}, 60_000);

test('two hosts that pull one checkout at the same moment: no alarm, one change', async () => {
  const store = await storeHere();
  const [first, second] = [folderWith(), folderWith()];
  const alarms: string[] = [];
  const onAlarm = (findings: readonly { rule: string; message: string }[]): unknown =>
    alarms.push(...findings.map((f) => `${f.rule} ${f.message}`));
  const [one, other] = [await desk(first.folder, store, { onAlarm }), await desk(second.folder, store, { onAlarm })];
  for (let round = 1; round <= 20; round += 1) {
    for (const temp of [first, second]) writeFileSync(join(temp.folder, 'small', 'policy.csv'), `# ${round}\n${POLICY}`);
    await Promise.all([one.refresh(), other.refresh()]);
    await other.catchUp(1 + round);
    await one.catchUp(1 + round);
    expect([one.number, other.number]).toEqual([1 + round, 1 + round]);
  }
  expect(alarms).toEqual([]);
}, 30_000);
