import { nearestWord } from '../decide/nearest-word';
import type { PolicyRow } from '../decide/policy-row';
import type { FactReading, RegistryRow } from '../vocabulary/access';
import type { CaseSystem, FactRule, Route } from '../vocabulary/case-system';

/** What the sources of facts say of a record, as a request would find it. */
export interface AssumedFacts {
  readonly row: RegistryRow | undefined;
  /** By fact number, as the body says them. */
  readonly readings: readonly FactReading[];
}

interface Told {
  readonly facts: Readonly<Record<string, readonly string[]>>;
  readonly privacy: 'open' | 'private' | undefined;
  /** The rows that speak of what is asked: no other relation or condition matters. */
  readonly rows: readonly PolicyRow[];
}

/**
 * Facts as somebody tells them, where no body is at hand: said by the body where the fact stands there, else by the registry.
 *
 * Fails   Error naming every fact that decides and that nobody told: it could let somebody in whom the answer would leave out.
 */
export function assumeFacts(system: CaseSystem, route: Route, row: RegistryRow | undefined, told: Told): AssumedFacts {
  const { facts, privacy, rows } = told;
  const names = system.facts.filter((rule) => rule.kind !== 'flag').map((rule) => rule.name);
  for (const name of Object.keys(facts)) {
    if (names.includes(name)) continue;
    const nearest = nearestWord(name, names);
    throw new Error(
      `${name} is no fact of ${system.name}${nearest === undefined ? `; it has ${names.join(', ')}` : ` (did you mean ${nearest}?)`}`,
    );
  }
  const isTold = (rule: FactRule): boolean => (rule.kind === 'flag' ? privacy !== undefined : Object.hasOwn(facts, rule.name));
  const missing = system.facts.filter(
    (rule, number) => !isTold(rule) && isNeeded(system, rows, rule, number) && !isKnown(rule, route, row),
  );
  if (missing.length > 0) {
    const options = missing.map((rule) => (rule.kind === 'flag' ? '--open (or --private)' : `--fact ${rule.name}=<code>`));
    throw new Error(
      `these facts stand in the record, which is not at hand: ${missing.map((rule) => rule.name).join(', ')}. ` +
        `Name the record with --body, or tell them: ${options.join(' ')} (nothing after = where nothing stands there)`,
    );
  }
  const readings = system.facts.map((rule): FactReading => {
    if (rule.body === 'none' || !isTold(rule)) return [];
    if (rule.kind !== 'flag') return facts[rule.name] ?? [];
    return [(privacy === 'private' ? rule.privateWords : rule.openWords)[0] ?? null];
  });
  return { row: rowAs(system, row, told), readings };
}

/** Privacy, what some relation or condition of the rows asks for, and that by whose silence the record is hidden. */
function isNeeded(system: CaseSystem, rows: readonly PolicyRow[], rule: FactRule, number: number): boolean {
  if (rule.kind === 'flag' || rule.body === 'must-speak') return true;
  const asksForNone = rows.some((row) => row.relation === 'none');
  const asked = [
    ...system.relations.filter(({ word }) => asksForNone || rows.some((row) => row.relation === word)),
    ...system.conditions.filter(({ word }) => rows.some((row) => row.when.includes(word))),
  ];
  return asked.some((test) => test.clauses.some((clause) => 'fact' in clause && clause.fact === number));
}

/** A body that says another thing can only take away; one that speaks where the registry is silent could give. */
function isKnown(rule: FactRule, route: Route, row: RegistryRow | undefined): boolean {
  if (rule.body === 'none') return true;
  if (route.factsFrom === 'body' || rule.body === 'must-speak') return false;
  // Where the registry does not know the record, nothing is shown, whatever the body says.
  return row === undefined || (rule.kind === 'flag' ? row.isPrivate !== null : (row.codes[rule.name] ?? []).length > 0);
}

/** Facts that stand in the registry alone are told in its place. */
function rowAs(system: CaseSystem, row: RegistryRow | undefined, { facts, privacy }: Told): RegistryRow | undefined {
  const own = system.facts.filter((rule) => rule.body === 'none');
  const codes = Object.fromEntries(own.flatMap(({ name }) => (Object.hasOwn(facts, name) ? [[name, facts[name] ?? []] as const] : [])));
  const isFlagTold = privacy !== undefined && own.some((rule) => rule.kind === 'flag');
  if (row === undefined || (Object.keys(codes).length === 0 && !isFlagTold)) return row;
  return { ...row, codes: { ...row.codes, ...codes }, isPrivate: isFlagTold ? privacy === 'private' : row.isPrivate };
}
