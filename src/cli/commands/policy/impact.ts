import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { gather } from '../../gather';
import { jsonLine, printable, table } from '../../screen';
import type { ImpactLine, PolicyImpact } from '../../services/policy-impact';
import type { KeyFacts } from '../../services/policy-review';

/** casegate policy impact CANDIDATE. */
export function addImpactCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const impact = policy
    .command('impact')
    .description('replay the access history against policy files that are not in force: who would have seen more or less, and how often')
    .argument('<candidate>', 'folder with the policy files')
    .option('--since <moment>', '30d, 12h, a date (UTC) or a moment; the whole history otherwise')
    .option('--system <name>', 'only decisions of this case system')
    .option('--entries', 'read every entry: for people and records; takes minutes where the history is long')
    .option('--fail-if <condition>', "exit 1 where the history meets it, such as 'gains: ssn'; may be given again", gather, [])
    .addHelpText('after', HELP)
    .action(async (candidate: string, options: CommonOptions & ImpactOptions) => {
      const { since, system, entries, failIf } = options;
      const question = { candidate, since, system, byEntries: entries === true, failIf };
      const found = await services.policyImpact(question, choiceOf(options));
      if (found.conditions.some(({ met, open }) => met + open > 0)) answer(1);
      screen.out(options.json === true ? jsonLine(found) : textOf(found));
    });
  withCommonOptions(impact);
}

interface ImpactOptions {
  readonly since?: string;
  readonly system?: string;
  readonly entries?: boolean;
  readonly failIf: readonly string[];
}

const HELP = `
Every decision in the log is decided again by the candidate, by all that it stood on then. Counts come from the log's roll-ups and are
exact; people and records come from the entries (--entries), with the same counts. What the log does not tell is listed as such.

Conditions of --fail-if:
  gains: WORD    somebody would have seen more
  loses: WORD    somebody would have seen less
  WORD is a section (what is gained or lost), a relation or a workgroup (by whom; a word that is both means each), ssn (whatever holds
  Social Security numbers) or * (anything). Decisions that cannot be replayed so far that the condition could be excluded count as well.
  Records that no policy decided about (refused before, unknown) are in no count: casegate policy diff says what the rows change for them.

Examples:
  casegate policy impact ./candidate --since 30d
  casegate policy impact ./candidate --since 2026-11-01 --system workforce-one --entries
  casegate policy impact ./candidate --since 30d --fail-if 'gains: ssn' --fail-if 'loses: assigned' --json

Exit 0 done, 1 a condition is met, 2 could not run.
`;

const MOST_LINES = 25;

function textOf(found: PolicyImpact): string {
  const { decisions, changed, unchanged, unsettled } = found;
  const span = found.since === null ? 'of the whole history' : `since ${found.since} (UTC)`;
  const blocks = [
    `${counted(decisions)} ${span}, replayed against ${found.candidate.folder} (version ${found.candidate.version.slice(0, 12)}):\n` +
      `${changed} would have been otherwise, ${unchanged} the same, ${unsettled} cannot be said in part or whole.\n`,
    ...(['gained', 'lost'] as const).flatMap((change) => changeBlocks(found, change)),
    notReplayedBlock(found),
    neverDecidedBlock(found),
    found.conditions.map(conditionLine).join(''),
  ];
  return printableLines(blocks.filter((block) => block !== '').join('\n'));
}

function changeBlocks(found: PolicyImpact, change: ImpactLine['change']): readonly string[] {
  const verb = change === 'gained' ? 'seen more' : 'seen less';
  const of = <Line extends ImpactLine>(lines: readonly Line[] | null): readonly Line[] =>
    (lines ?? []).filter((line) => line.change === change);
  return [
    block(`Would have ${verb}, by workgroup`, ['times', 'system', 'who', 'record'], of(found.workgroups), ({ keys }) => [
      keys.map(whoOf).join(' + '),
      [...new Set(keys.map((key) => key.privacy))].join(' '),
    ]),
    block(`Would have ${verb}, by person`, ['times', 'system', 'person', 'account'], of(found.people), ({ person, account }) => [
      person,
      account,
    ]),
    block(`Would have ${verb}, by record`, ['times', 'system', 'record'], of(found.records), ({ record }) => [record]),
  ];
}

function block<Line extends ImpactLine>(
  title: string,
  head: readonly string[],
  lines: readonly Line[],
  cells: (line: Line) => readonly string[],
): string {
  if (lines.length === 0) return '';
  const rows = lines
    .slice(0, MOST_LINES)
    .map((line) => [
      String(line.decisions),
      line.system,
      ...cells(line),
      line.sections.map(({ section, decisions }) => (decisions === line.decisions ? section : `${section} (${decisions})`)).join(', '),
      line.examples[0] ?? '-',
    ]);
  return `${title}\n${table([[...head, 'sections', 'for example'], ...rows])}${moreThan(lines)}`;
}

const whoOf = ({ workgroup, relations, when }: KeyFacts): string =>
  `${workgroup} (${[relations.length === 0 ? 'none' : relations.join(' & '), ...when].join(', ')})`;

const WHY: Readonly<Record<string, string>> = {
  'version-not-kept': 'decided by a policy version whose files are not kept',
  'system-gone': 'the candidate has no such system',
  'identifiers-changed': 'the candidate takes other record numbers',
  'facts-changed': 'the candidate demands facts that were not looked at then',
  'memberships-changed': 'the candidate takes memberships that are held together for others',
  'route-gone': 'the candidate has no such route',
  'route-changed': 'the candidate reads the route in another way',
  'word-unknown': 'hangs on words that are new or mean something else',
  'too-many-unknown-words': 'hangs on more new words than can be tried',
  'field-kind-changed': 'would be shown, but leave in another form',
};

function notReplayedBlock({ notReplayed }: PolicyImpact): string {
  if (notReplayed.length === 0) return '';
  const rows = notReplayed
    .slice(0, MOST_LINES)
    .map(({ decisions, system, why, words, sections }) => [
      String(decisions),
      system,
      sections.length === 0 ? 'all' : sections.join(', '),
      `${WHY[why] ?? why}${words.length === 0 ? '' : `: ${words.join(', ')}`}`,
    ]);
  return `Cannot be said\n${table([['times', 'system', 'sections', 'why'], ...rows])}${moreThan(notReplayed)}`;
}

const moreThan = ({ length }: readonly unknown[]): string =>
  length > MOST_LINES ? `… and ${length - MOST_LINES} more (--json lists all)\n` : '';

function neverDecidedBlock({ neverDecided, mismatchedFlushes }: PolicyImpact): string {
  if (neverDecided === null) return '';
  const reasons = Object.entries(neverDecided).map(([reason, count]) => `${count} ${reason}`);
  const undecided = reasons.length === 0 ? '' : `Never decided by a policy, and not replayed: ${reasons.join(', ')}.\n`;
  if (mismatchedFlushes === null || mismatchedFlushes === 0) return undecided;
  return `${undecided}The roll-ups of ${mismatchedFlushes} flushes do not count what their entries say: run casegate audit verify.\n`;
}

function conditionLine({ condition, met, open }: PolicyImpact['conditions'][number]): string {
  const verdict = met > 0 ? `met by ${counted(met)}` : open > 0 ? 'cannot be excluded' : 'not met';
  return `${condition}  ${verdict}${open > 0 ? `; of ${counted(open)} it cannot be said` : ''}\n`;
}

const counted = (decisions: number): string => `${decisions} decision${decisions === 1 ? '' : 's'}`;

const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
