import type { Command } from 'commander';
import type { CommandParts } from '../../command-parts';
import { addCheckCommand } from './check';
import { addTestCommand } from './test';

/** casegate policy …: one file for each command. */
export function addPolicyCommands(program: Command, parts: CommandParts): void {
  const policy = program.command('policy').description('look at policy files').helpCommand(false);
  for (const add of [addCheckCommand, addTestCommand]) add(policy, parts);
}
