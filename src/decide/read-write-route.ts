import type { YamlPath } from '../reading/read-yaml';
import { EACH, type FactRule, type FieldRule, type Place, type RecordRoute } from '../vocabulary/case-system';
import type { WriteRule } from '../vocabulary/write-rule';
import type { FindingRule } from './finding';
import { nearestWord } from './nearest-word';
import type { WriteForm } from './write-schema';

/** What the compiler of record.yaml lends. */
export interface WriteContext {
  readonly routes: readonly { readonly name: string; readonly method: string; readonly isList: boolean }[];
  readonly facts: readonly FactRule[];
  readonly fields: readonly FieldRule[];
  place(pointer: string, path: YamlPath): Place;
  note(rule: FindingRule, path: YamlPath, word: string, message: string, nearest?: string, what?: 'key' | 'value'): void;
}

const TAKES = { POST: 'element', PUT: 'whole', PATCH: 'change', DELETE: 'nothing' } as const;

/** The rule of one write route, and a finding for everything in it that does not fit together. */
export function readWriteRoute(name: string, form: WriteForm, context: WriteContext): WriteRule {
  const at = (...steps: (string | number)[]): YamlPath => ['routes', name, ...steps];
  const { note } = context;
  const reading = context.routes.filter((route) => route.method === 'GET' && !route.isList).map((route) => route.name);
  const reads = context.routes.findIndex((route) => route.name === form.record && route.method === 'GET' && !route.isList);
  if (reads < 0)
    note('unknown-word', at('record'), form.record, `${form.record} is no route that reads a record`, nearestWord(form.record, reading));

  const concurrency = typeof form.concurrency === 'string' ? form.concurrency : 'version-field';
  const versionPlace =
    typeof form.concurrency === 'string' ? null : context.place(form.concurrency.versionField, at('concurrency', 'versionField'));
  if (versionPlace?.includes(EACH)) note('route', at('concurrency', 'versionField'), '*', 'a record has one version: no * here');
  if (form.method === 'PUT' && concurrency === 'none')
    note(
      'route',
      at('concurrency'),
      'none',
      'a record is not replaced where nothing keeps two writers apart: it would take back what another has written',
    );
  if (form.method === 'DELETE' && concurrency === 'version-field')
    note('route', at('concurrency'), 'versionField', 'a deletion has no body in which a version could stand');

  const into = form.method === 'POST' ? context.place(form.into, at('into')) : null;
  if (into !== null && !context.fields.some((field) => isBelow(field.place, [...into, EACH])))
    note('route', at('into'), String('into' in form && form.into), 'no field is classified in the elements of this list');

  const dates = (form.dates ?? []).map((word, i) => {
    const number = context.facts.findIndex((fact) => fact.name === word);
    const fact = context.facts[number];
    if (fact === undefined)
      note(
        'unknown-word',
        at('dates', i),
        word,
        `${word} is not among the facts`,
        nearestWord(
          word,
          context.facts.map((one) => one.name),
        ),
      );
    else if (fact.kind !== 'dates' || fact.place === null || !fact.place.includes(EACH))
      note('route', at('dates', i), word, `${word} is no date in the elements of a list, of which a condition counts business days`);
    return number;
  });
  return {
    reads,
    takes: TAKES[form.method],
    into,
    sends: form.method === 'PATCH' ? form.patch : TAKES[form.method],
    concurrency,
    versionPlace,
    needsIfMatch: form.ifMatch === undefined ? form.method !== 'POST' : form.ifMatch === 'required',
    dates,
    maxBodyBytes: form.maxBodyBytes,
  };
}

const isBelow = (place: Place, above: Place): boolean => above.every((word, i) => place[i] === word);

/** What a write route has from the route that reads its record. */
export const sharedWithReads = (
  reads: RecordRoute,
): Pick<RecordRoute, 'answer' | 'factsFrom' | 'idPlace' | 'mediaTypes' | 'maxBodyBytes'> => {
  const { answer, factsFrom, idPlace, mediaTypes, maxBodyBytes } = reads;
  return { answer, factsFrom, idPlace, mediaTypes, maxBodyBytes };
};
