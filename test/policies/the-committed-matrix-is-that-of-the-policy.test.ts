import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli';
import { cliServices } from '../../src/compose/cli-services';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { makeMatrix } from '../../src/decide/review/make-matrix';
import { matrixText } from '../../src/decide/review/matrix-text';

const policies = join(__dirname, '../../policies');

// After a change of a policy: casegate policy matrix --write. The difference in matrix.csv is what there is to review.
test('matrix.csv of every system is what its policy comes to', async () => {
  const { systems } = await checkPolicyFolder(policies);
  expect(systems.length).toBeGreaterThan(0);
  for (const { name, parts, rows } of systems) {
    if (parts === null) throw new Error(`${name} is not good`);
    const committed = readFileSync(join(policies, name, 'matrix.csv'), 'utf8').replaceAll('\r\n', '\n');
    expect(committed).toBe(matrixText(parts.system, makeMatrix(parts.system, rows)));
  }
});

test('policy matrix --check says which lines a changed row comes to, --write brings the file up to date, and the version stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-matrix-'));
  try {
    cpSync(policies, folder, { recursive: true });
    const casegate = async (...words: readonly string[]) => {
      let out = '';
      const code = await runCli(cliServices('0'), ['policy', 'matrix', folder, ...words], {
        out: (text) => void (out += text),
        err: (text) => void (out += text),
      });
      return { code, out };
    };
    expect((await casegate('--check')).code).toBe(0);
    const file = join(folder, 'workforce-one', 'policy.csv');
    const policy = readFileSync(file, 'utf8');
    const row = policy.split('\n').find((line) => line.startsWith('p, group:monitor, *, open, in-scope, contact,'));
    writeFileSync(file, policy.replace(`${row}\n`, ''));
    // An example fails, so there is no matrix either: what would be refused is not written down.
    expect(await casegate('--check', '--system', 'workforce-one')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/cases\.csv:\d+:1/) as unknown,
    });
    writeFileSync(file, policy);
    writeFileSync(
      join(folder, 'workforce-one', 'matrix.csv'),
      readFileSync(join(folder, 'workforce-one', 'matrix.csv'), 'utf8').replace(/^group:monitor, none, open, always, basic,.*\n/m, ''),
    );
    const { version } = await checkPolicyFolder(folder);
    const [head, ...differing] = (await casegate('--check', '--system', 'workforce-one')).out.trim().split('\n');
    expect(head).toBe('workforce-one: not up to date; casegate policy matrix --write mends it');
    expect(differing).toEqual([expect.stringMatching(/^\+ group:monitor, none, open, always, basic, .*read.*, -$/)]);
    expect((await casegate('--check')).code).toBe(1);
    expect((await casegate('--write')).code).toBe(0);
    expect((await casegate('--check')).code).toBe(0);
    expect((await checkPolicyFolder(folder)).version).toBe(version);
    expect(await casegate('--system', 'nowhere')).toMatchObject({ code: 2 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
