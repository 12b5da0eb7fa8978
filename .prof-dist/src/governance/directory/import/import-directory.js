"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.importDirectory = importDirectory;
const parse_moment_1 = require("../../parse-moment");
const apply_import_1 = require("./apply-import");
const plan_import_1 = require("./plan-import");
const read_import_files_1 = require("./read-import-files");
/**
 * Reads files of directory rows and writes them: all of them in one transaction, or none.
 *
 * Takes   CSV files (organizations.csv, accounts.csv …) and YAML documents; several make one import.
 * Gives   a report on every row and every problem. The same files again change nothing and raise no version.
 * Fails   GatewayError('directory-unavailable') where the store does; whether it was committed is then unknown, and a second run is safe.
 */
async function importDirectory(request, means) {
    const timeZone = request.timeZone ?? 'America/Chicago';
    if (!(0, parse_moment_1.isTimeZone)(timeZone))
        return refusedBefore(`"${timeZone}" is no time zone`, means.store);
    const read = await (0, read_import_files_1.readImportFiles)(request.files, timeZone);
    const done = await (request.dryRun
        ? means.store.reading(async (reader) => reportOn(await (0, plan_import_1.planImport)(read, reader), 'dry-run', await reader.versions()))
        : means.store.changing(async (transaction) => {
            const plan = await (0, plan_import_1.planImport)(read, transaction);
            if (plan.problems.length > 0)
                return reportOn(plan, 'refused', await transaction.versions());
            if (plan.writes.length === 0)
                return reportOn(plan, 'unchanged', await transaction.versions());
            return reportOn(plan, 'applied', await (0, apply_import_1.applyImport)(plan, transaction));
        }));
    if (done.outcome === 'applied')
        await means.caughtUp?.(done.versions);
    return done;
}
function reportOn(plan, outcome, versions) {
    const totals = { added: 0, changed: 0, unchanged: 0, refused: 0 };
    for (const row of plan.rows)
        totals[row.outcome]++;
    return {
        outcome: plan.problems.length > 0 ? 'refused' : outcome,
        totals,
        rows: plan.rows,
        problems: plan.problems,
        versions,
    };
}
async function refusedBefore(reason, store) {
    return {
        outcome: 'refused',
        totals: { added: 0, changed: 0, unchanged: 0, refused: 0 },
        rows: [],
        problems: [{ file: '', line: 0, column: 'time_zone', reason }],
        versions: await store.reading((reader) => reader.versions()),
    };
}
