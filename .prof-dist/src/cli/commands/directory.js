"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.addDirectoryCommands = addDirectoryCommands;
const command_parts_1 = require("../command-parts");
const screen_1 = require("../screen");
/** casegate directory import FILE… | list. */
function addDirectoryCommands(program, { services, screen, answer }) {
    const directory = program.command('directory').description('organizations, accounts and memberships').helpCommand(false);
    const load = directory
        .command('import')
        .description('take rows from CSV and YAML files: all of them in one transaction, or none')
        .argument('<files...>', 'organizations.csv, accounts.csv, memberships.csv … or YAML documents')
        .option('--dry-run', 'say what would change, and change nothing')
        .addHelpText('after', '\nExamples:\n  casegate directory import staff/*.csv --dry-run\n  casegate directory import roster.yaml --json\n')
        .action(async (files, options) => {
        const report = await services.importDirectory(files, { dryRun: options.dryRun === true }, (0, command_parts_1.choiceOf)(options));
        if (report.outcome === 'refused')
            answer(1);
        if (options.json === true)
            return screen.out((0, screen_1.jsonLine)(report));
        for (const row of report.rows) {
            if (row.outcome !== 'unchanged')
                screen.out(`${(0, screen_1.printable)(`${row.file}:${row.line} ${row.outcome} ${row.kind} ${row.key}`)}\n`);
        }
        for (const problem of report.problems)
            screen.out(`${(0, screen_1.printable)(`${problem.file}:${problem.line} ${problem.column} ${problem.reason}`)}\n`);
        const { added, changed, unchanged, refused } = report.totals;
        screen.out(`${SAYS[report.outcome]} ${added} added, ${changed} changed, ${unchanged} unchanged, ${refused} refused.\n`);
    });
    (0, command_parts_1.withCommonOptions)(load);
    const list = directory
        .command('list')
        .description('accounts with their standing and memberships')
        .option('--organization <id>', 'of this organization alone')
        .addHelpText('after', '\nExamples:\n  casegate directory list\n  casegate directory list --organization northside --json\n')
        .action(async (options) => {
        const found = await services.listDirectory({ organization: options.organization }, (0, command_parts_1.choiceOf)(options));
        if (options.json === true)
            return screen.out((0, screen_1.jsonLine)(found));
        const rows = found.accounts.map((account) => [
            account.id,
            account.kind,
            account.environment,
            account.organization,
            account.standing,
            account.memberships.map((one) => `${one.system}/${one.workgroup}${one.agency === '' ? '' : `@${one.agency}`}`).join(' ') || '-',
        ]);
        screen.out((0, screen_1.table)([['account', 'kind', 'environment', 'organization', 'standing', 'memberships'], ...rows]));
    });
    (0, command_parts_1.withCommonOptions)(list);
}
const SAYS = {
    applied: 'Taken:',
    unchanged: 'Nothing to change:',
    'dry-run': 'Would be taken:',
    refused: 'Refused, nothing was changed:',
};
