import { MODEL_TEXT } from '../../src/decide/model-text';
import { createPolicyDesk } from '../../src/decide/policy-desk';
import { openPolicyStore } from './support/policy-store';
import { casesFor, POLICY, RECORD, tempFolder } from './support/policy-files';

test('while one publication is checked, what another gateway brought is followed', async () => {
  const kept = await openPolicyStore();
  const temps = [tempFolder({ cases: casesFor('worker') }), tempFolder({ cases: casesFor('worker') })];
  const desks = [];
  for (const temp of temps)
    desks.push(
      await createPolicyDesk({
        folder: temp.folder,
        store: kept.store,
        approvalsNeeded: 0,
        host: 'h',
        clock: Date.now,
        log: { info: () => undefined, error: () => undefined },
        pollMs: 3_600_000,
      }),
    );
  const [one, other] = desks as [(typeof desks)[0], (typeof desks)[0]];
  // Enough that checking takes seconds.
  const words = (n: number): string =>
    Array.from({ length: 9 }, (_, bit) => bit)
      .filter((bit) => (n >> bit) & 1)
      .map((bit) => `c${bit}`)
      .join(' & ');
  const record = RECORD.replace('sections:\n', `sections:\n${Array.from({ length: 97 }, (_, i) => `  s${i}: x\n`).join('')}`).replace(
    'conditions:\n',
    `conditions:\n${Array.from({ length: 9 }, (_, i) => `  c${i}:\n    - { privilege: p${i} }\n`).join('')}`,
  );
  const rows = Array.from({ length: 200 }, (_, i) => `p, group:worker, *, *, ${words(i + 1)}, *, read, allow\n`).join('');
  const cases = `${casesFor('worker').replace('end\n', '')}${Array.from({ length: 20 }, (_, i) => `n${i}, group:worker, none, open, ${i === 0 ? 'always' : words(i)}, update, none, none, not-granted & no-section-granted\n`).join('')}end\n`;
  const files = {
    'record.yaml': Buffer.from(record),
    'policy.csv': Buffer.from(`${rows}end\n`),
    'cases.csv': Buffer.from(cases.replaceAll(', update, ', ', read, ')),
    'holidays.csv': null,
    'exceptions.csv': null,
  };
  const act = { origin: 'publish', account: 'a', person: 'p', host: 'h', reason: '', atMs: 0 } as const;
  const large = one.publish({
    source: { kind: 'files', folder: { model: Buffer.from(MODEL_TEXT), signature: '', systems: new Map([['small', files]]) } },
    from: null,
    act,
  });
  temps[1]!.write({ policy: `# a remark\n${POLICY}` });
  await other.refresh();
  // Not how long it takes, but who waits for whom: the large one is still being checked.
  const order: string[] = [];
  const followed = one.catchUp(2).then(() => order.push('followed'));
  const published = large.then(() => order.push('published'));
  await Promise.all([followed, published]);
  await Promise.all(desks.map((desk) => desk.close()));
  await kept.close();
  temps.forEach((temp) => temp.remove());
  expect(order).toEqual(['followed', 'published']);
}, 120_000);
