import type { FactReading, RecordFacts, RegistryRow } from '../vocabulary/access';
import type { CaseSystem, FactRule } from '../vocabulary/case-system';

/**
 * Settles what is known of one record from all the sources that record.yaml names.
 *
 * Takes   readings by fact number, as the case system's body says them; null before the body was fetched.
 *         row: the record in the registry; undefined where it has none.
 * Gives   privacy: private if any source says so, or if one that must speak is silent, or if none says open.
 *         codes: those on which all sources that speak agree. A fact that must be spoken and is not hides the record.
 *         dates: what every source that speaks says alike, and none where one of them says anything that is no text.
 * Fails   never.
 * Source  design.md, One request; WF1-01, WF1-06, WF1-08.
 */
export function resolveFacts(system: CaseSystem, readings: readonly FactReading[] | null, row: RegistryRow | undefined): RecordFacts {
  let isPrivate = false;
  let hasFlag = false;
  const codes: (readonly string[])[] = [];
  for (let number = 0; number < system.facts.length; number += 1) {
    const rule = system.facts[number] as FactRule;
    const reading = readings === null ? null : (readings[number] ?? SILENCE);
    if (rule.kind === 'flag') {
      hasFlag = true;
      if (!saysOpen(rule, reading, row)) isPrivate = true;
      codes.push(SILENCE as readonly never[]);
      continue;
    }
    const agreed = rule.kind === 'dates' ? agreedDates(rule, reading, row) : agreedCodes(rule, reading, row);
    if (agreed === null) return { known: false, why: 'facts-missing' };
    codes.push(agreed);
  }
  return { known: true, isPrivate: isPrivate || !hasFlag, codes };
}

const SILENCE: FactReading = [];

type Word = 'open' | 'private' | 'silent';

/** Open only if at least one source says open, none says private, and none that must speak is silent. */
function saysOpen(rule: FactRule, reading: FactReading | null, row: RegistryRow | undefined): boolean {
  let isSaid = false;
  if (rule.body !== 'none' && reading !== null) {
    const word = bodyWord(rule, reading);
    if (word === 'private' || (word === 'silent' && rule.body === 'must-speak')) return false;
    isSaid = word === 'open';
  }
  if (rule.registry !== 'none') {
    const word: Word = row === undefined || row.isPrivate === null ? 'silent' : row.isPrivate ? 'private' : 'open';
    if (word === 'private' || (word === 'silent' && rule.registry === 'must-speak')) return false;
    isSaid ||= word === 'open';
  }
  return isSaid;
}

function bodyWord(rule: FactRule, reading: FactReading): Word {
  let word: Word = 'silent';
  for (const scalar of reading) {
    if (scalar === null) continue;
    // A word that record.yaml does not list as open closes the record: a new spelling must not open it.
    if (!rule.openWords.includes(String(scalar))) return 'private';
    word = 'open';
  }
  return word;
}

/** null: a source that must speak is silent. */
function agreedCodes(rule: FactRule, reading: FactReading | null, row: RegistryRow | undefined): readonly string[] | null {
  const fromBody = rule.body === 'none' || reading === null ? undefined : spoken(reading);
  const fromRegistry = rule.registry === 'none' ? undefined : spoken(row?.codes[rule.name] ?? SILENCE);
  if (fromBody?.length === 0 && rule.body === 'must-speak') return null;
  if (fromRegistry?.length === 0 && rule.registry === 'must-speak') return null;
  if (fromBody === undefined || fromBody.length === 0) return fromRegistry ?? [];
  if (fromRegistry === undefined || fromRegistry.length === 0) return fromBody;
  return fromBody.filter((code) => fromRegistry.includes(code));
}

/**
 * Of codes, one that agrees is enough; of dates, every one must lie in the window. A date that only one source knows,
 * or that is no text, must not drop out in silence: it may be the one that lies outside.
 */
function agreedDates(rule: FactRule, reading: FactReading | null, row: RegistryRow | undefined): readonly string[] | null {
  const agreed = agreedCodes(rule, reading, row);
  const sources = [rule.body === 'none' ? null : reading, rule.registry === 'none' ? null : (row?.codes[rule.name] ?? null)];
  const isWhole = sources.every((said) => said === null || said.length === 0 || said.every((one) => agreed?.includes(one as string)));
  return agreed === null || isWhole ? agreed : [];
}

/** A blank code is no code: two blanks must never meet as equals (C01, WF1 traps). */
function spoken(reading: FactReading): readonly string[] {
  const codes: string[] = [];
  for (const scalar of reading) if (typeof scalar === 'string' && scalar.trim() !== '') codes.push(scalar);
  return codes;
}
