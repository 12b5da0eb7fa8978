import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Lints texts as if they stood in those files of the tree; one child for all, because the types are read once. */
const LINT = `
  const { ESLint } = require('eslint');
  (async () => {
    const eslint = new ESLint();
    const found = [];
    for (const [filePath, text] of JSON.parse(process.argv[1])) {
      const [result] = await eslint.lintText(text, { filePath });
      found.push(result.messages.map((message) => message.ruleId ?? message.message).sort());
    }
    process.stdout.write(JSON.stringify(found));
  })();
`;

function rulesBroken(texts: readonly (readonly [file: string, text: string])[]): readonly (readonly string[])[] {
  // Otherwise typescript-eslint reads the file from the disk instead of what it is given.
  const env = { ...process.env, TSESTREE_SINGLE_RUN: 'false' };
  const ran = spawnSync(process.execPath, ['-e', LINT, JSON.stringify(texts)], { cwd: root, encoding: 'utf8', env });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as string[][];
}

test('in a room: no environment, no clock of its own, no chance, no forgotten promise; settings and cli may what is theirs', () => {
  const room = `
export const a = process.env['HOME'];
export const b = Date.now();
export const c = Math.random();
export function d(): void {
  Promise.resolve(1);
}
export const e = (): Promise<Response> => fetch('http://127.0.0.1');
export const f = (x: any, y: unknown): boolean => x == y;
export default a;
`;
  const both = "export const a = process.env['HOME'];\nexport const b = Date.now();\n";
  const found = rulesBroken([
    ['src/vocabulary/clock.ts', room],
    ['src/settings/secret.ts', both],
    ['src/cli/screen.ts', both],
  ]);
  expect(found).toEqual([
    [
      '@typescript-eslint/no-explicit-any',
      '@typescript-eslint/no-floating-promises',
      'eqeqeq',
      'no-restricted-exports',
      'no-restricted-globals',
      'no-restricted-properties',
      'no-restricted-properties',
      'no-restricted-properties',
    ],
    ['no-restricted-properties'],
    ['no-restricted-properties'],
  ]);
}, 120_000);
