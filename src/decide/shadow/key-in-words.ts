import type { DecisionKey } from '../../vocabulary/access';
import type { CaseSystem, Test } from '../../vocabulary/case-system';

/** A decision key as people read it: `employment-counselor, assigned, private, in-scope`; `none` and `always` for empty sets. */
export function keyInWords(system: CaseSystem, { workgroup, relations, isPrivate, conditions }: DecisionKey): string {
  const words = (tests: readonly Test[], mask: number): readonly string[] =>
    tests.filter((_, i) => (mask & (1 << i)) !== 0).map((test) => test.word);
  const relation = words(system.relations, relations).join(' & ') || 'none';
  const when = words(system.conditions, conditions).join(' & ') || 'always';
  return [workgroup, relation, isPrivate ? 'private' : 'open', when].join(', ');
}
