import type { DriftRow } from '../../vocabulary/drift';

/** Names a row: system, place, holds. */
export type DriftKey = Pick<DriftRow, 'system' | 'place' | 'holds'>;

/** Where the drift list is kept. Rejects where the database does. */
export interface DriftStore {
  /**
   * Replaces the rows of these systems in one transaction. `change` gets the rows of one system as they are committed, while no other
   * process changes them, and gives those that are to stand there; it may run again after a deadlock.
   */
  change(systems: readonly string[], change: (system: string, rows: readonly DriftRow[]) => readonly DriftRow[]): Promise<void>;
  /** In the order of their keys; `system` null: of all. */
  page(system: string | null, after: DriftKey | null, limit: number): Promise<readonly DriftRow[]>;
}
