import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyRow } from '../../src/decide/policy-row';
import type { CaseSystem } from '../../src/vocabulary/case-system';
import type { Decider } from './decider';

const SET = 'bench';

/** One Cedar policy a row, parsed once and kept in the engine (`preparsePolicySet`); asked once for each section. */
export function openCedar(system: CaseSystem, rows: readonly PolicyRow[]): Promise<Decider> {
  const parsed = cedar.preparsePolicySet(SET, { staticPolicies: rows.map(policyOf).join('\n') });
  if (parsed.type === 'failure') throw new Error(`Cedar does not take the rows: ${parsed.errors[0]?.message ?? ''}`);
  const action = { type: 'Action', id: 'read' };
  return Promise.resolve({
    decide: ({ workgroup, relations, privacy, when }) => {
      const principal = { type: 'Workgroup', id: workgroup };
      const context = { relations: [...relations], privacy, when: [...when] };
      return system.sections.map((section) => {
        const resource = { type: 'Section', id: section };
        const answer = cedar.statefulIsAuthorized({ principal, action, resource, context, entities: [], preparsedPolicySetId: SET });
        if (answer.type === 'failure') throw new Error(`Cedar gives no answer: ${answer.errors[0]?.message ?? ''}`);
        if (answer.response.diagnostics.errors.length > 0) throw new Error('a Cedar policy failed');
        return answer.response.decision === 'allow';
      });
    },
  });
}

function policyOf({ workgroup, relation, privacy, when, section, action, effect }: PolicyRow): string {
  const who = workgroup === '*' ? 'principal' : `principal == Workgroup::"${workgroup.slice('group:'.length)}"`;
  const what = section === '*' ? 'resource' : `resource == Section::"${section}"`;
  const does = action === '*' ? 'action' : `action == Action::"${action}"`;
  const tests = [
    ...(relation === '*' ? [] : [relation === 'none' ? 'context.relations.isEmpty()' : `context.relations.contains("${relation}")`]),
    ...(privacy === '*' ? [] : [`context.privacy == "${privacy}"`]),
    ...(when.length === 0 ? [] : [`context.when.containsAll([${when.map((word) => `"${word}"`).join(', ')}])`]),
  ];
  return `${effect === 'allow' ? 'permit' : 'forbid'} (${who}, ${does}, ${what})${tests.length === 0 ? '' : ` when { ${tests.join(' && ')} }`};`;
}
