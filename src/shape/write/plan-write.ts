import { EACH, type CaseSystem, type FieldRule, type Place, type Route } from '../../vocabulary/case-system';
import { GatewayError } from '../../vocabulary/errors';
import { toPointer } from '../../vocabulary/to-pointer';
import type { WriteRule } from '../../vocabulary/write-rule';
import type { ReadReply } from '../read-reply';
import { applyJsonPatch, applyMergePatch } from './apply-patch';
import { isObject, parseTree, type Json } from './json-tree';
import { leavesOf, mergeShown, type Change, type Merged, type Touched } from './merge-shown';
import type { Proof } from './proof';
import { proofOfElement, proofOfValues } from './proof';
import type { Sent } from './read-sent';
import { writeBody } from './write-body';

/** What a write comes to: known before anybody decides whether it may be. */
export interface WritePlan {
  /** What was sent is what was shown: there is nothing to write. */
  readonly isNothing: boolean;
  /** Places of the fields that are written, as record.yaml names them, each once; `/contact/?` for one it does not name below /contact. */
  readonly fields: readonly string[];
  /** Numbers of the sections in which they stand. */
  readonly sections: readonly number[];
  /** Those of `fields` that nobody writes: not classified, the record's id, its version. */
  readonly neverWritten: readonly string[];
  /** Those of `fields` whose value is no Social Security number, or a mask in the place of one. */
  readonly unfit: readonly string[];
  /** Places at which a value that is not shown would be overwritten or erased. */
  readonly unseen: readonly string[];
  /** Of a fact that is a date: the dates of the elements that are written, before and after; null where none is written. */
  datesOf(fact: number): readonly string[] | null;
  /** Fields that stand in none of these sections. */
  fieldsOutside(mayWrite: (section: number) => boolean): readonly string[];
  /** What is sent to the case system; null for a deletion. */
  readonly body: { readonly bytes: Buffer; readonly mediaType: string } | null;
  /** How it can be seen afterwards that it was done. */
  readonly proof: Proof;
}

/**
 * Works out a write.
 *
 * Takes   read: the record as the case system has it now. shown: the body that this caller is shown of it, now.
 * Fails   GatewayError body-malformed, write-refused for a patch that does not fit what the caller is shown.
 */
export function planWrite(about: {
  readonly system: CaseSystem;
  readonly route: Route;
  readonly rule: WriteRule;
  readonly read: ReadReply;
  readonly shown: Buffer;
  readonly sent: Sent;
}): WritePlan {
  const { system, route, rule, sent } = about;
  const current = parseTree(bodyText(about.read.body));
  const shown = parseTree(about.shown.toString('utf8'));
  if (sent.as === 'nothing') return planOf(about, NOTHING_MERGED, null, { kind: 'gone' });
  if (sent.as === 'element') {
    const into = rule.into ?? [];
    const place = [...into, EACH];
    const changes = leavesOf(sent.tree, place).map(({ place: at, value }): Change => ({ place: at, after: value }));
    if (sent.tree.size === 0) throw new GatewayError('body-malformed', 'an empty element');
    const merged: Merged = { record: current, changes, touched: [{ place, before: undefined, after: sent.tree }], unseen: [] };
    const body = writeBody(rule, { current, shown, record: sent.tree });
    return planOf(about, merged, body, proofOfElement(current, into, sent.tree));
  }
  const merged = mergeShown(current, shown, wantedFrom(sent, shown));
  const record = merged.record ?? new Map<string, Json>();
  const body = merged.unseen.length > 0 ? null : writeBody(rule, { current, shown, record });
  const places = uniquePlaces(merged.changes);
  const known = places.filter((place) => fieldAt(system, route, rule, place) !== null);
  return planOf(about, merged, body, proofOfValues(record, known));
}

const NOTHING_MERGED: Merged = { record: undefined, changes: [], touched: [], unseen: [] };

function wantedFrom(sent: Exclude<Sent, { as: 'nothing' | 'element' }>, shown: Json): Json {
  if (sent.as === 'whole') return sent.tree;
  return sent.as === 'json-patch' ? applyJsonPatch(shown, sent.tree) : applyMergePatch(shown, sent.tree);
}

const bodyText = (body: Buffer): string => body.toString('utf8').replace(/^\uFEFF/, '');

function planOf(
  { system, route, rule }: { readonly system: CaseSystem; readonly route: Route; readonly rule: WriteRule },
  merged: Merged,
  body: ReturnType<typeof writeBody> | null,
  proof: Proof,
): WritePlan {
  const written = uniquePlaces(merged.changes).map((place) => ({ place, field: fieldAt(system, route, rule, place) }));
  const fieldOf = new Map(written.map(({ place, field }) => [pointerOf(place), field]));
  const sections = rule.takes === 'nothing' ? route.sections : [...new Set(written.flatMap(({ field }) => field?.section ?? []))];
  const nameOf = ({ place, field }: (typeof written)[number]): string => (field === null ? unnamed(system, place) : pointerOf(place));
  const unfit = merged.changes.filter((change) => !isFit(fieldOf.get(pointerOf(change.place)) ?? null, change.after));
  return {
    isNothing: rule.takes !== 'nothing' && merged.changes.length === 0,
    fields: [...new Set(written.map(nameOf))],
    sections,
    neverWritten: [...new Set(written.filter(({ field }) => field === null).map(nameOf))],
    unfit: uniquePlaces(unfit).map(pointerOf),
    unseen: [...new Set([...merged.unseen, ...(body?.unseen ?? [])].map((place) => pointerOf(place)))],
    datesOf: (fact) => datesOf(system.facts[fact]?.place ?? null, merged.touched),
    fieldsOutside: (mayWrite) =>
      written.filter(({ field }) => field !== null && !mayWrite(field.section)).map(({ place }) => pointerOf(place)),
    body: body === null || body.bytes === null ? null : { bytes: body.bytes, mediaType: body.mediaType },
    proof,
  };
}

const pointerOf = (place: Place): string => toPointer(place) || '/';

function uniquePlaces(changes: readonly Pick<Change, 'place'>[]): readonly Place[] {
  return [...new Map(changes.map(({ place }) => [pointerOf(place), place])).values()];
}

const isPlace = (a: Place, b: Place): boolean => a.length === b.length && a.every((step, i) => step === b[i]);
const isWithin = (place: Place, above: Place): boolean => place.length > above.length && above.every((step, i) => step === place[i]);

/** The field at a place, where a caller may ever write it. An empty list or object counts as the fields that could stand in it, all of one section. */
function fieldAt(system: CaseSystem, route: Route, rule: WriteRule, place: Place): FieldRule | null {
  if (isPlace(place, route.idPlace) || (rule.versionPlace !== null && isPlace(place, rule.versionPlace))) return null;
  const own = system.fields.find((field) => isPlace(field.place, place));
  if (own !== undefined) return own;
  const inside = system.fields.filter((field) => isWithin(field.place, place));
  return inside.every((field) => field.section === inside[0]?.section) ? (inside[0] ?? null) : null;
}

/** What the caller called it is the caller's text and is not said again. */
function unnamed(system: CaseSystem, place: Place): string {
  const isOurs = (at: Place): boolean =>
    at.length === 0 || system.fields.some((field) => isPlace(field.place, at) || isWithin(field.place, at));
  let known = place;
  while (!isOurs(known)) known = known.slice(0, -1);
  return known.length === place.length ? pointerOf(place) : `${known.length === 0 ? '' : pointerOf(known)}/?`;
}

/** A mask is never stored in the place of the number that it hides (PTH-26). */
function isFit(field: FieldRule | null, after: Json | undefined): boolean {
  if (field === null || after === undefined || after === 'null' || (field.kind !== 'ssn' && field.kind !== 'ssn-last4')) return true;
  if (typeof after !== 'string' || !after.startsWith('"')) return false;
  return (field.kind === 'ssn' ? /^\d{3}-?\d{2}-?\d{4}$/ : /^\d{4}$/).test(JSON.parse(after) as string);
}

function datesOf(place: Place | null, touched: readonly Touched[]): readonly string[] | null {
  if (place === null) return null;
  const depth = place.lastIndexOf(EACH) + 1;
  const own = touched.filter((one) => isPlace(one.place, place.slice(0, depth)));
  if (own.length === 0) return null;
  const dates: string[] = [];
  for (const { before, after } of own) {
    for (const element of [before, after]) {
      if (element === undefined) continue;
      const value = leafAt(element, place.slice(depth));
      // An element without a readable date lies in no window, and neither do all that are written with it.
      if (value === null) return [];
      dates.push(value);
    }
  }
  return dates;
}

function leafAt(element: Json, rest: Place): string | null {
  let at: Json | undefined = element;
  for (const step of rest) at = isObject(at) ? at.get(step) : undefined;
  return typeof at === 'string' && at.startsWith('"') ? (JSON.parse(at) as string) : null;
}
