import type { ApplicationGrant, Decision, DecisionKey } from '../vocabulary/access';
import { ACTIONS, type Action, type CaseSystem, type Route } from '../vocabulary/case-system';
import type { Breathe } from './breather';
import { type Finding, finding } from './finding';
import { createPolicyInForce, type PolicyParts } from './policy-in-force';
import type { PolicyCase } from './read-cases-file';

export interface CaseResult {
  readonly case: PolicyCase;
  readonly isPassed: boolean;
  readonly got: { readonly view: string; readonly sections: readonly string[]; readonly reasons: readonly string[] };
}

/** Asks one example, and gives what the gateway would decide. */
export type CaseJudge = (one: PolicyCase) => { readonly result: CaseResult; readonly decision: Decision };

/** Asks the engine every example of cases.csv, through the very path that requests take. */
export async function runCases(parts: PolicyParts, cases: readonly PolicyCase[], breathe: Breathe): Promise<readonly CaseResult[]> {
  const judge = createCaseJudge(parts);
  const results: CaseResult[] = [];
  for (const one of cases) {
    results.push(judge(one).result);
    await breathe();
  }
  return results;
}

/** The view of a case is that over all sections which the routes of its action can show. */
export function createCaseJudge(parts: PolicyParts): CaseJudge {
  const routes = ACTIONS.map((action, index) => routeFor(parts.system, action, index));
  const policy = createPolicyInForce({ ...parts, system: { ...parts.system, routes } }, 'cases', () => undefined);
  const grant: ApplicationGrant = { system: parts.system.name, actions: ['*'], sections: ['*'] };
  return (one) => {
    const key: DecisionKey = { environment: 'production', application: 'cases', ...wordsOfKey(one) };
    const decision = policy.decide({ route: routes[ACTIONS.indexOf(one.action)] as Route, keys: [key], grant, actorKeys: null });
    return { result: judge(parts.system, one, decision), decision };
  };
}

/** A finding for every case that does not hold. */
export const caseFindings = (results: readonly CaseResult[], file: string): readonly Finding[] =>
  results
    .filter((result) => !result.isPassed)
    .map(({ case: one, got }) =>
      finding(
        'case-fails',
        { file, line: one.line, column: 1, word: one.name },
        `expected ${say(one.view, one.sections, one.reasons)}; the policy gives ${say(got.view, got.sections, got.reasons)}`,
      ),
    );

const say = (view: string, sections: readonly string[], reasons: readonly string[]): string =>
  `${view} (${sections.join(' & ') || 'none'}) because ${reasons.join(' & ')}`;

const wordsOfKey = ({ workgroup, relations, isPrivate, conditions }: PolicyCase): Omit<DecisionKey, 'environment' | 'application'> => ({
  workgroup,
  relations,
  isPrivate,
  conditions,
});

/** A route for a case. */
function routeFor(system: CaseSystem, action: Action, index: number): Route {
  const sections = sectionsUnder(system, action).map((section) => system.sections.indexOf(section));
  return { ...(system.routes[0] as Route), index, action, sections };
}

/** The sections that routes of the action show, in the order of record.yaml; all where none shows any: of writing, a case says what the policy allows. */
export function sectionsUnder(system: CaseSystem, action: Action): readonly string[] {
  const routes = system.routes.filter((route) => route.action === action && route.write === undefined);
  const shown = new Set(routes.flatMap((route) => route.sections));
  return system.sections.filter((_, number) => routes.length === 0 || shown.has(number));
}

function judge(system: CaseSystem, one: PolicyCase, decision: Decision): CaseResult {
  const got = {
    view: decision.disclosure,
    sections: system.sections.filter((_, i) => decision.granted[i]),
    reasons: decision.reasons,
  };
  const isPassed = got.view === one.view && isSame(got.sections, one.sections) && isSame(got.reasons, one.reasons);
  return { case: one, isPassed, got };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((word) => b.includes(word));
