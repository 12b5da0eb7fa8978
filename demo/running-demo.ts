import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a demo that runs can be reached; stands in its folder while it does. */
export interface RunningDemo {
  readonly pid: number;
  readonly identityProvider: string;
  readonly dataUrl: string;
  readonly adminUrl: string;
}

const NAME = 'running.json';

/** The demo that runs in this folder; undefined where none does. */
export function readRunningDemo(folder: string): RunningDemo | undefined {
  const file = join(folder, NAME);
  if (!existsSync(file)) return undefined;
  const running = JSON.parse(readFileSync(file, 'utf8')) as RunningDemo;
  return isAlive(running.pid) ? running : undefined;
}

export function writeRunningDemo(folder: string, running: RunningDemo): void {
  writeFileSync(join(folder, NAME), `${JSON.stringify(running, null, 2)}\n`);
}

/**
 * Empties the demo's folder. Takes away only a folder that a demo made, never one that runs:
 * fails where another demo is up in it, or where it holds something else.
 */
export function freshDemoFolder(folder: string): void {
  const mark = join(folder, MARK);
  if (existsSync(folder)) {
    const running = readRunningDemo(folder);
    if (running !== undefined) throw new Error(`A demo runs already: ${running.dataUrl}. Stop it first (process ${running.pid}).`);
    if (!existsSync(mark)) throw new Error(`${folder} was not made by the demo; it is left alone. Name another folder.`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(mark, 'The demo keeps its store here and empties it at every start.\n');
}

export function forgetRunningDemo(folder: string): void {
  rmSync(join(folder, NAME), { force: true });
}

const MARK = 'of-the-demo.txt';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process has that number now; it is not our demo.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}
