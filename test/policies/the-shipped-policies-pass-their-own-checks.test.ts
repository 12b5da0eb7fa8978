import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { MODEL_TEXT } from '../../src/decide/model-text';
import { readYaml } from '../../src/reading/read-yaml';
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
  expect(checked.systems.map((system) => system.name)).toEqual([
    'clienttrack',
    'trackone',
    'wisconsin-work-programs',
    'workforce-one',
    'worksource',
  ]);
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

describe('policies/record.schema.json, as an editor reads it', () => {
  const isValid = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(join(policies, 'record.schema.json'), 'utf8')) as object);
  const recordOf = (system: string): string => readFileSync(join(policies, system, 'record.yaml'), 'utf8');
  const shippedSystems = readdirSync(policies, { withFileTypes: true }).filter((one) => one.isDirectory());

  test.each(shippedSystems.map((one) => one.name))('takes record.yaml of %s', (system) => {
    isValid(readYaml(recordOf(system), 'record.yaml').value);
    expect(isValid.errors).toBeNull();
  });

  const withLines = (section: string, lines: string): unknown =>
    readYaml(recordOf('trackone').replace(new RegExp(`^${section}:\n`, 'm'), `${section}:\n${lines}\n`), 'record.yaml').value;
  test.each<[string, string, string, boolean]>([
    ['TO-02 business days', 'conditions', '  recent:\n    - { fact: site, within-business-days: 3 }', true],
    ['TO-02 no business day', 'conditions', '  recent:\n    - { fact: site, within-business-days: 0 }', false],
    ['TO-02 business days and something else', 'conditions', '  recent:\n    - { fact: site, within-business-days: 3, is: caller }', false],
    ['a clause nobody knows', 'conditions', '  recent:\n    - { fact: site, within-days: 3 }', false],
  ])('%s', (_what, section, lines, expected) => {
    expect(isValid(withLines(section, lines))).toBe(expected);
  });

  test.each<[string, unknown, boolean]>([
    ['WWP-03 a collapse', [{ these: ['fep', 'supervisor'], into: 'supervisor' }], true],
    ['WWP-03 a collapse of one', [{ these: ['fep'], into: 'fep' }], false],
    ['WWP-03 a collapse into nothing', [{ these: ['fep', 'supervisor'] }], false],
    ['WWP-03 a collapse with a word of its own', [{ these: ['fep', 'supervisor'], into: 'supervisor', unless: 'qc' }], false],
  ])('%s', (_what, collapses, expected) => {
    expect(isValid({ ...(readYaml(recordOf('trackone'), 'record.yaml').value as object), collapses })).toBe(expected);
  });
});
