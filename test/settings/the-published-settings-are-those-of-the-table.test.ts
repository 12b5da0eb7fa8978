import Ajv2020 from 'ajv/dist/2020';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '../../src/reading/read-yaml';
import { settingsDoc } from '../../src/settings/settings-doc';
import { settingsJsonSchema } from '../../src/settings/settings-schema';
import { settingLeaves } from '../../src/settings/settings-table';

const root = join(__dirname, '../..');

test('docs/configuration.md is what the table says (npm run docs)', () => {
  expect(readFileSync(join(root, 'docs/configuration.md'), 'utf8')).toBe(settingsDoc());
});

test('casegate.schema.json is what the table says (npm run docs)', () => {
  expect(JSON.parse(readFileSync(join(root, 'casegate.schema.json'), 'utf8'))).toEqual(settingsJsonSchema());
});

test('the schema takes the example and refuses a key it does not know', () => {
  const accepts = new Ajv2020({ strict: false }).compile(settingsJsonSchema());
  const example: unknown = readYaml(readFileSync(join(root, 'docs/operations/casegate.example.yaml'), 'utf8'), 'example').value;
  expect([accepts(example), accepts.errors]).toEqual([true, null]);
  expect(accepts({ dataPlane: { prot: 1 } })).toBe(false);
});

test('every setting has a variable of its own and a meaning', () => {
  const leaves = settingLeaves();
  expect(new Set(leaves.map((leaf) => leaf.setting.env)).size).toBe(leaves.length);
  for (const leaf of leaves)
    expect([leaf.setting.env, leaf.setting.about]).toEqual([expect.stringMatching(/^CASEGATE_[A-Z_]+$/), expect.stringMatching(/\.$/)]);
});

test('no setting is without effect: each is read where the rooms are put together', () => {
  const composed = ['compose', 'main.ts', 'cli'].flatMap((name) => sourcesIn(join(root, 'src', name))).join('\n');
  const unread = settingLeaves().filter(({ path }) => !new RegExp(`\\b${path.at(-1)}\\b`).test(composed));
  expect(unread.map(({ path }) => path.join('.'))).toEqual([]);
});

function sourcesIn(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isFile()) return [readFileSync(path, 'utf8')];
  return readdirSync(path).flatMap((name) => sourcesIn(join(path, name)));
}
