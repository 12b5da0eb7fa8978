import type { Command } from 'commander';
import type { CommandParts } from '../../command-parts';
import { addCheckCommand } from './check';
import { addApproveCommand } from './approve';
import { addPublishCommand } from './publish';
import { addDriftCommand } from './drift';
import { addShadowCommand } from './shadow';
import { addDiffCommand } from './diff';
import { addExplainCommand } from './explain';
import { addMatrixCommand } from './matrix';
import { addImpactCommand } from './impact';
import { addTestCommand } from './test';
import { addVersionsCommand } from './versions';
import { addWhatCanCommand } from './what-can';
import { addWhoCanCommand } from './who-can';

/** casegate policy …: one file for each command. */
export function addPolicyCommands(program: Command, parts: CommandParts): void {
  const policy = program.command('policy').description('look at policies, and bring them into force').helpCommand(false);
  for (const add of [...LOOKING, ...CHANGING]) add(policy, parts);
}

const LOOKING = [
  addCheckCommand,
  addTestCommand,
  addImpactCommand,
  addDriftCommand,
  addMatrixCommand,
  addDiffCommand,
  addExplainCommand,
  addWhoCanCommand,
  addWhatCanCommand,
];
const CHANGING = [addVersionsCommand, addPublishCommand, addApproveCommand, addShadowCommand];
