import { wholeNumber, words } from './directory-columns';
import type { GovernanceStore } from './open-data-source';

/** Versions whose rows stay. A process that is farther behind than these loads everything anew. */
const KEPT_VERSIONS = 10_000;
/** Rows in one transaction, and transactions in one call: nobody waits long for either. */
const PIECE = 500;
const MOST_PIECES = 20;

export interface TrimOptions {
  readonly keptVersions?: number;
  readonly mostPieces?: number;
}

/**
 * Takes the oldest rows of both change logs away, the oldest first, as many as one call may; the rest is for the next call. The newest
 * version stays whatever happens: by the oldest row that is left, `followChanges` tells whether it missed any.
 */
export async function trimChangeLogs(store: Pick<GovernanceStore, 'read' | 'inTransaction'>, options: TrimOptions = {}): Promise<void> {
  for (const table of ['directory_change', 'registry_change'] as const) {
    for (let pieces = options.mostPieces ?? MOST_PIECES; pieces > 0; pieces -= 1) {
      if ((await trimPiece(store, table, options.keptVersions ?? KEPT_VERSIONS)) < PIECE) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function trimPiece(store: Pick<GovernanceStore, 'read' | 'inTransaction'>, table: string, keptVersions: number): Promise<number> {
  const old = await store.read((manager) =>
    manager.query<{ version: unknown; change_kind: unknown; change_key: unknown }[]>(
      `SELECT version, change_kind, change_key FROM ${table} WHERE version <= (SELECT MAX(version) FROM ${table}) - ?
       ORDER BY version, change_kind, change_key LIMIT ${PIECE}`,
      [Math.max(1, keptVersions)],
    ),
  );
  const last = old.at(-1);
  if (last === undefined) return 0;
  const [version, kind, key] = [wholeNumber(last.version), words(last.change_kind), words(last.change_key)];
  await store.inTransaction((manager) =>
    manager.query(`DELETE FROM ${table} WHERE version <= ? AND (version < ? OR change_kind < ? OR (change_kind = ? AND change_key <= ?))`, [
      version,
      version,
      kind,
      kind,
      key,
    ]),
  );
  return old.length;
}
