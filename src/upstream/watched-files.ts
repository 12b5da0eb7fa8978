import { stat } from 'node:fs/promises';
import { statSync } from 'node:fs';

/**
 * Looks at files every `everyMs` and tells when one of them changed. Polled, because mounted secrets are swapped by renaming links.
 * `changed` is called at most once a round; the timer holds no process open.
 */
export function watchFiles(paths: readonly string[], everyMs: number, changed: () => void): { close(): void } {
  if (paths.length === 0) return { close: () => undefined };
  let seen = paths.map(markNow).join('|');
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void Promise.all(paths.map(mark))
      .then((marks) => {
        const now = marks.join('|');
        if (now === seen) return;
        seen = now;
        changed();
      })
      .finally(() => {
        isLooking = false;
      });
  }, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

const show = (file: { ino: number; size: number; mtimeMs: number }): string => `${file.ino}:${file.size}:${file.mtimeMs}`;

async function mark(path: string): Promise<string> {
  return stat(path).then(show, () => 'missing');
}

function markNow(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return file === undefined ? 'missing' : show(file);
}
