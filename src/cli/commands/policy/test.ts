import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine, type Screen } from '../../screen';
import type { PolicyTest } from '../../services/policy-files';
import { findingLine } from './finding-line';
import { mutationLines } from './mutation-lines';

/** casegate policy test [DIR] [--mutate]. */
export function addTestCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const test = policy
    .command('test')
    .description('ask the policy every example of cases.csv')
    .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
    .option('--mutate', 'make every row wrong in every way and say what no example would notice; count the examples of each row')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy test\n  casegate policy test ./policies --json\n  casegate policy test --mutate\n\nExit 1 where an example does not hold, or a row could be wrong and no example would notice.\n',
    )
    .action(async (folder: string | undefined, options: CommonOptions & { readonly mutate?: boolean }) => {
      if (options.mutate === true) {
        const tried = await services.mutatePolicies(folder, showProgress(screen), choiceOf(options));
        if (!isGood(tried) || tried.mutations.some((one) => one.outcome === 'missed')) answer(1);
        if (options.json === true) return screen.out(jsonLine(tried));
        showTest(screen, tried);
        return screen.out(mutationLines(tried));
      }
      const found = await services.testPolicies(folder, choiceOf(options));
      if (!isGood(found)) answer(1);
      if (options.json === true) return screen.out(jsonLine(found));
      showTest(screen, found);
    });
  withCommonOptions(test);
}

const isGood = ({ findings, cases }: PolicyTest): boolean =>
  findings.length === 0 && cases.length > 0 && cases.every((one) => one.isPassed);

function showTest(screen: Screen, { findings, cases }: PolicyTest): void {
  for (const finding of findings) screen.out(findingLine(finding));
  screen.out(`${cases.filter((one) => one.isPassed).length} of ${cases.length} examples hold.\n`);
}

const showProgress =
  (screen: Screen) =>
  (system: string, done: number, all: number): void => {
    if (done % 1_000 === 0) screen.err(`${system}: ${done} of ${all} changes tried\n`);
  };
