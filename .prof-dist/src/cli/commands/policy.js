"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.addPolicyCommands = addPolicyCommands;
const command_parts_1 = require("../command-parts");
const screen_1 = require("../screen");
/** casegate policy check|test [DIR]. */
function addPolicyCommands(program, { services, screen, answer }) {
    const policy = program.command('policy').description('look at policy files').helpCommand(false);
    const check = policy
        .command('check')
        .description('say whether the policy files would come into force, with file, line, column and reason where they would not')
        .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
        .addHelpText('after', '\nExamples:\n  casegate policy check\n  casegate policy check ./policies --json\n')
        .action(async (folder, options) => {
        const found = await services.checkPolicies(folder, (0, command_parts_1.choiceOf)(options));
        if (found.findings.length > 0)
            answer(1);
        if (options.json === true)
            return screen.out((0, screen_1.jsonLine)(found));
        for (const finding of found.findings)
            screen.out(lineOf(finding));
        screen.out(found.findings.length === 0
            ? `Good: ${found.systems.join(', ')} (version ${found.version.slice(0, 12)})\n`
            : `${found.findings.length} found; this version would be refused.\n`);
    });
    (0, command_parts_1.withCommonOptions)(check);
    const test = policy
        .command('test')
        .description('ask the policy every example of cases.csv')
        .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
        .addHelpText('after', '\nExamples:\n  casegate policy test\n  casegate policy test ./policies --json\n')
        .action(async (folder, options) => {
        const found = await services.testPolicies(folder, (0, command_parts_1.choiceOf)(options));
        const passed = found.cases.filter((one) => one.isPassed).length;
        if (found.findings.length > 0 || passed < found.cases.length || found.cases.length === 0)
            answer(1);
        if (options.json === true)
            return screen.out((0, screen_1.jsonLine)(found));
        for (const finding of found.findings)
            screen.out(lineOf(finding));
        screen.out(`${passed} of ${found.cases.length} examples hold.\n`);
    });
    (0, command_parts_1.withCommonOptions)(test);
}
const lineOf = ({ file, line, column, rule, message, nearest }) => (0, screen_1.printable)(`${file}:${line}:${column} ${message}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`} [${rule}]`) + '\n';
