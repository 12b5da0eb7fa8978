"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.addAuditCommands = addAuditCommands;
const commander_1 = require("commander");
const command_parts_1 = require("../command-parts");
const screen_1 = require("../screen");
const MOST_FOUND = 10_000;
/** casegate audit verify|search. */
function addAuditCommands(program, { services, screen, answer }) {
    const audit = program.command('audit').description('look at the access log').helpCommand(false);
    const verify = audit
        .command('verify')
        .description('rebuild every chain of the log from its entries and say whether anything was altered or removed')
        .addHelpText('after', '\nExamples:\n  casegate audit verify\n  casegate audit verify --json\n')
        .action(async (options) => {
        const verdict = await services.verifyLog((0, command_parts_1.choiceOf)(options));
        if (verdict.faults.length > 0)
            answer(1);
        if (options.json === true)
            return screen.out((0, screen_1.jsonLine)({ ok: verdict.faults.length === 0, ...verdict }));
        for (const fault of verdict.faults)
            screen.out(`${(0, screen_1.printable)(`${fault.chain} ${fault.seq ?? '-'}: ${fault.message}`)}\n`);
        const counted = `${verdict.entries} entries in ${verdict.chains} chains`;
        screen.out(verdict.faults.length === 0 ? `Whole: ${counted}.\n` : `Not whole: ${verdict.faults.length} faults in ${counted}.\n`);
    });
    (0, command_parts_1.withCommonOptions)(verify);
    const search = audit
        .command('search')
        .description('who saw this record, what did this person see; newest first')
        .option('--system <name>', 'in this case system')
        .option('--record <id>', 'entries that name this record')
        .option('--person <id>', 'entries of this account or person')
        .option('--limit <count>', `at most so many, 1 to ${MOST_FOUND}`, wholeCount, 50)
        .addHelpText('after', '\nExamples:\n  casegate audit search --record WF100017\n  casegate audit search --person counselor --limit 10\n  casegate audit search --record WF100017 --json\n\nExit 1 where nothing is found.\n')
        .action(async (options) => {
        const question = { system: options.system, record: options.record, person: options.person, limit: options.limit };
        const found = await services.searchLog(question, (0, command_parts_1.choiceOf)(options));
        if (found.length === 0)
            answer(1);
        if (options.json === true)
            return found.forEach((one) => screen.out((0, screen_1.jsonLine)(one)));
        screen.out(found.length === 0 ? 'No entry.\n' : (0, screen_1.table)([HEAD, ...found.map(rowOf)]));
    });
    (0, command_parts_1.withCommonOptions)(search);
}
const HEAD = ['at', 'person', 'system', 'record', 'disclosure', 'status', 'reasons', 'access id'];
function rowOf({ entry }) {
    const records = entry.records.map((record) => record.id ?? 'unknown');
    const disclosures = [...new Set(entry.records.map((record) => record.disclosure))];
    const { status, reasons } = entry.outcome;
    return [
        entry.at,
        entry.who?.person ?? '-',
        entry.system ?? '-',
        records.length > 3 ? `${records.length} records` : records.join(' ') || '-',
        disclosures.join(' ') || '-',
        String(status),
        reasons.join(' '),
        entry.accessId,
    ];
}
function wholeCount(text) {
    const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > MOST_FOUND)
        throw new commander_1.InvalidArgumentError(`expected a whole number from 1 to ${MOST_FOUND}`);
    return count;
}
