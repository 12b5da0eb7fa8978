import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine, table } from '../../screen';
import type { ShadowReport } from '../../services/policy-versions';
import { findingLine } from './finding-line';

/** casegate policy shadow start|report|stop. */
export function addShadowCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const shadow = policy
    .command('shadow')
    .description('run a candidate beside the policy in force: what it would decide otherwise is counted, never enforced')
    .helpCommand(false);

  const start = shadow
    .command('start')
    .description('run this candidate from now on, in place of one that runs')
    .argument('<source>', 'policy folder, or a kept version by the first 12 digits of its hash')
    .addHelpText('after', `${ASKS}\n\nExample:\n  casegate policy shadow start ./candidate\n\nExit 1 where its files are refused.\n`)
    .action(async (source: string, options: CommonOptions) => {
      const { version, findings } = await services.startShadow(source, choiceOf(options));
      if (findings.length > 0) answer(1);
      if (options.json === true) return screen.out(jsonLine({ version, findings }));
      for (const finding of findings) screen.out(findingLine(finding));
      screen.out(
        findings.length === 0
          ? `In the shadow: ${version?.slice(0, 12) ?? ''}.\n`
          : `Refused: ${findings.length} found. Nothing was started.\n`,
      );
    });
  withCommonOptions(start);

  const report = shadow
    .command('report')
    .description('what the candidate would have decided otherwise since it was started, most first')
    .addHelpText(
      'after',
      `${ASKS}\n\nExample:\n  casegate policy shadow report --json\n\nExit 1 where it differs from the policy in force.\n`,
    )
    .action(async (options: CommonOptions) => {
      const found = await services.reportShadow(choiceOf(options));
      if (found.counts.some((one) => one.kind === 'gained' || one.kind === 'lost')) answer(1);
      screen.out(options.json === true ? jsonLine(found) : inWords(found));
    });
  withCommonOptions(report);

  const stop = shadow
    .command('stop')
    .description('end it; its report stays')
    .addHelpText('after', `${ASKS}\n\nExample:\n  casegate policy shadow stop\n\nExit 1 where none runs.\n`)
    .action(async (options: CommonOptions) => {
      const { version } = await services.stopShadow(choiceOf(options));
      if (version === null) answer(1);
      if (options.json === true) return screen.out(jsonLine({ version }));
      screen.out(version === null ? 'None runs.\n' : `Ended: ${version.slice(0, 12)}.\n`);
    });
  withCommonOptions(stop);
}

const ASKS = '\nAsks the running gateway with the token in CASEGATE_ADMIN_TOKEN.';

function inWords({ isRunning, version, since, by, counts }: ShadowReport): string {
  if (since === null) return 'No candidate ever ran in the shadow.\n';
  const compared = counts.filter((one) => one.kind === 'compared').reduce((sum, one) => sum + one.count, 0);
  const head = isRunning
    ? `${version?.slice(0, 12) ?? ''} runs since ${since}, started by ${by ?? '-'}.`
    : `None runs; the last was ended at ${since}.`;
  const rest = counts.filter((one) => one.kind !== 'compared');
  const rows = rest.map((one) => [String(one.count), one.kind, one.system, one.action, one.words.join(' '), one.key || '-', one.example]);
  const body = rows.length === 0 ? 'Nothing would have been decided otherwise.\n' : table([HEAD, ...rows]);
  return `${head} ${compared} decisions compared.\n${body}`;
}

const HEAD = ['times', 'what', 'system', 'action', 'sections', 'workgroup, relation, privacy, when', 'for example'];
