import type { ApplicationGrant, Decision, DecisionKey } from '../../../src/vocabulary/access';
import { createBreather } from '../../../src/decide/breather';
import { checkSystem, type CheckedSystem } from '../../../src/decide/check-system';
import { createPolicyInForce, type PolicyInForce, type PolicyParts } from '../../../src/decide/policy-in-force';
import { CASES, type Files, POLICY, RECORD } from './policy-files';

export const EVERYTHING: ApplicationGrant = { system: 'small', actions: ['*'], sections: ['*'] };

export const checkSmall = (files: Files = {}): Promise<CheckedSystem> =>
  checkSystem(
    'small',
    {
      'record.yaml': Buffer.from(files.record ?? RECORD),
      'policy.csv': Buffer.from(files.policy ?? POLICY),
      'cases.csv': Buffer.from(files.cases ?? CASES),
      'holidays.csv': files.holidays === undefined ? null : Buffer.from(files.holidays),
      'exceptions.csv': files.exceptions === undefined ? null : Buffer.from(files.exceptions),
    },
    createBreather(),
  );

/** The policy of these files; throws their findings. */
export async function policyOf(files: Files = {}): Promise<PolicyInForce & { readonly parts: PolicyParts; readonly faults: unknown[] }> {
  const { parts, findings } = await checkSmall(files);
  if (!parts) throw new Error(JSON.stringify(findings));
  const faults: unknown[] = [];
  return { ...createPolicyInForce(parts, 'v1', (cause) => faults.push(cause)), parts, faults };
}

/** A key of the system `small`: relations assigned=1, supervisor=2; conditions in-scope=1, privileged=2. */
export const key = (change: Partial<DecisionKey> = {}): DecisionKey => ({
  environment: 'production',
  application: 'case-tool',
  workgroup: 'worker',
  relations: 0,
  isPrivate: false,
  conditions: 0,
  ...change,
});

export function ask(policy: PolicyInForce, ...keys: readonly [DecisionKey, ...DecisionKey[]]): Decision {
  return policy.decide({ route: policy.system.routes[0]!, keys, grant: EVERYTHING, actorKeys: null });
}

/** The sections shown, by name. */
export const shown = (policy: PolicyInForce, decision: Decision): readonly string[] =>
  policy.system.sections.filter((_, i) => decision.granted[i]);
