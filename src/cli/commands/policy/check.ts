import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import { findingLine } from './finding-line';

/** casegate policy check [DIR]. */
export function addCheckCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const check = policy
    .command('check')
    .description('say whether the policy files would come into force, with file, line, column and reason where they would not')
    .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
    .addHelpText('after', '\nExamples:\n  casegate policy check\n  casegate policy check ./policies --json\n')
    .action(async (folder: string | undefined, options: CommonOptions) => {
      const found = await services.checkPolicies(folder, choiceOf(options));
      if (found.findings.length > 0) answer(1);
      if (options.json === true) return screen.out(jsonLine(found));
      for (const finding of found.findings) screen.out(findingLine(finding));
      screen.out(
        found.findings.length === 0
          ? `Good: ${found.systems.join(', ')} (version ${found.version.slice(0, 12)})\n`
          : `${found.findings.length} found; this version would be refused.\n`,
      );
    });
  withCommonOptions(check);
}
