import { AnswerMemory } from '../../src/decide/answer-memory';
import { createBreather } from '../../src/decide/breather';
import { buildPolicyEngine } from '../../src/decide/policy-engine';
import { createPolicyInForce, type PolicyInForce } from '../../src/decide/policy-in-force';
import type { PolicyRow } from '../../src/decide/policy-row';
import type { ApplicationGrant } from '../../src/vocabulary/access';
import type { CaseSystem, Test } from '../../src/vocabulary/case-system';
import type { Decider } from './decider';

const GRANT: ApplicationGrant = { system: 'workforce-one', actions: ['read'], sections: ['*'] };

/** The policy in force as requests ask it. `forget` gives it a new memory. */
export async function openCasegate(system: CaseSystem, rows: readonly PolicyRow[]): Promise<Decider> {
  const engine = await buildPolicyEngine(system, rows, createBreather());
  const fail = (cause: unknown): never => {
    throw cause instanceof Error ? cause : new Error('the engine failed');
  };
  const make = (): PolicyInForce =>
    createPolicyInForce({ system, engine, memory: new AnswerMemory(engine), workgroups: [] }, 'bench', fail);
  const route = system.routes[0];
  if (route === undefined) throw new Error('the system has no route');
  let policy = make();
  return {
    decide: ({ workgroup, relations, privacy, when }) => {
      const key = {
        environment: 'production' as const,
        application: 'case-work',
        workgroup,
        relations: maskOf(system.relations, relations),
        isPrivate: privacy === 'private',
        conditions: maskOf(system.conditions, when),
      };
      return policy.decide({ route, keys: [key], grant: GRANT, actorKeys: null }).granted;
    },
    forget: () => {
      policy = make();
    },
  };
}

function maskOf(tests: readonly Test[], words: readonly string[]): number {
  let mask = 0;
  for (const word of words) mask |= 1 << tests.findIndex((test) => test.word === word);
  return mask;
}
