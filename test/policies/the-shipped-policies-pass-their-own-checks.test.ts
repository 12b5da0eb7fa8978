import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { MODEL_TEXT } from '../../src/decide/model-text';
import { recordJsonSchema } from '../../src/decide/record-schema';

const policies = join(__dirname, '../../policies');
const shown = (text: string): string =>
  text
    .replace(/^#.*\n/gm, '')
    .replace(/\n+/g, '\n')
    .trim();

test('every system folder is good, and every case of its cases.csv holds', async () => {
  const checked = await checkPolicyFolder(policies);
  expect([checked.findings, checked.warnings]).toEqual([[], []]);
  expect(checked.systems.map((system) => system.name)).toEqual(['trackone', 'workforce-one']);
  for (const system of checked.systems) {
    expect(system.results.length).toBeGreaterThanOrEqual(9);
    expect(system.results.filter((result) => !result.isPassed)).toEqual([]);
  }
  expect(checked.version).toMatch(/^[0-9a-f]{64}$/);
});

test('C07 C24 the shipped model.conf is the model in force', () => {
  expect(shown(readFileSync(join(policies, 'model.conf'), 'utf8'))).toBe(shown(MODEL_TEXT));
});

test('policies/record.schema.json is what the loader checks', () => {
  const file = join(policies, 'record.schema.json');
  // After a change of the form: npm run docs, or UPDATE_SCHEMAS=1 npx jest test/policies
  if (process.env['UPDATE_SCHEMAS'] === '1') writeFileSync(file, `${JSON.stringify(recordJsonSchema(), null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(recordJsonSchema());
});
