import type { GovernanceVersions } from '../../row-store';
import type { ImportKind } from './import-kinds';
import type { ImportProblem } from './read-import-files';

export type RowOutcome = 'added' | 'changed' | 'unchanged' | 'refused';

export interface ImportRowReport {
  readonly file: string;
  readonly line: number;
  readonly kind: ImportKind;
  /** The row's natural key in words; '' where the row could not be read. */
  readonly key: string;
  readonly outcome: RowOutcome;
}

/**
 * What an import did, or would do. `applied`: written, under these versions. `unchanged`: nothing differed, no new version.
 * `dry-run`: what would be written. `refused`: there are problems and nothing was written, whatever a row's own outcome says.
 */
export interface ImportReport {
  readonly outcome: 'applied' | 'unchanged' | 'dry-run' | 'refused';
  readonly totals: Readonly<Record<RowOutcome, number>>;
  readonly rows: readonly ImportRowReport[];
  readonly problems: readonly ImportProblem[];
  readonly versions: GovernanceVersions;
}
