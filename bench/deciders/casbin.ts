import { type Enforcer, newEnforcer, newModelFromString } from 'casbin';
import type { PolicyRow } from '../../src/decide/policy-row';
import type { CaseSystem } from '../../src/vocabulary/case-system';
import type { BenchQuestion, Decider } from './decider';

/** One enforcer over all rows, as an application writes it: words compared in the matcher, sets of words by functions of its own. */
const MODEL = `
[request_definition]
r = workgroup, relations, privacy, conditions, section, action

[policy_definition]
p = workgroup, relation, privacy, when, section, action, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = (p.workgroup == '*' || r.workgroup == p.workgroup) && (p.section == '*' || r.section == p.section) && (p.action == '*' || r.action == p.action) && (p.privacy == '*' || r.privacy == p.privacy) && isRelated(r.relations, p.relation) && allHold(r.conditions, p.when)
`;

/** enforce, once for each section, and awaited as its documentation shows. */
export async function openCasbin(system: CaseSystem, rows: readonly PolicyRow[]): Promise<Decider> {
  const enforcer = await enforcerOf(rows);
  return {
    decide: async (question) => {
      const answers: boolean[] = [];
      for (const section of system.sections) answers.push(await enforcer.enforce(...wordsOf(question, section)));
      return answers;
    },
  };
}

/** The same with enforceSync. */
export async function openCasbinSync(system: CaseSystem, rows: readonly PolicyRow[]): Promise<Decider> {
  const enforcer = await enforcerOf(rows);
  return { decide: (question) => system.sections.map((section) => enforcer.enforceSync(...wordsOf(question, section))) };
}

async function enforcerOf(rows: readonly PolicyRow[]): Promise<Enforcer> {
  const model = newModelFromString(MODEL);
  for (const { workgroup, relation, privacy, when, section, action, effect } of rows) {
    model.addPolicy('p', 'p', [workgroup, relation, privacy, when.join(' & ') || 'always', section, action, effect]);
  }
  const enforcer = await newEnforcer(model);
  await enforcer.addFunction('isRelated', (relations: unknown, relation: unknown) =>
    relation === '*'
      ? true
      : relation === 'none'
        ? (relations as readonly string[]).length === 0
        : (relations as readonly string[]).includes(String(relation)),
  );
  const lists = new Map<string, readonly string[]>([['always', []]]);
  await enforcer.addFunction('allHold', (conditions: unknown, when: unknown) => {
    const text = String(when);
    const list = lists.get(text) ?? text.split(' & ');
    lists.set(text, list);
    return list.every((word) => (conditions as readonly string[]).includes(word));
  });
  return enforcer;
}

const wordsOf = ({ workgroup, relations, privacy, when }: BenchQuestion, section: string): unknown[] => [
  `group:${workgroup}`,
  relations,
  privacy,
  when,
  section,
  'read',
];
