import type { EntryKey } from '../../vocabulary/access-entry';
import type { CaseSystem } from '../../vocabulary/case-system';
import type { PastDecision } from '../../vocabulary/past-decision';
import { compareSystems, type SystemChange, type UnsettledWhy } from './compare-systems';
import type { FailCondition } from './fail-condition';
import { type CandidateSystem, type ImpactPart, replayDecision, type ReplayedDecision, unsettledAll } from './replay-decision';

export interface ImpactParts {
  readonly candidate: ReadonlyMap<string, CandidateSystem>;
  /** A system as the version had it that decided; undefined where the version is not kept. */
  readonly systemOf: (version: string, system: string) => CaseSystem | undefined;
  readonly conditions: readonly FailCondition[];
}

export type KeyWords = Pick<EntryKey, 'workgroup' | 'relations' | 'privacy' | 'when'>;
export type Direction = 'gained' | 'lost';

/** How often something was gained or lost. */
export interface ImpactFigure<Example> {
  readonly change: Direction;
  readonly decisions: number;
  /** Most often first. A field that changes alone stands as its JSON pointer. */
  readonly sections: readonly { readonly section: string; readonly decisions: number }[];
  readonly examples: readonly Example[];
}

export interface KeyFigure<Example> extends ImpactFigure<Example> {
  readonly system: string;
  readonly environment: string;
  /** One for each membership that the decisions stood on. */
  readonly keys: readonly KeyWords[];
}

export interface PersonFigure<Example> extends ImpactFigure<Example> {
  readonly system: string;
  readonly account: string;
  readonly person: string;
}

export interface RecordFigure<Example> extends ImpactFigure<Example> {
  readonly system: string;
  readonly environment: string;
  readonly record: string;
}

export interface UnsettledFigure {
  readonly system: string;
  readonly why: UnsettledWhy;
  /** What it hangs on: words, facts, routes, fields, or the version that is not kept. */
  readonly words: readonly string[];
  /** The candidate's sections that it is about; empty for all. */
  readonly sections: readonly string[];
  readonly decisions: number;
}

export interface ConditionFigure {
  readonly condition: string;
  /** Decisions that meet it. */
  readonly met: number;
  /** Decisions that cannot be replayed so far that it could be excluded. */
  readonly open: number;
}

export interface ImpactFigures<Example> {
  readonly decisions: number;
  /** Something was gained or lost. */
  readonly changed: number;
  /** Something cannot be said of them; what can be said of the rest of such a decision is counted as well. */
  readonly unsettled: number;
  readonly unchanged: number;
  readonly workgroups: readonly KeyFigure<Example>[];
  /** Of decisions with a witness; empty where none was named. */
  readonly people: readonly PersonFigure<Example>[];
  readonly records: readonly RecordFigure<Example>[];
  readonly notReplayed: readonly UnsettledFigure[];
  readonly conditions: readonly ConditionFigure[];
}

/** Whose access to which record a decision was. */
export interface Witness {
  readonly account: string;
  readonly person: string;
  readonly record: string;
}

const MOST_EXAMPLES = 3;

/** Replays decisions of the past against a candidate and counts what would have been otherwise. Alike decisions are replayed once. */
export class ImpactCount<Example> {
  readonly #changes = new Map<string, Map<string, SystemChange>>();
  readonly #replayed = new Map<PastDecision, ReplayedDecision>();
  readonly #workgroups = new Figures<Example, Pick<KeyFigure<Example>, 'system' | 'environment' | 'keys'>>();
  readonly #people = new Figures<Example, Pick<PersonFigure<Example>, 'system' | 'account' | 'person'>>();
  readonly #records = new Figures<Example, Pick<RecordFigure<Example>, 'system' | 'environment' | 'record'>>();
  readonly #notReplayed = new Map<
    string,
    { figure: Omit<UnsettledFigure, 'sections' | 'decisions'>; sections: Set<string>; decisions: number }
  >();
  readonly #conditions: { condition: FailCondition; met: number; open: number }[];
  #decisions = 0;
  #changed = 0;
  #unsettled = 0;
  #unchanged = 0;

  constructor(private readonly parts: ImpactParts) {
    this.#conditions = parts.conditions.map((condition) => ({ condition, met: 0, open: 0 }));
  }

  /** Takes one decision that was taken `count` times. Fails where the candidate's engine does. */
  add(past: PastDecision, count: number, example: Example, witness: Witness | null): void {
    const replayed = this.#replay(past);
    const isChanged = replayed.gained.length + replayed.lost.length > 0;
    const isUnsettled = replayed.unsettled.length > 0;
    this.#decisions += count;
    if (isChanged) this.#changed += count;
    if (isUnsettled) this.#unsettled += count;
    if (!isChanged && !isUnsettled) this.#unchanged += count;
    if (isUnsettled) this.#addUnsettled(past, replayed, count);
    for (const one of this.#conditions) {
      const verdict = one.condition.judge(past, replayed);
      if (verdict !== 'no') one[verdict] += count;
    }
    for (const change of ['gained', 'lost'] as const) {
      const sections = namesOf(replayed[change]);
      if (sections.length === 0) continue;
      const { system, environment } = past;
      this.#workgroups.add({ system, environment, keys: past.keys.map(wordsOf) }, change, sections, count, example);
      if (witness === null) continue;
      this.#people.add({ system, account: witness.account, person: witness.person }, change, sections, count, example);
      this.#records.add({ system, environment, record: witness.record }, change, sections, count, example);
    }
  }

  figures(): ImpactFigures<Example> {
    return {
      decisions: this.#decisions,
      changed: this.#changed,
      unsettled: this.#unsettled,
      unchanged: this.#unchanged,
      workgroups: this.#workgroups.list(),
      people: this.#people.list(),
      records: this.#records.list(),
      notReplayed: [...this.#notReplayed.values()]
        .map(({ figure, sections, decisions }) => ({ ...figure, sections: [...sections].sort(), decisions }))
        .sort((one, other) => other.decisions - one.decisions || compareTexts(one, other)),
      conditions: this.#conditions.map(({ condition, met, open }) => ({ condition: condition.text, met, open })),
    };
  }

  #replay(past: PastDecision): ReplayedDecision {
    const known = this.#replayed.get(past);
    if (known !== undefined) return known;
    const replayed = this.#replayAnew(past);
    this.#replayed.set(past, replayed);
    return replayed;
  }

  #replayAnew(past: PastDecision): ReplayedDecision {
    const candidate = this.parts.candidate.get(past.system);
    const unsaid = (why: UnsettledWhy, word: string) => ({ gained: [], lost: [], unsettled: [unsettledAll({ why, words: [word] })] });
    if (candidate === undefined) return unsaid('system-gone', past.system);
    const change = this.#changeOf(past, candidate);
    return change === undefined ? unsaid('version-not-kept', past.policyVersion) : replayDecision(past, change, candidate);
  }

  #changeOf({ policyVersion, system }: PastDecision, candidate: CandidateSystem): SystemChange | undefined {
    const known = this.#changes.get(policyVersion)?.get(system);
    if (known !== undefined) return known;
    const before = this.parts.systemOf(policyVersion, system);
    if (before === undefined) return undefined;
    const change = compareSystems(before, candidate.policy.system);
    this.#changes.set(policyVersion, (this.#changes.get(policyVersion) ?? new Map<string, SystemChange>()).set(system, change));
    return change;
  }

  #addUnsettled({ system }: PastDecision, { unsettled }: ReplayedDecision, count: number): void {
    const counted = new Set<string>();
    for (const { why, words, section } of unsettled) {
      const name = JSON.stringify([system, why, words]);
      const known = this.#notReplayed.get(name) ?? { figure: { system, why, words }, sections: new Set<string>(), decisions: 0 };
      this.#notReplayed.set(name, known);
      if (section !== null) known.sections.add(section);
      // A decision may hang on the same words in several sections: it is one decision.
      if (!counted.has(name)) known.decisions += count;
      counted.add(name);
    }
  }
}

const wordsOf = ({ workgroup, relations, privacy, when }: EntryKey): KeyWords => ({ workgroup, relations, privacy, when });

const namesOf = (parts: readonly ImpactPart[]): readonly string[] => parts.map(({ section, field }) => field ?? section);

const compareTexts = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

interface Figure<Example, Whose> {
  readonly whose: Whose;
  readonly change: Direction;
  decisions: number;
  readonly sections: Map<string, number>;
  readonly examples: Example[];
}

/** Figures by whom or what they are about. */
class Figures<Example, Whose> {
  readonly #all = new Map<string, Figure<Example, Whose>>();

  add(whose: Whose, change: Direction, sections: readonly string[], count: number, example: Example): void {
    const name = JSON.stringify([whose, change]);
    let figure = this.#all.get(name);
    if (figure === undefined) this.#all.set(name, (figure = { whose, change, decisions: 0, sections: new Map(), examples: [] }));
    figure.decisions += count;
    for (const section of sections) figure.sections.set(section, (figure.sections.get(section) ?? 0) + count);
    if (figure.examples.length < MOST_EXAMPLES) figure.examples.push(example);
  }

  /** Gains first, each most often first. */
  list(): readonly (Whose & ImpactFigure<Example>)[] {
    return [...this.#all.entries()]
      .sort(([name, one], [otherName, other]) => {
        if (one.change !== other.change) return one.change === 'gained' ? -1 : 1;
        return other.decisions - one.decisions || (name < otherName ? -1 : 1);
      })
      .map(([, { whose, change, decisions, sections, examples }]) => ({
        ...whose,
        change,
        decisions,
        sections: sorted(sections),
        examples,
      }));
  }
}

const sorted = (sections: ReadonlyMap<string, number>): ImpactFigure<never>['sections'] =>
  [...sections]
    .map(([section, decisions]) => ({ section, decisions }))
    .sort((one, other) => other.decisions - one.decisions || (one.section < other.section ? -1 : 1));
