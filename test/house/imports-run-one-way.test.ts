import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'casegate-imports-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function check(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      dependencies: { casbin: '*', undici: '*', zod: '*', jose: '*' },
      devDependencies: { jest: '*', '@swc/jest': '*', 'fast-check': '*' },
    }),
  );
  const ran = spawnSync(process.execPath, [join(root, 'scripts/check-imports.js'), folder], { encoding: 'utf8' });
  return { code: ran.status, said: ran.stdout.trim().split('\n').slice(1).sort() };
}

const WORD = { 'src/vocabulary/word.ts': 'export const word = 1;\n' };

test('imports that keep to the picture pass', () => {
  const files = {
    ...WORD,
    'src/decide/decide.ts':
      "import { newEnforcer } from 'casbin';\nimport { z } from 'zod';\nimport { word } from '../vocabulary/word';\nexport const decide = [newEnforcer, word, z];\n",
    'src/facts/facts.ts': "import { word } from '../vocabulary/word';\nexport interface Facts { readonly word: typeof word }\n",
    'src/pipeline/carry.ts': "import type { Facts } from '../facts/facts';\nexport const carry = (facts: Facts): unknown => facts;\n",
    'src/compose.ts':
      "import { decide } from './decide/decide';\nimport { carry } from './pipeline/carry';\nexport const compose = [decide, carry];\n",
    'src/main.ts': "import { compose } from './compose';\nexport const main = compose;\n",
  };
  expect(check(files)).toEqual({ code: 0, said: [] });
});

/** rule, file, what it imports */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ['a-room-imports-no-other-room', 'src/decide/room.ts', '../facts/facts'],
  ['a-room-imports-no-other-room', 'src/reading/room.ts', '../facts/facts'],
  ['pipeline-edge-and-storage-import-types-alone', 'src/pipeline/carry.ts', '../facts/facts'],
  ['vocabulary-imports-nothing', 'src/vocabulary/other.ts', '../facts/facts'],
  ['nobody-imports-compose-or-main', 'src/decide/composes.ts', '../compose'],
  ['main-knows-compose-settings-and-cli', 'src/main.ts', './facts/facts'],
  ['src-needs-nothing-outside', 'src/decide/demo.ts', '../../demo/people'],
  ['one-room-for-casbin', 'src/facts/other.ts', 'casbin'],
  ['one-room-for-undici', 'src/identify/fetch.ts', 'undici'],
  ['one-room-for-jose', 'src/shape/shape.ts', 'jose'],
  ['no-development-library-in-src', 'src/decide/check.ts', 'fast-check'],
  ['only-listed-libraries', 'src/decide/unlisted.ts', 'accepts'],
  ['must-resolve', 'src/decide/nowhere.ts', './not-there'],
];

test('every import that the picture forbids is found, a circle too', () => {
  const files: Record<string, string> = {
    ...WORD,
    'src/facts/facts.ts': 'export const facts = 1;\n',
    'src/compose.ts': 'export const compose = 1;\n',
    'demo/people.ts': 'export const people = 1;\n',
    'src/facts/a.ts': "import { b } from './b';\nexport const a = (): unknown => b;\n",
    'src/facts/b.ts': "import { a } from './a';\nexport const b = (): unknown => a;\n",
  };
  for (const [, file, target] of FORBIDDEN) files[file] = `import * as target from '${target}';\nexport const used = target;\n`;
  const { code, said } = check(files);
  const found = new Set(said.map((line) => line.split(' -> ')[0]));
  expect(code).toBe(1);
  expect(FORBIDDEN.map(([rule, file]) => `${rule}: ${file}`).filter((line) => !found.has(line))).toEqual([]);
  expect([...found]).toEqual(expect.arrayContaining([expect.stringMatching(/^no-circle: src\/facts\//)]));
});

test('this tree keeps to the picture, and every file of it was looked at', () => {
  const ran = spawnSync(process.execPath, [join(root, 'scripts/check-imports.js')], { encoding: 'utf8' });
  expect({ code: ran.status, said: ran.stdout }).toEqual({
    code: 0,
    said: expect.stringMatching(/^\d+ modules of src looked at, \d+ rules\n$/),
  });
});
