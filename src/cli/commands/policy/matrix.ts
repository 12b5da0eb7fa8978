import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine, printable } from '../../screen';
import type { SystemMatrix } from '../../services/policy-review';
import { findingLine } from './finding-line';

interface MatrixOptions extends CommonOptions {
  readonly system?: string;
  readonly write?: boolean;
  readonly check?: boolean;
}

/** casegate policy matrix [DIR]. */
export function addMatrixCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const matrix = policy
    .command('matrix')
    .description('write down all that a policy comes to: who may do what with which section, line by line')
    .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
    .option('--system <name>', 'of this system alone')
    .option('--write', 'bring matrix.csv of each system up to date')
    .option('--check', 'say whether matrix.csv of each system is up to date, and which lines differ')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy matrix --system workforce-one\n  casegate policy matrix --write\n  casegate policy matrix ./policies --check\n\nExit 1 where the policy is not good, or with --check where a file is not up to date.\n',
    )
    .action(async (folder: string | undefined, options: MatrixOptions) => {
      if (options.write === true && options.check === true) throw new Error('--write and --check exclude each other');
      const found = await services.policyMatrix(folder, { system: options.system, write: options.write === true }, choiceOf(options));
      const isBehind = found.matrices.some((one) => one.gone.length + one.added.length > 0);
      if (found.findings.length > 0 || (options.check === true && isBehind)) answer(1);
      if (options.json === true) return screen.out(jsonLine(found));
      for (const finding of found.findings) screen.out(findingLine(finding));
      for (const one of found.matrices) screen.out(told(one, options));
    });
  withCommonOptions(matrix);
}

function told({ system, file, lines, text, gone, added }: SystemMatrix, { write, check }: MatrixOptions): string {
  const isSame = gone.length + added.length === 0;
  if (write === true) return printable(`${system}: ${lines.length} lines${isSame ? ', as before' : ` written to ${file}`}`) + '\n';
  if (check !== true) return text;
  if (isSame) return printable(`${system}: up to date, ${lines.length} lines`) + '\n';
  const changes = [...gone.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
  return [`${system}: not up to date; casegate policy matrix --write mends it`, ...changes].map((line) => `${printable(line)}\n`).join('');
}
