import type { RowStore, GovernanceVersions } from '../../row-store';
import { isTimeZone } from '../../parse-moment';
import { applyImport } from './apply-import';
import type { ImportReport, RowOutcome } from './import-report';
import { type ImportPlan, planImport } from './plan-import';
import { type ImportFile, readImportFiles } from './read-import-files';

export interface ImportRequest {
  readonly files: readonly ImportFile[];
  readonly dryRun: boolean;
  /** Where plain dates begin; America/Chicago unless told. */
  readonly timeZone?: string;
}

export interface ImportMeans {
  readonly store: RowStore;
  /** Brings memory up to the versions just committed, so that the change holds before the report is given. */
  readonly caughtUp?: (versions: GovernanceVersions) => Promise<void>;
}

/**
 * Reads files of directory rows and writes them: all of them in one transaction, or none.
 *
 * Takes   CSV files (organizations.csv, accounts.csv …) and YAML documents; several make one import.
 * Gives   a report on every row and every problem. The same files again change nothing and raise no version.
 * Fails   GatewayError('directory-unavailable') where the store does; whether it was committed is then unknown, and a second run is safe.
 */
export async function importDirectory(request: ImportRequest, means: ImportMeans): Promise<ImportReport> {
  const timeZone = request.timeZone ?? 'America/Chicago';
  if (!isTimeZone(timeZone)) return refusedBefore(`"${timeZone}" is no time zone`, means.store);
  const read = await readImportFiles(request.files, timeZone);

  const done = await (request.dryRun
    ? means.store.reading(async (reader) => reportOn(await planImport(read, reader), 'dry-run', await reader.versions()))
    : means.store.changing(async (transaction) => {
        const plan = await planImport(read, transaction);
        if (plan.problems.length > 0) return reportOn(plan, 'refused', await transaction.versions());
        if (plan.writes.length === 0) return reportOn(plan, 'unchanged', await transaction.versions());
        return reportOn(plan, 'applied', await applyImport(plan, transaction));
      }));
  if (done.outcome === 'applied') await means.caughtUp?.(done.versions);
  return done;
}

function reportOn(plan: ImportPlan, outcome: ImportReport['outcome'], versions: GovernanceVersions): ImportReport {
  const totals: Record<RowOutcome, number> = { added: 0, changed: 0, unchanged: 0, refused: 0 };
  for (const row of plan.rows) totals[row.outcome]++;
  return {
    outcome: plan.problems.length > 0 ? 'refused' : outcome,
    totals,
    rows: plan.rows,
    problems: plan.problems,
    versions,
  };
}

async function refusedBefore(reason: string, store: RowStore): Promise<ImportReport> {
  return {
    outcome: 'refused',
    totals: { added: 0, changed: 0, unchanged: 0, refused: 0 },
    rows: [],
    problems: [{ file: '', line: 0, column: 'time_zone', reason }],
    versions: await store.reading((reader) => reader.versions()),
  };
}
