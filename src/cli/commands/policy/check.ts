import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import type { PolicyCheck } from '../../services/policy-files';
import { findingLine } from './finding-line';

/** casegate policy check [DIR]. */
export function addCheckCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const check = policy
    .command('check')
    .description('say whether the policy files would come into force, with file, line, column and reason where they would not')
    .argument('[folder]', 'policy folder (default: that of the settings, or ./policies)')
    .option('--strict', 'answer no for warnings too; they keep no version from coming into force')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy check\n  casegate policy check ./policies --strict\n  casegate policy check ./policies --json\n',
    )
    .action(async (folder: string | undefined, options: CommonOptions & { readonly strict?: boolean }) => {
      const found = await services.checkPolicies(folder, choiceOf(options));
      if (found.findings.length > 0 || (options.strict === true && found.warnings.length > 0)) answer(1);
      if (options.json === true) return screen.out(jsonLine(found));
      for (const finding of [...found.findings, ...found.warnings]) screen.out(findingLine(finding));
      screen.out(verdictOf(found));
    });
  withCommonOptions(check);
}

function verdictOf({ findings, warnings, systems, version }: PolicyCheck): string {
  const warned = warnings.length === 0 ? '' : `${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}. `;
  return findings.length === 0
    ? `${warned}Good: ${systems.join(', ')} (version ${version.slice(0, 12)})\n`
    : `${warned}${findings.length} found; this version would be refused.\n`;
}
