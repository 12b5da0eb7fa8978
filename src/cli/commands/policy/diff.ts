import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import { diffText } from './diff-text';

/** casegate policy diff A [B]. */
export function addDiffCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const diff = policy
    .command('diff')
    .description('say who gains what and who loses what from one policy to another')
    .argument('<before>', 'policy folder, or a version that the store keeps (the beginning of its hash is enough)')
    .argument('[after]', 'the same (default: the policy folder of the settings, or ./policies)')
    .option('--system <name>', 'of this system alone')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy diff policies candidate\n  casegate policy diff 3f9a01c2\n  casegate policy diff 3f9a01c2 77b0aa10 --system trackone --json\n\nExit 1 where they differ.\n',
    )
    .action(async (before: string, after: string | undefined, options: CommonOptions & { readonly system?: string }) => {
      const found = await services.comparePolicies(before, after, { system: options.system }, choiceOf(options));
      if (found.systems.length > 0) answer(1);
      screen.out(options.json === true ? jsonLine(found) : diffText(found));
    });
  withCommonOptions(diff);
}
