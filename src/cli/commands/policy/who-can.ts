import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine, printable } from '../../screen';
import type { KeyFacts, WhoCanAccount, WhoCanSummary } from '../../services/policy-review';
import { wholeCount } from '../../whole-count';

const MOST_FOUND = 1_000_000;

interface WhoCanOptions extends CommonOptions {
  readonly action: string;
  readonly body?: string;
  readonly fact: Readonly<Record<string, readonly string[]>>;
  readonly open?: boolean;
  readonly private?: boolean;
  readonly application?: string;
  readonly at?: string;
  readonly policies?: string;
  readonly limit: number;
}

/** casegate policy who-can SYSTEM RECORD SECTION. */
export function addWhoCanCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const whoCan = policy
    .command('who-can')
    .description('say which accounts could see a section of a record, and by which row')
    .argument('<system>', 'the case system')
    .argument('<record>', 'the number of the record')
    .argument('<section>', 'the section, as record.yaml names it')
    .option('--action <word>', 'what is asked for', 'read')
    .option('--body <file>', 'the record as the case system sends it, where its facts stand there')
    .option(
      '--fact <name=code>',
      'a fact of the record in place of the body, more than once where there are several; name= where nothing stands there',
      gatherFact,
      {},
    )
    .option('--open', 'the record is open, in place of the body')
    .option('--private', 'the record is private, in place of the body')
    .option('--application <id>', 'through this calling application alone')
    .option('--at <moment>', 'at another moment than now (RFC 3339)')
    .option('--policies <folder>', 'policy folder, or a version that the store keeps (default: the policy in force)')
    .option('--limit <count>', `at most so many accounts, 1 to ${MOST_FOUND}`, wholeCount(MOST_FOUND), 10_000)
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy who-can trackone T1-200041 service-notes\n  casegate policy who-can workforce-one WF100017 case-notes --body record.json\n  casegate policy who-can workforce-one WF100017 case-notes --private --fact assigned-to=S1001 --fact agency=AG-NORTH --fact county=62 --fact referred-to=\n\nFacts of the record are those of now, also with --at.\nExit 1 where nobody can. With --json one line an account, then one of the whole.\n',
    )
    .action(async (system: string, record: string, section: string, options: WhoCanOptions) => {
      const { action, body, fact: facts, application, at, policies, limit } = options;
      if (options.open === true && options.private === true) throw new Error('a record is --open or --private');
      const privacy = options.open === true ? ('open' as const) : options.private === true ? ('private' as const) : undefined;
      const question = { system, record, section, action, body, facts, privacy, application, at, policies, limit };
      const show = (found: WhoCanAccount): void => screen.out(options.json === true ? jsonLine(found) : accountText(found));
      const summary = await services.whoCan(question, show, choiceOf(options));
      if (summary.found === 0) answer(1);
      screen.out(options.json === true ? jsonLine(summary) : summaryText(summary));
    });
  withCommonOptions(whoCan);
}

function accountText({ account, person, organization, applications, row, key }: WhoCanAccount): string {
  const lines = [
    `${account} (${person}, ${organization}) ${keyText(key)}, through ${applications.join(', ')}`,
    `    policy.csv:${row.line}  ${row.text}`,
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const keyText = ({ workgroup, relations, when }: KeyFacts): string =>
  `as ${workgroup}${relations.length > 0 ? `, ${relations.join(', ')}` : ''}${when.length > 0 ? `; ${when.join(', ')}` : ''}`;

function summaryText({ system, record, section, action, at, policy, looked, found, isCut, others }: WhoCanSummary): string {
  const counted = isCut ? `The first ${found} accounts` : `${found} of ${looked} accounts`;
  const lines = [
    `${counted} could ${action} ${section} of ${record} in ${system} at ${at} (policy ${policy.version.slice(0, 12)}, from the ${policy.from}).`,
    ...(isCut
      ? ['There are more: raise --limit.']
      : others.map(({ reason, accounts }) => `  ${accounts} not: ${reason.word}. ${reason.says}`)),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function gatherFact(text: string, before: WhoCanOptions['fact']): WhoCanOptions['fact'] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected name=code');
  const [name, code] = [text.slice(0, at), text.slice(at + 1)];
  return { ...before, [name]: [...(before[name] ?? []), ...(code === '' ? [] : [code])] };
}
