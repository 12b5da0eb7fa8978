import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { verifyChains } from '../../src/audit/verify-chain';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { openDataSource } from '../../src/storage/open-data-source';
import { openLogReader } from '../../src/storage/log-reader';
import { createPolicyStore } from '../../src/storage/policy-store';
import { compileTree, type CompiledTree } from '../support/compiled-tree';
import { SHIPPED_POLICIES } from '../support/gateway';

let tree: CompiledTree;
let folder = '';
beforeAll(() => {
  tree = compileTree();
  folder = mkdtempSync(join(tmpdir(), 'casegate-publish-'));
  for (const name of ['one', 'other']) cpSync(SHIPPED_POLICIES, join(folder, name), { recursive: true });
  const cases = join(folder, 'other', 'trackone', 'cases.csv');
  writeFileSync(cases, `# the other one\n${readFileSync(cases, 'utf8')}`);
  const issuer = { issuer: 'https://issuer.test', jwksUri: 'https://issuer.test/jwks', audience: 'https://gateway.test' };
  const system = { origin: 'https://wf1.test', credential: { kind: 'none' } };
  const config = {
    environment: 'production',
    store: { kind: 'sqlite', folder: join(folder, 'store') },
    issuers: [issuer],
    systems: { 'workforce-one': system },
    policies: { folder: join(folder, 'one') },
  };
  writeFileSync(join(folder, 'casegate.yaml'), JSON.stringify(config));
});
afterAll(() => {
  tree?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function publish(source: string, ...more: readonly string[]) {
  const env = { PATH: process.env['PATH'], CASEGATE_LOG_DIGEST_KEY: 'a digest key for tests alone, 32 characters or more' };
  const child = spawn(process.execPath, [tree.command, 'policy', 'publish', join(folder, source), ...more], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  return { child, done: once(child, 'close').then(([code]) => ({ code: code as number | null, out })) };
}

async function kept() {
  const governance = await openDataSource({ kind: 'sqlite', folder: join(folder, 'store') }, { readOnly: true });
  try {
    const store = createPolicyStore(governance);
    const { version } = await store.inForce();
    return { changes: await store.history(null, 1_000), version, files: version === null ? null : await store.filesOf(version) };
  } finally {
    await governance.close();
  }
}

test('POL-23 a publication killed at any moment leaves the old policy or the new one in force, whole, and the log whole', async () => {
  const first = await publish('one', '--json').done;
  expect([first.code, JSON.parse(first.out)]).toMatchObject([0, { outcome: 'in-force', number: 1 }]);
  const started = performance.now();
  const second = await publish('other', '--reason', 'a remark').done;
  const wholeMs = performance.now() - started;
  expect([second.code, second.out]).toEqual([
    0,
    expect.stringMatching(/^In force: [0-9a-f]{12} \(change 2; changed: trackone\)\.\n$/) as unknown,
  ]);
  const versions = await Promise.all(['one', 'other'].map(async (name) => (await checkPolicyFolder(join(folder, name))).version));

  for (let round = 0; round < 12; round += 1) {
    const { child, done } = publish(round % 2 === 0 ? 'one' : 'other');
    // Spread over the whole life of the command, its end included.
    await Promise.race([done, wait((wholeMs * (round + 1)) / 11)]);
    child.kill('SIGKILL');
    await done;
    const { changes, version, files } = await kept();
    expect(versions).toContain(version);
    expect([...(files?.keys() ?? [])]).toEqual(expect.arrayContaining(['trackone', 'workforce-one']));
    expect(changes.map((change) => change.number)).toEqual(Array.from({ length: changes.length }, (_, i) => changes.length - i));
  }
  const before = (await kept()).changes.length;
  // It goes on from whatever stands there.
  const last = (await kept()).version === versions[0] ? 'other' : 'one';
  expect((await publish(last, '--from', String(before)).done).code).toBe(0);
  expect((await publish(last, '--from', String(before)).done).code).toBe(1);
  const reader = openLogReader({ kind: 'sqlite', folder: join(folder, 'store') });
  const chains = await verifyChains(reader);
  await reader.close();
  expect(chains.map((one) => one.fault)).toEqual(chains.map(() => null));
}, 120_000);

test('a folder that the checks refuse is not published, and the command says where', async () => {
  const before = (await kept()).changes.length;
  appendFileSync(join(folder, 'one', 'trackone', 'policy.csv'), 'p, group:team-member, *, *, always, everything, read, allow\n');
  const refused = await publish('one').done;
  expect([refused.code, refused.out]).toEqual([
    1,
    expect.stringMatching(/^trackone\/policy\.csv:\d+:1 .*\n[\s\S]*Refused: \d+ found/) as unknown,
  ]);
  expect((await kept()).changes.length).toBe(before);
});
