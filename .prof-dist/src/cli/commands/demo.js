"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.addDemoCommands = addDemoCommands;
const commander_1 = require("commander");
const screen_1 = require("../screen");
/** casegate demo [--once]; casegate demo token PERSON. */
function addDemoCommands(program, { services, screen }) {
    const demo = program
        .command('demo')
        .description('bring up demo case systems, people and records behind a gateway, and show one private record as five people see it')
        .option('--once', 'print the tour and end')
        .addHelpText('after', '\nExamples:\n  casegate demo\n  casegate demo --once\n  casegate demo token counselor\n')
        .action((options) => services.demo({ once: options.once === true }));
    demo
        .command('token')
        .description('print a bearer token of a demo person, while the demo runs')
        .argument('<person>', 'such as counselor, supervisor, data-specialist, monitor, auditor')
        .addOption(new commander_1.Option('--audience <plane>', 'which plane the token is for').choices(['data', 'admin']).default('data'))
        .option('--json', 'print JSON, for scripts')
        .addHelpText('after', '\nExample:\n  curl -H "Authorization: Bearer $(casegate demo token counselor)" http://127.0.0.1:8080/…\n')
        .action(async (person, options) => {
        const token = await services.demoToken(person, options.audience);
        screen.out(options.json === true ? (0, screen_1.jsonLine)({ person, audience: options.audience, token }) : `${token}\n`);
    });
}
