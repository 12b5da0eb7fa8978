import { join } from 'node:path';
import { createBreather } from '../../src/decide/breather';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import type { CheckedSystem } from '../../src/decide/check-system';
import type { PolicyParts } from '../../src/decide/policy-in-force';
import { coverRows } from '../../src/decide/review/cover-rows';
import { tryMutations } from '../../src/decide/review/try-mutations';

/** What `casegate policy test --mutate` says, for every system of this tree. */
test('no row of a shipped policy could be flipped, deleted or widened without an example noticing', async () => {
  const { systems } = await checkPolicyFolder(join(__dirname, '../../policies'));
  expect(systems.length).toBeGreaterThan(0);
  for (const one of systems) {
    if (one.parts === null) throw new Error(`${one.name} is not good`);
    const results = await tryMutations(one as CheckedSystem & { readonly parts: PolicyParts }, createBreather());
    expect(results.length).toBeGreaterThan(one.rows.length);
    expect([one.name, results.filter((result) => result.outcome === 'missed').map(({ line, change }) => `${line} ${change}`)]).toEqual([
      one.name,
      [],
    ]);
    const bare = coverRows(one.parts, one.rows, one.cases).filter(({ decided, refused }) => decided.length === 0 || refused.length === 0);
    expect([one.name, bare]).toEqual([one.name, []]);
  }
});
