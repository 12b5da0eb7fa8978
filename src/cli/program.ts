import { Command } from 'commander';
import { addAuditCommands } from './commands/audit';
import { addDemoCommands } from './commands/demo';
import { addDirectoryCommands } from './commands/directory';
import { addMigrateCommand } from './commands/migrate';
import { addPolicyCommands } from './commands/policy/index';
import { addServeCommand } from './commands/serve';
import type { Screen } from './screen';
import type { CommandParts } from './command-parts';
import type { Services } from './services';

/** The whole command line. Commander ends no process here: it throws, and `runCli` turns that into an exit code. */
export function createProgram(services: Services, screen: Screen, answer: (code: 0 | 1) => void): Command {
  const program = new Command('casegate')
    .description(
      'A gateway in front of case records: it knows who asks, lets policies decide, leaves out or masks the rest, and writes it down.',
    )
    .version(services.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({ writeOut: (text) => screen.out(text), writeErr: (text) => screen.err(text) })
    .exitOverride()
    .showHelpAfterError('(casegate --help tells more)');
  const parts: CommandParts = { services, screen, answer };
  for (const add of [addServeCommand, addDemoCommands, addPolicyCommands, addAuditCommands, addDirectoryCommands, addMigrateCommand])
    add(program, parts);
  program.addHelpText('after', '\nExit: 0 done, 1 the answer is no, 2 could not run.\n\nTry it:\n  casegate demo\n');
  return program;
}
