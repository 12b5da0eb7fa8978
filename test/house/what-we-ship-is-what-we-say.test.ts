import Ajv2019 from 'ajv/dist/2019';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { settingLeaves } from '../../src/settings/settings-table';

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Package {
  readonly version: string;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
}
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> };
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const shipped = packages.filter(([, entry]) => entry.dev !== true);
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>> & { license: string };

describe('SUP supply chain', () => {
  test('SUP-01 nothing that we ship runs a script when it is installed', () => {
    expect(shipped.filter(([, entry]) => entry.hasInstallScript === true)).toEqual([]);
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  test('SUP-02 no library that we ship is below the floor that its advisories set', () => {
    const floors = JSON.parse(read('scripts/version-floors.json')) as Record<string, string>;
    for (const [name, floor] of Object.entries(floors)) {
      const versions = shipped.filter(([path]) => path.endsWith(`node_modules/${name}`)).map(([, entry]) => entry.version);
      expect([name, versions]).toEqual([name, expect.arrayContaining([expect.any(String)])]);
      for (const version of versions) expect([name, version, compare(version, floor) >= 0]).toEqual([name, version, true]);
    }
  });

  test('SUP-05 every package is pinned and carries its integrity', () => {
    for (const [path, entry] of packages) expect([path, entry.integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
    for (const [name, version] of Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] })) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    }
  });

  test('SUP-06 what we ship is under a licence that goes with ours', () => {
    const known = /^(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|Apache-2\.0 AND MIT|\(MIT AND Zlib\))$/;
    expect(shipped.filter(([, entry]) => !known.test(entry.license ?? '')).map(([path, entry]) => `${path} ${entry.license}`)).toEqual([]);
    expect([manifest.license, read('LICENSE')]).toEqual([
      'Apache-2.0',
      expect.stringMatching(/Apache License\s+Version 2\.0, January 2004[\s\S]+END OF TERMS AND CONDITIONS/),
    ]);
  });

  test('the floors are compared as versions, not as text', () => {
    expect([compare('8.10.0', '8.9.0'), compare('8.2.2', '8.2.2'), compare('7.28.9', '7.29.0')].map(Math.sign)).toEqual([1, 0, -1]);
  });
});

describe('containers', () => {
  const compose = parse(read('docker-compose.yml')) as {
    services: Record<string, { environment?: Record<string, string>; ports?: string[]; secrets?: string[] }>;
    secrets: Record<string, unknown>;
  };

  test('docker-compose.yml holds to the schema of the Compose Specification', () => {
    // As published it names its dialect by an address that is none, marks its parts with the `id` of an older one, and has formats of its own.
    const plain = (key: string, value: unknown): unknown => (key === 'id' && typeof value === 'string' ? undefined : value);
    const { $schema, ...schema } = JSON.parse(read('test/house/compose-spec.schema.json'), plain) as Record<string, unknown>;
    expect($schema).toContain('2019-09');
    const accepts = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    expect([accepts(compose), accepts.errors]).toEqual([true, null]);
    expect(accepts({ services: { gateway: { imagee: 'x' } } })).toBe(false);
  });

  test('its variables are settings we know, its secrets are declared, and nothing is published beyond loopback', () => {
    const known = new Set(
      settingLeaves().flatMap((leaf) => [leaf.setting.env, ...(leaf.setting.isSecret ? [`${leaf.setting.env}_FILE`] : [])]),
    );
    for (const [name, service] of Object.entries(compose.services)) {
      for (const variable of Object.keys(service.environment ?? {})) {
        if (variable.startsWith('CASEGATE_')) expect([name, variable, known.has(variable)]).toEqual([name, variable, true]);
        else expect([name, variable]).toEqual([name, expect.stringMatching(/^MARIADB_/)]);
      }
      for (const port of service.ports ?? []) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
      for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets)).toContain(secret);
    }
  });

  test('no password stands in it, and the image runs as nobody in particular', () => {
    expect(read('docker-compose.yml')).not.toMatch(/(?:PASSWORD|password): \w/);
    const stages = read('Dockerfile')
      .split(/^FROM /m)
      .slice(1);
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.filter((stage) => /^ENTRYPOINT/m.test(stage)).every((stage) => /^USER node$/m.test(stage))).toBe(true);
    expect(stages.every((stage) => /^(?:node:24-slim|build) AS /.test(stage))).toBe(true);
  });

  test('the grants name every table of the store, and no change of the log', () => {
    const grants = read('docs/operations/mariadb-grants.sql');
    const made = readdirSync(join(root, 'migrations')).flatMap((file) =>
      [...read(`migrations/${file}`).matchAll(/new Table\(\{\s*name: '([a-z_]+)'/g)].map(([, name]) => name),
    );
    const granted = [...grants.matchAll(/^GRANT ([A-Z, ]+) ON ([a-z_]+) TO/gm)].map(
      ([, rights = '', table = '']) => [table, rights] as const,
    );
    expect(granted.map(([table]) => table).sort()).toEqual([...made, 'schema_step'].sort());
    for (const [table, rights] of granted)
      if (['log_chain', 'access_entry', 'decision_rollup'].includes(table)) expect([table, rights]).toEqual([table, 'SELECT, INSERT']);
  });
});

test('the tree says no name of a machine, and holds no key', () => {
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '');
  const odd = tracked.filter((name) => {
    if (!/\.(?:ts|js|cjs|mjs|md|ya?ml|json|csv|sql)$/.test(name) || name === 'package-lock.json' || !exists(name)) return false;
    return /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\n[A-Za-z0-9+/]{20}|\/root\/|\/home\/[a-z]+\//.test(read(name));
  });
  expect(odd).toEqual([]);
});

test('bin/casegate.js and .ci/run are executable', () => {
  for (const file of ['bin/casegate.js', '.ci/run']) expect([file, (statSync(join(root, file)).mode & 0o111) !== 0]).toEqual([file, true]);
  expect(read('.ci/run')).toMatch(/^npm test$/m);
});

const exists = (name: string): boolean => statSync(join(root, name), { throwIfNoEntry: false })?.isFile() === true;

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('-')[0]?.split('.').map(Number) ?? []);
  for (let i = 0; i < 3; i += 1) if (left?.[i] !== right?.[i]) return (left?.[i] ?? 0) - (right?.[i] ?? 0);
  return 0;
}
