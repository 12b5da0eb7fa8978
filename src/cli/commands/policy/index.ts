import type { Command } from 'commander';
import type { CommandParts } from '../../command-parts';
import { addCheckCommand } from './check';
import { addApproveCommand } from './approve';
import { addPublishCommand } from './publish';
import { addDriftCommand } from './drift';
import { addShadowCommand } from './shadow';
import { addImpactCommand } from './impact';
import { addTestCommand } from './test';
import { addVersionsCommand } from './versions';

/** casegate policy …: one file for each command. */
export function addPolicyCommands(program: Command, parts: CommandParts): void {
  const policy = program.command('policy').description('look at policies, and bring them into force').helpCommand(false);
  const commands = [
    addCheckCommand,
    addTestCommand,
    addImpactCommand,
    addDriftCommand,
    addVersionsCommand,
    addPublishCommand,
    addApproveCommand,
    addShadowCommand,
  ];
  for (const add of commands) add(policy, parts);
}
