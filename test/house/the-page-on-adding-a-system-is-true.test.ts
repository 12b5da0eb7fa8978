import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runCli } from '../../src/cli/run-cli';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { loadSettings } from '../../src/settings/load-settings';
import { fixedServices } from '../cli/fixed-services';
import { SHIPPED_POLICIES } from '../support/gateway';

const ROOT = join(__dirname, '..', '..');
const SYSTEM_FILES = join(ROOT, 'test', 'systems', 'third-system');
const page = readFileSync(join(ROOT, 'docs', 'adding-a-system.md'), 'utf8');

/** Fenced blocks, each with the first file that the paragraph before it names. */
const blocks = new Map(
  [...page.matchAll(/([^\n]+(?:\n[^\n]+)*)\n\n```(?:yaml|csv)\n([\s\S]*?)```\n/g)].map(
    ([, before = '', text = '']) => [/`([a-z/-]+\.(?:csv|yaml))`/.exec(before)?.[1] ?? before, text] as const,
  ),
);
/** Indented lines that begin with a command; what is behind a # is the answer. */
const commands = [...page.matchAll(/^ {4}npx casegate ([^#\n]+)/gm)].map(([, words = '']) => words.trim());

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'casegate-page-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every file that the page shows is the file that the suite runs, and it shows them all', () => {
  const shown = [...blocks].filter(([name]) => name !== 'casegate.yaml');
  for (const [name, text] of shown) {
    const file = join(SYSTEM_FILES, name.startsWith('directory/') ? name : basename(name));
    expect([name, text]).toEqual([name, readFileSync(file, 'utf8')]);
  }
  const files = ['record.yaml', 'policy.csv', 'cases.csv'].map((name) => `policies/keystead/${name}`);
  const directory = readdirSync(join(SYSTEM_FILES, 'directory')).map((name) => `directory/${name}`);
  expect(shown.map(([name]) => name).sort()).toEqual([...files, ...directory].sort());
  const [sample] = page.match(/(?<=```json\n)[\s\S]*?(?=```)/) ?? [];
  expect(sample).toBe(readFileSync(join(SYSTEM_FILES, 'sample-record.json'), 'utf8'));
});

test('its settings are settings that we take', () => {
  mkdirSync(join(folder, 'secrets'));
  for (const name of ['keystead-key', 'digest-key'])
    writeFileSync(join(folder, 'secrets', name), `${name} of forty characters, more or less`);
  const configText = [
    'environment: production',
    'log: { digestKey: { file: secrets/digest-key } }',
    'issuers: [{ issuer: "https://login.agency.example", jwksUri: "https://login.agency.example/jwks", audience: "https://records.agency.example" }]',
    blocks.get('casegate.yaml'),
  ].join('\n');
  const { systems } = loadSettings({ env: {}, configText, folder, mode: 'serve' });
  expect(systems['keystead']).toMatchObject({ origin: 'https://keystead.internal.example', credential: { kind: 'secret-header' } });
});

test('its policy is good without a warning, and says what the page says', async () => {
  const policies = join(folder, 'policies');
  mkdirSync(join(policies, 'keystead'), { recursive: true });
  cpSync(join(SHIPPED_POLICIES, 'model.conf'), join(policies, 'model.conf'));
  for (const name of ['record.yaml', 'policy.csv', 'cases.csv']) cpSync(join(SYSTEM_FILES, name), join(policies, 'keystead', name));
  const good = await checkPolicyFolder(policies);
  expect([good.findings, good.warnings]).toEqual([[], []]);
  const [system] = good.systems;
  expect(page).toMatch(/\n {4}Good: keystead \(version [0-9a-f]{12}\)\n/);
  expect(page).toContain(`\n    ${system?.results.length} of ${system?.results.length} examples hold.\n`);

  const spoil = (name: string, from: string, to: string): void => {
    const file = join(policies, 'keystead', name);
    const text = readFileSync(join(SYSTEM_FILES, name), 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };
  spoil('policy.csv', 'leads-caretaker, open', 'leads-caretakr, open');
  const [misspelt] = (await checkPolicyFolder(policies)).findings;
  expect(page).toContain(
    `    ${misspelt?.file}:${misspelt?.line}:${misspelt?.column} ${misspelt?.message} (did you mean ${misspelt?.nearest}?) [`,
  );
  cpSync(join(SYSTEM_FILES, 'policy.csv'), join(policies, 'keystead', 'policy.csv'));
  spoil('cases.csv', 'same-branch, read, full', 'same-branch, read, partial');
  const [wrong] = (await checkPolicyFolder(policies)).findings;
  expect(page).toContain(`    ${wrong?.file}:${wrong?.line}:${wrong?.column} ${wrong?.message} [case-fails]\n`);
});

test('every command of the page is one that there is, with words that it takes', async () => {
  expect(commands.length).toBeGreaterThan(6);
  const inText = [...page.matchAll(/`(?:npx )?casegate ([^`]+)`/g)].map(([, words = '']) => words);
  for (const line of [...commands, ...inText]) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    let said = '';
    const code = await runCli(fixedServices(), words, { out: () => undefined, err: (text) => void (said += text) });
    expect([line, code === 2 ? said : 'could run']).toEqual([line, 'could run']);
  }
});

test('every page and file that it sends the reader to is there', () => {
  for (const [, name = ''] of page.matchAll(/`((?:docs|policies)\/[a-z/-]+(?:\.md)?)`/g))
    if (!name.startsWith('policies/keystead')) expect([name, existsSync(join(ROOT, name))]).toEqual([name, true]);
});
