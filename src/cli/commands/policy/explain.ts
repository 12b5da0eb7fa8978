import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import { explainAccessText, explainFactsText } from './explain-text';

interface ExplainOptions extends CommonOptions {
  readonly policies?: string;
  readonly system?: string;
  readonly workgroup?: string;
  readonly relation: string;
  readonly privacy?: string;
  readonly when: string;
  readonly action: string;
  readonly section?: string;
}

/** casegate policy explain ACCESS-ID, or by facts. */
export function addExplainCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const explain = policy
    .command('explain')
    .description('say why somebody saw this and not that, by which row, and what would be needed')
    .argument('[access-id]', 'an access of the log (Casegate-Access-Id); without it, the facts are given by the options')
    .option('--policies <folder>', 'policy folder (default: that of the settings, or ./policies)')
    .option('--system <name>', 'by facts: the case system')
    .option('--workgroup <word>', 'by facts: the workgroup of the membership')
    .option('--relation <words>', 'by facts: relations that hold, with commas, or none', 'none')
    .option('--privacy <word>', 'by facts: open or private')
    .option('--when <words>', 'by facts: conditions that hold, with commas, or always', 'always')
    .option('--action <word>', 'by facts: what is asked for', 'read')
    .option('--section <name>', 'by facts: of this section alone')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy explain 019a2b3c-4d5e-7123-8456-123456789012\n  casegate policy explain --system workforce-one --workgroup supervisor --relation supervisor --privacy private --section case-notes\n\nExit 1 where the log has no such access or contradicts the policy; by facts, where nothing is shown.\n',
    )
    .action(async (accessId: string | undefined, options: ExplainOptions) => {
      if (accessId === undefined) {
        const { system, workgroup, privacy, section, action } = options;
        if (system === undefined || workgroup === undefined || privacy === undefined)
          throw new Error('name an access id, or --system, --workgroup and --privacy');
        const question = {
          system,
          workgroup,
          privacy,
          section,
          action,
          relations: words(options.relation, 'none'),
          when: words(options.when, 'always'),
        };
        const told = await services.explainFacts(question, options.policies, choiceOf(options));
        if (!told.sections.some((one) => one.isShown)) answer(1);
        return screen.out(options.json === true ? jsonLine(told) : explainFactsText(told));
      }
      const told = await services.explainAccess(accessId, options.policies, choiceOf(options));
      if (told === null || told.records.some((one) => one.contradicts.length > 0)) answer(1);
      if (options.json === true) return screen.out(jsonLine(told));
      screen.out(told === null ? 'The log has no such access.\n' : explainAccessText(told));
    });
  withCommonOptions(explain);
}

/** Words with commas, blanks or & between them; `none` is the word for no word. */
const words = (text: string, none: string): readonly string[] => text.split(/[\s,&]+/).filter((word) => word !== '' && word !== none);
