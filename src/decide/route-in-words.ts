import type { CaseSystem, ListRoute, RecordRoute, Route } from '../vocabulary/case-system';
import { toPointer } from '../vocabulary/to-pointer';

/** A route as it can be compared with that of another version: all that it speaks of by name, nothing by number. */
export function routeInWords(system: CaseSystem, route: Route): Readonly<Record<string, unknown>> {
  const { index: _index, ...rest } = route;
  const sections = route.sections.map((number) => system.sections[number]);
  switch (route.answer) {
    case 'record':
      return { ...rest, sections, ...writeInWords(system, route) };
    case 'list':
      return { ...rest, sections, ...queryInWords(system, route) };
    case 'stream':
      return { ...rest, sections };
  }
}

function writeInWords(system: CaseSystem, { write }: RecordRoute) {
  if (write === undefined) return {};
  const dates = write.dates.map((number) => system.facts[number]?.name);
  return { write: { ...write, reads: system.routes[write.reads]?.name, dates } };
}

function queryInWords(system: CaseSystem, { words, narrowings, ownRecords }: ListRoute) {
  const named = <One extends { readonly fields: readonly number[] }>(one: One) => ({
    ...one,
    fields: one.fields.map((number) => toPointer(system.fields[number]?.place ?? [])),
  });
  return {
    words: words.map((one) => {
      if ('choices' in one) return { ...one, choices: one.choices.map(named) };
      return 'fields' in one ? named(one) : one;
    }),
    narrowings: narrowings.map(({ to, asks }) => ({ to: 'condition' in to ? system.conditions[to.condition]?.word : to, asks })),
    ownRecords: ownRecords === null ? null : { ...ownRecords, relation: system.relations[ownRecords.relation]?.word },
  };
}
