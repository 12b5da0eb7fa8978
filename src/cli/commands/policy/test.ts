import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import { findingLine } from './finding-line';

/** casegate policy test [DIR]. */
export function addTestCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const test = policy
    .command('test')
    .description('ask the policy every example of cases.csv')
    .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
    .addHelpText('after', '\nExamples:\n  casegate policy test\n  casegate policy test ./policies --json\n')
    .action(async (folder: string | undefined, options: CommonOptions) => {
      const found = await services.testPolicies(folder, choiceOf(options));
      const passed = found.cases.filter((one) => one.isPassed).length;
      if (found.findings.length > 0 || passed < found.cases.length || found.cases.length === 0) answer(1);
      if (options.json === true) return screen.out(jsonLine(found));
      for (const finding of found.findings) screen.out(findingLine(finding));
      screen.out(`${passed} of ${found.cases.length} examples hold.\n`);
    });
  withCommonOptions(test);
}
