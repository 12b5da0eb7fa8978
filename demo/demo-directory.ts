import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_PORTS } from './demo-settings';
import { treeRoot } from './tree-root';

export interface DirectoryFile {
  readonly name: string;
  readonly content: string;
}

/** The files in demo/directory, with the provider's true address in place of its usual one, and the registry's records. */
export function demoDirectory(issuer: string, registryCsv: string): readonly DirectoryFile[] {
  const folder = join(treeRoot(), 'demo', 'directory');
  const usual = `http://127.0.0.1:${DEMO_PORTS.identityProvider}`;
  const files = readdirSync(folder)
    .filter((name) => /\.(csv|yaml)$/.test(name))
    .sort()
    .map((name) => ({ name, content: readFileSync(join(folder, name), 'utf8').replaceAll(usual, issuer) }));
  return [...files, { name: 'records.csv', content: registryCsv }];
}
