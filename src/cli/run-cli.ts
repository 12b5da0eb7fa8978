import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { createProgram } from './program';
import type { Screen } from './screen';
import type { Services } from './services';

/** 0 done, 1 the answer is no, 2 could not run. */
export type ExitCode = 0 | 1 | 2;

/**
 * Runs one command line.
 *
 * Takes   the words after the program's name.
 * Gives   the exit code; nothing is thrown, and the process is not ended.
 */
export async function runCli(services: Services, words: readonly string[], screen: Screen): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = createProgram(services, screen, (answer) => {
    code = answer;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
    screen.err(`casegate: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 2;
  }
}

/** For tests and docs: every command with its full name. */
export function commandNames(command: Command, before = ''): readonly string[] {
  return command.commands.flatMap((inner) => [`${before}${inner.name()}`, ...commandNames(inner, `${before}${inner.name()} `)]);
}
