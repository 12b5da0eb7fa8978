import type { CaseSystem } from '../../vocabulary/case-system';
import type { DriftField, DriftRow } from '../../vocabulary/drift';
import type { DriftKey, DriftStore } from './drift-store';
import { findDrift } from './find-drift';
import { linesToAdd } from './lines-to-add';

export interface DriftQuestion {
  /** null: all systems. */
  readonly system: string | null;
  /** As the page before gave it in `next`. */
  readonly after: string | null;
  readonly limit: number;
}

export interface DriftPage {
  /** In the order of system and place. */
  readonly fields: readonly DriftField[];
  readonly next: string | null;
}

/**
 * Reads a page of the drift list: what the policy in force still leaves out, with the lines to add.
 *
 * Takes   `systemOf`: the compiled record.yaml in force; of a system without one all that was kept is shown.
 * Gives   null where `after` is not of this list.
 */
export async function readDrift(
  store: Pick<DriftStore, 'page'>,
  systemOf: (system: string) => CaseSystem | undefined,
  { system, after, limit }: DriftQuestion,
): Promise<DriftPage | null> {
  let behind = after === null ? null : readKey(after);
  if (after !== null && behind === null) return null;
  const fields: DriftField[] = [];
  for (;;) {
    const rows = await store.page(system, behind, limit + 1);
    for (const row of rows) {
      const field = tell(row, systemOf(row.system));
      if (field !== null && fields.length === limit) return { fields, next: behind === null ? null : writeKey(behind) };
      if (field !== null) fields.push(field);
      behind = row;
    }
    if (rows.length <= limit) return { fields, next: null };
  }
}

function tell(row: DriftRow, system: CaseSystem | undefined): DriftField | null {
  const drift = system === undefined ? UNCOMPARED : findDrift(row, system);
  if (drift === null) return null;
  // An SSN that is true or false: no line makes that a number.
  const hasLine = !(drift.expected === 'value' && row.holds === 'flag');
  return {
    system: row.system,
    place: row.place === '' ? null : row.place,
    holds: row.holds,
    ...drift,
    count: row.count,
    firstSeen: new Date(row.firstSeenMs).toISOString(),
    lastSeen: new Date(row.lastSeenMs).toISOString(),
    lines: hasLine ? linesToAdd(row) : [],
  };
}

const UNCOMPARED = { problem: 'unclassified', expected: null } as const;

const writeKey = ({ system, place, holds }: DriftKey): string => Buffer.from(JSON.stringify([system, place, holds])).toString('base64url');

function readKey(text: string): DriftKey | null {
  try {
    const [system, place, holds] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as readonly unknown[];
    const isKey = [system, place, holds].every((word) => typeof word === 'string' && word.length <= 255);
    return isKey ? ({ system, place, holds } as DriftKey) : null;
  } catch {
    return null;
  }
}
