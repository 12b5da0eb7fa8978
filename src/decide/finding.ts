import type { Problem } from '../reading/problem';

/**
 * The lint rules and what breaking them means: an error refuses the version, a warning never does. C01 … C24 are the measured facts
 * about casbin, POL-… the attacks; the words are rules of our own.
 */
const SEVERITIES = {
  C01: 'error',
  C02: 'error',
  C03: 'error',
  C04: 'error',
  C05: 'error',
  C06: 'error',
  C07: 'error',
  C10: 'error',
  C15: 'error',
  C21: 'error',
  'POL-12': 'error',
  'POL-15': 'error',
  unreadable: 'error',
  form: 'error',
  model: 'error',
  'unknown-word': 'error',
  duplicate: 'error',
  /** The same words, once allowed and once denied. */
  ambiguous: 'error',
  overlap: 'error',
  /** A place whose name speaks of Social Security numbers leaves unmasked. */
  'ssn-unmasked': 'error',
  route: 'error',
  'workgroup-without-case': 'error',
  'workgroup-without-row': 'error',
  'privacy-widens': 'error',
  'case-fails': 'error',
  engine: 'error',
  store: 'error',
  'folder-gone': 'error',
  'folder-differs': 'error',
  'waits-for-approval': 'error',
  /** Its words can never hold together. */
  'never-holds': 'warning',
  /** A deny row takes away whatever it allows. */
  unreachable: 'warning',
  /** Another row says it already. */
  shadowed: 'warning',
  /** A deny row under which nothing is allowed anyway. */
  'without-effect': 'warning',
  /** A role that collapses takes a denial with it. */
  'collapse-opens': 'warning',
  'section-not-granted': 'warning',
  'section-without-fields': 'warning',
  unused: 'warning',
  'no-refusal': 'warning',
} as const;

export type FindingRule = keyof typeof SEVERITIES;

/** What is wrong with a policy folder: file relative to the policy folder, line, column, the word, and the nearest valid word where there is one. */
export interface Finding extends Problem {
  readonly rule: FindingRule;
  readonly severity: 'error' | 'warning';
  readonly nearest?: string;
}

export function finding(rule: FindingRule, at: Omit<Problem, 'message'>, message: string, nearest?: string): Finding {
  const { file, line, column, word } = at;
  const found: Finding = { rule, severity: SEVERITIES[rule], file, line, column, word, message };
  return nearest === undefined ? found : { ...found, nearest };
}
