import type { ApplicationGrant, DecisionKey } from '../../vocabulary/access';
import type { CaseSystem, Route } from '../../vocabulary/case-system';
import type { PastDecision } from '../../vocabulary/past-decision';
import type { PolicyInForce } from '../policy-in-force';
import type { PolicyRow } from '../policy-row';
import { type FieldChange, findRoute, type Obstacle, recollapsed, type SystemChange } from './compare-systems';
import { translateKey, type Unknown, unknownsOf } from './unknown-words';

/** A candidate's policy of one system, ready to be asked. */
export interface CandidateSystem {
  readonly policy: PolicyInForce;
  readonly rows: readonly PolicyRow[];
}

/** What somebody would have seen besides, or would not have seen: a whole section, or one field where the rest of its section is no news. */
export interface ImpactPart {
  /** The candidate's section for a gain, the former one for a loss. */
  readonly section: string;
  /** JSON pointer; null for the whole section. */
  readonly field: string | null;
  /** True where a Social Security number is among it. */
  readonly holdsSsn: boolean;
}

/** What cannot be said of a decision. */
export interface Unsettled extends Obstacle {
  /** The candidate's section that it is about; null for all of them. */
  readonly section: string | null;
  /** That section and those in which its fields stood before; null for all. */
  readonly touches: readonly string[] | null;
  readonly holdsSsn: boolean;
}

export interface ReplayedDecision {
  readonly gained: readonly ImpactPart[];
  readonly lost: readonly ImpactPart[];
  readonly unsettled: readonly Unsettled[];
}

/** More unknown words would make a decision be asked more than 4,096 times. */
const MOST_UNKNOWN = 12;

/**
 * What one past decision would have been under a candidate.
 *
 * The candidate is asked through the very code that decides requests, with all that the decision stood on: the keys of every membership
 * (some allowed and none denied), the sections that the application may carry, the keys of the acting service. So
 *
 *   before   the sections that were granted: they passed the keys, the application and the actor
 *   after    the sections that the candidate grants by the same keys, the same application and the same actor, on its route of that name
 *   gained   fields in a section of `after` that stood in no section of `before`; lost: the reverse
 *
 * A section that the application or the actor kept back then is kept back by the same application now, and by the actor as far as the
 * candidate's own rows say: it is no gain. Fields are compared, not names of sections, so that a field which stands in another section
 * under the candidate is counted for those to whom that makes a difference; a section all of whose fields change is told by its name.
 *
 * What an old key does not tell (a word that is new, or means something else) is tried both ways. Where that makes no difference to a
 * section it is settled; where it does, it is not, and the words are named.
 *
 * Takes   the comparison of the system as it was when it was decided with the candidate's.
 * Fails   Error where the policy engine fails.
 */
export function replayDecision(past: PastDecision, change: SystemChange, candidate: CandidateSystem): ReplayedDecision {
  if (change.obstacle !== null) return nothingSaid(change.obstacle);
  const route = findRoute(change, past.route);
  if ('why' in route) return nothingSaid(route);
  for (const held of [past.keys, past.narrowing?.actorKeys ?? []]) {
    const words = recollapsed(
      change,
      held.map((key) => key.workgroup),
    );
    if (words.length > 0) return nothingSaid({ why: 'memberships-changed', words });
  }
  const keys = past.keys.map((key) => translateKey(change, key));
  const actorKeys = past.narrowing?.actorKeys?.map((key) => translateKey(change, key)) ?? null;
  const all = [...keys, ...(actorKeys ?? [])];
  const unknowns = unknownsOf(change, candidate.rows, all);
  if (unknowns.length > MOST_UNKNOWN) return nothingSaid({ why: 'too-many-unknown-words', words: wordsOf(unknowns) });
  const grant = grantOf(change.after, past.narrowing?.carries ?? EVERY_SECTION);

  const ask = (): readonly boolean[] =>
    // Who holds more memberships than the system allows is refused before any policy is asked (WWP-03).
    isTooMany(change.after, keys, actorKeys) ? change.after.sections.map(() => false) : granted(candidate, route, keys, grant, actorKeys);
  const answers = tryBothWays(unknowns, all, ask);
  return compare(past, change, answers, unknowns);
}

const nothingSaid = (obstacle: Obstacle): ReplayedDecision => ({ gained: [], lost: [], unsettled: [unsettledAll(obstacle)] });

/** Nothing can be said of any section. */
export const unsettledAll = (obstacle: Obstacle): Unsettled => ({ ...obstacle, section: null, touches: null, holdsSsn: true });

const wordsOf = (unknowns: readonly Unknown[]): readonly string[] => [...new Set(unknowns.map((one) => one.word))];

const EVERY_SECTION = ['*'];

/** One object for the same words: decisions are remembered by it. */
const GRANTS = new WeakMap<CaseSystem, Map<string, ApplicationGrant>>();

function grantOf(system: CaseSystem, sections: readonly string[]): ApplicationGrant {
  const grants = GRANTS.get(system) ?? new Map<string, ApplicationGrant>();
  GRANTS.set(system, grants);
  const name = JSON.stringify(sections);
  const grant = grants.get(name) ?? { system: system.name, actions: ['*'], sections };
  grants.set(name, grant);
  return grant;
}

const isTooMany = (system: CaseSystem, keys: readonly DecisionKey[], actorKeys: readonly DecisionKey[] | null): boolean =>
  Math.max(keys.length, actorKeys?.length ?? 0) > system.mostMemberships;

function granted(
  { policy }: CandidateSystem,
  route: Route,
  [first, ...others]: readonly DecisionKey[],
  grant: ApplicationGrant,
  actorKeys: readonly DecisionKey[] | null,
): readonly boolean[] {
  if (first === undefined) throw new Error('a decision stands on a key');
  const decision = policy.decide({ route, keys: [first, ...others], grant, actorKeys });
  if (decision.reasons.includes('engine-error')) throw new Error(`the candidate's policy engine failed in ${policy.system.name}`);
  return decision.granted;
}

/** The sections granted for every way in which the unknown words may hold: bit i of an answer's number says whether unknown i holds. */
function tryBothWays(
  unknowns: readonly Unknown[],
  keys: Parameters<Unknown['apply']>[0],
  ask: () => readonly boolean[],
): readonly (readonly boolean[])[] {
  const answers: (readonly boolean[])[] = [];
  for (let number = 0; number < 1 << unknowns.length; number += 1) {
    for (const [bit, unknown] of unknowns.entries()) unknown.apply(keys, (number & (1 << bit)) !== 0);
    answers.push(ask());
  }
  return answers;
}

function compare(
  past: PastDecision,
  change: SystemChange,
  answers: readonly (readonly boolean[])[],
  unknowns: readonly Unknown[],
): ReplayedDecision {
  const { before, after } = change;
  const was = before.sections.map((name) => past.granted.includes(name));
  const hangsOn = after.sections.map((_, section) => unknowns.filter((_one, bit) => doesMatter(answers, section, bit)));
  const becomes = after.sections.map((_, section) => answers[0]?.[section] === true);
  const isSettled = (section: number): boolean => hangsOn[section]?.length === 0;

  const gained = after.sections.flatMap((_, section) =>
    becomes[section] === true && isSettled(section) ? partsOf(change, 'after', section, (field) => was[field.before] !== true) : [],
  );
  const lost = before.sections.flatMap((_, section) =>
    was[section] === true
      ? partsOf(change, 'before', section, ({ after: now }) => now < 0 || (isSettled(now) && becomes[now] !== true))
      : [],
  );
  const unsettled: Unsettled[] = after.sections.flatMap((name, section) =>
    isSettled(section) ? [] : [{ why: 'word-unknown', words: wordsOf(hangsOn[section] ?? []), ...about(change, section, name) }],
  );
  for (const [section, name] of after.sections.entries()) {
    const otherwise = change.fields.filter((field) => field.after === section && field.isOtherKind && was[field.before] === true);
    if (otherwise.length > 0 && becomes[section] === true && isSettled(section))
      unsettled.push({ why: 'field-kind-changed', words: otherwise.map((one) => one.pointer), ...about(change, section, name) });
  }
  return { gained, lost, unsettled };
}

function about({ before, fields }: SystemChange, section: number, name: string): Pick<Unsettled, 'section' | 'touches' | 'holdsSsn'> {
  const own = fields.filter((field) => field.after === section);
  const former = own.map((field) => before.sections[field.before]).filter((one) => one !== undefined);
  return { section: name, touches: [...new Set([name, ...former])], holdsSsn: own.some((field) => field.isSsn) };
}

const doesMatter = (answers: readonly (readonly boolean[])[], section: number, bit: number): boolean =>
  answers.some((answer, number) => answer[section] !== answers[number ^ (1 << bit)]?.[section]);

/** The fields of a section that change; its name where that is all of them. */
function partsOf(
  { before, after, fields }: SystemChange,
  side: 'before' | 'after',
  section: number,
  changes: (field: FieldChange) => boolean,
): readonly ImpactPart[] {
  const name = (side === 'before' ? before : after).sections[section] ?? '';
  const own = fields.filter((field) => field[side] === section);
  const changed = own.filter(changes);
  if (changed.length === 0) return [];
  if (changed.length === own.length) return [{ section: name, field: null, holdsSsn: changed.some((field) => field.isSsn) }];
  return changed.map((field) => ({ section: name, field: field.pointer, holdsSsn: field.isSsn }));
}
