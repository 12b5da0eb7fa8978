import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { gather } from '../../gather';
import { sayPublication } from './say-publication';

/** casegate policy publish [SOURCE]. */
export function addPublishCommand(policy: Command, parts: CommandParts): void {
  const publish = policy
    .command('publish')
    .description('bring a policy folder, or a version that is kept, into force')
    .argument('[source]', 'policy folder, or a version by the first 12 digits of its hash (default: the folder of the settings)')
    .option('--from <number>', 'refuse if another change than this one is in force', wholeNumber)
    .option('--end <system>', 'a system in force that may end by this; may be given again', gather, [])
    .option('--reason <text>', 'why; it is kept with the version', '')
    .addHelpText(
      'after',
      '\nThe running gateway does it, asked with the token in CASEGATE_ADMIN_TOKEN (right policy-admin). On an embedded store where no\ngateway runs, the command does it itself.\n\nExamples:\n  casegate policy publish ./policies --reason "new intake form"\n  casegate policy publish 3f9a0c12be77   # go back to a version that was in force\n  casegate policy publish --from 12 --json\n\nExit 1 where it is refused, another change came first, or people must approve it.\n',
    )
    .action(
      async (
        source: string | undefined,
        options: CommonOptions & { readonly from?: number; readonly end: readonly string[]; readonly reason: string },
      ) => {
        const { from, end: ends, reason } = options;
        const published = await parts.services.publishPolicy(source, { from: from ?? null, ends, reason }, choiceOf(options));
        sayPublication(published, options, parts);
      },
    );
  withCommonOptions(publish);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected the number of a change');
  return Number(text);
}
