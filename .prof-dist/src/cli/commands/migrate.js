"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.addMigrateCommand = addMigrateCommand;
const command_parts_1 = require("../command-parts");
const screen_1 = require("../screen");
/** casegate migrate. */
function addMigrateCommand(program, { services, screen }) {
    const migrate = program
        .command('migrate')
        .description("bring the store's tables up to this version; safe to run again after any interruption")
        .addHelpText('after', '\nRuns under store.migratorUrl where it is set. `casegate serve` starts on a store that is up to date alone.\n\nExample:\n  casegate migrate\n')
        .action(async (options) => {
        const steps = await services.migrate((0, command_parts_1.choiceOf)(options));
        if (options.json === true)
            return screen.out((0, screen_1.jsonLine)({ steps }));
        for (const step of steps)
            screen.out(`${step}\n`);
        screen.out(steps.length === 0 ? 'The store is up to date.\n' : `${steps.length} steps done.\n`);
    });
    (0, command_parts_1.withCommonOptions)(migrate);
}
