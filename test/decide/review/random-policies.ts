import fc from 'fast-check';
import { createBreather } from '../../../src/decide/breather';
import { buildPolicyEngine } from '../../../src/decide/policy-engine';
import type { PolicyRow } from '../../../src/decide/policy-row';
import { wordsThatMayHold } from '../../../src/decide/review/make-matrix';
import { ACTIONS, type CaseSystem } from '../../../src/vocabulary/case-system';
import { checkSmall } from '../support/asking';
import { casesFor, RECORD } from '../support/policy-files';

const WITH_WORKGROUP = RECORD.replace('  assigned:\n', '  assigned:\n    - { workgroup: [worker] }\n').replace(
  'conditions:\n',
  'conditions:\n  exited:\n    - { workgroup: [boss] }\n    - { fact: agency, has: [gone] }\n',
);

/** The small system with a relation that only workers and a condition that only bosses can have. */
export async function randomSystem(): Promise<CaseSystem> {
  const policy = 'p, group:worker, *, *, always, basic, read, allow\np, group:boss, *, *, always, basic, read, allow\nend\n';
  const checked = await checkSmall({ record: WITH_WORKGROUP, policy, cases: casesFor('worker', 'boss') });
  if (checked.system === null) throw new Error(JSON.stringify(checked.findings));
  return checked.system;
}

const word = (...words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
export const row = fc.record({
  workgroup: word('group:worker', 'group:boss', '*'),
  relation: word('assigned', 'supervisor', 'none', '*', '*'),
  privacy: fc.constantFrom('open' as const, 'private' as const, '*' as const),
  when: fc.subarray(['exited', 'in-scope', 'privileged']),
  section: word('basic', 'contact', '*'),
  action: word('read', 'read', 'delete', '*'),
  effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
});
export const rows = fc
  .uniqueArray(row, { minLength: 1, maxLength: 12, selector: (one) => JSON.stringify(one) })
  .map((all): readonly PolicyRow[] => all.map((one, i) => ({ ...one, line: i + 1 })));

export interface Holder {
  readonly workgroup: string;
  readonly relations: readonly string[];
  readonly conditions: readonly string[];
  readonly privacy: 'open' | 'private';
}
/** Everybody whom the record.yaml can make. */
export function everybody(system: CaseSystem): readonly Holder[] {
  const subsets = (words: readonly string[]): readonly (readonly string[])[] =>
    words.reduce<readonly (readonly string[])[]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);
  return ['worker', 'boss', 'stranger'].flatMap((workgroup) => {
    const may = wordsThatMayHold(system, `group:${workgroup}`);
    return subsets([...may.relations]).flatMap((relations) =>
      subsets([...may.conditions]).flatMap((conditions) =>
        (['open', 'private'] as const).map((privacy) => ({ workgroup, relations, conditions, privacy })),
      ),
    );
  });
}

const maskOf = (chosen: readonly string[], all: readonly { readonly word: string }[]): number =>
  all.reduce((mask, test, i) => (chosen.includes(test.word) ? mask | (1 << i) : mask), 0);

/** Casbin's answer to every question about these sections, shown and denied. */
export async function answers(system: CaseSystem, all: readonly PolicyRow[]) {
  const engine = await buildPolicyEngine(system, all, createBreather());
  return everybody(system).flatMap((who) =>
    ACTIONS.map((action) => {
      const key = {
        workgroup: who.workgroup,
        relations: maskOf(who.relations, system.relations),
        conditions: maskOf(who.conditions, system.conditions),
        isPrivate: who.privacy === 'private',
      };
      const { allowed, denied } = engine.ask(key, action);
      return { who, action, allowed, denied };
    }),
  );
}
