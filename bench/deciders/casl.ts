import { createMongoAbility, type MongoAbility, type RawRuleOf, subject } from '@casl/ability';
import type { PolicyRow } from '../../src/decide/policy-row';
import type { CaseSystem } from '../../src/vocabulary/case-system';
import type { Decider } from './decider';

/** One ability a workgroup, built once, denials last because the last rule that matches wins; `can` is asked once for each section. */
export function openCasl(system: CaseSystem, rows: readonly PolicyRow[]): Promise<Decider> {
  const abilities = new Map<string, MongoAbility>();
  const abilityOf = (workgroup: string): MongoAbility => {
    const known = abilities.get(workgroup);
    if (known !== undefined) return known;
    const own = rows.filter((row) => row.workgroup === '*' || row.workgroup === `group:${workgroup}`);
    const sorted = [...own.filter((row) => row.effect === 'allow'), ...own.filter((row) => row.effect === 'deny')];
    const ability = createMongoAbility(sorted.map(ruleOf));
    abilities.set(workgroup, ability);
    return ability;
  };
  return Promise.resolve({
    decide: ({ workgroup, relations, privacy, when }) => {
      const ability = abilityOf(workgroup);
      return system.sections.map((section) => ability.can('read', subject(section, { relations, privacy, when })));
    },
  });
}

function ruleOf({ relation, privacy, when, section, action, effect }: PolicyRow): RawRuleOf<MongoAbility> {
  const conditions = {
    ...(relation === '*' ? {} : { relations: relation === 'none' ? { $size: 0 } : { $all: [relation] } }),
    ...(privacy === '*' ? {} : { privacy }),
    ...(when.length === 0 ? {} : { when: { $all: [...when] } }),
  };
  return {
    action: action === '*' ? 'manage' : action,
    subject: section === '*' ? 'all' : section,
    inverted: effect === 'deny',
    ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
  };
}
