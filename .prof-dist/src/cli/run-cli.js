"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.runCli = runCli;
exports.commandNames = commandNames;
const commander_1 = require("commander");
const program_1 = require("./program");
/**
 * Runs one command line.
 *
 * Takes   the words after the program's name.
 * Gives   the exit code; nothing is thrown, and the process is not ended.
 */
async function runCli(services, words, screen) {
    let code = 0;
    const program = (0, program_1.createProgram)(services, screen, (answer) => {
        code = answer;
    });
    try {
        await program.parseAsync([...words], { from: 'user' });
        return code;
    }
    catch (fault) {
        if (fault instanceof commander_1.CommanderError)
            return fault.exitCode === 0 ? 0 : 2;
        screen.err(`casegate: ${fault instanceof Error ? fault.message : String(fault)}\n`);
        return 2;
    }
}
/** For tests and docs: every command with its full name. */
function commandNames(command, before = '') {
    return command.commands.flatMap((inner) => [`${before}${inner.name()}`, ...commandNames(inner, `${before}${inner.name()} `)]);
}
