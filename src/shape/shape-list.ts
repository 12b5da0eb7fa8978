import type { Decision } from '../vocabulary/access';
import type { ListRoute } from '../vocabulary/case-system';
import { GatewayError } from '../vocabulary/errors';
import { Emission } from './emission';
import { personViews, type DecidedPerson } from './person-views';
import { planView } from './plan-view';
import type { ListedRecord, ReadList } from './read-list';
import { CANDIDATES_FROM, CANDIDATES_TO, CLOSED, OPENS } from './scan-record';
import { sealReply, type ShapedReply } from './shaped-reply';

/** One body, and what of it is shown. */
export interface ListedPart {
  readonly list: ReadList;
  readonly shown: readonly { readonly record: ListedRecord; readonly decision: Decision; readonly persons: readonly DecidedPerson[] }[];
}

export interface ListHead {
  readonly accessId: string;
  /** Told only where it is no more than the caller may know; null: withheld, or unknown. */
  readonly total: number | null;
  readonly headers: readonly (readonly [string, string])[];
}

/**
 * Makes the answer to a request for a list: of each record, what its own decision grants.
 *
 * Gives   the list in its place of the body, and nothing else of the body but the total, where it is told there.
 * Fails   GatewayError 'internal-fault' for a decision that grants nothing: such a record is left out by whoever decides.
 */
export function shapeList(route: ListRoute, parts: readonly ListedPart[], head: ListHead): ShapedReply {
  const [before, behind] = around(route, head.total);
  const emission = new Emission(
    parts.map((part) => part.list),
    before.length * 4 + behind.length * 4,
  );
  let unclassifiedFields = 0;
  emission.literal(before);
  for (const { list, shown } of parts) {
    emission.turnTo(list);
    for (const { record, decision, persons } of shown) {
      if (decision.disclosure === 'none')
        throw new GatewayError('internal-fault', 'a record was to be listed for a decision that shows nothing');
      const { at } = record;
      const { elements } = list.scan;
      emission.write(
        planView(list.tree, decision),
        elements[at + OPENS] as number,
        elements[at + CLOSED] as number,
        elements[at + CANDIDATES_FROM] as number,
        elements[at + CANDIDATES_TO] as number,
        personViews(list.tree, decision, persons),
      );
      unclassifiedFields += record.unclassifiedFields;
    }
  }
  emission.literal(behind);
  const total =
    head.total !== null && route.total?.in === 'header' ? [[route.total.header.toLowerCase(), String(head.total)] as const] : [];
  return sealReply({
    accessId: head.accessId,
    status: 200,
    headers: [
      ['content-type', 'application/json; charset=utf-8'],
      ['casegate-access-id', head.accessId],
      ['casegate-view', 'list'],
      ...head.headers,
      ...total,
      ['cache-control', 'no-store'],
    ],
    body: emission.bytes(),
    unclassifiedFields,
  });
}

/** What stands before the records and behind them. */
function around({ listPlace, total }: ListRoute, told: number | null): readonly [string, string] {
  if (listPlace.length === 0) return ['[', ']'];
  const skeleton: Record<string, unknown> = {};
  plant(skeleton, listPlace, [MARK]);
  if (total?.in === 'body' && told !== null) plant(skeleton, total.place, told);
  const [before = '', behind = ''] = JSON.stringify(skeleton).split(JSON.stringify(MARK));
  return [before, behind];
}
const MARK = '\u0000';

function plant(root: Record<string, unknown>, place: readonly string[], value: unknown): void {
  let at = root;
  for (const step of place.slice(0, -1)) at = (at[step] ??= {}) as Record<string, unknown>;
  at[place.at(-1) as string] = value;
}
