import type { Action, CaseSystem } from '../../vocabulary/case-system';
import type { Reason } from '../../vocabulary/reasons';
import type { KeyWords } from '../policy-engine';
import type { PolicyParts } from '../policy-in-force';
import { lineOf, type PolicyRow } from '../policy-row';
import { RowReader, worded, type WordedRow } from '../row-reader';
import { wordsThatMayHold } from './make-matrix';
import { sayTest } from './say-test';

/** One word that would have to hold, or not to hold, for one membership; privacy is the record's and so everybody's. */
export interface NeededChange {
  readonly what: 'relation' | 'condition' | 'privacy';
  readonly word: string;
  /** False: it would have to hold no longer. */
  readonly holds: boolean;
  /** What the word asks for. */
  readonly says: string;
  /** Without its namespace; '' for privacy. */
  readonly workgroup: string;
}

export interface ExplainedSection {
  readonly section: string;
  readonly isShown: boolean;
  /** The row that allows it, or the row that denies it; null where no row speaks. */
  readonly row: { readonly line: number; readonly text: string } | null;
  /** null where it is shown. */
  readonly reason: Reason | null;
  /** Each of these by itself would show it, with as few words as possible; empty where it is shown, or where nothing of the kind would. */
  readonly needs: readonly (readonly NeededChange[])[];
  /** Workgroups that some row allows it, without their namespace. */
  readonly workgroups: readonly string[];
}

/** More words than this at once are no advice any more. */
const MOST_WORDS = 3;

/**
 * Says for each section why it is shown or not, and what would be needed.
 *
 * Takes   one key for each membership. Casbin's answer is the engine's; what would be is tried on the rows.
 * Fails   throws where a key speaks of words that the system does not have.
 */
export function explainSections(
  { system, memory }: PolicyParts,
  rows: readonly PolicyRow[],
  keys: readonly KeyWords[],
  action: Action,
  sections: readonly string[],
): readonly ExplainedSection[] {
  const reader = new RowReader(system);
  const all = rows.map(worded);
  const answers = keys.map((key) => memory.answer(key, action));
  return sections.map((section) => {
    const number = system.sections.indexOf(section);
    const own = all.filter((row) => (row.section === '*' || row.section === section) && (row.action === '*' || row.action === action));
    const denyLine = Math.min(...keys.map((key) => reader.firstLine(own, key, section, action, 'deny') || Infinity));
    const allowed = answers.find((answer) => answer.allowed[number] === true);
    const isShown = allowed !== undefined && answers.every((answer) => answer.denied[number] === false);
    const line = isShown ? (allowed.lines[number] ?? 0) : denyLine;
    const row = own.find((one) => one.line === line);
    return {
      section,
      isShown,
      row: row === undefined ? null : { line: row.line, text: lineOf(row) },
      reason: isShown
        ? null
        : denyLine !== Infinity
          ? 'denied-by-rule'
          : nearestReason(answers.map((answer) => answer.why[number] ?? null)),
      needs: isShown ? [] : leastChanges(system, keys, own, (tried) => shows(reader, own, tried, section, action)),
      workgroups: [...new Set(own.filter((one) => one.effect === 'allow').map((one) => one.workgroup.slice('group:'.length)))],
    };
  });
}

/** As decisions do: from the nearest to being shown to the farthest. */
const nearestReason = (reasons: readonly (Reason | null)[]): Reason =>
  (['no-private-privilege', 'private-record', 'out-of-scope'] as const).find((reason) => reasons.includes(reason)) ?? 'not-granted';

/** Some membership is allowed and none denied. */
function shows(reader: RowReader, rows: readonly WordedRow[], keys: readonly KeyWords[], section: string, action: Action): boolean {
  const said = keys.map((key) => reader.read(rows, key, section, action));
  return said.some((one) => one.why === null) && said.every((one) => one.denyLine === 0);
}

interface Toggle {
  readonly change: NeededChange;
  apply(keys: readonly KeyWords[]): readonly KeyWords[];
}

/** Tries one word, then two, then three; what holds a smaller answer in it is none. */
function leastChanges(
  system: CaseSystem,
  keys: readonly KeyWords[],
  rows: readonly PolicyRow[],
  isShown: (keys: readonly KeyWords[]) => boolean,
): readonly (readonly NeededChange[])[] {
  const toggles = togglesOf(system, keys, rows);
  const found: (readonly Toggle[])[] = [];
  let tried: readonly (readonly Toggle[])[] = [[]];
  for (let words = 1; words <= MOST_WORDS; words += 1) {
    tried = tried.flatMap((some) => toggles.slice(toggles.indexOf(some.at(-1) as Toggle) + 1).map((one) => [...some, one]));
    tried = tried.filter((some) => !found.some((other) => other.every((one) => some.includes(one))));
    const good = tried.filter((some) => isShown(some.reduce((now, one) => one.apply(now), keys)));
    found.push(...good);
    tried = tried.filter((some) => !good.includes(some));
  }
  return found.map((some) => some.map((one) => one.change));
}

/** Every word that the rows ask of these memberships, the other way round. */
function togglesOf(system: CaseSystem, keys: readonly KeyWords[], rows: readonly PolicyRow[]): readonly Toggle[] {
  const toggles: Toggle[] = [];
  if (keys.some((key) => key.isPrivate)) {
    const change: NeededChange = { what: 'privacy', word: 'open', holds: true, says: 'the record is not private', workgroup: '' };
    toggles.push({ change, apply: (now) => now.map((key) => ({ ...key, isPrivate: false })) });
  }
  for (const [i, { workgroup, relations, conditions }] of keys.entries()) {
    const own = rows.filter((row) => row.workgroup === '*' || row.workgroup === `group:${workgroup}`);
    const may = wordsThatMayHold(system, `group:${workgroup}`);
    const asksForNone = own.some((row) => row.relation === 'none');
    const toggle = (what: 'relation' | 'condition', bit: number, mask: number, list: CaseSystem['relations']): void => {
      const test = list[bit] as CaseSystem['relations'][number];
      const asked = test.clauses.filter((clause) => clause.test !== 'workgroup');
      const change = { what, word: test.word, holds: (mask & (1 << bit)) === 0, says: sayTest(system, asked), workgroup };
      const part = what === 'relation' ? 'relations' : 'conditions';
      toggles.push({ change, apply: (now) => now.map((key, at) => (at === i ? { ...key, [part]: key[part] ^ (1 << bit) } : key)) });
    };
    for (const [bit, { word }] of system.relations.entries()) {
      const isAsked = own.some((row) => row.relation === word) || (asksForNone && (relations & (1 << bit)) !== 0);
      if (isAsked && may.relations.has(word)) toggle('relation', bit, relations, system.relations);
    }
    for (const [bit, { word }] of system.conditions.entries())
      if (may.conditions.has(word) && own.some((row) => row.when.includes(word))) toggle('condition', bit, conditions, system.conditions);
  }
  return toggles;
}
