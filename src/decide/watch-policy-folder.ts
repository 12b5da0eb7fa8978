import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { folderSignature, type PolicyFolder, readPolicyFolder } from './read-policy-folder';

export interface FolderWatch {
  /** Looks at the files now; resolves when a change was handed over, or there is none. One look at a time: a call during one waits for one more (POL-03). */
  look(): Promise<void>;
  close(): Promise<void>;
}

export interface FolderWatchOptions {
  readonly folder: string;
  readonly pollMs: number;
  /** The files are others than at the last look. Rejects: they are handed over again at the next look. */
  readonly onChange: (read: PolicyFolder) => Promise<void>;
  /** C09: what cannot be read changes nothing; it is looked at again. */
  readonly onFault: (cause: unknown) => void;
  readonly onLook: () => void;
}

/** An editor that saves in place writes twice, a checkout writes many files: a change is read when they have held still this long. */
const SETTLE_MS = 40;
/** Files that never hold still are read all the same; what is half written does not pass the checks. */
const MOST_SETTLING = 25;

/** Watches a policy folder by the file system's own notices and by a poll, which finds what they do not tell. Starts with the first look. */
export function watchPolicyFolder(options: FolderWatchOptions): FolderWatch {
  const { folder } = options;
  const watchers = new Map<string, FSWatcher>();
  let signature: string | null = null;
  let looking: Promise<void> | null = null;
  let isAgain = false;
  let isClosed = false;
  let settling: NodeJS.Timeout | null = null;
  let timer: NodeJS.Timeout | null = null;

  const look = (): Promise<void> => {
    if (isClosed) return Promise.resolve();
    timer ??= setInterval(() => void look(), options.pollMs).unref();
    if (looking) {
      isAgain = true;
      return looking;
    }
    looking = lookOnce().finally(() => (looking = null));
    return looking;
  };

  const lookOnce = async (): Promise<void> => {
    do {
      isAgain = false;
      try {
        const seen = await folderSignature(folder);
        if (seen !== signature) {
          if (signature !== null) await heldStill(folder, seen);
          const read = await readPolicyFolder(folder);
          await options.onChange(read);
          signature = read.signature;
          watchAlso([folder, ...[...read.systems.keys()].map((name) => join(folder, name))]);
        }
        options.onLook();
      } catch (cause) {
        signature = null;
        options.onFault(cause);
      }
    } while (isAgain && !isClosed);
  };

  const watchAlso = (folders: readonly string[]): void => {
    for (const [known, watcher] of watchers) {
      if (folders.includes(known)) continue;
      watcher.close();
      watchers.delete(known);
    }
    for (const one of folders) {
      if (isClosed || watchers.has(one)) continue;
      try {
        const watcher = watch(one, { persistent: false }, settle);
        watcher.on('error', () => {
          watcher.close();
          watchers.delete(one);
        });
        watchers.set(one, watcher);
      } catch {
        // The poll finds it.
      }
    }
  };

  const settle = (): void => {
    if (isClosed) return;
    if (settling) clearTimeout(settling);
    settling = setTimeout(() => void look(), SETTLE_MS);
    settling.unref();
  };

  return {
    look,
    close: async () => {
      isClosed = true;
      if (timer) clearInterval(timer);
      if (settling) clearTimeout(settling);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
      await looking;
    },
  };
}

async function heldStill(folder: string, seen: string): Promise<void> {
  let before = seen;
  for (let tries = 0; tries < MOST_SETTLING; tries += 1) {
    await wait(SETTLE_MS);
    const now = await folderSignature(folder);
    if (now === before) return;
    before = now;
  }
}
