import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { sayPublication } from './say-publication';

/** casegate policy approve HASH. */
export function addApproveCommand(policy: Command, parts: CommandParts): void {
  const approve = policy
    .command('approve')
    .description('vouch for a policy version that waits for approval; with two people it comes into force')
    .argument('<version>', 'the version, at least the first 12 digits of its hash')
    .addHelpText(
      'after',
      '\nAsks the running gateway with the token in CASEGATE_ADMIN_TOKEN (right policy-admin). Look at what you vouch for first:\n  casegate policy versions\n  casegate policy diff <version in force> <version>\n\nExample:\n  casegate policy approve 3f9a0c12be77\n\nExit 1 where it is refused or more people must approve it.\n',
    )
    .action(async (version: string, options: CommonOptions) => {
      sayPublication(await parts.services.approvePolicy(version, choiceOf(options)), options, parts);
    });
  withCommonOptions(approve);
}
