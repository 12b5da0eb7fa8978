import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPolicyInForce } from '../../src/decide/policy-in-force';
import { ask, key, policyOf } from '../decide/support/asking';
import { compileTree, type CompiledTree } from '../support/compiled-tree';

describe('SUP-11', () => {
  let tree: CompiledTree;
  let folder: string;
  beforeAll(() => {
    tree = compileTree();
    folder = mkdtempSync(join(tmpdir(), 'casegate-proto-'));
  });
  afterAll(() => {
    tree?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('in a process of ours no object has __proto__, so that a careless merge of foreign keys makes a key and no prototype', () => {
    const probe = join(folder, 'probe.cjs');
    writeFileSync(
      probe,
      `process.on('exit', () => {
        const merged = {};
        for (const [key, value] of Object.entries(JSON.parse('{"__proto__":{"right":"auditor"}}'))) merged[key] = value;
        process.stderr.write(JSON.stringify(['__proto__' in {}, ({}).right ?? null, merged.right ?? null]));
      });`,
    );
    const ran = spawnSync(process.execPath, ['--require', probe, tree.command, '--version'], { encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '[false,null,null]']);
  });

  test('the image takes it away in every thread', () => {
    const dockerfile = readFileSync(join(__dirname, '..', '..', 'Dockerfile'), 'utf8');
    expect(dockerfile.trim().split('\n').slice(-2)).toEqual([
      'ENTRYPOINT ["node", "--disable-proto=delete", "bin/casegate.js"]',
      'CMD ["serve"]',
    ]);
  });

  test('a policy in force, and what it decided, is frozen to its leaves', async () => {
    const { parts } = await policyOf();
    const policy = createPolicyInForce(parts, 'v1', () => undefined);
    const { system } = policy;
    const decision = ask(policy, key({ relations: 1, conditions: 1 }));
    for (const [name, whole] of Object.entries({ policy, decision, answer: parts.memory.answer(key(), 'read') }))
      expect([name, thawed(whole, name)]).toEqual([name, []]);
    expect(() => Object.assign(system.fields[0]!, { section: 0 })).toThrow(TypeError);
    expect(() => Object.assign(decision.granted, { 0: true })).toThrow(TypeError);
  });
});

/** Where in it something can still be changed. */
function thawed(value: unknown, at: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([name, inner]) => thawed(inner, `${at}.${name}`));
  return Object.isFrozen(value) ? inside : [at, ...inside];
}
