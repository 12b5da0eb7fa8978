import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from './cli/run-cli';
import { cliServices } from './compose';

/** The command line: gives the exit code; see `casegate --help`. */
export async function main(words: readonly string[]): Promise<number> {
  const screen = {
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
  };
  return runCli(cliServices(ownVersion()), words, screen);
}

/** package.json stands beside src in a clone, and beside dist in an image. */
function ownVersion(): string {
  for (const up of [['..'], ['..', '..']]) {
    try {
      return (JSON.parse(readFileSync(join(__dirname, ...up, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
