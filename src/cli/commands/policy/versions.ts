import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine, table } from '../../screen';
import type { PolicyVersionList } from '../../services/policy-versions';
import { wholeCount } from '../../whole-count';

const MOST = 1_000;

/** casegate policy versions. */
export function addVersionsCommand(policy: Command, { services, screen }: CommandParts): void {
  const versions = policy
    .command('versions')
    .description('the policy versions that were in force, newest first, and those that wait for approval')
    .option('--limit <count>', `at most so many, 1 to ${MOST}`, wholeCount(MOST), 20)
    .addHelpText('after', '\nExamples:\n  casegate policy versions\n  casegate policy versions --limit 5 --json\n')
    .action(async (options: CommonOptions & { readonly limit: number }) => {
      const found = await services.listPolicyVersions(options.limit, choiceOf(options));
      if (options.json === true) return screen.out(jsonLine(found));
      screen.out(found.changes.length === 0 ? 'No version was ever in force.\n' : table([HEAD, ...found.changes.map(rowOf)]));
      for (const one of found.waiting) {
        const by = one.account ?? one.origin;
        const vouched = one.approvals.join(', ') || 'nobody';
        screen.out(`Waits: ${one.version.slice(0, 12)} after change ${one.from}, proposed by ${by}, vouched for by ${vouched}.\n`);
      }
    });
  withCommonOptions(versions);
}

const HEAD = ['change', 'version', 'at', 'by', 'approved by', 'changed', 'reason'];

function rowOf(change: PolicyVersionList['changes'][number]): readonly string[] {
  const { number, version, at, account, origin, host, approvedBy, changed, reason } = change;
  return [
    String(number),
    version.slice(0, 12),
    at,
    account ?? `${origin} on ${host}`,
    approvedBy.join(' ') || '-',
    changed.join(' ') || '-',
    reason || '-',
  ];
}
