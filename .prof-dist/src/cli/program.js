"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createProgram = createProgram;
const commander_1 = require("commander");
const audit_1 = require("./commands/audit");
const demo_1 = require("./commands/demo");
const directory_1 = require("./commands/directory");
const migrate_1 = require("./commands/migrate");
const policy_1 = require("./commands/policy");
const serve_1 = require("./commands/serve");
/** The whole command line. Commander ends no process here: it throws, and `runCli` turns that into an exit code. */
function createProgram(services, screen, answer) {
    const program = new commander_1.Command('casegate')
        .description('A gateway in front of case records: it knows who asks, lets policies decide, leaves out or masks the rest, and writes it down.')
        .version(services.version, '-V, --version', 'print the version')
        .helpOption('-h, --help', 'print this help')
        .helpCommand(false)
        .configureOutput({ writeOut: (text) => screen.out(text), writeErr: (text) => screen.err(text) })
        .exitOverride()
        .showHelpAfterError('(casegate --help tells more)');
    const parts = { services, screen, answer };
    for (const add of [serve_1.addServeCommand, demo_1.addDemoCommands, policy_1.addPolicyCommands, audit_1.addAuditCommands, directory_1.addDirectoryCommands, migrate_1.addMigrateCommand])
        add(program, parts);
    program.addHelpText('after', '\nExit: 0 done, 1 the answer is no, 2 could not run.\n\nTry it:\n  casegate demo\n');
    return program;
}
