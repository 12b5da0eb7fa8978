import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../command-parts';
import { choiceOf, withCommonOptions } from '../command-parts';
import { jsonLine } from '../screen';

/** casegate migrate. */
export function addMigrateCommand(program: Command, { services, screen }: CommandParts): void {
  const migrate = program
    .command('migrate')
    .description("bring the store's tables up to this version; safe to run again after any interruption")
    .addHelpText(
      'after',
      '\nRuns under store.migratorUrl where it is set. `casegate serve` starts on a store that is up to date alone.\n\nExample:\n  casegate migrate\n',
    )
    .action(async (options: CommonOptions) => {
      const steps = await services.migrate(choiceOf(options));
      if (options.json === true) return screen.out(jsonLine({ steps }));
      for (const step of steps) screen.out(`${step}\n`);
      screen.out(steps.length === 0 ? 'The store is up to date.\n' : `${steps.length} steps done.\n`);
    });
  withCommonOptions(migrate);
}
