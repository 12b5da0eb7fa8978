import type { ApplicationGrant, Decision, DecisionKey, Disclosure, Narrowing } from '../vocabulary/access';
import type { Action, CaseSystem, Route } from '../vocabulary/case-system';
import type { Reason } from '../vocabulary/reasons';
import { type AnswerMemory, ensure } from './answer-memory';
import { type Cover, type CoverQuestion, coverReach } from './cover-reach';
import type { KeyAnswer, PolicyEngine } from './policy-engine';

export interface Question {
  readonly route: Route;
  /** One per membership of the caller that holds now. */
  readonly keys: readonly [DecisionKey, ...DecisionKey[]];
  /** What the calling application may carry in this system. */
  readonly grant: ApplicationGrant;
  /** One per membership of the acting service; null where nobody acts for the caller. Empty: the actor may nothing. */
  readonly actorKeys: readonly DecisionKey[] | null;
}

/** The policy of one system as one version of the policy set has it. Never changes. */
export interface PolicyInForce {
  readonly system: CaseSystem;
  /** sha-256 hex of the whole policy set. */
  readonly version: string;
  /** Workgroups that stand in the policy, without their namespace. */
  readonly workgroups: readonly string[];
  /** True if some row could ever allow something to this workgroup under this action. */
  mayEver(workgroup: string, action: Action): boolean;
  /**
   * Decides about one record. Memberships join as: some membership allowed and none denied, for each section.
   *
   * Gives   a frozen decision; the same object for the same route, single key and grant object, so that callers may cache by it.
   * Fails   never: trouble in the engine is disclosure `none` with the reason engine-error.
   */
  decide(question: Question): Decision;
  /**
   * What the caller could see over every record that a query could touch.
   * Fails   never: trouble in the engine is a cover of nothing.
   */
  cover(question: CoverQuestion): Cover;
}

export interface PolicyParts {
  readonly system: CaseSystem;
  readonly engine: PolicyEngine;
  readonly memory: AnswerMemory;
  readonly workgroups: readonly string[];
}

/** Decisions remembered before all are dropped; a decision is about 1 KiB. */
const MOST_DECISIONS = 100_000;

export function createPolicyInForce(parts: PolicyParts, version: string, onFault: (cause: unknown) => void): PolicyInForce {
  const { system, engine, memory, workgroups } = parts;
  let remembered = new WeakMap<ApplicationGrant, ByRoute>();
  let count = 0;

  const decideAnew = (question: Question): Decision => {
    const { action } = question.route;
    const own = question.keys.map((key) => memory.answer(key, action));
    const actor = question.actorKeys?.map((key) => memory.answer(key, action)) ?? null;
    return compose(system, question, own, actor, version);
  };

  return Object.freeze({
    system,
    version,
    workgroups,
    mayEver: (workgroup, action) => engine.mayEver(workgroup, action),
    cover(question) {
      try {
        if (system.routes[question.route.index] !== question.route) throw new Error('the route is not of this policy');
        return coverReach(system, memory, question);
      } catch (cause) {
        onFault(cause);
        const nothing = system.sections.map(() => false);
        return { everywhere: nothing, somewhere: nothing };
      }
    },
    decide(question) {
      try {
        const { route, keys, grant } = question;
        // A route of another version may number its sections otherwise.
        if (system.routes[route.index] !== route) throw new Error('the route is not of this policy');
        if (keys.length !== 1 || question.actorKeys !== null) return decideAnew(question);
        const slot = placeOf(remembered, grant, route, keys[0]);
        const known = slot.get(keys[0].conditions);
        if (known !== undefined) return known;
        const decision = decideAnew(question);
        if ((count += 1) > MOST_DECISIONS) [remembered, count] = [new WeakMap(), 0];
        else slot.set(keys[0].conditions, decision);
        return decision;
      } catch (cause) {
        onFault(cause);
        return refusal(system, question, version);
      }
    },
  } satisfies PolicyInForce);
}

type ByConditions = Map<number, Decision>;
type ByRelations = Map<number, ByConditions>;
type ByPrivacy = { readonly open: ByRelations; readonly private: ByRelations };
type ByWorkgroup = Map<string, ByPrivacy>;
type ByRoute = Map<Route, Map<string, Map<string, ByWorkgroup>>>;

function placeOf(remembered: WeakMap<ApplicationGrant, ByRoute>, grant: ApplicationGrant, route: Route, key: DecisionKey): ByConditions {
  let byRoute = remembered.get(grant);
  if (byRoute === undefined) remembered.set(grant, (byRoute = new Map()));
  const byEnvironment = ensure(byRoute, route, makeMap<string, Map<string, ByWorkgroup>>);
  const byApplication = ensure(byEnvironment, key.environment, makeMap<string, ByWorkgroup>);
  const byWorkgroup = ensure(byApplication, key.application, makeMap<string, ByPrivacy>);
  const byPrivacy = ensure(byWorkgroup, key.workgroup, makePrivacy);
  return ensure(key.isPrivate === false ? byPrivacy.open : byPrivacy.private, key.relations, makeMap<number, Decision>);
}

const makeMap = <Key, Value>(): Map<Key, Value> => new Map<Key, Value>();
const makePrivacy = (): ByPrivacy => ({ open: new Map(), private: new Map() });

function compose(
  system: CaseSystem,
  question: Question,
  own: readonly KeyAnswer[],
  actor: readonly KeyAnswer[] | null,
  version: string,
): Decision {
  const { route, grant } = question;
  const granted = system.sections.map(() => false);
  const ruleLines = system.sections.map(() => 0);
  const withheld: (Reason | null)[] = system.sections.map(() => null);
  for (const section of route.sections) {
    const why = whyWithheld(section, system.sections[section] ?? '', route.action, own, grant, system.name, actor);
    withheld[section] = why;
    granted[section] = why === null;
    ruleLines[section] = why === null ? (own.find((answer) => answer.allowed[section])?.lines[section] ?? 0) : 0;
  }
  const reasons = [...new Set(withheld.filter((why) => why !== null))];
  const disclosure = disclosureOf(system, route, granted);
  if (disclosure === 'full') reasons.unshift('granted');
  if (disclosure === 'none') reasons.push('no-section-granted');
  return freeze(system, question, disclosure, granted, ruleLines, withheld, reasons, version);
}

/** null: shown. Otherwise what stands in the way, the caller's own rights first. */
function whyWithheld(
  section: number,
  name: string,
  action: Action,
  own: readonly KeyAnswer[],
  grant: ApplicationGrant,
  system: string,
  actor: readonly KeyAnswer[] | null,
): Reason | null {
  if (!joins(own, section)) return own.some((answer) => answer.denied[section]) ? 'denied-by-rule' : mostExact(own, section);
  if (!carries(carriedBy(grant, system, action), name)) return 'application-narrows';
  if (actor !== null && !joins(actor, section)) return 'actor-narrows';
  return null;
}

const joins = (answers: readonly KeyAnswer[], section: number): boolean =>
  answers.some((answer) => answer.allowed[section] === true) && !answers.some((answer) => answer.denied[section] !== false);

/** The sections that an application may carry in this system under this action. */
const carriedBy = (grant: ApplicationGrant, system: string, action: Action): readonly string[] =>
  grant.system === system && carries(grant.actions, action) ? grant.sections : NOTHING;

const NOTHING: readonly string[] = [];

function narrowingOf({ route, grant, actorKeys }: Question, system: string): Narrowing | null {
  const sections = carriedBy(grant, system, route.action);
  if (sections.includes('*') && actorKeys === null) return null;
  return Object.freeze({ carries: Object.freeze([...sections]), actorKeys: actorKeys === null ? null : frozenKeys(actorKeys) });
}

const frozenKeys = (keys: readonly DecisionKey[]): readonly DecisionKey[] => Object.freeze(keys.map((key) => Object.freeze({ ...key })));

const carries = (words: readonly string[], word: string): boolean => words.includes('*') || words.includes(word);

/** From the nearest to being shown to the farthest. */
const EXACTNESS: readonly Reason[] = ['no-private-privilege', 'private-record', 'out-of-scope'];
const mostExact = (answers: readonly KeyAnswer[], section: number): Reason =>
  EXACTNESS.find((reason) => answers.some((answer) => answer.why[section] === reason)) ?? 'not-granted';

function disclosureOf(system: CaseSystem, route: Route, granted: readonly boolean[]): Disclosure {
  const shown = route.sections.filter((section) => granted[section]);
  if (shown.length === 0) return 'none';
  if (shown.length === route.sections.length) return 'full';
  return shown.length === 1 && shown[0] === system.basicSection ? 'basic' : 'partial';
}

function refusal(system: CaseSystem, question: Question, version: string): Decision {
  const none = system.sections.map(() => false);
  const withheld = system.sections.map((_, i) => (question.route.sections.includes(i) ? ('engine-error' as const) : null));
  return freeze(
    system,
    question,
    'none',
    none,
    system.sections.map(() => 0),
    withheld,
    ['engine-error'],
    version,
  );
}

function freeze(
  system: CaseSystem,
  question: Question,
  disclosure: Disclosure,
  granted: readonly boolean[],
  ruleLines: readonly number[],
  withheld: readonly (Reason | null)[],
  reasons: readonly Reason[],
  policyVersion: string,
): Decision {
  if (granted.length !== system.sections.length) throw new Error('a decision runs over all sections');
  const [first = 'engine-error', ...rest] = reasons;
  return Object.freeze({
    disclosure,
    granted: Object.freeze(granted),
    ruleLines: Object.freeze(ruleLines),
    withheld: Object.freeze(withheld),
    reasons: Object.freeze([first, ...rest] as const),
    keys: frozenKeys(question.keys),
    narrowing: narrowingOf(question, system.name),
    policyVersion,
  });
}
