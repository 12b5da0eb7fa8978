import type { ApplicationGrant, Reach } from '../vocabulary/access';
import type { Action, CaseSystem, Route } from '../vocabulary/case-system';
import type { AnswerMemory } from './answer-memory';
import type { KeyAnswer, KeyWords } from './policy-engine';

/** What a caller could see over all records that a query could touch, by section number. */
export interface Cover {
  /** Shown on every one of them, whatever its facts. */
  readonly everywhere: readonly boolean[];
  /** Shown on one of them at least, for all the policy says. */
  readonly somewhere: readonly boolean[];
}

export interface CoverQuestion {
  readonly route: Route;
  /** One per membership of the caller. A record may be anything that any of them could meet. */
  readonly reaches: readonly Reach[];
  readonly grant: ApplicationGrant;
  /** null: nobody acts for the caller. */
  readonly actorReaches: readonly Reach[] | null;
}

/**
 * Settles from the policy alone what is shown on every record in reach.
 *
 * Rows only ask that words hold, but for the relation `none`. So whatever is allowed with the fewest words is allowed with more: the fewest
 * are asked about, without a relation and with each one by itself. And whatever is denied, is denied with the most words: those are asked
 * about, and the empty relation beside them. That is complete over the closed vocabulary, and every answer is a remembered one.
 *
 * A section counts as shown everywhere only where one membership shows it by itself and none could deny it: closed first, for two
 * memberships may meet a record in ways that exclude each other.
 * Fails   where the engine does.
 */
export function coverReach(system: CaseSystem, memory: AnswerMemory, question: CoverQuestion): Cover {
  const { route, grant, reaches, actorReaches } = question;
  const own = reaches.map((reach) => new ReachAnswers(memory, route.action, system, reach));
  const actor = actorReaches?.map((reach) => new ReachAnswers(memory, route.action, system, reach)) ?? null;
  const mayCarry = grant.system === system.name && carries(grant.actions, route.action);
  const everywhere = system.sections.map(() => false);
  const somewhere = system.sections.map(() => false);
  for (const section of route.sections) {
    if (!mayCarry || !carries(grant.sections, system.sections[section] ?? '')) continue;
    everywhere[section] = isEverywhere(own, section) && (actor === null || isEverywhere(actor, section));
    somewhere[section] = isSomewhere(own, section) && (actor === null || isSomewhere(actor, section));
  }
  return { everywhere, somewhere };
}

const carries = (words: readonly string[], word: string): boolean => words.includes('*') || words.includes(word);

const isEverywhere = (answers: readonly ReachAnswers[], section: number): boolean =>
  answers.some((one) => one.isAlwaysAllowed(section)) && !answers.some((one) => one.mayBeDenied(section));

const isSomewhere = (answers: readonly ReachAnswers[], section: number): boolean => answers.some((one) => one.mayBeAllowed(section));

/** The answers at the ends of what one membership could meet. */
class ReachAnswers {
  readonly #fewest: readonly KeyAnswer[];
  readonly #most: readonly KeyAnswer[];

  constructor(memory: AnswerMemory, action: Action, system: CaseSystem, reach: Reach) {
    const { workgroup, relationsAlways, relationsPerhaps, conditionsAlways, conditionsPerhaps, privacy } = reach;
    const singles = system.relations.map((_, bit) => 1 << bit).filter((bit) => (relationsPerhaps & bit) !== 0);
    const least = relationsAlways !== 0 ? [relationsAlways] : [0, ...singles];
    const greatest = relationsAlways !== 0 ? [relationsPerhaps] : [0, ...singles, relationsPerhaps];
    const ask = (relations: readonly number[], conditions: number): readonly KeyAnswer[] =>
      (privacy === 'open' ? [false] : [false, true]).flatMap((isPrivate) =>
        relations.map((mask) => memory.answer({ workgroup, relations: mask, isPrivate, conditions } satisfies KeyWords, action)),
      );
    this.#fewest = ask(least, conditionsAlways);
    this.#most = ask(greatest, conditionsPerhaps);
  }

  isAlwaysAllowed(section: number): boolean {
    // A denial at the fewest words hides that a row allows; it is looked for below in any case.
    return this.#fewest.every((answer) => answer.allowed[section] === true);
  }

  mayBeDenied(section: number): boolean {
    return this.#most.some((answer) => answer.denied[section] !== false);
  }

  /** Also where a deny row hits with the most words: with fewer it may not. */
  mayBeAllowed(section: number): boolean {
    return this.#most.some((answer) => answer.allowed[section] === true || answer.denied[section] === true);
  }
}
