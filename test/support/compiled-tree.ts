import { transformFileSync } from '@swc/core';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export interface CompiledTree {
  /** casegate.js of an installation that has no sources beside it, as in an image. */
  readonly command: string;
  remove(): void;
}

/** The program as it stands now, compiled into a temporary folder: child processes start it as fast as an installed one. */
export function compileTree(): CompiledTree {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-built-'));
  for (const part of ['src', 'migrations']) {
    for (const entry of readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })) {
      if (entry.endsWith('.ts')) compile(join(part, entry), join(folder, 'dist'));
    }
  }
  mkdirSync(join(folder, 'bin'));
  copyFileSync(join(ROOT, 'bin', 'casegate.js'), join(folder, 'bin', 'casegate.js'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return { command: join(folder, 'bin', 'casegate.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function compile(file: string, into: string): void {
  const { code } = transformFileSync(join(ROOT, file), {
    swcrc: false,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  });
  const made = join(into, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(made), { recursive: true });
  writeFileSync(made, code);
}
