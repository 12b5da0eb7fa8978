import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../command-parts';
import { choiceOf, withCommonOptions } from '../command-parts';
import { jsonLine, printable, table } from '../screen';
import type { FoundEntry } from '../services';
import { wholeCount } from '../whole-count';

const MOST_FOUND = 10_000;

/** casegate audit verify|search. */
export function addAuditCommands(program: Command, { services, screen, answer }: CommandParts): void {
  const audit = program.command('audit').description('look at the access log').helpCommand(false);

  const verify = audit
    .command('verify')
    .description('rebuild every chain of the log from its entries and say whether anything was altered or removed')
    .addHelpText('after', '\nExamples:\n  casegate audit verify\n  casegate audit verify --json\n')
    .action(async (options: CommonOptions) => {
      const verdict = await services.verifyLog(choiceOf(options));
      if (verdict.faults.length > 0) answer(1);
      if (options.json === true) return screen.out(jsonLine({ ok: verdict.faults.length === 0, ...verdict }));
      for (const fault of verdict.faults) screen.out(`${printable(`${fault.chain} ${fault.seq ?? '-'}: ${fault.message}`)}\n`);
      const counted = `${verdict.entries} entries in ${verdict.chains} chains`;
      screen.out(verdict.faults.length === 0 ? `Whole: ${counted}.\n` : `Not whole: ${verdict.faults.length} faults in ${counted}.\n`);
    });
  withCommonOptions(verify);

  const search = audit
    .command('search')
    .description('who saw this record, what did this person see; newest first')
    .option('--system <name>', 'in this case system')
    .option('--record <id>', 'entries that name this record')
    .option('--person <id>', 'entries of this account or person')
    .option('--limit <count>', `at most so many, 1 to ${MOST_FOUND}`, wholeCount(MOST_FOUND), 50)
    .addHelpText(
      'after',
      '\nExamples:\n  casegate audit search --record WF100017\n  casegate audit search --person counselor --limit 10\n  casegate audit search --record WF100017 --json\n\nExit 1 where nothing is found.\n',
    )
    .action(async (options: CommonOptions & SearchOptions) => {
      const question = { system: options.system, record: options.record, person: options.person, limit: options.limit };
      const found = await services.searchLog(question, choiceOf(options));
      if (found.length === 0) answer(1);
      if (options.json === true) return found.forEach((one) => screen.out(jsonLine(one)));
      screen.out(found.length === 0 ? 'No entry.\n' : table([HEAD, ...found.map(rowOf)]));
    });
  withCommonOptions(search);
}

interface SearchOptions {
  readonly system?: string;
  readonly record?: string;
  readonly person?: string;
  readonly limit: number;
}

const HEAD = ['at', 'person', 'system', 'record', 'disclosure', 'status', 'reasons', 'access id'];

function rowOf({ entry }: FoundEntry): readonly string[] {
  const records = entry.records.map((record) => record.id ?? 'unknown');
  const disclosures = [...new Set(entry.records.map((record) => record.disclosure))];
  const { status, reasons } = entry.outcome;
  return [
    entry.at,
    entry.who?.person ?? '-',
    entry.system ?? '-',
    records.length > 3 ? `${records.length} records` : records.join(' ') || '-',
    disclosures.join(' ') || '-',
    String(status),
    reasons.join(' '),
    entry.accessId,
  ];
}
