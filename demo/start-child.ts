import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A process of our own beside this one. It ends with this one, however this one ends. */
export interface Child<Ready> {
  readonly pid: number;
  /** What the child said when it was up. */
  readonly ready: Ready;
  /** Sends a question and waits for its answer; one at a time. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** Everything the child wrote to stderr so far, at most the last 16 KiB. */
  written(): string;
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 3_000;

/**
 * Starts `<folder>/<name>` (`.js` after a build, `.ts` under the tests) with `input` and waits until it says that it is up.
 * Fails with what the child reported, or with its last words on stderr.
 */
export async function startChild<Ready>(
  folder: string,
  name: string,
  input: unknown,
  options: { readonly env?: NodeJS.ProcessEnv; readonly execArgv?: readonly string[] } = {},
): Promise<Child<Ready>> {
  const program = programOf(folder, name);
  const child = fork(program.file, [], {
    execArgv: [...program.execArgv, ...(options.execArgv ?? [])],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const written = keepLastWords(child);
  child.send({ input });
  const ready = await nextMessage<{ ready: Ready }>(child, name, written);
  return {
    pid: child.pid ?? -1,
    ready: ready.ready,
    ask: async <Answer>(question: unknown) => {
      const answer = nextMessage<{ answer: Answer }>(child, name, written);
      child.send({ question });
      return (await answer).answer;
    },
    written,
    stop: () => stopChild(child),
  };
}

/** The child's side: `start` gives what to report when up, and what answers questions. */
export function runAsChild<Input, Ready>(
  start: (input: Input) => Promise<{ ready: Ready; answer?: (question: never) => Promise<unknown> }>,
): void {
  process.once('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group: the parent decides when its children end.
  process.on('SIGINT', () => undefined);
  process.once('message', (first: { input: Input }) => {
    start(first.input).then(({ ready, answer }) => {
      process.on('message', ({ question }: { question: never }) => {
        void Promise.resolve(answer?.(question)).then((value) => process.send?.({ answer: value }), reportAndExit);
      });
      process.send?.({ ready });
    }, reportAndExit);
  });
}

function reportAndExit(error: unknown): void {
  process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }, undefined, undefined, () =>
    process.exit(1),
  );
}

function programOf(folder: string, name: string): { file: string; execArgv: string[] } {
  const built = join(folder, `${name}.js`);
  if (existsSync(built)) return { file: built, execArgv: [] };
  return {
    file: join(folder, `${name}.ts`),
    execArgv: ['--require', join(__dirname, '..', 'test', 'support', 'typescript-on-the-fly.cjs')],
  };
}

function keepLastWords(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-16_384);
  });
  return () => words;
}

function nextMessage<T extends object>(child: ChildProcess, name: string, written: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (message: unknown) => {
      forget();
      const failed = (message as { failed?: string }).failed;
      if (failed === undefined) resolve(message as T);
      else reject(new Error(`${name}: ${failed}`));
    };
    const onExit = (code: number | null, signal: string | null) => {
      forget();
      reject(new Error(`${name} ended (${signal ?? code}): ${written().trim()}`));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(late);
}
