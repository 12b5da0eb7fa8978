import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../command-parts';
import { choiceOf, withCommonOptions } from '../command-parts';
import { jsonLine } from '../screen';

/** casegate serve [--check]: the gateway itself. */
export function addServeCommand(program: Command, { services, screen }: CommandParts): void {
  const serve = program
    .command('serve')
    .description('run the gateway until it is told to stop (SIGTERM, Ctrl-C); requests under way finish and the log drains')
    .option('--check', 'read the settings, say everything that is wrong with them, and start nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate serve --check\n  casegate serve --config /etc/casegate/casegate.yaml\n  CASEGATE_DATA_PORT=9080 casegate serve\n',
    )
    .action(async (options: CommonOptions & { readonly check?: boolean }) => {
      if (options.check !== true) return services.serve(choiceOf(options));
      const settings = await services.checkSettings(choiceOf(options));
      screen.out(options.json === true ? jsonLine({ ok: true, settings }) : 'The settings are good.\n');
    });
  withCommonOptions(serve);
}
