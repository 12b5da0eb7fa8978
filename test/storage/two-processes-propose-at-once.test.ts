import { MODEL_TEXT } from '../../src/decide/model-text';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPolicyDesk } from '../../src/decide/policy-desk';
import { openDataSource } from '../../src/storage/open-data-source';
import { createPolicyStore } from '../../src/storage/policy-store';
import { createShadowStore } from '../../src/storage/shadow-store';
import { createShadowDesk } from '../../src/decide/shadow/shadow-desk';
import { casesFor, POLICY, RECORD, tempFolder } from '../decide/support/policy-files';
import { describeWithMariadb } from '../support/mariadb';
import { mariadbTestStore, type TestStore } from './test-stores';

describeWithMariadb('two processes on one MariaDB', () => {
  let kept: TestStore;
  beforeAll(async () => (kept = await mariadbTestStore()));
  afterAll(() => kept.dispose());

  test('the same pull on two hosts is one change and no alarm', async () => {
    const alarms: string[] = [];
    const sides = await Promise.all(
      ['one', 'other'].map(async (host) => {
        const governance = await openDataSource(kept.settings);
        const temp = tempFolder({ cases: casesFor('worker') });
        const onAlarm = (findings: readonly { rule: string; message: string }[]): unknown =>
          alarms.push(...findings.map((f) => `${host} ${f.rule} ${f.message}`));
        return { host, governance, temp, onAlarm };
      }),
    );
    const desks = [];
    for (const { host, governance, temp, onAlarm } of sides)
      desks.push(
        await createPolicyDesk({
          folder: temp.folder,
          store: createPolicyStore(governance),
          approvalsNeeded: 0,
          host,
          clock: Date.now,
          log: { info: () => undefined, error: () => undefined },
          onAlarm,
          pollMs: 3_600_000,
        }),
      );
    try {
      for (let round = 1; round <= 30; round += 1) {
        for (const { temp } of sides) writeFileSync(join(temp.folder, 'small', 'policy.csv'), `# ${round}\n${POLICY}`);
        await Promise.all(desks.map((desk) => desk.refresh()));
        await Promise.all(desks.map((desk) => desk.refresh()));
      }
      await Promise.all(desks.map((desk) => desk.catchUp(31).catch(() => undefined)));
      expect(new Set(desks.map((desk) => desk.version)).size).toBe(1);
      expect(alarms).toEqual([]);
    } finally {
      for (const desk of desks) await desk.close();
      for (const { governance, temp } of sides) {
        await governance.close();
        temp.remove();
      }
    }
  }, 60_000);

  test('two administrators who publish one version, or approve it, at the same moment are both answered', async () => {
    const governances = await Promise.all([openDataSource(kept.settings), openDataSource(kept.settings)]);
    const temp = tempFolder({ cases: casesFor('worker') });
    const faults: string[] = [];
    const seen: string[] = [];
    const desks = [];
    for (const governance of governances)
      desks.push(
        await createPolicyDesk({
          folder: temp.folder,
          store: createPolicyStore(governance),
          approvalsNeeded: 2,
          host: 'h',
          clock: Date.now,
          log: { info: () => undefined, error: () => undefined },
          pollMs: 3_600_000,
        }),
      );
    try {
      const small = (n: number) => ({
        model: Buffer.from(MODEL_TEXT),
        signature: '',
        systems: new Map([
          [
            'small',
            {
              'record.yaml': Buffer.from(RECORD),
              'policy.csv': Buffer.from(`# v${n}\n${POLICY}`),
              'cases.csv': Buffer.from(casesFor('worker')),
              'holidays.csv': null,
              'exceptions.csv': null,
            },
          ],
        ]),
      });
      for (let round = 0; round < 20; round += 1) {
        const results = await Promise.allSettled(
          desks.map((desk, i) =>
            desk.publish({
              source: { kind: 'files', folder: small(round) },
              from: null,
              act: { origin: 'publish', account: `a${i}`, person: `p${i}`, host: 'h', reason: '', atMs: Date.now() },
            }),
          ),
        );
        for (const result of results) {
          if (result.status === 'rejected') faults.push(String(result.reason).slice(0, 160));
          else seen.push(result.value.kind);
        }
      }
      expect(faults).toEqual([]);
    } finally {
      for (const desk of desks) await desk.close();
      for (const governance of governances) await governance.close();
      temp.remove();
    }
  }, 60_000);

  test('two shadows started at the same moment: the second follows the first, and nobody gets a fault', async () => {
    const governances = await Promise.all([openDataSource(kept.settings), openDataSource(kept.settings)]);
    const desks = await Promise.all(
      governances.map((governance, i) =>
        createShadowDesk({
          store: createShadowStore(governance),
          process: `00000000-0000-0000-0000-00000000000${i}`,
          clock: Date.now,
          relate: () => {
            throw new Error('not asked');
          },
          onFault: () => undefined,
        }),
      ),
    );
    const files = new Map([
      ['small', { 'record.yaml': Buffer.from(RECORD), 'policy.csv': Buffer.from(POLICY), 'cases.csv': Buffer.from(casesFor('worker')) }],
    ]);
    const results = await Promise.allSettled(desks.map((desk, i) => desk.start(files, `a${i}`)));
    for (const desk of desks) await desk.close();
    for (const governance of governances) await governance.close();
    expect(results.map((one) => (one.status === 'rejected' ? String(one.reason).slice(0, 120) : one.value.kind))).toEqual([
      'running',
      'running',
    ]);
  }, 30_000);
});
