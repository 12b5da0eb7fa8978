import type { PastDecision } from '../../vocabulary/past-decision';
import { nearestWord } from '../nearest-word';
import type { PolicyWords } from './policy-words';
import type { ImpactPart, ReplayedDecision, Unsettled } from './replay-decision';

/** A condition under which a candidate must not come into force, such as `gains: ssn` or `loses: assigned`. */
export interface FailCondition {
  /** As it was written. */
  readonly text: string;
  /** met: this decision meets it. open: it cannot be said that this decision does not. */
  judge(past: PastDecision, replayed: ReplayedDecision): 'met' | 'open' | 'no';
}

/**
 * Reads a condition: `gains: WORD` or `loses: WORD`.
 *
 * The word is a section, a relation or a workgroup of one of the systems; `ssn` for whatever holds Social Security numbers; `*` for anything.
 * A section says what is gained or lost, a relation or a workgroup by whom. A word that is several of these means each of them.
 *
 * Takes   words: those of the systems as they were and as the candidate has them.
 * Fails   Error naming the word that nobody knows, with the nearest one.
 */
export function readFailCondition(text: string, words: PolicyWords): FailCondition {
  const [, verb, word] = /^\s*(gains|loses)\s*:\s*(\S+)\s*$/.exec(text) ?? [];
  if (verb === undefined || word === undefined) throw new Error(`a condition reads 'gains: WORD' or 'loses: WORD', not '${text}'`);
  if (![words.sections, words.relations, words.workgroups].some((list) => list.has(word)) && !OWN_WORDS.includes(word)) {
    const nearest = nearestWord(word, [...words.sections, ...words.relations, ...words.workgroups, ...OWN_WORDS]);
    const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
    throw new Error(`'${text}': ${word} is no section, relation or workgroup of these policies, nor ssn or *${hint}`);
  }
  const isAbout = ({ keys }: PastDecision): boolean =>
    word === '*' ||
    (words.relations.has(word) && keys.some((key) => key.relations.includes(word))) ||
    (words.workgroups.has(word) && keys.some((key) => key.workgroup === word));
  // A section of that name says what `ssn` is; otherwise it is whatever holds such numbers.
  const isSsn = word === 'ssn' && !words.sections.has(word);
  const isPart = ({ section, holdsSsn }: ImpactPart): boolean => section === word || (isSsn && holdsSsn);
  const mayBe = ({ touches, holdsSsn }: Unsettled): boolean =>
    words.sections.has(word) || isSsn ? touches === null || touches.includes(word) || (isSsn && holdsSsn) : false;
  return {
    text,
    judge: (past, replayed) => {
      const parts = verb === 'gains' ? replayed.gained : replayed.lost;
      const isSomeone = isAbout(past);
      if (parts.some((part) => isSomeone || isPart(part))) return 'met';
      return replayed.unsettled.some((one) => isSomeone || mayBe(one)) ? 'open' : 'no';
    },
  };
}

const OWN_WORDS: readonly string[] = ['ssn', '*'];
