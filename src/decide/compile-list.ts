import type { YamlPath } from '../reading/read-yaml';
import {
  EACH,
  type FieldRule,
  type ListRoute,
  type Narrowing,
  type NarrowingAsk,
  type OwnRecords,
  type PageRule,
  type Place,
  type QueryWord,
  type TotalRule,
} from '../vocabulary/case-system';
import type { FindingRule } from './finding';
import { nearestWord } from './nearest-word';
import type { ReadRouteForm } from './record-schema';

/** Keys of a route that only a list has. */
export const LIST_KEYS = ['listAt', 'page', 'total', 'query', 'narrow', 'own'] as const;

/** The query word of ours, which no case system ever sees. */
export const CURSOR_WORD = 'casegate-cursor';

/** What a list route is checked against; paths begin at the route. */
export interface ListContext {
  readonly form: ReadRouteForm;
  /** Those that the route can show. */
  readonly sections: readonly number[];
  readonly fields: readonly FieldRule[];
  readonly relations: readonly string[];
  readonly conditions: readonly string[];
  /** Number of the field at a pointer; -1 for none. */
  readonly pointerOf: (pointer: string) => number;
  readonly pointers: readonly string[];
  readonly place: (pointer: string, path: YamlPath) => Place;
  readonly note: (rule: FindingRule, path: YamlPath, word: string, message: string, nearest?: string, what?: 'key' | 'value') => void;
}

type ListParts = Pick<ListRoute, 'listPlace' | 'page' | 'total' | 'words' | 'narrowings' | 'ownRecords'>;

/** Compiles what a route has because it is a list; whatever does not fit is noted. Fails never. */
export function compileList(context: ListContext): ListParts {
  const { form, note } = context;
  const listPlace = form.listAt === undefined ? [] : context.place(form.listAt, ['listAt']);
  if (listPlace.includes(EACH)) note('route', ['listAt'], form.listAt ?? '', 'there is one list: no * here');
  const page = pageOf(context);
  return {
    listPlace,
    page,
    total: totalOf(context, listPlace),
    words: wordsOf(context, page),
    narrowings: narrowingsOf(context),
    ownRecords: ownOf(context),
  };
}

function pageOf({ form, note }: ListContext): PageRule {
  const { page } = form;
  if (page === undefined) {
    note('route', ['page'], '', 'a list is cut into pages: page is missing', undefined, 'key');
    return { size: '', number: '', usualSize: 1, mostSize: 1 };
  }
  if (page.default > page.most) note('route', ['page', 'default'], String(page.default), 'the usual size is larger than the largest');
  if (page.size === page.number) note('duplicate', ['page', 'number'], page.number, 'size and number are one word');
  return { size: page.size, number: page.number, usualSize: page.default, mostSize: page.most };
}

function totalOf({ form, place, note }: ListContext, listPlace: Place): TotalRule | null {
  const { total } = form;
  if (total === undefined) return null;
  if ('header' in total) return { in: 'header', header: total.header };
  const at = place(total.at, ['total', 'at']);
  const isInList = listPlace.every((step, i) => at[i] === step);
  if (form.listAt === undefined || isInList || at.includes(EACH))
    note('route', ['total', 'at'], total.at, 'the total stands beside the list, not in it');
  return { in: 'body', place: at };
}

function wordsOf(context: ListContext, page: PageRule): readonly QueryWord[] {
  const { form, note } = context;
  return Object.entries(form.query ?? {}).map(([word, rule]): QueryWord => {
    const path = ['query', word];
    if (word === page.size || word === page.number || word === CURSOR_WORD)
      note('duplicate', path, word, 'this word cuts the list into pages', undefined, 'key');
    if (rule.how === 'order') return { word, how: 'order' };
    if (rule.how === 'search') {
      return { word, how: 'search', fields: rule.fields.map((pointer, i) => fieldOf(context, pointer, rule.how, [...path, 'fields', i])) };
    }
    if ('field' in rule) return { word, how: rule.how, fields: [fieldOf(context, rule.field, rule.how, [...path, 'field'])] };
    const choices = Object.entries(rule.choices).map(([value, pointers]) => ({
      value,
      fields: pointers.map((pointer, i) => fieldOf(context, pointer, rule.how, [...path, 'choices', value, i])),
    }));
    return { word, how: rule.how, choices };
  });
}

/** What of an SSN is not shown would be told by whatever depends on its value; so would the masked part of a text by its order. */
const TELLS_ALL = new Set<QueryWord['how']>(['equals', 'not', 'from', 'to', 'like', 'search', 'sort', 'group']);
const TELLS_ORDER = new Set<QueryWord['how']>(['not', 'from', 'to', 'sort', 'group']);

function fieldOf(
  { sections, fields, pointerOf, pointers, note }: ListContext,
  pointer: string,
  how: QueryWord['how'],
  path: YamlPath,
): number {
  const number = pointerOf(pointer);
  const field = fields[number];
  if (field === undefined) {
    note('unknown-word', path, pointer, `${pointer} is no classified field`, nearestWord(pointer, pointers));
    return number;
  }
  if (TELLS_ALL.has(how) && (field.kind === 'ssn' || field.kind === 'ssn-last4'))
    note('route', path, pointer, 'a Social Security number is shown by its last four digits, so no query word may depend on it');
  if (TELLS_ORDER.has(how) && field.kind === 'text')
    note('route', path, pointer, 'the order of texts would tell of what is masked in them: equals, like and search alone');
  if (!sections.includes(field.section)) note('route', path, pointer, 'this route does not show the section in which the field stands');
  return number;
}

function narrowingsOf(context: ListContext): readonly Narrowing[] {
  const { form, conditions, note } = context;
  return Object.entries(form.narrow ?? {}).map(([name, asks]): Narrowing => {
    const condition = conditions.indexOf(name);
    if (name !== 'open' && condition < 0) {
      const valid = ['open', ...conditions];
      note('unknown-word', ['narrow', name], name, `${name} is neither open nor a condition`, nearestWord(name, valid), 'key');
    }
    if (Object.keys(asks).length === 0) note('route', ['narrow', name], name, 'nothing is asked here', undefined, 'key');
    const words = Object.entries(asks).map(([word, ask]): NarrowingAsk => {
      if (word === form.page?.size || word === form.page?.number)
        note('route', ['narrow', name, word], word, 'this word cuts the list into pages', undefined, 'key');
      if (Array.isArray(ask)) return { word, values: ask, scope: null, any: null };
      const [any] = Object.entries(ask.any ?? {});
      return { word, values: [], scope: ask.scope, any: any === undefined ? null : { word: any[0], value: any[1] } };
    });
    return { to: name === 'open' ? { privacy: 'open' } : { condition }, asks: words };
  });
}

function ownOf({ form, relations, note }: ListContext): OwnRecords | null {
  if (form.own === undefined) return null;
  const { relation, word } = form.own;
  const number = relations.indexOf(relation);
  if (number < 0)
    note('unknown-word', ['own', 'relation'], relation, `${relation} is not among the relations`, nearestWord(relation, relations));
  return { relation: number, word };
}
