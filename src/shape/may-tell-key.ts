/** A key as systems name their fields, and short. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,47}$/;
const MOST_DIGITS = 3;

/**
 * Whether an unclassified key looks like the name of a field and not like somebody's value: an id, a date, a number, a person.
 *
 * Takes   the key as it stands in the JSON text, escapes unresolved; `hasCapitals`: whether the system's own names begin with capitals.
 * Gives   false for whatever is in doubt: more than three digits, as many digits as letters, blanks, and `Ramona` where fields are `firstName`.
 */
export function mayTellKey(key: string, hasCapitals: boolean): boolean {
  if (!PLAIN_KEY.test(key)) return false;
  if (!hasCapitals && isCapitalised(key)) return false;
  const digits = key.replace(/[^0-9]/g, '').length;
  const letters = key.replace(/[^A-Za-z]/g, '').length;
  return digits <= MOST_DIGITS && digits < letters;
}

/** `Ramona`, `NewField`; not `DOB`. */
export const isCapitalised = (key: string): boolean => /^[A-Z][a-z]/.test(key);
