import type { Command } from 'commander';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import { rightsText } from './rights-text';

interface WhatCanOptions extends CommonOptions {
  readonly system?: string;
  readonly at?: string;
  readonly policies?: string;
}

/** casegate policy what-can PERSON. */
export function addWhatCanCommand(policy: Command, { services, screen, answer }: CommandParts): void {
  const whatCan = policy
    .command('what-can')
    .description('say what a person may see and do, by which membership and under which conditions')
    .argument('<person>', 'account id, or person')
    .option('--system <name>', 'in this case system alone')
    .option('--at <moment>', 'at another moment than now (RFC 3339)')
    .option('--policies <folder>', 'policy folder, or a version that the store keeps (default: the policy in force)')
    .addHelpText(
      'after',
      '\nExamples:\n  casegate policy what-can counselor\n  casegate policy what-can p-1017 --system workforce-one --at 2026-12-01T08:00:00-06:00\n\nExit 1 where there is no such person, or nothing that they may see or do.\n',
    )
    .action(async (person: string, options: WhatCanOptions) => {
      const { system, at, policies } = options;
      const told = await services.whatCan({ person, system, at, policies }, choiceOf(options));
      const mayAnything = told.accounts.some((one) =>
        one.systems.some(({ refused, memberships }) => refused === null && memberships.some((membership) => membership.may.length > 0)),
      );
      if (!mayAnything) answer(1);
      screen.out(options.json === true ? jsonLine(told) : rightsText(told));
    });
  withCommonOptions(whatCan);
}
