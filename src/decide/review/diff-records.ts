import type { CaseSystem, FactRule, FieldRule, Route, Test } from '../../vocabulary/case-system';
import { toPointer } from '../../vocabulary/to-pointer';
import { routeInWords } from '../route-in-words';
import { sayTest } from './say-test';

/** One difference between two record.yaml in what they mean. null: it is not there. */
export interface RecordChange {
  readonly what: 'section' | 'fact' | 'relation' | 'condition' | 'field' | 'route' | 'setting';
  readonly name: string;
  readonly was: string | null;
  readonly is: string | null;
}

/** All differences in meaning; comments, titles of sections and the order of lines have none. */
export function diffRecords(before: CaseSystem, after: CaseSystem): readonly RecordChange[] {
  const compare = (what: RecordChange['what'], read: (system: CaseSystem) => ReadonlyMap<string, string>): readonly RecordChange[] => {
    const [was, is] = [read(before), read(after)];
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => ({ what, name, was: was.get(name) ?? null, is: is.get(name) ?? null }));
  };
  return [
    ...compare('section', ({ sections }) => new Map(sections.map((section) => [section, 'a section']))),
    ...compare('fact', (system) => named(system.facts, ({ name }) => name, sayFact)),
    ...compare('relation', (system) => tests(system, system.relations)),
    ...compare('condition', (system) => tests(system, system.conditions)),
    ...compare('field', (system) => named(system.fields, placeOf, ({ section, kind }) => `${system.sections[section] ?? ''}, ${kind}`)),
    ...compare('route', (system) =>
      named(
        system.routes,
        ({ name }) => name,
        (route) => sayRoute(system, route),
      ),
    ),
    ...compare('setting', settingsOf),
  ];
}

const named = <One>(list: readonly One[], name: (one: One) => string, say: (one: One) => string): ReadonlyMap<string, string> =>
  new Map(list.map((one) => [name(one), say(one)]));

const tests = (system: CaseSystem, list: readonly Test[]): ReadonlyMap<string, string> =>
  named(
    list,
    ({ word }) => word,
    ({ clauses }) => sayTest(system, clauses) || 'never',
  );

const placeOf = ({ place }: FieldRule): string => toPointer(place);

function sayFact({ place, privateWords, openWords, body, registry, kind }: FactRule): string {
  const from = [
    ...(place === null ? [] : [`the body at ${toPointer(place)} (${body})`]),
    ...(registry === 'none' ? [] : [`the registry (${registry})`]),
  ];
  const words = kind === 'flag' ? `; private: ${privateWords.join(', ')}; open: ${openWords.join(', ')}` : '';
  return `${kind} from ${from.join(' and ')}${words}`;
}

function sayRoute(system: CaseSystem, route: Route): string {
  const { method, segments, action, sections, factsFrom, idPlace, mediaTypes, maxBodyBytes } = route;
  const path = segments.map((segment) => segment ?? '{record}').join('/');
  const shown = sections.length === system.sections.length ? 'all sections' : sections.map((number) => system.sections[number]).join(', ');
  const body = `id at ${toPointer(idPlace)}, ${mediaTypes.join(' or ')}, at most ${maxBodyBytes} bytes`;
  const more = Object.entries(routeInWords(system, route)).filter(([key]) => !SAID_OF_ROUTES.includes(key));
  return [`${method} /${path}, ${action}, shows ${shown}, facts from the ${factsFrom}, ${body}`, ...more.map(settingText)].join(', ');
}

/** Said in words, or told by another route. What only lists, exports or writes settle comes behind them as it is compiled. */
const SAID_OF_ROUTES: readonly string[] = [
  ...['name', 'answer', 'method', 'segments', 'action', 'sections', 'factsFrom', 'idPlace', 'mediaTypes', 'maxBodyBytes'],
  'isTagged',
];

const settingText = ([key, value]: readonly [string, unknown]): string => `${key} ${JSON.stringify(value)}`;

/** Told above, or no meaning of their own. */
const TOLD = ['name', 'title', 'version', 'sections', 'facts', 'relations', 'conditions', 'fields', 'routes'];

/** Whatever else record.yaml settles, also what a later release adds to it. */
function settingsOf(system: CaseSystem): ReadonlyMap<string, string> {
  const sectionAt = (number: number): string => system.sections[number] ?? 'none';
  const known: Readonly<Record<string, string>> = {
    identifier: system.identifier.source,
    basicSection: sectionAt(system.basicSection),
    privacySection: sectionAt(system.privacySection),
    tellingSections: system.tellingSections.map(sectionAt).join(', ') || 'none',
  };
  const entries = Object.entries(system).filter(([key]) => !TOLD.includes(key));
  return new Map(entries.map(([key, value]) => [key, known[key] ?? (typeof value === 'string' ? value : JSON.stringify(value))]));
}
