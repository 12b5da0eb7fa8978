import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const TREE = [
  'bin',
  'scripts',
  'src',
  'migrations',
  'demo',
  'bench',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
];

test('SUP-12 two builds are equal byte for byte, in another folder, at another time and under other settings', () => {
  const base = mkdtempSync(join(tmpdir(), 'casegate-twice-'));
  try {
    const one = build(join(base, 'one'), { TZ: 'UTC', LANG: 'C' });
    const other = build(join(base, 'of', 'another', 'depth'), { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', NODE_ENV: 'production' });
    expect(one.size).toBeGreaterThan(200);
    expect([...other]).toEqual([...one]);
    expect([...one.keys()]).toEqual(expect.arrayContaining(['src/main.js', 'migrations/index.js', '.built-from']));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

/** Copies the sources there, compiles them as a release does, and gives what came of it: file to digest. */
function build(folder: string, env: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true });
  for (const part of TREE) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  utimesSync(join(folder, 'src', 'main.ts'), 0, 0);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const built = spawnSync(process.execPath, [join(folder, 'scripts', 'ensure-ready.js')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  const dist = join(folder, 'dist');
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
    // The compiler's own memory: it speaks of the folder, and no image has it.
    .filter((file) => file !== '.tsbuildinfo')
    .sort();
  return new Map(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(dist, file)))
        .digest('hex'),
    ]),
  );
}
