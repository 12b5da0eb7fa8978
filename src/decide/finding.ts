import type { Problem } from '../reading/problem';

/**
 * The name of the lint rule that a file breaks. C01 … C24 are the measured facts about casbin, POL-… the attacks;
 * the words are rules of our own.
 */
export type FindingRule =
  | 'C01'
  | 'C02'
  | 'C03'
  | 'C04'
  | 'C05'
  | 'C06'
  | 'C07'
  | 'C10'
  | 'C15'
  | 'C21'
  | 'POL-12'
  | 'POL-15'
  | 'unreadable'
  | 'form'
  | 'model'
  | 'unknown-word'
  | 'duplicate'
  | 'overlap'
  | 'route'
  | 'workgroup-without-case'
  | 'privacy-widens'
  | 'case-fails'
  | 'engine'
  | 'store'
  | 'folder-gone'
  | 'folder-differs'
  | 'waits-for-approval';

/** Why a policy folder is not taken: file relative to the policy folder, line, column, the word, and the nearest valid word where there is one. */
export interface Finding extends Problem {
  readonly rule: FindingRule;
  readonly nearest?: string;
}

export function finding(rule: FindingRule, at: Omit<Problem, 'message'>, message: string, nearest?: string): Finding {
  const { file, line, column, word } = at;
  return nearest === undefined ? { rule, file, line, column, word, message } : { rule, file, line, column, word, message, nearest };
}
