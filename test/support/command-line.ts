import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledTree } from './compiled-tree';
import type { TestGateway } from './gateway';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `casegate …` as a process of its own, in that folder, under that environment and nothing more. */
export async function runCommand(
  tree: CompiledTree,
  folder: string,
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Ran> {
  const child = spawn(process.execPath, [tree.command, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const DIGEST_KEY = 'a digest key for tests alone, 32 characters or more';

/** Writes casegate.yaml into `folder` for commands beside this gateway; gives their environment. */
export function configBeside(gateway: TestGateway, folder: string, storeFolder?: string): Record<string, string> {
  const { storeSettings, issuer, upstream } = gateway;
  const system = { origin: upstream.origin, credential: { kind: 'none' } };
  const config = {
    environment: 'production',
    store:
      storeSettings.kind === 'sqlite' ? { kind: 'sqlite', folder: storeFolder ?? storeSettings.folder } : { kind: 'mariadb', tls: 'plain' },
    issuers: [
      {
        issuer: issuer.issuer,
        jwksUri: issuer.jwksUri,
        audience: 'https://gateway.test/records',
        adminAudience: 'https://gateway.test/admin',
      },
    ],
    systems: Object.fromEntries(Object.keys(gateway.settings.systems).map((name) => [name, system])),
    policies: { folder: gateway.policies },
  };
  writeFileSync(join(folder, 'casegate.yaml'), JSON.stringify(config));
  return {
    CASEGATE_LOG_DIGEST_KEY: DIGEST_KEY,
    ...(storeSettings.kind === 'mariadb' ? { CASEGATE_STORE_URL: storeSettings.url } : {}),
  };
}
