import type { ChangeRow } from '../vocabulary/directory-rows';
import { oneOf, wholeNumber, wholeOrNull, words } from './directory-columns';
import type { GovernanceStore } from './open-data-source';

const changeKind = oneOf('organization', 'application', 'account', 'record');

/** The version of one store and what was touched since; read from the primary, committed rows alone. */
export function createChangeLog(store: Pick<GovernanceStore, 'read'>, name: 'directory' | 'registry') {
  return {
    async version(): Promise<number> {
      const rows = await store.read((manager) =>
        manager.query<{ version: unknown }[]>('SELECT version FROM store_version WHERE name = ?', [name]),
      );
      return wholeNumber(rows[0]?.version);
    },

    async oldestVersion(): Promise<number | null> {
      const rows = await store.read((manager) => manager.query<{ oldest: unknown }[]>(`SELECT MIN(version) AS oldest FROM ${name}_change`));
      return wholeOrNull(rows[0]?.oldest ?? null);
    },

    async changes(after: ChangeRow, limit: number): Promise<readonly ChangeRow[]> {
      const rows = await store.read((manager) =>
        manager.query<{ version: unknown; change_kind: unknown; change_key: unknown }[]>(
          `SELECT version, change_kind, change_key FROM ${name}_change
           WHERE version >= ? AND (version > ? OR change_kind > ? OR (change_kind = ? AND change_key > ?))
           ORDER BY version, change_kind, change_key LIMIT ${wholeNumber(limit)}`,
          [after.version, after.version, after.kind, after.kind, after.key],
        ),
      );
      return rows.map((row) => ({ version: wholeNumber(row.version), kind: changeKind(row.change_kind), key: words(row.change_key) }));
    },
  };
}
