"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.addServeCommand = addServeCommand;
const command_parts_1 = require("../command-parts");
const screen_1 = require("../screen");
/** casegate serve [--check]: the gateway itself. */
function addServeCommand(program, { services, screen }) {
    const serve = program
        .command('serve')
        .description('run the gateway until it is told to stop (SIGTERM, Ctrl-C); requests under way finish and the log drains')
        .option('--check', 'read the settings, say everything that is wrong with them, and start nothing')
        .addHelpText('after', '\nExamples:\n  casegate serve --check\n  casegate serve --config /etc/casegate/casegate.yaml\n  CASEGATE_DATA_PORT=9080 casegate serve\n')
        .action(async (options) => {
        if (options.check !== true)
            return services.serve((0, command_parts_1.choiceOf)(options));
        const settings = await services.checkSettings((0, command_parts_1.choiceOf)(options));
        screen.out(options.json === true ? (0, screen_1.jsonLine)({ ok: true, settings }) : 'The settings are good.\n');
    });
    (0, command_parts_1.withCommonOptions)(serve);
}
