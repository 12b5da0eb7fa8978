import type { Command } from 'commander';
import type { Screen } from './screen';
import type { Services, SettingsChoice } from './services';

/** What every command is handed. `answer(1)` says: the command ran, and its answer is no. */
export interface CommandParts {
  readonly services: Services;
  readonly screen: Screen;
  readonly answer: (code: 0 | 1) => void;
}

export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** --config and --json, on every command that reads settings. */
export const withCommonOptions = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'settings file (default: casegate.yaml in this folder)')
    .option('--json', 'print JSON, for scripts');

export const choiceOf = (options: CommonOptions): SettingsChoice => ({ configFile: options.config });
